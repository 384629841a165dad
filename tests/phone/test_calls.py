"""The call history: the ring, damaged entries, CSV, and following it."""

from __future__ import annotations

import csv
import io
import json
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.errors import UnreadableFile, WriteError
from microsip_config.history.csv_file import CallsFile, csv_text
from microsip_config.history.follow import follow
from microsip_config.history.ring import LoggedCall, entries, open_since
from microsip_config.ini.profile import Profile
from microsip_config.operations.phones import phone_for
from microsip_config.phone.files import PhoneFiles
from microsip_config.results import Target
from microsip_config.target import World

NOON = 1795000000  # 2026-11-18T11:06:40Z


def history(*lines: str, last: int | None = None) -> Profile:
    head = "[Settings]\n" + (f"callsLastKey={last}\n" if last is not None else "")
    return Profile(head + "[Calls]\n" + "\n".join(lines))


def test_an_entry_is_read_field_by_field() -> None:
    (call,) = entries(history(f"0=+493012345;Jane Doe;1;{NOON};75;Call Ended", last=0))
    assert call == LoggedCall(
        "+493012345", "Jane Doe", "incoming", "2026-11-18T11:06:40Z", 75, "Call Ended", 0
    )
    assert call.finished


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("0", "outgoing"),
        ("1", "incoming"),
        ("2", "missed"),
        ("3", "answered elsewhere"),
        ("4", "outgoing"),
        ("-1", "outgoing"),
        ("x", "outgoing"),
        ("", "outgoing"),
    ],
)
def test_types(kind: str, word: str) -> None:
    (call,) = entries(history(f"0=1;n;{kind};{NOON};0;x"))
    assert call.type == word


@pytest.mark.parametrize(
    ("raw", "call"),
    [
        ("101", LoggedCall("101", "101", "outgoing", "", 0, "", 0)),
        ("101;", LoggedCall("101", "", "outgoing", "", 0, "", 0)),
        ("101;n;1", LoggedCall("101", "n", "incoming", "", 0, "", 0)),
        ("101;n;1;soon;long;x", LoggedCall("101", "n", "incoming", "", 0, "x", 0)),
        ("101;n;1;-5;-5;x", LoggedCall("101", "n", "incoming", "", 0, "x", 0)),
        ("101;n;1;-99999999999;5;x", LoggedCall("101", "n", "incoming", "", 5, "x", 0)),
        (
            f"101;n;1;{'9' * 200};{'9' * 20};x",  # numbers saturate at 32 bits
            LoggedCall("101", "n", "incoming", "2038-01-19T03:14:07Z", 2147483647, "x", 0),
        ),
        ("1;n;0;5;-7;a;b", LoggedCall("1", "n", "outgoing", "1970-01-01T00:00:05Z", 0, "a", 0)),
        (
            f"101;n;1;{NOON};7s;x;y",
            LoggedCall("101", "n", "incoming", "2026-11-18T11:06:40Z", 7, "x", 0),
        ),
    ],
)
def test_damaged_entries_are_taken_as_the_phone_takes_them(raw: str, call: LoggedCall) -> None:
    assert entries(history(f"0={raw}")) == [call]


def test_the_ring_is_read_from_the_oldest_to_the_newest() -> None:
    lines = [f"{key}=n{key};;0;{NOON};1;x" for key in range(1000)]
    numbers = [call.number for call in entries(history(*lines, last=2))]
    assert numbers[:2] == ["n3", "n4"]
    assert numbers[-3:] == ["n0", "n1", "n2"]
    assert len(numbers) == 1000


@pytest.mark.parametrize(
    ("keys", "last", "seen"),
    [
        ((0, 1, 2), 2, [0, 1, 2]),
        ((0, 1, 2), None, [0, 1, 2]),
        ((0, 2, 5), 5, [0, 2, 5]),  # gaps below the last key are borne
        ((0, 2, 5), None, [0]),  # without it the first gap ends the list
        ((0, 1, 2, 3), 1, [2, 3, 0, 1]),
        ((0, 1, 3), 1, [0, 1]),
        ((0, 2), 1, [0]),  # the newest is missing
        ((0, 1), 999999999, [0, 1]),  # would hang the phone
        ((0, 1), int("9" * 4000), [0, 1]),
        ((0, 1), -7, [0, 1]),
    ],
)
def test_which_keys_the_phone_reads(
    keys: tuple[int, ...], last: int | None, seen: list[int]
) -> None:
    lines = [f"{key}=n;;0;{NOON};1;x" for key in keys]
    assert [call.key for call in entries(history(*lines, last=last))] == seen


