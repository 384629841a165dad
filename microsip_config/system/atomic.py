"""The one way a file is replaced: a complete, flushed and verified new one takes its place."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import files
from .patience import retry
from .staged_names import PREFIX, staged_names

_STALE_SECONDS = 600.0


def replace(
    target: Path,
    data: bytes,
    prepare: Callable[[int, Path], None] | None = None,
    *,
    like: Path | None = None,
    check: Callable[[], os.stat_result | None] | None = None,
) -> None:
    """Put ``data`` in the place of ``target`` in one step; at any time it is whole, old or new.

    ``prepare`` and ``like``: see :func:`stage`. ``check`` is called when the new file is complete
    and gives the target's state then (None: it does not exist); what it raises ends the attempt.
    Files that other programs hold are tried again. Raises OSError; the target is then as it was.
    """
    staged = retry(lambda: stage(target, data, prepare, like=like))
    try:
        existing = check() if check is not None else files.inspect(target)
        retry(lambda: files.swap(staged, target, existing))
    except BaseException:
        discard(staged)
        raise


def stage(
    target: Path,
    data: bytes,
    prepare: Callable[[int, Path], None] | None = None,
    *,
    like: Path | None = None,
) -> Path:
    """The path of a new file in the folder of ``target``: it holds ``data``, flushed, read back.

    Its name cannot be foreseen; it is made exclusively; for ``like`` see ``System.create_like``.
    ``prepare`` is called with the open descriptor and the path before anything is written. Raises
    OSError, and then, as on any interruption, leaves nothing behind.
    """
    path = target.with_name(f"{staged_names(target)}{os.urandom(8).hex()}.tmp")
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
    except FileExistsError:  # another program's file
        raise
    except BaseException:
        discard(path)
        raise
    return path


def discard(path: Path) -> None:
    """Remove a staged file; no error if that cannot be done."""
    with suppress(OSError):
        files.remove(path)


def sweep(folder: Path, *, alone: bool = False, target: Path | None = None) -> None:
    """Remove what killed runs left: staged files that are older than any run lasts.

    ``alone``: no other run can be at work in the folder, so that all of them are leftovers; with
    ``target``, no other run on this target, so that all those for it are.
    """
    known = PREFIX if target is None else staged_names(target)
    with suppress(OSError):
        for name in files.list_names(folder):
            if not (name.startswith(PREFIX) and name.endswith(".tmp")):
                continue
            left = alone and name.startswith(known)
            info = None if left else files.inspect(folder / name)
            if left or (info and time.time() - info.st_mtime > _STALE_SECONDS):
                discard(folder / name)
