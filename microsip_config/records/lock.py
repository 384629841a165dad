"""One run at a time on one target: a lock in its data folder, which dies with its process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import WriteError
from ..system import atomic, files, lock_note
from ..system.current import system
from ..system.private import read_private
from .folder import RecordsFolder

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.001, 0.02  # seconds between two tries
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FLAGS |= getattr(os, "O_NOINHERIT", 0)
_FLAGS |= getattr(os, "O_NONBLOCK", 0)  # a pipe in its place must not stop the run
_LOCK = os.O_RDWR | os.O_CREAT | _FLAGS


@contextmanager
def locked(folder: RecordsFolder | Path, timeout: float) -> Iterator[None]:
    """Holds the lock of a data folder, waiting at most ``timeout`` seconds (0: one try).

    The operating system frees it with its process, so a lock left behind does not block. Raises
    WriteError: code ``locked``, naming the holder, when the time is up; ``no-lock`` where the
    system cannot lock; those of :meth:`RecordsFolder.secure`.
    """
    folder = folder if isinstance(folder, RecordsFolder) else RecordsFolder.at(folder)
    folder.secure()
    descriptor = _acquired(folder, timeout)
    try:
        atomic.sweep(folder.path, alone=True)
        lock_note.leave(descriptor, system.current_user_name)
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
        with suppress(OSError):  # what was done under it is done; it ends with the process
            os.close(descriptor)


def _acquired(folder: RecordsFolder, timeout: float) -> int:
    """The open and locked file; closing it frees the lock."""
    end = time.monotonic() + timeout
    pause = _SHORTEST_PAUSE
    while True:
        try:
            descriptor = _try(folder.lock)
        except OSError as error:
            raise _no_lock(folder, error) from error
        if descriptor is not None:
            return descriptor
        left = end - time.monotonic()
        if left <= 0:
            raise _taken(folder)
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)


def _try(path: Path) -> int | None:
    descriptor = _opened(path)
    try:
        # A file that was removed meanwhile keeps nobody out: the next one makes a new file.
        if files.try_lock(descriptor) and os.fstat(descriptor).st_nlink:
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _opened(path: Path) -> int:
    try:
        return os.open(path, _LOCK, 0o600)
    except PermissionError:  # marked read-only: then it holds without a note
        return os.open(path, os.O_RDONLY | _FLAGS)


def _holder(folder: RecordsFolder) -> str:
    with suppress(OSError, ValueError):
        note = read_private(folder.lock, lock_note.LONGEST)
        if note:
            return lock_note.shown(note)
    return "it has not identified itself"


def _taken(folder: RecordsFolder) -> WriteError:
    return WriteError(
        f"another run is using this file: {_holder(folder)}",
        hint="wait for it to end, or give --lock-timeout more seconds",
        where=str(folder.path),
        code="locked",
    )


def _no_lock(folder: RecordsFolder, error: OSError) -> WriteError:
    return WriteError(
        f"the data folder of microsip-config cannot be locked: {error.strerror}",
        hint="name another folder with --data-dir",
        where=str(folder.path),
        code="no-lock",
    )