def test_deleted_entries_keep_their_place_but_are_no_calls() -> None:
    profile = history(f"0=a;;0;{NOON};1;x", "1=null", f"2=c;;0;{NOON};1;x")
    assert [call.number for call in entries(profile)] == ["a", "c"]


def test_only_255_units_of_an_entry_are_read() -> None:
    (call,) = entries(history("0=1;" + "n" * 300 + f";1;{NOON};5;x"))
    assert call.name == "n" * 253
    assert entries(history("0=1;" + "n" * 252 + "\U0001f600;1"))[0].number == "1"


@given(st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=60))
def test_nothing_in_an_entry_breaks_the_reader(raw: str) -> None:
    for call in entries(history(f"0={raw}", last=0)):
        rows = list(csv.reader(io.StringIO(csv_text([call], header=False), newline="")))
        assert len(rows) == 1
        assert rows[0][2].lstrip("'") == call.number.lstrip("'")


@pytest.mark.parametrize(
    ("raw", "is_open"),
    [
        (f"1;n;1;{NOON};0;", True),
        (f"1;n;1;{NOON - 61};0;", False),  # left by an earlier run of the phone
        (f"1;n;1;{NOON};0;Call Ended", False),
        ("1;n;1", False),
    ],
)
def test_an_open_entry_counts_only_since_the_phone_started(raw: str, is_open: bool) -> None:
    assert open_since(history(f"0={raw}", last=0), NOON - 60) is is_open
    later = f"1=2;n;1;{NOON + 5};3;Call Ended"  # a second call, which ended first
    assert open_since(history(f"0={raw}", later, last=1), NOON - 60) is is_open
    assert open_since(history(), NOON) is False


@pytest.mark.parametrize(
    "text",
    [
        f"[Settings]\r\ncallsLastKey={'9' * 5000}\r\n[Calls]\r\n0=1;n;1;{'9' * 5000};0;\r\n",
        f"[Calls]\r\n0=1;n;1;{'9' * 200};0;\r\n",
        "\ud800",
    ],
)
def test_a_damaged_history_is_no_sign_of_a_call_and_no_bug(tmp_path: Path, text: str) -> None:
    ini = tmp_path / "MicroSIP.ini"
    ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass"))
    profile = Profile(text)
    assert isinstance(entries(profile), list)
    phone = phone_for(Target(str(ini), str(ini)), World(sys.platform, {}, tmp_path))
    assert phone is not None
    assert phone.status().in_call == "no"
    assert PhoneFiles(str(ini), lambda _: ()).open_call(2.0**80) in (False, None)


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        ("+493012345", "+493012345"),
        ("+49 (30) 12-34/5", "+49 (30) 12-34/5"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-1+1", "'-1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("101", "101"),
        ('a"b,c', 'a"b,c'),
    ],
)
def test_no_cell_is_run_as_a_formula(number: str, cell: str) -> None:
    text = csv_text([LoggedCall(number, number, "outgoing", "", 0, "x", 0)])
    header, row = csv.reader(io.StringIO(text, newline=""))
    assert header == ["time", "type", "number", "name", "duration", "info", "key"]
    assert row[2:4] == [cell, cell]
    assert text.endswith("\r\n")


def test_following_yields_calls_as_they_end() -> None:
    running = LoggedCall("102", "", "outgoing", "t1", 0, "", 1)
    done = LoggedCall("101", "", "outgoing", "t0", 5, "x", 0)
    ended = running._replace(duration=9, info="x")
    reused = LoggedCall("103", "", "outgoing", "t2", 1, "x", 0)
    rounds: list[Callable[[], list[LoggedCall]]] = [
        lambda: [done, running],
        lambda: [done, running],
        _unreadable,
        lambda: [done, ended],
        lambda: [done, ended],
        lambda: [ended, reused],
    ]
    waited: list[int] = []
    ends = follow(lambda: rounds.pop(0)(), lambda: waited.append(1))
    assert [next(ends), next(ends)] == [ended, reused]
    assert rounds == []
    assert len(waited) == 5


