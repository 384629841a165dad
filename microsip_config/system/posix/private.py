"""Files for one user alone, on POSIX systems: an owner and a mode."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Collection
from pathlib import Path

from ...errors import TargetError, UsageError, WriteError

assert sys.platform != "win32"

from .users import may_become  # noqa: E402
from .ways import secure_path  # noqa: E402

_ROOT = 0
# O_NONBLOCK: a pipe in the place of a file must not stop an unattended run.
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_READ_FOLLOWING = _READ & ~os.O_NOFOLLOW
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
_ELSEWHERE = {
    "hint": "name another file, in a folder that only root can change",
    "code": "untrusted-place",
}
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_UPDATE = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK


def open_itself(path: Path) -> int:
    return os.open(path, _READ)


def open_existing(path: Path) -> int:
    return os.open(path, _READ)


def open_followed(path: Path) -> int:
    return os.open(path, _READ_FOLLOWING | os.O_NOCTTY)


def inspect_open(descriptor: int) -> os.stat_result:
    return os.fstat(descriptor)


def same(judged: os.stat_result, opened: os.stat_result) -> bool:
    mine = (judged.st_dev, judged.st_ino, judged.st_uid)
    return mine == (opened.st_dev, opened.st_ino, opened.st_uid)


def open_append(path: Path, *, own: bool) -> int:
    alone = own or may_become()
    return _judged(path, _APPEND | os.O_NOFOLLOW if alone else _APPEND, 0o600 if own else 0o640)


def open_update(path: Path) -> int:
    return _judged(path, _UPDATE | os.O_NOFOLLOW if may_become() else _UPDATE, 0o666)


def create_output(path: Path) -> int:
    _check_folder(path)
    return os.open(path, _NEW, 0o666)


def _judged(path: Path, flags: int, mode: int) -> int:
    """As root: a file of root's own with one name, where nobody else controls the way."""
    if not may_become():
        return os.open(path, flags, mode)
    _check_folder(path)
    descriptor = os.open(path, flags, mode)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and found.st_uid == _ROOT:
        return descriptor
    os.close(descriptor)
    raise WriteError(
        "root writes only to an ordinary file of its own", **_ELSEWHERE, where=str(path)
    )


def _check_folder(path: Path) -> None:
    try:
        secure_path(path.absolute())
    except TargetError as error:
        raise WriteError(error.message, **_ELSEWHERE, where=error.where) from error


def create_private_folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid()


def close_to_others(path: Path, found: os.stat_result) -> bool:
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return True


def openness(
    descriptor: int, caller: int | None = None, trusted: Collection[str] = ()
) -> tuple[str, str] | None:
    if trusted:
        raise UsageError("--trust-readers is for Windows; here a file has a mode")
    found = os.fstat(descriptor)
    if found.st_uid not in (os.geteuid(), _ROOT, caller):
        return "it belongs to another user", "give it to the user"
    if found.st_mode & 0o077:
        return f"others have rights to it (mode {stat.S_IMODE(found.st_mode):04o})", "chmod 600 it"
    return None
