"""What replacing a file means on each system: keep owner, rights and attributes, be atomic."""

from __future__ import annotations

import os
import stat
import sys

if sys.platform == "win32":
    from .windows.replace import adopt, elevated, give, leave_turn, swap, take_turn
else:
    from .posix.replace import adopt, elevated, give, leave_turn, swap, take_turn

__all__ = [
    "adopt",
    "elevated",
    "give",
    "is_link",
    "is_read_only",
    "is_same_file",
    "is_transient",
    "leave_turn",
    "swap",
    "take_turn",
]

READ_ONLY_ATTRIBUTE = 0x1
REPARSE_ATTRIBUTE = 0x400
_SURROGATE = 0x20000000  # set in the tags of what stands for something with another name
_TRANSIENT = frozenset({5, 32, 33})  # access denied, sharing violation, lock violation


def is_link(info: os.stat_result) -> bool:
    """Whether a path (looked at by lstat) leads elsewhere: symbolic link, junction, mount point.

    Other reparse points (deduplicated, moved to slow storage) are files as any.
    """
    attributes: int = getattr(info, "st_file_attributes", 0)
    tag: int = getattr(info, "st_reparse_tag", 0)
    return stat.S_ISLNK(info.st_mode) or bool(attributes & REPARSE_ATTRIBUTE and tag & _SURROGATE)


def is_same_file(judged: os.stat_result, opened: os.stat_result) -> bool:
    """Whether what is open is the ordinary file, without a second name, that was judged."""
    if not stat.S_ISREG(opened.st_mode) or opened.st_nlink > 1:
        return False
    mine = (judged.st_dev, judged.st_ino, judged.st_uid)
    return mine == (opened.st_dev, opened.st_ino, opened.st_uid)


def is_read_only(info: os.stat_result) -> bool:
    """Whether someone marked the file read-only. Replacing it would still work on POSIX."""
    attributes: int = getattr(info, "st_file_attributes", 0)
    return not info.st_mode & 0o222 or bool(attributes & READ_ONLY_ATTRIBUTE)


def is_transient(error: OSError) -> bool:
    """Whether another program may be holding the file just now (Windows alone says so)."""
    return getattr(error, "winerror", None) in _TRANSIENT
