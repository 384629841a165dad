"""The call log of MicroSIP 3.22.5 and later: the SQLite database ``call_log.db`` beside the ini."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import TargetError
from ..limits import CALL_LOG_BYTES, CALL_LOG_SECONDS, CALL_TEXT, CALLS
from ..schema.entries import CALL_TYPES
from ..schema.key import wtoi
from ..stray_secrets import without_passwords
from . import CALL_LOG
from .ring import LoggedCall, iso
from .snapshot import Mark, damaged, mark, snapshot

if TYPE_CHECKING:
    import sqlite3

_TABLE = "call_log"
_COLUMNS = ("id", "number", "name", "type", "time", "duration", "info", "callId")
_SETTINGS = (
    "trusted_schema = OFF",
    "ignore_check_constraints = ON",
    "cell_size_check = ON",
    "temp_store = MEMORY",
    "query_only = ON",
)
_STEPS = 200  # of SQLite's machine, between two looks at the clock
_NEWEST_FIRST = "ORDER BY id DESC LIMIT ?"


class Rows(NamedTuple):
    """The calls of a call log, newest last, and the ids of those that no phone writes like that."""

    calls: list[LoggedCall]
    odd: list[int]


def beside_ini(ini: Path) -> Path:
    """Where the phone that reads ``ini`` keeps its call log."""
    return ini.with_name(CALL_LOG)


def read(path: Path) -> Rows | None:
    """The calls of the call log at ``path``; None if there is no such file.

    The file is not changed or locked, and none is made beside it. A row that no phone writes (an
    unknown type, a time before 1970, a text that is missing or too long) is shown as well as it can
    be, and named in ``odd``.

    :raises TargetError: as :func:`snapshot.snapshot`, and for more than ``CALLS`` calls
        (``too-large``), and where this Python has no SQLite (``no-sqlite``).
    :raises UnreadableFile: it is no call log (``damaged-call-log``).
    """
    image = snapshot(path)
    return None if image is None else _rows(image, path)


class CallLog:
    """A call log that is read again and again, but only if it has changed; nothing stays open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: Mark | None = None
        self._rows: Rows | None = None

    def rows(self) -> Rows | None:
        """As :func:`read`."""
        now = mark(self.path)
        if now is None or now != self._mark:
            self._mark = None
            image = snapshot(self.path)
            self._rows = None if image is None else _rows(image, self.path)
            if now and image and now.is_of(image):
                self._mark = now
        return self._rows


def open_call(path: Path, since: float = 0.0) -> LoggedCall | None:
    """The newest call of the call log at ``path`` that has no end yet: a sign of a running call.

    A phone that is killed during a call never notes its end. So this is a sign only while a phone
    is running, and only of a call that began after that phone was started:

    :param since: when that was, in seconds since 1970; 0: it is not known, and every call counts.

    None: the log was read, and has no such call. Nothing waits longer than some seconds, and the
    file is left alone as by :func:`read`.

    :raises TargetError: the log cannot be read: as :func:`read`, and also where there is no file
        (``not-found``): a phone of 3.22.5 or later makes it when it starts, an older one has none.
    """
    image = snapshot(path)
    if image is None:
        raise TargetError("there is no call log", where=str(path), code="not-found")
    for row in _select(image, path, f"WHERE info = '' {_NEWEST_FIRST}", CALLS):
        if _whole(row[4]) + 1 > since:  # whole seconds, cut
            return _call(row)[0]
    return None


def _rows(image: bytes, path: Path) -> Rows:
    rows = _select(image, path, _NEWEST_FIRST, CALLS + 1)
    if len(rows) > CALLS:
        raise TargetError(
            f"the call log has more than {CALLS:,} calls",
            hint="restart the phone: it keeps the newest 1,000",
            where=str(path),
            code="too-large",
        )
    found = [_call(row) for row in reversed(rows)]
    return Rows([call for call, _ in found], [call.key for call, is_odd in found if is_odd])


