"""What is read of a call log, and how one is refused that is none."""

from __future__ import annotations

import json
import math
import os
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microsip_config.codes.register import CODES
from microsip_config.errors import ExitCode, TargetError
from microsip_config.history import call_log
from microsip_config.history.call_log import open_call, read
from microsip_config.history.ring import LoggedCall
from microsip_config.limits import CALL_LOG_BYTES, CALL_LOG_SECONDS, CALL_TEXT, CALLS

from .databases import INSERT, NOON, TABLE, make, of_statements, row, state
from .running import run

STARTED = NOON - 60


def called(number: str = "101", **more: Any) -> LoggedCall:
    """What the row of that number, as ``row`` makes it, is read as."""
    call = LoggedCall(
        number, "Jo", "incoming", "2026-11-18T11:06:40Z", 5, "x", 1, "call_log.db",
        f"{number}-{NOON}",
    )  # fmt: skip
    return call._replace(**more)


# --- rows ---

ROWS: dict[str, tuple[tuple[Any, ...], LoggedCall, bool]] = {
    "a call": (row(), called(), False),
    "outgoing": (row(type=0), called(type="outgoing"), False),
    "missed": (row(type=2), called(type="missed"), False),
    "answered elsewhere": (row(type=3), called(type="answered elsewhere"), False),
    "running": (row(info="", duration=0), called(info="", duration=0), False),
    "letters": (row(name="Zoë 電話 \U0001f600"), called(name="Zoë 電話 \U0001f600"), False),
    "semicolons": (row(name="a;b;c"), called(name="a;b;c"), False),
    "address": (row("101@example.com;x=1"), called("101@example.com;x=1"), False),
    "unknown type": (row(type=4), called(type="unknown"), True),
    "type below": (row(type=-1), called(type="unknown"), True),
    "type none": (row(type=None), called(type="outgoing"), True),
    "type text": (row(type="2nd"), called(type="missed"), True),
    "time none": (row(at=None, call_id="c"), called(time="", call_id="c"), True),
    "time before 1970": (row(at=-5, call_id="c"), called(time="", call_id="c"), True),
    "time 0": (row(at=0, call_id="c"), called(time="", call_id="c"), True),
    "time endless": (row(at=2**63 - 1, call_id="c"), called(time="", call_id="c"), True),
    "time infinite": (row(at=math.inf, call_id="c"), called(time="", call_id="c"), True),
    "time as text": (row(at="soon", call_id="c"), called(time="", call_id="c"), True),
    "time with a fraction": (row(at=NOON + 0.5, call_id="c"), called(call_id="c"), True),
    "duration below": (row(duration=-7), called(duration=0), True),
    "duration none": (row(duration=None), called(duration=0), True),
    "name as bytes": (row(name=b"Jo\xff"), called(name="Jo�"), True),
    "name with a NUL": (row(name="Jo\0Doe"), called(name="Jo"), True),
    "name as number": (row(name=5), called(name="5"), False),
    "name too long": (row(name="n" * 5000), called(name="n" * CALL_TEXT), True),
    "number empty": (row(""), called(""), False),
}


@pytest.mark.parametrize(("given_row", "call", "odd"), ROWS.values(), ids=ROWS)
def test_a_row(tmp_path: Path, given_row: tuple[Any, ...], call: LoggedCall, odd: bool) -> None:
    path = make(tmp_path / "call_log.db", [given_row])
    found = read(path)
    assert found is not None
    assert found.calls == [call]
    assert found.odd == ([1] if odd else [])


def test_a_password_in_a_text_is_not_told(tmp_path: Path) -> None:
    address = "sip:101:s3cr3t-9x@example.com"
    path = make(tmp_path / "call_log.db", [row(address, name=address, call_id=address)])
    found = read(path)
    assert found is not None
    assert "101" in str(found)
    assert "s3cr3t-9x" not in str(found)


def test_rows_that_a_table_without_its_rules_can_have(tmp_path: Path) -> None:
    path = of_statements(
        tmp_path / "call_log.db",
        "CREATE TABLE Call_Log (ID, CALLID, number, name, type, time, duration, info, more)",
        "INSERT INTO call_log VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1)",
        f"INSERT INTO call_log VALUES (7, 'c', '102', 'Jo', 1, {NOON}, 5, 'x', 1)",
    )
    found = read(path)
    assert found is not None
    assert [call.number for call in found.calls] == ["", "102"]
    assert found.odd == [0]


