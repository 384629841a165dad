"""Locks on Windows, which the system frees with their process."""

from __future__ import annotations

import msvcrt
import os
import sys
from pathlib import Path

assert sys.platform == "win32"

from ..staged_names import staged_names  # noqa: E402
from . import win32  # noqa: E402
from .opening import open_file  # noqa: E402

_FAR = 1  # times 4 GiB


def hold_place(target: Path) -> int:
    """An open file next to the target that nobody else can open.

    It is gone when it is closed, however this process ends; a lock on the target itself would be
    in the way of replacing it. What somebody puts in its place is not followed.
    """
    place = target.with_name(f"{staged_names(target)}.lock")
    flags = win32.DELETE_ON_CLOSE | win32.OPEN_REPARSE_POINT | win32.ATTRIBUTE_HIDDEN
    access = win32.GENERIC_READ | win32.DELETE
    try:
        handle = open_file(place, access, win32.SHARE_NONE, win32.OPEN_ALWAYS, flags)
    except OSError as error:
        raise BlockingIOError if error.winerror == win32.SHARING_VIOLATION else error from None
    return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_NOINHERIT)


def release_place(held: int) -> None:
    """Closing removes the file."""
    os.close(held)


def try_lock(descriptor: int) -> bool:
    """A byte far behind the content, which others can then read. Closing frees it."""
    if win32.LockFile(msvcrt.get_osfhandle(descriptor), 0, _FAR, 1, 0):
        return True
    error = win32.last_error()
    if error.winerror == win32.LOCK_VIOLATION:
        return False
    raise error
