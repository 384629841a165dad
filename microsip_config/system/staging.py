"""A complete, flushed and verified new file beside the one it will replace."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import files
from .staged_names import PREFIX, beginning

_STALE_SECONDS = 600.0


def stage(
    target: Path,
    data: bytes,
    prepare: Callable[[int, Path], None] | None = None,
    *,
    like: Path | None = None,
) -> Path:
    """The path of a new file beside ``target`` that holds ``data``, on the disk and read back.

    Its name cannot be foreseen; it is made exclusively; for ``like`` see ``files.create``.
    ``prepare`` is called with the open descriptor and the path before anything is written. Raises
    OSError, and then, as on any interruption, leaves nothing behind.
    """
    path = target.with_name(f"{beginning(target)}{os.urandom(8).hex()}.tmp")
    try:
        descriptor = files.create(path, like)
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


def sweep(folder: Path, *, alone: bool = False, beside: Path | None = None) -> None:
    """Remove what killed runs left: staged files that are older than any run lasts.

    ``alone``: nobody else of us can be at work in the folder, so that all of them are leftovers;
    with ``beside``, nobody else on this target, so that all those for it are.
    """
    known = PREFIX if beside is None else beginning(beside)
    with suppress(OSError):
        for name in files.list_names(folder):
            if not (name.startswith(PREFIX) and name.endswith(".tmp")):
                continue
            left = alone and name.startswith(known)
            info = None if left else files.inspect(folder / name)
            if left or (info and time.time() - info.st_mtime > _STALE_SECONDS):
                discard(folder / name)
