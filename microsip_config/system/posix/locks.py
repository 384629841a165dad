"""Locks on POSIX systems: ``flock``, which the system frees with its process."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

assert sys.platform != "win32"


def hold_place(target: Path) -> int:
    """A lock on the folder: it leaves no file behind and holds for a file that is yet to come."""
    descriptor = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def release_place(held: int) -> None:
    os.close(held)


def try_lock(descriptor: int) -> bool:
    """Closing the descriptor frees it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