def test_an_empty_table_has_no_calls_and_no_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "call_log.db"
    assert read(path) is None
    found = read(make(path))
    assert found is not None
    assert found.calls == []


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_texts_in_any_encoding_of_sqlite(tmp_path: Path, encoding: str) -> None:
    path = of_statements(tmp_path / "call_log.db", f"PRAGMA encoding = '{encoding}'", TABLE)
    with closing(sqlite3.connect(path)) as database:
        database.execute(INSERT, row(name="Zoë 電話"))
        database.commit()
    found = read(path)
    assert found is not None
    assert found.calls == [called(name="Zoë 電話")]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0:@"), max_size=40)
VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), TEXTS, st.binary()
)
REAL = st.tuples(
    TEXTS, TEXTS, st.integers(0, 3), st.integers(1, 253402300799), st.integers(0, 10**9), TEXTS
)


@given(st.lists(REAL, max_size=20))
@settings(max_examples=60, deadline=None)
def test_rows_of_a_phone_are_what_sqlite_says(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]
) -> None:
    path = tmp_path_factory.mktemp("log") / "call_log.db"
    make(path, [(f"id {number}", *each) for number, each in enumerate(rows)])
    with closing(sqlite3.connect(path)) as database:
        told = database.execute(
            "SELECT number, name, type, strftime('%Y-%m-%dT%H:%M:%SZ', time, 'unixepoch'), "
            "duration, info, id, callId FROM call_log ORDER BY id"
        ).fetchall()
    words = ("outgoing", "incoming", "missed", "answered elsewhere")
    found = read(path)
    assert found is not None
    assert found.odd == []
    assert [
        (call.number, call.name, words.index(call.type), *call[3:7], call.call_id)
        for call in found.calls
    ] == told


@given(st.lists(st.tuples(*[VALUES] * 8), max_size=8))
@settings(max_examples=100, deadline=None)
def test_no_row_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]
) -> None:
    path = of_statements(
        tmp_path_factory.mktemp("log") / "call_log.db",
        "CREATE TABLE call_log (id, callId, number, name, type, time, duration, info)",
    )
    with closing(sqlite3.connect(path)) as database:
        marks = ", ".join("?" * 8)
        database.executemany(f"INSERT INTO call_log VALUES ({marks})", rows)
        database.commit()
    found = read(path)
    assert found is not None
    assert len(found.calls) == len(rows)
    json.dumps([call.as_json() for call in found.calls], allow_nan=False)
    open_call(path)


# --- the open call ---

OPEN: dict[str, tuple[list[tuple[Any, ...]], float, str | None]] = {
    "none": ([], 0, None),
    "all ended": ([row("1")], STARTED, None),
    "running": ([row("1"), row("2", info="")], STARTED, "2"),
    "the phone's start is not known": ([row("1", info="")], 0, "1"),
    "in the second of the start": ([row("1", info="")], NOON + 0.9, "1"),
    "left by a phone that was killed": ([row("1", info="")], NOON + 1, None),
    "left, and a later call has ended": ([row("1", info=""), row("2", NOON + 9)], NOON + 5, None),
    "a second call has ended meanwhile": (
        [row("1", info=""), row("2", NOON + 9, type=2)], STARTED, "1",
    ),
    "two are running": ([row("1", info=""), row("2", NOON + 9, info="")], STARTED, "2"),
    "left, and one is running": ([row("1", info=""), row("2", NOON + 9, info="")], NOON + 5, "2"),
    "no time": ([row("1", at=None, call_id="c", info="")], STARTED, None),
    "no number of seconds": ([row("1", info="")], math.nan, None),
    "in a thousand years": ([row("1", info="")], 2.0**80, None),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "since", "number"), OPEN.values(), ids=OPEN)
def test_the_open_call(
    tmp_path: Path, rows: list[tuple[Any, ...]], since: float, number: str | None
) -> None:
    found = open_call(make(tmp_path / "call_log.db", rows), since)
    assert (found and found.number) == number


def test_no_log_is_not_the_same_as_no_call(tmp_path: Path) -> None:
    with pytest.raises(TargetError) as raised:
        open_call(tmp_path / "call_log.db")
    assert raised.value.code == "not-found"


