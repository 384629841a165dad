"""A database of SQLite as it was last committed, in memory, without touching it.

Nothing is locked, made or changed beside the database, and no file stays open: SQLite itself would
hold a lock, and could write a journal, make a -shm file, wait at a pipe or follow a link. So a
program that holds a lock on it is not in the way either.
"""

from __future__ import annotations

import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..errors import TargetError, UnreadableFile
from ..limits import CALL_LOG_BYTES
from ..system import files
from ..system.current import system
from ..system.links import leads_elsewhere
from ..system.patience import RETRY_SECONDS, attempt, cannot_read
from .rollback import rolled_back

_HEAD = 100  # bytes of the header, with a counter of the changes
_PAUSE = 0.01  # seconds
_WAL = 2  # the format version of a database with a write-ahead log


class Mark(NamedTuple):
    """The state of a database file: its number, time, size and header."""

    file: int
    changed: int
    size: int
    header: bytes

    def is_of(self, image: bytes) -> bool:
        """Whether the file was already like ``image``, which was read after it was marked."""
        return (self.size, self.header) == (len(image), image[:_HEAD])


def damaged(message: str, where: Path, hint: str = "") -> UnreadableFile:
    """The error for a call log that cannot be understood."""
    hint = hint or "exit the phone, move the file away, and start the phone: it makes a new one"
    return UnreadableFile(message, hint=hint, where=str(where), code="damaged-call-log")


def snapshot(path: Path) -> bytes | None:
    """The bytes of the database as it was last committed; None if there is no file.

    A change that is under way, or that a killed program has left half done, is taken back.

    :raises TargetError: it is not an ordinary file (``not-a-file``, ``link``), is too large
        (``too-large``), cannot be read (``no-rights``, ``in-use`` ...), or keeps changing
        (``in-use``).
    :raises UnreadableFile: it is no such database (``damaged-call-log``).
    """
    end = time.monotonic() + RETRY_SECONDS
    # Whatever is written while it is read, two looks in a row then differ, or the journal is there.
    while (look := _look(path)) != _look(path):
        if time.monotonic() > end:
            raise TargetError(
                "another program keeps changing the call log",
                hint="run the command again",
                where=str(path),
                code="in-use",
            )
        time.sleep(_PAUSE)
    journal, image = look
    if image is None:
        return None
    try:
        image = rolled_back(image, journal or b"")
    except ValueError as error:
        raise damaged(f"its journal is {error}", beside(path, "-journal")) from None
    return _without_wal(path, image)


def mark(path: Path) -> Mark | None:
    """What tells cheaply that a database was not changed; None where nothing does.

    The header counts the changes, so it is enough that this, and no journal, is there again.
    """
    with suppress(OSError, TargetError):
        reached = system.secure_path(path.absolute())
        if reached is not None:
            with reached, files.open_regular(reached.path, follow=False) as file:
                found = files.inspect_open(file.fileno())
                seen = Mark(found.st_ino, found.st_mtime_ns, found.st_size, file.read(_HEAD))
                if files.inspect(beside(reached.path, "-journal")) is None:
                    return seen
    return None


def beside(path: Path, ending: str) -> Path:
    """A file that belongs to the database at ``path``."""
    return path.with_name(path.name + ending)


def _look(path: Path) -> tuple[bytes | None, bytes | None]:
    # In this order: a journal is complete before the first page is written.
    return _read(beside(path, "-journal")), _read(path)


def _read(path: Path) -> bytes | None:
    reached = attempt(lambda: system.secure_path(path.absolute()), cannot_read, path)
    if reached is None:
        return None
    with reached:
        found = attempt(lambda: files.inspect(reached.path), cannot_read, path)
        if found is None:
            return None
        if leads_elsewhere(found):
            raise TargetError(
                "the call log is a link, which is not followed",
                hint="put the file itself there",
                where=str(path),
                code="link",
            )
        if not stat.S_ISREG(found.st_mode):
            raise _not_a_file(path)
        return attempt(lambda: _content(reached.path, path), cannot_read, path)


def _content(path: Path, given: Path) -> bytes | None:
    try:
        return files.read_regular(path, CALL_LOG_BYTES, follow=False)
    except FileNotFoundError:  # a journal lives for a moment only
        return None
    except files.TooLarge:
        raise TargetError(
            f"the call log is larger than {files.amount(CALL_LOG_BYTES)}: no phone wrote that",
            hint="exit the phone, move the file away, and start the phone: it makes a new one",
            where=str(given),
            code="too-large",
        ) from None
    except files.NotRegular:  # put there just now
        raise _not_a_file(given) from None


def _not_a_file(path: Path) -> TargetError:
    return TargetError(
        "the call log is not an ordinary file",
        hint="exit the phone, move it away, and start the phone: it makes a new one",
        where=str(path),
        code="not-a-file",
    )


def _without_wal(path: Path, image: bytes) -> bytes:
    """The database in the form that needs no other file."""
    if image[18:20] != bytes((_WAL, _WAL)):
        return image
    wal = beside(path, "-wal")
    found = attempt(lambda: files.inspect(wal), cannot_read, wal)
    if found is not None and found.st_size:
        raise damaged(
            "another program has given the call log a write-ahead log, which is not read",
            wal,
            "exit the phone, and set the journal mode to 'delete' with that program",
        )
    return image[:18] + b"\1\1" + image[20:]
