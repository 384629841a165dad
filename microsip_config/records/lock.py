"""One run at a time on one target: a lock in our own folder, which dies with its process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import WriteError

POLL_SECONDS = 0.02
_NOTE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
_NOTE |= getattr(os, "O_NONBLOCK", 0)  # a pipe in its place must not stop us
_LOCK = "lock"
_HOLDER = "lock-holder.txt"  # beside it: on Windows nobody else can read a locked file


@contextmanager
def locked(folder: Path, timeout: float) -> Iterator[None]:
    """Holds the lock of a data folder, waiting at most ``timeout`` seconds (0: one try).

    The operating system frees it with its process, so a lock left behind does not block. Raises
    WriteError: code ``locked``, naming the holder, when the time is up; ``no-lock`` where the
    system cannot lock.
    """
    from filelock import FileLock, Timeout

    from ..system.private import private_folder

    private_folder(folder)
    lock = FileLock(folder / _LOCK, mode=0o600, poll_interval=POLL_SECONDS, fallback_to_soft=False)
    try:
        lock.acquire(timeout=max(0.0, timeout))
    except Timeout:
        raise WriteError(
            f"another run is working on this file: {_holder(folder)}",
            hint="wait for it to end, or give --lock-timeout more seconds",
            where=str(folder),
            code="locked",
        ) from None
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WriteError(
            f"the lock of our data folder cannot be taken: {reason}",
            hint="name another folder with --data-dir",
            where=str(folder),
            code="no-lock",
        ) from error
    try:
        _say_who(folder)
        yield
    finally:
        with suppress(OSError):
            (folder / _HOLDER).unlink()
        with suppress(OSError):  # what was done under it is done; it ends with the process
            lock.release()


def _say_who(folder: Path) -> None:
    """Leave a note for those who wait; the lock holds without it."""
    import time

    since = time.strftime("%Y-%m-%d %H:%M:%S %z")
    note = f"process {os.getpid()} of {_user()}, since {since}"
    with suppress(OSError):
        descriptor = os.open(folder / _HOLDER, _NOTE, 0o600)
        try:
            os.write(descriptor, note.encode("utf-8", "replace"))
        finally:
            os.close(descriptor)


def _holder(folder: Path) -> str:
    from ..system.private import read_own

    with suppress(OSError, ValueError):
        note = read_own(folder / _HOLDER, 1000)
        if note:
            text = note.decode("utf-8", "replace")
            return "".join(c if c.isprintable() else "?" for c in text)
    return "it has just begun or is about to end"


def _user() -> str:
    try:
        if sys.platform == "win32":
            return os.getlogin()
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (OSError, KeyError):
        return "an unknown user"