def test_following_can_begin_with_what_is_reported_already() -> None:
    one = LoggedCall("101", "", "outgoing", "t0", 5, "x", 0)
    two = LoggedCall("102", "", "outgoing", "t1", 5, "x", 1)
    assert next(follow(lambda: [one, two], lambda: None, reported=[one])) == two


def test_a_calls_file_gets_each_row_once(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    file = CallsFile(path)
    on = LoggedCall("101", 'a "b", c', "incoming", "t0", 0, "", 0)
    other = LoggedCall("102", "Zoë", "outgoing", "t1", 3, "x", 1)
    file.prepare()
    assert path.read_bytes().decode() == csv_text([])
    assert [file.add([on]), file.add([on, other]), file.add([other, on])] == [1, 1, 0]
    assert path.read_bytes().decode() == csv_text([on, other])
    assert file.add([on._replace(duration=9, info="x")]) == 1, "noted again when it has ended"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,  # as editors store it
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.removesuffix(b"\r\n"),
        lambda data: data + b"2026-01-01T0",  # a run that was cut
    ],
)
def test_a_calls_file_that_others_have_touched(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "calls.csv"
    one = LoggedCall("101", "", "incoming", "t0", 5, "x", 0)
    path.write_bytes(change(csv_text([one]).encode()))
    before = path.read_bytes()
    assert CallsFile(path).add([one]) == 0
    assert path.read_bytes() == before
    assert CallsFile(path).add([one, one._replace(key=1)]) == 1
    assert path.read_bytes().endswith(b"\nt0,incoming,101,,5,x,1\r\n")


def test_a_full_disk_leaves_no_half_row(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    calls = [LoggedCall("101", "", "incoming", "t0", 5, "x", key) for key in range(999)]
    CallsFile(path).add(calls[:10])
    before = path.read_bytes()
    with pytest.raises(WriteError), small_files(len(before) + 100):
        CallsFile(path).add(calls)
    assert path.read_bytes() == before
    assert CallsFile(path).add(calls) == 989


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """As on a disk with a quota: a write reaches up to it, the next one fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_followed_as_json_each_call_is_an_object_on_its_own_line(tmp_path: Path) -> None:
    ini = tmp_path / "MicroSIP.ini"

    def write(*lines: str) -> None:
        text = "[Settings]\r\n[Calls]\r\n" + "\r\n".join(lines)
        staged = ini.with_suffix(".new")
        staged.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
        staged.replace(ini)

    write(f"0=101;n;1;{NOON};5;x")
    words = ("calls", "--follow", "--json", "--interval", "0.2", "--ini", str(ini))
    child = subprocess.Popen(
        [sys.executable, "-m", "microsip_config", *words, "--data-dir", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    lines: list[bytes] = []
    reader = threading.Thread(target=lambda: lines.extend(child.stdout or ()))
    reader.start()
    number = 1
    end = time.monotonic() + 60
    # One that ended before the first look is not reported.
    while not lines and time.monotonic() < end:
        write(*(f"{key}=10{key};n;1;{NOON + key};5;x" for key in range(number)))
        number += 1
        time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 130
    reader.join()
    assert lines
    names = {*LoggedCall._fields, "open"}
    assert all(json.loads(line).keys() == names for line in lines)
    assert child.stderr is not None
    assert b"interrupted" in child.stderr.read()


def test_following_gives_up_on_a_file_that_stays_unreadable() -> None:
    rounds: list[Callable[[], list[LoggedCall]]] = [list, *[_unreadable] * 20]
    with pytest.raises(UnreadableFile):
        next(follow(lambda: rounds.pop(0)(), lambda: None))
    assert rounds


def test_following_bears_a_busy_phone() -> None:
    done = LoggedCall("101", "", "outgoing", "t0", 5, "x", 0)
    rounds: list[Callable[[], list[LoggedCall]]] = [list, *[_unreadable, list] * 20, lambda: [done]]
    assert next(follow(lambda: rounds.pop(0)(), lambda: None)) == done


def _unreadable() -> list[LoggedCall]:
    raise UnreadableFile("half a file")


# --- the files of a phone ---


def call_log_of(folder: Path, *rows: tuple[int, str]) -> None:
    """A call log as the phone makes it; each row is a time and the reason of its end."""
    with closing(sqlite3.connect(folder / "call_log.db")) as database:
        database.execute(
            "CREATE TABLE call_log (id INTEGER PRIMARY KEY AUTOINCREMENT, callId TEXT NOT NULL, "
            "number TEXT NOT NULL, name TEXT NOT NULL, type INTEGER, time INTEGER, "
            "duration INTEGER, info TEXT NOT NULL)"
        )
        for number, (when, info) in enumerate(rows):
            row = (f"id{number}", "101", "Ann", 1, when, 0, info)
            columns = "(callId, number, name, type, time, duration, info)"
            database.execute(f"INSERT INTO call_log {columns} VALUES (?,?,?,?,?,?,?)", row)
        database.commit()


OPEN, ENDED, YESTERDAYS = (NOON, ""), (NOON + 5, "Call Ended"), (NOON - 86400, "")
OLD, NEW, ANY = (3, 22, 3), (3, 22, 16), ()


@pytest.mark.parametrize(
    ("version", "in_log", "in_ini", "is_open"),
    [
        (NEW, [OPEN], [], True),
        (NEW, [OPEN, ENDED], [], True),  # two calls, of which the newer one ended first
        (NEW, [ENDED], [], False),
        (NEW, [YESTERDAYS], [], False),  # of a phone that was killed
        (NEW, [YESTERDAYS, ENDED], [], False),
        (NEW, [], [], False),
        (NEW, None, [], None),  # it makes one when it starts: this is not its folder
        (NEW, None, [OPEN], None),  # it writes nothing there
        (NEW, [ENDED], [OPEN], False),
        (OLD, None, [OPEN], True),
        (OLD, None, [ENDED], False),
        (OLD, [OPEN], [ENDED], False),  # left by a newer one, before a downgrade
        (ANY, None, [OPEN], True),
        (ANY, None, [], False),
        (ANY, [OPEN], [], True),
        (ANY, [ENDED], [OPEN], True),
        (ANY, [ENDED], [], False),
    ],
)
def test_the_open_entry_as_a_sign_of_a_call(
    tmp_path: Path,
    version: tuple[int, ...],
    in_log: list[tuple[int, str]] | None,
    in_ini: list[tuple[int, str]],
    is_open: bool | None,
) -> None:
    ini = tmp_path / "MicroSIP.ini"
    lines = [f"{n}=101;Ann;1;{when};0;{info}" for n, (when, info) in enumerate(in_ini)]
    text = "\r\n".join(["[Calls]", *lines, "[Settings]", f"callsLastKey={len(lines) - 1}"])
    ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    if in_log is not None:
        call_log_of(tmp_path, *in_log)
    assert PhoneFiles(str(ini), lambda _: version).open_call(NOON - 60.5) is is_open


@pytest.mark.parametrize("state", ["damaged", "empty", "a folder"])
def test_a_call_log_that_cannot_be_read_is_no_sign(tmp_path: Path, state: str) -> None:
    ini, log = tmp_path / "MicroSIP.ini", tmp_path / "call_log.db"
    ini.write_bytes(b"\xff\xfe")
    if state == "a folder":
        log.mkdir()
    else:
        log.write_bytes(b"no database" * 1000 if state == "damaged" else b"")
    assert PhoneFiles(str(ini), lambda _: NEW).open_call(0) is None


def test_a_call_log_that_another_program_keeps_locked_is_read(tmp_path: Path) -> None:
    ini = tmp_path / "MicroSIP.ini"
    ini.write_bytes(b"\xff\xfe")
    call_log_of(tmp_path, OPEN)
    with closing(sqlite3.connect(tmp_path / "call_log.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert PhoneFiles(str(ini), lambda _: NEW).open_call(NOON - 1) is True


def test_the_calls_that_a_phone_would_end_are_counted(tmp_path: Path) -> None:
    ini = tmp_path / "MicroSIP.ini"
    for version, hook, waits in ((NEW, "x.exe", True), (OLD, "x.exe", False), (NEW, "", False),
                                 (ANY, "x.exe", True)):  # fmt: skip
        ini.write_bytes(b"\xff\xfe" + f"[Settings]\r\ncmdCallEnd={hook}\r\n".encode("utf-16-le"))
        found = PhoneFiles(str(ini), lambda _, version=version: version)  # type: ignore[misc]
        assert found.waits_for_end_hooks() is waits
        assert found.open_calls(NOON - 60) == 0
    call_log_of(tmp_path, YESTERDAYS, OPEN, OPEN, ENDED)
    assert found.open_calls(NOON - 60) == 2
