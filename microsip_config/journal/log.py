"""The log: one line per decision.

The standard ``logging`` package is not used: its rotating handler rotates under the feet of other
processes, writes a line in parts, and costs some 10 ms at each start.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..errors import TargetError, WriteError
from ..system.current import system
from ..system.private import make_private
from ..text import escape_controls

SIZE = 1024 * 1024  # bytes, at which the default log is rotated
KEEP = 3  # rotated logs that are kept
_LONGEST = 4000  # characters of a message; keeps a line small enough for one write


def local_time() -> str:
    """The moment in ISO 8601 with milliseconds and zone; datetime costs a millisecond to import."""
    moment = time.time()
    local = time.localtime(moment)
    minutes = abs(local.tm_gmtoff) // 60
    zone = f"{'-' if local.tm_gmtoff < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', local)}.{int(moment % 1 * 1000):03}{zone}"


def _unchanged(text: str) -> str:
    return text


class Log:
    """Appends lines ``TIME LEVEL PID MESSAGE`` to a file, UTF-8, LF.

    The time is ISO 8601 with milliseconds and zone. Each line is one write at the end of the
    file, so several processes may log to one file. No failure ever reaches the caller; the first
    one is kept in ``failure``.

    :param path: the log file; its folder is made if need be.
    :param rotate: rotate at ``SIZE`` and make the file for the owner only. Another one, such as
        on a share, is only ever appended to; at most the owner's group may read it.
    :param redact: takes secrets out of a message.
    """

    def __init__(
        self,
        path: Path,
        *,
        rotate: bool,
        redact: Callable[[str], str] = _unchanged,
        now: Callable[[], str] = local_time,
    ) -> None:
        self.path = path
        self.failure = ""
        self.redact = redact
        self._rotate = rotate
        self._now = now
        self._descriptor: int | None = None

    def write(self, message: str, level: str = "INFO") -> None:
        """Add one line. What a terminal would obey in ``message`` is escaped."""
        if self.failure:
            return
        try:
            text = _one_line(self.redact(message))
            os.write(self._open(), f"{self._now()} {level} {os.getpid()} {text}\n".encode())
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            self.failure = f"{self.path}: {getattr(error, 'strerror', '') or error}"
            self.close()

    def warning(self, message: str) -> None:
        self.write(message, "WARNING")

    def error(self, message: str) -> None:
        self.write(message, "ERROR")

    def close(self) -> None:
        """Let go of the file; a later line opens it again."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with suppress(OSError):
                os.close(descriptor)

    def _open(self) -> int:
        if self._descriptor is not None and self._rotate and self._full(self._descriptor):
            self.close()
        if self._descriptor is None:
            self._descriptor = _open_append(self.path, own=self._rotate)
            if self._rotate and os.fstat(self._descriptor).st_size >= SIZE:
                self.close()
                _rotate(self.path)
                self._descriptor = _open_append(self.path, own=True)
        return self._descriptor

    @staticmethod
    def _full(descriptor: int) -> bool:
        return os.fstat(descriptor).st_size >= SIZE


def open_log(
    given: Path | None,
    folder: Callable[[], Path],
    redact: Callable[[str], str] = _unchanged,
) -> Log:
    """The log at ``given``, or by default the user's own rotating one in ``folder``.

    Nothing is opened before the first line. Raises ``OSError`` where ``folder`` does.
    """
    if given is not None:
        return Log(given, rotate=False, redact=redact)
    return Log(folder() / "microsip-config.log", rotate=True, redact=redact)


def _one_line(message: str) -> str:
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]} ... ({len(message)} characters)"
    return escape_controls(message)


def _open_append(path: Path, *, own: bool) -> int:
    try:
        # As root, no log is written where another user can change what is there.
        reached = system.secure_path(path.absolute())
        if reached is not None:
            with reached:
                pass
        if own:
            make_private(path.parent)
        else:
            _make_folder(path.parent)
        return system.open_append(path, own=own)
    except (TargetError, WriteError) as error:
        raise PermissionError(errno.EACCES, error.message) from error


def _make_folder(path: Path) -> None:
    """A missing folder and those above it, in which only this user may write."""
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(mode=0o755, exist_ok=True)


def _rotate(path: Path) -> None:
    """Move log to log.1, log.1 to log.2 ...; the last one goes."""
    if path.stat().st_size < SIZE:  # another process has just done it
        return
    for number in range(KEEP, 0, -1):
        source = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        try:
            source.replace(path.with_name(f"{path.name}.{number}"))
        except OSError:  # not there, or held open: then it grows on until the next time
            continue
