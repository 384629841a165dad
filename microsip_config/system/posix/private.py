"""Files for one user alone, on POSIX systems: an owner and a mode."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

assert sys.platform != "win32"

_ROOT = 0
# O_NONBLOCK: a pipe in the place of a file must not stop an unattended run.
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK


def open_itself(path: Path) -> int:
    return os.open(path, _READ)


def open_existing(path: Path) -> int:
    return os.open(path, _READ)


def open_append(path: Path, *, own: bool) -> int:
    return os.open(path, _APPEND | os.O_NOFOLLOW if own else _APPEND, 0o600 if own else 0o640)


def create_private_folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid()


def close_to_others(path: Path, found: os.stat_result) -> bool:
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return True


def openness(descriptor: int) -> tuple[str, str] | None:
    found = os.fstat(descriptor)
    if found.st_uid not in (os.geteuid(), _ROOT):
        return "it belongs to another user", "give it to the user"
    if found.st_mode & 0o077:
        return f"others have rights to it (mode {stat.S_IMODE(found.st_mode):04o})", "chmod 600 it"
    return None