def _select(image: bytes, path: Path, which: str, limit: int) -> list[tuple[Any, ...]]:
    """Rows of the table in a database that may hold anything."""
    if not image:
        raise damaged("the call log is empty: not even its table was made", path)
    size = int.from_bytes(image[16:18])
    if len(image) % (65536 if size == 1 else size or 1):
        raise damaged("the call log is cut: it ends within a page", path)
    try:
        import sqlite3
    except ImportError:
        raise _no_sqlite() from None
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if not hasattr(connection, "deserialize"):
            raise _no_sqlite()
        connection.text_factory = _text
        _restrict(connection)
        connection.deserialize(image)
        _refuse_odd_table(connection, path)
        _refuse_damage(connection, path)
        # Names of columns and clauses of this module; nothing of the database is put in here.
        query = f"SELECT {', '.join(_COLUMNS)} FROM {_TABLE} {which}"  # noqa: S608
        return connection.execute(query, (limit,)).fetchall()
    except (sqlite3.Error, UnicodeError) as error:  # also words about a name that is no text
        raise damaged(f"the call log cannot be read: {_reason(error)}", path) from None
    finally:
        connection.close()


def _restrict(connection: sqlite3.Connection) -> None:
    """Nothing that a database may say runs for long, or is done at all but reading a table."""
    import sqlite3

    end = time.monotonic() + CALL_LOG_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, CALL_LOG_BYTES)
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def _refuse_odd_table(connection: sqlite3.Connection, path: Path) -> None:
    """A view or a virtual table runs what the database says; so does a generated column."""
    made = connection.execute("SELECT type, name, rootpage FROM sqlite_master").fetchall()
    kinds = [kind for kind, name, _ in made if str(name).lower() == _TABLE]
    if not kinds:
        raise damaged(f"the call log has no table {_TABLE}", path)
    if kinds != ["table"]:
        raise damaged(f"{_TABLE} is not an ordinary table", path)
    if any(kind == "table" and not root for kind, _, root in made):
        raise damaged("the call log has a virtual table", path)
    columns = {row[1].lower(): row[6] for row in connection.execute("PRAGMA table_xinfo(call_log)")}
    for name in _COLUMNS:
        if columns.get(name.lower()) != 0:
            raise damaged(f"the table {_TABLE} has no column {name}", path)


def _refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    """Without this a damaged page could pass for an empty table."""
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise damaged("the call log is damaged", path)


def _reason(error: Exception) -> str:
    """Why, in words that hold nothing of the database."""
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith("SQLITE_NOTADB"):
        return "it is not an SQLite database"
    if name.startswith("SQLITE_INTERRUPT"):
        return f"finding the calls takes longer than {CALL_LOG_SECONDS:.0f} seconds"
    return f"the database is damaged ({name})"


def _no_sqlite() -> TargetError:
    return TargetError(
        "this Python has no SQLite of version 3.36 or later, which the call log needs",
        hint="use another Python (the python.org builds have it)",
        code="no-sqlite",
    )


# --- rows, whatever is in them ---


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _call(row: tuple[Any, ...]) -> tuple[LoggedCall, bool]:
    """The call of a row, and whether no phone writes such a row."""
    id_, number, name, kind, began, duration, info, call_id = row
    whole = [_whole(value) for value in (id_, kind, began, duration)]
    texts = [_shown(value) for value in (number, name, info, call_id)]
    key, type_, start, seconds = whole
    word = CALL_TYPES.get(str(type_), "unknown")
    is_odd = (
        whole != [id_, kind, began, duration]
        or texts != [number, name, info, call_id]
        or word == "unknown"
        or not iso(start)
        or seconds < 0
    )
    number, name, info, call_id = map(without_passwords, texts)
    call = LoggedCall(number, name, word, iso(start), max(seconds, 0), info, key, CALL_LOG, call_id)
    return call, is_odd


def _whole(value: object) -> int:
    """A number as SQLite gives it to a program that asks for a whole one."""
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else 0
    return wtoi(value) if isinstance(value, str) else 0


def _shown(value: object) -> str:
    """A text up to its first NUL, which ends it for the phone, and not endless."""
    if isinstance(value, bytes):
        value = _text(value)
    if value is None:
        return ""
    return str(value)[: CALL_TEXT + 1].partition("\0")[0][:CALL_TEXT]
