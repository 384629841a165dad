"""Locks on Windows, which the system frees with their process."""

from __future__ import annotations

import msvcrt
import os
import sys
from pathlib import Path

assert sys.platform == "win32"

from ..staged_names import lock_file  # noqa: E402
from . import win32  # noqa: E402
from .opening import open_file, set_attributes  # noqa: E402

_FAR = 1  # times 4 GiB
_READ_ONLY = 0x1


def hold_place(target: Path) -> tuple[int, Path]:
    """An open file next to the target that nobody else can open.

    It is gone when it is closed, however this process ends; a lock on the target itself would be
    in the way of replacing it. What somebody puts in its place is not followed.
    """
    place = lock_file(target)
    try:
        handle = _opened(place)
    except OSError as error:
        denied = error.winerror == win32.ACCESS_DENIED
        if error.winerror == win32.SHARING_VIOLATION or (denied and _made_writable(place)):
            raise BlockingIOError from None  # the next try may have it
        raise
    return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_NOINHERIT), place


def _opened(place: Path) -> int:
    flags = win32.DELETE_ON_CLOSE | win32.OPEN_REPARSE_POINT | win32.ATTRIBUTE_HIDDEN
    access = win32.GENERIC_READ | win32.DELETE
    return open_file(place, access, win32.SHARE_NONE, win32.OPEN_ALWAYS, flags)


def _made_writable(place: Path) -> bool:
    """A file that is marked read-only cannot be removed, so not be opened for that either."""
    try:
        marked = os.lstat(place).st_file_attributes & _READ_ONLY
        if marked:
            set_attributes(place, win32.ATTRIBUTE_HIDDEN)
    except OSError:
        return False
    return bool(marked)


def release_place(held: tuple[int, Path]) -> None:
    """Closing removes the file."""
    os.close(held[0])


def place_holder(target: Path) -> str:
    """Windows does not tell who has opened a file."""
    del target
    return ""


def try_lock(descriptor: int) -> bool:
    """A byte far behind the content, which others can then read. Closing frees it."""
    if win32.LockFile(msvcrt.get_osfhandle(descriptor), 0, _FAR, 1, 0):
        return True
    error = win32.last_error()
    if error.winerror == win32.LOCK_VIOLATION:
        return False
    raise error
