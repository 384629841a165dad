"""Replacing a file on POSIX systems."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

assert sys.platform != "win32"


def elevated() -> bool:
    """Whether this process may act on files of other users."""
    return os.geteuid() == 0


def adopt(descriptor: int, temporary: Path, target: Path, info: os.stat_result) -> None:
    """Give a new file the owner, mode and extended attributes of the file it will replace.

    Raises OSError if one of them cannot be kept: better no change than a file that its owner can
    no longer write. ``temporary`` is not needed here.
    """
    del temporary
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (info.st_uid, info.st_gid):
        os.fchown(descriptor, info.st_uid, info.st_gid)
    os.fchmod(descriptor, info.st_mode & 0o7777)
    if hasattr(os, "listxattr"):
        _copy_extended_attributes(descriptor, target)


def give(what: int | Path, folder: os.stat_result) -> None:
    """Make a new file or folder, made with root's rights, belong to the owner of its folder."""
    os.chown(what, folder.st_uid, folder.st_gid, follow_symlinks=isinstance(what, int))


def _copy_extended_attributes(descriptor: int, target: Path) -> None:
    """ACLs, and Wine's hidden and system attributes (``user.DOSATTRIB``)."""
    try:
        names = os.listxattr(target, follow_symlinks=False)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return
        raise
    for name in names:
        if not name.startswith(("security.", "trusted.")):  # the system's own business
            value = os.getxattr(target, name, follow_symlinks=False)
            os.setxattr(descriptor, name, value)


def swap(temporary: Path, target: Path, existing: os.stat_result | None) -> None:
    """Put a complete file in a target's place in one step; ``existing`` as the target is now.

    The folder is not flushed: after a power cut the old or the new file is there, both whole, and
    journals keep the order of a backup and the replacement after it.
    """
    del existing
    temporary.replace(target)


def take_turn(target: Path) -> int:
    """Hold the folder of ``target`` against others of us. Raises BlockingIOError: one holds it.

    A lock on the folder leaves no file behind and holds for a file that is yet to come. Raises
    another OSError where the system has no such lock (network file systems).
    """
    import fcntl

    descriptor = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def leave_turn(turn: int) -> None:
    """Let the next one in."""
    os.close(turn)