# --- what is no call log ---

COLUMNS = "id INTEGER PRIMARY KEY, callId, number, name, type, time, duration, info"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i"


def written(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def made(*statements: str) -> Callable[[Path], object]:
    return lambda path: of_statements(path, *statements)


def changed(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def make_changed(path: Path) -> None:
        make(path, [row(str(number), name="Jo" * 50) for number in range(300)])
        path.write_bytes(change(path.read_bytes()))

    return make_changed


def link(path: Path) -> None:
    path.symlink_to(make(path.with_name("other.db"), [row()]))


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(CALL_LOG_BYTES + 1)


def many(path: Path) -> None:
    of_statements(
        path,
        TABLE,
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= {CALLS}) "
        "INSERT INTO call_log SELECT i, i, '', '', 0, i, 0, '' FROM n",
    )


def write_ahead(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(TABLE)
        database.execute(INSERT, row())
        database.commit()
        kept = {each: each.read_bytes() for each in path.parent.glob("call_log.db*")}
    for name, data in kept.items():
        name.write_bytes(data)
    path.with_name("call_log.db-shm").unlink()


def journal_is_a_folder(path: Path) -> None:
    make(path, [row()])
    path.with_name("call_log.db-journal").mkdir()


def far_too_deep(data: bytes) -> bytes:
    """Every child of the root is the root."""
    page = 4096
    for number in range(len(data) // page):
        at = number * page
        if data[at] == 5:  # an inner page of a table
            cells = int.from_bytes(data[at + 3 : at + 5])
            changed = bytearray(data)
            changed[at + 8 : at + 12] = (number + 1).to_bytes(4)
            for cell in range(cells):
                offset = int.from_bytes(data[at + 12 + 2 * cell : at + 14 + 2 * cell])
                changed[at + offset : at + offset + 4] = (number + 1).to_bytes(4)
            return bytes(changed)
    raise AssertionError("the table is too small")


def rows_without_end(path: Path) -> None:
    """A table of 200 to the power of five rows, in six pages."""
    make(path, [row()])
    data = bytearray(path.read_bytes())
    page, (root,) = 4096, _select(path, "SELECT rootpage FROM sqlite_master WHERE name='call_log'")
    data += data[(root - 1) * page : root * page]  # the only leaf
    for _ in range(4):
        data += inner_page(len(data) // page)
    data[(root - 1) * page : root * page] = inner_page(len(data) // page)
    data[28:32] = (len(data) // page).to_bytes(4)
    path.write_bytes(data)
    assert _select(path, "SELECT name FROM call_log LIMIT 5") == ["Jo"] * 5, "SQLite follows it"


def table_that_seems_empty(path: Path) -> None:
    """A root page whose number of rows was overwritten with zero."""
    make(path, [row()])
    data = bytearray(path.read_bytes())
    (root,) = _select(path, "SELECT rootpage FROM sqlite_master WHERE name='call_log'")
    assert data[(root - 1) * 4096 + 3 :][:2] == b"\0\1"
    data[(root - 1) * 4096 + 4] = 0
    path.write_bytes(data)
    assert _select(path, "SELECT name FROM call_log") == [], "SQLite believes it"


def inner_page(child: int) -> bytes:
    """Of a table: 200 times the same child, and once more."""
    cells, begin = 200, 4096 - 200 * 5
    head = b"\5\0\0" + cells.to_bytes(2) + begin.to_bytes(2) + b"\0" + child.to_bytes(4)
    places = b"".join((begin + 5 * cell).to_bytes(2) for cell in range(cells))
    return (head + places).ljust(begin, b"\0") + (child.to_bytes(4) + b"\1") * cells


def _select(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as database:
        return [first for (first,) in database.execute(query)]


DAMAGED: dict[str, Callable[[Path], object]] = {
    "empty": written(b""),
    "one byte": written(b"S"),
    "zeros": written(bytes(8192)),
    "text": written(b"this is not a database, it only says so\r\n" * 300),
    "an ini": written(b"\xff\xfe" + "[Calls]\r\n".encode("utf-16-le")),
    "header only": written(b"SQLite format 3\0"),
    "cut in half": changed(lambda data: data[: len(data) // 2]),
    "cut in a page": changed(lambda data: data[:-100]),
    "pages of zeros": changed(lambda data: data[:4096] + bytes(len(data) - 4096)),
    "encrypted": changed(lambda data: bytes(byte ^ 0x55 for byte in data)),
    "header overwritten": changed(lambda data: b"\xff" * 100 + data[100:]),
    "endless tree": changed(far_too_deep),
    "rows without end": rows_without_end,
    "a table that seems empty": table_that_seems_empty,
    "no table": made("CREATE TABLE contacts (id)"),
    "lacks columns": made("CREATE TABLE call_log (id, number)"),
    "lacks one": made(f"CREATE TABLE call_log ({COLUMNS.replace(', info', '')})"),
    "a view": made(
        f"CREATE TABLE other ({COLUMNS})", "CREATE VIEW call_log AS SELECT * FROM other"
    ),
    "a view without end": made(
        f"CREATE VIEW call_log AS {ENDLESS} AS id, i AS callId, i AS number, i AS name, "
        "i AS type, i AS time, i AS duration, '' AS info FROM n"
    ),
    "a virtual table": made(
        "CREATE VIRTUAL TABLE call_log USING fts5(callId, number, name, type, time, duration)"
    ),
    "a computed column": made(
        f"CREATE TABLE call_log ({COLUMNS} AS (hex(zeroblob(400000000))))",
        "INSERT INTO call_log (id) VALUES (1)",
    ),
    "a virtual table beside it": made(TABLE, "CREATE VIRTUAL TABLE other USING fts5(name)"),
    "an index": made("CREATE TABLE t (a)", "CREATE INDEX call_log ON t (a)"),
    "a write-ahead log": write_ahead,
}
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder": (lambda path: path.mkdir(), "not-a-file"),
    "a pipe": (os.mkfifo, "not-a-file"),
    "a link": (link, "link"),
    "a link to nothing": (lambda path: path.symlink_to("missing"), "link"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "link"),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), "link"),
    "huge": (sparse, "too-large"),
    "too many calls": (many, "too-large"),
    "a journal that is a folder": (journal_is_a_folder, "not-a-file"),
}
KINDS = {name: (make_it, "damaged-call-log") for name, make_it in DAMAGED.items()} | REFUSED


@pytest.mark.parametrize(("damage", "code"), KINDS.values(), ids=KINDS)
def test_what_is_no_call_log_is_an_error(
    tmp_path: Path, damage: Callable[[Path], object], code: str
) -> None:
    ini = tmp_path / "MicroSIP.ini"
    ini.write_bytes(
        b"\xff\xfe" + "[Global]\r\nversion=3.22.16\r\n[Settings]\r\n".encode("utf-16-le")
    )
    damage(tmp_path / "call_log.db")
    before = state(tmp_path)
    began = time.monotonic()
    if damage is not many:  # the newest is found among however many
        with pytest.raises(TargetError) as raised:
            open_call(tmp_path / "call_log.db")
        assert raised.value.code == code
    result = run("calls", ini)
    assert time.monotonic() - began < 3 * CALL_LOG_SECONDS + 2
    assert result.exit_code == ExitCode.NO_TARGET
    (error,) = result.errors
    assert error.code == code
    assert error.code in CODES
    assert error.message
    assert error.hint
    assert error.where.startswith(str(tmp_path / "call_log.db"))
    assert result.data is None
    assert state(tmp_path) == before


def test_the_time_of_sqlite_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / "call_log.db", [row(str(number)) for number in range(1000)])
    monkeypatch.setattr(call_log, "CALL_LOG_SECONDS", -1.0)
    with pytest.raises(TargetError, match="longer than") as raised:
        read(path)
    assert raised.value.code == "damaged-call-log"


@pytest.mark.parametrize("seed", range(150))
def test_no_damage_is_a_bug_or_an_empty_list(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = make(tmp_path / "call_log.db", [row(str(number)) for number in range(120)])
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 3, 30, 300])):
        at = chance.choice([chance.randrange(len(data)), chance.randrange(100, 400)])
        data[at] = chance.choice([0, 255, chance.randrange(256)])
    path.write_bytes(data)
    try:
        found = read(path)
        assert found is not None
        assert found.calls
    except TargetError as error:
        assert error.code == "damaged-call-log"  # noqa: PT017
    with suppress(TargetError):
        open_call(path)
