"""Which file a path leads to, in a number that no later file gets."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path

assert sys.platform != "win32"

_GENERATION = 0x80087601  # FS_IOC_GETVERSION of linux/fs.h: counts the uses of an inode's number


def lasting_id(path: Path) -> str:
    """The same for as long as the file is rewritten in place, another one once it is replaced.

    Empty where the file system has no such number (a network share, FAT, a file system in memory,
    no Linux) and where the file cannot be opened.
    """
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            generation = fcntl.ioctl(descriptor, _GENERATION, bytes(8))
            return f"{os.fstat(descriptor).st_ino}-{int.from_bytes(generation[:4], sys.byteorder)}"
        finally:
            os.close(descriptor)
    return ""
