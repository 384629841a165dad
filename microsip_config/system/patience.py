"""System errors with a location and a hint; and patience with files that other programs hold."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..errors import MicrosipConfigError, TargetError, WriteError

RETRY_SECONDS = 2.0
"""How long a file that another program holds is tried again, in all."""
_LONGEST_PAUSE = 0.1
_TRANSIENT = frozenset({5, 32, 33})  # access denied, sharing violation, lock violation
_KEPT = 802  # cannot break an opportunistic lock: see ``windows.bounded``

_T = TypeVar("_T")


def is_transient(error: OSError) -> bool:
    """Whether another program may be holding the file just now (only Windows says so)."""
    return getattr(error, "winerror", None) in _TRANSIENT


def retry(operation: Callable[[], _T]) -> _T:
    """The operation's result. Raises its ``OSError``.

    It is tried again, for RETRY_SECONDS in all, while another program seems to hold the file.
    """
    pause = 0.01
    waited = 0.0
    while True:
        try:
            return operation()
        except OSError as error:
            if not is_transient(error) or waited + pause > RETRY_SECONDS:
                raise
        time.sleep(pause)
        waited += pause
        pause = min(2 * pause, _LONGEST_PAUSE)  # it may be free for a moment only, now and then


def attempt(
    operation: Callable[[], _T], failure: Callable[[OSError, Path], MicrosipConfigError], path: Path
) -> _T:
    """As :func:`retry`, but raises what ``failure`` makes of the ``OSError``."""
    try:
        return retry(operation)
    except OSError as error:
        raise failure(error, path) from error


def cannot_read(error: OSError, path: Path) -> TargetError:
    """The error for a file that cannot be read."""
    code, message, hint = _explained(error, "read")
    return TargetError(message, hint=hint, where=str(path), code=code)


def cannot_write(error: OSError, path: Path) -> WriteError:
    """The error for a file that cannot be written."""
    code, message, hint = _explained(error, "written")
    return WriteError(message, hint=hint, where=str(path), code=code)


def _explained(error: OSError, done: str) -> tuple[str, str, str]:
    """Code, message and hint for a system error."""
    reason = error.strerror or type(error).__name__
    number = getattr(error, "winerror", None)
    if (is_transient(error) and number != 5) or number == _KEPT:
        hint = "close the program that holds it (editor, backup, virus scanner) and run again"
        return "in-use", f"the file could not be {done}: another program uses it", hint
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        hint = "free some space (or quota) and run again"
        return "disk-full", f"the file could not be {done}: {reason}", hint
    if error.errno == errno.EROFS:
        hint = "it is on a read-only file system: mount it for writing, or use another copy"
        return "read-only", f"the file could not be {done}: {reason}", hint
    if error.errno in (errno.EACCES, errno.EPERM):
        hint = "run as the user it belongs to, or as an administrator"
        return "no-rights", f"the file could not be {done}: {reason}", hint
    fallback = "unreadable" if done == "read" else "not-written"
    hint = "check the disk or the network share, and run again"
    return fallback, f"the file could not be {done}: {reason}", hint
