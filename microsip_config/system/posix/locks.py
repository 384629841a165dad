"""Locks on POSIX systems: ``flock``, which the system frees with its process."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path

assert sys.platform != "win32"

from .. import lock_note  # noqa: E402
from ..staged_names import lock_file  # noqa: E402
from .private import open_itself  # noqa: E402
from .users import current_user_name, user_name  # noqa: E402

# For writing: NFS locks no file, and no folder, that is open for reading only.
_OPEN = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_ALL_LOCKS = Path("/proc/locks")  # Linux


def hold_place(target: Path) -> tuple[int, Path]:
    """A locked file next to the target, which is removed again.

    Only who can write the folder can open it. A lock on the folder or on the target itself could
    be held for ever by anybody who may read them.
    """
    place = lock_file(target)
    descriptor, made = _opened(place)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _require_at(place, descriptor)
        if made:  # into a file that somebody else has put there, nothing is written
            _share(descriptor, place.parent.stat())
            lock_note.leave(descriptor, current_user_name)
    except BaseException as error:
        if made and not isinstance(error, BlockingIOError):
            with suppress(OSError):
                place.unlink()
        os.close(descriptor)
        raise
    return descriptor, place


def release_place(held: tuple[int, Path]) -> None:
    descriptor, place = held
    try:
        if _is_at(place, descriptor):
            place.unlink()
    finally:
        os.close(descriptor)


def _opened(place: Path) -> tuple[int, bool]:
    """The open file, and whether it was made just now."""
    with suppress(FileExistsError):
        return os.open(place, _OPEN | os.O_CREAT | os.O_EXCL, 0o600), True
    try:
        return os.open(place, _OPEN), False
    except (FileNotFoundError, PermissionError):  # just removed, or another user's
        raise BlockingIOError from None


def _require_at(place: Path, descriptor: int) -> None:
    """A file that its holder has just removed keeps nobody out: the next one makes a new one."""
    if not _is_at(place, descriptor):
        raise BlockingIOError


def _is_at(place: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.lstat(place), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _share(descriptor: int, folder: os.stat_result) -> None:
    """All who can write the folder can take over a lock file that a killed run has left."""
    writers = folder.st_mode & 0o022
    with suppress(OSError):
        if writers:
            os.fchown(descriptor, -1, folder.st_gid)
            os.fchmod(descriptor, 0o600 | writers | writers << 1)


def place_holder(target: Path) -> str:
    """Who keeps the place of ``target``, as far as this system tells; '' if it does not."""
    place = lock_file(target)
    try:
        found = os.lstat(place)
    except OSError:
        return ""
    return _process(found) or _note(place) or f"{place.name} of {user_name(found.st_uid)}"


def _process(found: os.stat_result) -> str:
    """The process that has locked a file, from the list of all locks."""
    device = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    with suppress(OSError, ValueError, IndexError):
        for line in _ALL_LOCKS.read_text("ascii").splitlines():
            fields = line.split()  # 1: FLOCK ADVISORY WRITE 4711 08:01:1234 0 EOF
            if fields[1] == "FLOCK" and fields[5] == device:
                return _described(int(fields[4]))
    return ""


def _described(pid: int) -> str:
    with suppress(OSError, KeyError, ValueError, IndexError):
        status = Path(f"/proc/{pid}/status").read_bytes()
        lines = dict(line.split(b":", 1) for line in status.splitlines() if b":" in line)
        name = lock_note.shown(lines[b"Name"].strip())
        return f"process {pid} ({name}) of {user_name(int(lines[b'Uid'].split()[0]))}"
    return f"process {pid}" if pid > 0 else ""


def _note(place: Path) -> str:
    with suppress(OSError):
        descriptor = open_itself(place)
        try:
            return lock_note.shown(os.read(descriptor, lock_note.LONGEST))
        finally:
            os.close(descriptor)
    return ""


def try_lock(descriptor: int) -> bool:
    """Closing the descriptor frees it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
