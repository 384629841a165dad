"""Replacing a file on POSIX systems."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

assert sys.platform != "win32"

_NO_REPLACE, _EXCHANGE = 1, 2
_AT_WORKING_FOLDER = -100
# What kernels, file systems and sandboxes say that do not know these ways to rename.
_UNKNOWN = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)
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
    """On Linux the two exchange names, so that what was replaced can be looked at.

    Where the file system cannot do that it is a rename. After a power cut the old or the new file
    is there, both whole.
    """
    if existing is None or stat.S_ISREG(existing.st_mode):  # a folder could be exchanged, too
        try:
            _rename(temporary, target, _NO_REPLACE if existing is None else _EXCHANGE)
        except OSError as error:
            if error.errno not in _UNKNOWN:
                raise
        else:
            return
    temporary.replace(target)


def _rename(one: Path, other: Path, how: int) -> None:
    call = _renameat2()
    number = errno.ENOSYS
    if call is not None:
        import ctypes

        names = os.fsencode(one), os.fsencode(other)
        failed = call(_AT_WORKING_FOLDER, names[0], _AT_WORKING_FOLDER, names[1], how)
        number = ctypes.get_errno() if failed else 0
    if number:
        raise OSError(number, os.strerror(number), str(other))


@cache
def _renameat2() -> Any:
    """None where the C library has no such function."""
    import ctypes

    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


def flush_folder(folder: Path) -> None:
    """Some network file systems cannot; the content itself is safe."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def why_unwritable(path: Path) -> str:
    """Wine takes a file that nobody may write for one with the attribute. For root, whom rights do
    not stop, it is what its owner may do that counts."""
    try:
        info = path.stat()
    except OSError:
        return ""
    if stat.S_ISREG(info.st_mode) and not info.st_mode & 0o222:
        return "read-only"
    if os.geteuid() == 0 and not info.st_mode & stat.S_IWUSR:
        return "no-rights"
    wanted = os.W_OK | (os.X_OK if stat.S_ISDIR(info.st_mode) else os.R_OK)
    return "" if os.access(path, wanted) else "no-rights"
