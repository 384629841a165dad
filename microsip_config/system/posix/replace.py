"""Replacing a file on POSIX systems."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

assert sys.platform != "win32"

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def create_like(path: Path, like: Path | None = None) -> int:
    """For its owner alone, whatever ``like`` is: rights are given with :func:`adopt`."""
    del like
    return os.open(path, _CREATE, 0o600)


def adopt(descriptor: int, temporary: Path, target: Path, info: os.stat_result) -> None:
    """Owner, mode and extended attributes.

    Raises OSError if one of them cannot be kept: better no change than a file that its owner can
    no longer write.
    """
    del temporary
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (info.st_uid, info.st_gid):
        os.fchown(descriptor, info.st_uid, info.st_gid)
    os.fchmod(descriptor, info.st_mode & 0o7777)
    if hasattr(os, "listxattr"):  # macOS has other calls for them
        _copy_extended_attributes(descriptor, target)


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
    """A rename. After a power cut the old or the new file is there, both whole."""
    del existing
    temporary.replace(target)


def flush_folder(folder: Path) -> None:
    """Some network file systems cannot; the content itself is safe."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
