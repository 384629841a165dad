"""A complete, flushed and verified new file beside the one it will replace."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import files

_PREFIX = ".microsip-config-"
_STALE_SECONDS = 600.0


def stage(folder: Path, data: bytes, prepare: Callable[[int, Path], None] | None = None) -> Path:
    """The path of a new file in ``folder`` that holds ``data``, on the disk and read back.

    Its name cannot be foreseen; it is made exclusively, for its owner alone. ``prepare`` is
    called with the open descriptor and the path before anything is written. Raises OSError, and
    then, as on any interruption, leaves nothing behind.
    """
    path = folder / f"{_PREFIX}{os.urandom(8).hex()}.tmp"
    try:
        descriptor = files.create(path)
        try:
            if prepare is not None:
                prepare(descriptor, path)
            files.write(descriptor, data)
            files.flush(descriptor)
            if files.read(descriptor, len(data)) != data:
                raise OSError(errno.EIO, "the bytes read back are not those written")
        finally:
            files.close(descriptor)
    except FileExistsError:  # not ours
        raise
    except BaseException:
        discard(path)
        raise
    return path


def discard(path: Path) -> None:
    """Remove a staged file; no error if that cannot be done."""
    with suppress(OSError):
        files.remove(path)


def sweep(folder: Path, *, alone: bool = False) -> None:
    """Remove what killed runs left: staged files that are older than any run lasts.

    ``alone``: nobody else of us can be at work in the folder, so that all of them are leftovers.
    """
    with suppress(OSError):
        for name in files.list_names(folder):
            if name.startswith(_PREFIX) and name.endswith(".tmp"):
                info = None if alone else files.inspect(folder / name)
                if alone or (info and time.time() - info.st_mtime > _STALE_SECONDS):
                    discard(folder / name)
