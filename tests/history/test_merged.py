"""Which calls a phone has: those of its call log, those of [Calls], or those it will import."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microsip_config.history import ring
from microsip_config.history.csv_file import CallsFile
from microsip_config.history.follow import follow
from microsip_config.history.ring import LoggedCall
from microsip_config.ini import file
from microsip_config.ini.profile import Profile
from microsip_config.job.request import Edit
from microsip_config.operations.call_history import CallHistory

from .databases import INSERT, NOON, SPILL, make, process, row, state
from .running import ini_of, run

OLD = ("[Settings]", "version=3.22.3")
LAST_OLD = ("[Settings]", "version=3.22.4")
FIRST_NEW = ("[Global]", "version=3.22.5", "[Settings]")
NEW = ("[Global]", "version=3.22.16", "[Settings]")
UNKNOWN = ("[Settings]",)
# 2 is missing: the ring goes on behind it, an import does not.
CALLS = (
    "[Calls]",
    f"0=a;;1;{NOON + 5};1;x",
    f"1=b;;1;{NOON};1;x",
    f"3=d;;1;{NOON + 9};1;x",
)
LAST = ("callsLastKey=3",)
FULL = ("[Calls]", f"0=a;;1;{NOON + 2};1;x", "1=null", f"2=c;;1;{NOON};1;x", f"3=;;1;{NOON};1;x")
ROWS = [row("db1"), row("db2", NOON - 9)]
Log = list[tuple[Any, ...]] | None

TABLE: dict[str, tuple[tuple[str, ...], Log, list[str], str]] = {
    "old, no log": ((*OLD, *LAST, *CALLS), None, ["a", "b", "d"], "[Calls]"),
    "old, with a log that it does not read": (
        (*OLD, *LAST, *CALLS), ROWS, ["a", "b", "d"], "[Calls]",
    ),
    "old, with an empty log": ((*OLD, *LAST, *CALLS), [], ["a", "b", "d"], "[Calls]"),
    "3.22.4, with a log": ((*LAST_OLD, *LAST, *CALLS), ROWS, ["a", "b", "d"], "[Calls]"),
    "3.22.5, with a log": ((*FIRST_NEW, *LAST, *CALLS), ROWS, ["db1", "db2"], "call_log.db"),
    "new, with a log": ((*NEW, *LAST, *CALLS), ROWS, ["db1", "db2"], "call_log.db"),
    "new, [Calls] of a backup is dead text": ((*NEW, *FULL), ROWS, ["db1", "db2"], "call_log.db"),
    "new, empty log: what it will import, by time": (
        (*NEW, *LAST, *CALLS), [], ["b", "a"], "[Calls]",
    ),
    "new, log was deleted": ((*NEW, *LAST, *CALLS), None, ["b", "a"], "[Calls]"),
    "new, deleted lines and empty numbers": ((*NEW, *FULL), [], ["c", "", "a"], "[Calls]"),
    "new, an empty line ends it": (
        (*NEW, "[Calls]", f"0=a;;1;{NOON};1;x", "1=", f"2=c;;1;{NOON};1;x"), [], ["a"], "[Calls]",
    ),
    "new, nothing at all": (NEW, None, [], ""),
    "new, empty log": (NEW, [], [], ""),
    "unknown, no log": ((*UNKNOWN, *LAST, *CALLS), None, ["a", "b", "d"], "[Calls]"),
    "unknown, with a log": ((*UNKNOWN, *LAST, *CALLS), ROWS, ["db1", "db2"], "call_log.db"),
    "unknown, with an empty log": ((*UNKNOWN, *LAST, *CALLS), [], ["b", "a"], "[Calls]"),
    "more than the ring": (
        (*NEW, "[Calls]", *(f"{key}=n{key};;0;{NOON + key};1;x" for key in range(1005))),
        [], [f"n{key}" for key in range(1005)], "[Calls]",
    ),
    "times that make no sense, first": (
        (*NEW, "[Calls]", f"0=a;;0;{NOON};1;x", "1=b;;0;;1;x", "2=c;;0;-5;1;x"),
        [], ["c", "b", "a"], "[Calls]",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "log", "numbers", "source"), TABLE.values(), ids=TABLE)
def test_which_calls_there_are(
    tmp_path: Path, lines: tuple[str, ...], log: Log, numbers: list[str], source: str
) -> None:
    ini = ini_of(tmp_path, *lines)
    (tmp_path / "contacts.db").write_bytes(b"")
    if log is not None:
        make(tmp_path / "call_log.db", log)
    before = state(tmp_path)
    result = run("calls", ini)
    assert result.exit_code == 0
    assert not result.warnings
    assert [call["number"] for call in result.data] == numbers
    assert {call["source"] for call in result.data} == ({source} if source else set())
    assert state(tmp_path) == before


def test_an_old_phone_does_not_mind_a_damaged_log(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, *OLD, *LAST, *CALLS)
    (tmp_path / "call_log.db").write_bytes(b"not a database" * 100)
    assert run("calls", ini).exit_code == 0
    assert run("calls", ini_of(tmp_path, *NEW, *CALLS)).exit_code == 4


def test_the_version_that_was_given_counts(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, *UNKNOWN, *LAST, *CALLS)
    make(tmp_path / "call_log.db", ROWS)
    old = run("calls", ini, phone_version="3.22.3")
    assert [call["number"] for call in old.data] == ["a", "b", "d"]


def test_the_log_has_one_name_whatever_the_exe_is_called(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, *NEW).rename(tmp_path / "Softphone.ini")
    make(tmp_path / "call_log.db", ROWS)
    make(tmp_path / "Softphone.db", [row("other")])
    assert [call["number"] for call in run("calls", ini).data] == ["db1", "db2"]


def test_an_ini_that_is_a_link(tmp_path: Path) -> None:
    """A phone that reads the link has its log beside it; a link of convenience has none."""
    real, linked = tmp_path / "real", tmp_path / "linked"
    for folder in (real, linked):
        folder.mkdir()
    ini_of(real, *NEW)
    make(real / "call_log.db", ROWS[:1])
    link = linked / "MicroSIP.ini"
    link.symlink_to(real / "MicroSIP.ini")
    assert [call["number"] for call in run("calls", link).data] == ["db1"]
    make(linked / "call_log.db", ROWS)
    assert [call["number"] for call in run("calls", link).data] == ["db1", "db2"]


def test_odd_calls_are_told_once(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, *NEW)
    make(tmp_path / "call_log.db", [row(str(kind), type=kind) for kind in range(12)])
    result = run("calls", ini)
    assert result.exit_code == 0
    (warning,) = result.warnings
    assert warning.code == "odd-calls"
    assert warning.message.endswith("id 5, 6, 7, 8, 9 ...")
    assert warning.where == str(tmp_path / "call_log.db")


LINES = st.lists(
    st.one_of(
        st.just(""),
        st.just("null"),
        st.builds(
            "{};n;{};{};5;{}".format,
            st.sampled_from("abc"),
            st.integers(0, 4),
            st.integers(NOON, NOON + 3),
            st.sampled_from(["", "x"]),
        ),
    ),
    max_size=8,
)


@given(LINES, st.one_of(st.none(), st.lists(st.integers(0, 9), max_size=3)))
@settings(max_examples=80, deadline=None)
def test_the_rule_of_the_import(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], log: list[int] | None
) -> None:
    folder = tmp_path_factory.mktemp("phone") / "MicroSIP"
    folder.mkdir()
    ini = ini_of(folder, *NEW, "[Calls]", *(f"{key}={line}" for key, line in enumerate(lines)))
    if log is not None:
        make(
            folder / "call_log.db",
            [row(f"db{at}", at + 1, call_id=str(n)) for n, at in enumerate(log)],
        )
    read = lines[: lines.index("")] if "" in lines else lines
    fields = [line.split(";") for line in read if line != "null"]
    imported = [each[0] for each in sorted(fields, key=lambda each: int(each[3]))]
    wanted = [f"db{at}" for at in log] if log else imported
    result = run("calls", ini)
    assert [call["number"] for call in result.data] == wanted


# --- following ---


class Desk:
    """A phone's folder whose calls are followed, with something happening between two looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "call_log.db"
        self.reads = 0

    def ini(self, *lines: str) -> None:
        ini_of(self.folder, *lines)

    def insert(self, *rows: tuple[Any, ...]) -> None:
        with closing(sqlite3.connect(self.log)) as database:
            database.executemany(INSERT, rows)
            database.commit()

    def execute(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.log)) as database:
            database.execute(statement, values)
            database.commit()

    def _load(self) -> file.Source:
        self.reads += 1
        return file.load(self.folder / "MicroSIP.ini")

    def told(self, *steps: Callable[[], object]) -> list[list[str]]:
        """The numbers that are told after each step."""
        history = CallHistory(str(self.folder / "MicroSIP.ini"), self._load)
        rounds: list[list[str]] = []
        left = iter(steps)

        def wait() -> None:
            step = next(left, None)
            if step is None:
                raise StopFollowing
            rounds.append([])
            step()

        try:
            for call in follow(history.calls, wait):
                rounds[-1].append(call.number)
        except StopFollowing:
            return rounds
        raise AssertionError


class StopFollowing(Exception):
    """There is no further step."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = tmp_path / "phone"
    folder.mkdir()
    return Desk(folder)


def nothing() -> None:
    """Nothing happens between two looks."""


def test_a_call_is_told_once_when_it_has_ended(desk: Desk) -> None:
    desk.ini(*NEW)
    make(desk.log, [row("before")])
    assert desk.told(
        nothing,
        lambda: desk.insert(row("1", info="", duration=0)),
        nothing,
        lambda: desk.execute("UPDATE call_log SET name = 'Jo Doe' WHERE number = '1'"),
        lambda: desk.execute("UPDATE call_log SET info = 'x', duration = 9 WHERE number = '1'"),
        lambda: desk.execute("UPDATE call_log SET name = 'Jo' WHERE number = '1'"),
        lambda: desk.insert(
            row("2", NOON + 1), row("3", NOON + 1), row("2", NOON + 1, call_id="c")
        ),
        lambda: desk.execute("DELETE FROM call_log WHERE number = '3'"),
    ) == [[], [], [], [], ["1"], [], ["2", "3", "2"], []]


def test_an_update_of_the_phone_tells_no_old_call_again(desk: Desk) -> None:
    desk.ini(*OLD, *LAST, *CALLS)
    imported = [row("b", duration=1), row("a", NOON + 5, duration=1), row("d", NOON + 9)]

    def update() -> None:
        make(desk.log, imported[:1])  # not one transaction

    assert desk.told(
        nothing,
        lambda: desk.ini(*NEW, *LAST, *CALLS),
        update,
        lambda: desk.insert(*imported[1:]),
        lambda: desk.ini(*NEW),
        lambda: desk.insert(row("new", NOON + 20)),
        lambda: desk.ini(*OLD, *LAST, *CALLS),
        lambda: desk.ini(*NEW),
    ) == [[], [], [], [], [], ["new"], [], []]


def test_a_log_that_comes_and_goes_tells_nothing_twice(desk: Desk) -> None:
    desk.ini(*NEW)
    make(desk.log, [row("1"), row("2", NOON + 1)])
    kept = desk.log.read_bytes()

    def replace() -> None:
        staged = desk.folder / "staged.db"
        make(staged, [row("other", NOON + 30)])
        staged.replace(desk.log)

    assert desk.told(
        desk.log.unlink,
        lambda: desk.log.write_bytes(kept),
        lambda: desk.log.write_bytes(kept[:5000]),
        lambda: desk.log.write_bytes(b""),
        lambda: desk.log.write_bytes(kept),
        replace,
        lambda: desk.log.write_bytes(kept),
        lambda: desk.insert(row("3", NOON + 40)),
    ) == [[], [], [], [], [], ["other"], [], ["3"]]


def test_a_change_that_is_under_way_is_not_told(desk: Desk) -> None:
    desk.ini(*NEW)
    make(desk.log, [row(str(number), name="Jo" * 40) for number in range(200)])
    writers = process(desk.log, *SPILL[:2], *SPILL[3:], "UPDATE call_log SET info = 'x'")
    with writers:
        assert desk.told(nothing, nothing) == [[], []]


def test_the_ini_is_not_opened_while_it_does_not_change(desk: Desk) -> None:
    """A phone does not start while another program has its ini open."""
    desk.ini(*NEW)
    old = NOON - 10**8
    os.utime(desk.folder / "MicroSIP.ini", (old, old))
    make(desk.log, [])
    steps = [lambda number=number: desk.insert(row(str(number))) for number in range(5)]
    assert desk.told(*steps) == [[str(number)] for number in range(5)]
    assert desk.reads == 1


# --- a CSV file ---


def test_a_csv_file_gets_no_call_again_that_has_moved_to_the_log(tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    calls = [f"{key}=10{key};Jo;1;{NOON + key};5;x" for key in range(3)]
    twice = f"3=102;Jo;1;{NOON + 2};5;x"
    ini = ini_of(folder, *OLD, "callsLastKey=3", "[Calls]", *calls, twice)
    out = tmp_path / "calls.csv"
    assert run("calls", ini, out=str(out)).exit_code == 0
    before = out.read_bytes()
    assert before.count(b"\r\n") == 5
    rows = [row(f"10{key}", NOON + key) for key in range(3)]
    ini = ini_of(folder, *NEW)
    make(folder / "call_log.db", [*rows, row("102", NOON + 2, call_id="twice"), row("9", NOON + 9)])
    assert run("calls", ini, out=str(out)).exit_code == 0
    after = out.read_bytes()
    assert after.startswith(before)
    assert after[len(before) :] == b"2026-11-18T11:06:49Z,incoming,9,Jo,5,x,5\r\n"
    assert run("calls", ini, out=str(out)).exit_code == 0
    assert out.read_bytes() == after


def test_a_line_end_in_a_name_is_added_once(tmp_path: Path) -> None:
    out = tmp_path / "calls.csv"
    names = ["a\nb", "a\r\nb", "=1\n+2", 'x"\n"', "plain", "\n"]
    calls = [LoggedCall("1", name, "missed", "t", 0, "x", 7, "call_log.db") for name in names]
    assert CallsFile(out).add(calls) == len(calls)
    assert CallsFile(out).add(calls) == 0
    with out.open(newline="", encoding="utf-8") as stream:
        assert len(list(csv.reader(stream))) == len(calls) + 1


@pytest.mark.parametrize("flags", [False, True], ids=["--out", "--log"])
@pytest.mark.parametrize("name", ["call_log.db", "call_log.db-journal", "Contacts.xml"])
def test_no_output_goes_to_a_file_of_the_phone(tmp_path: Path, name: str, flags: bool) -> None:
    ini = ini_of(tmp_path, *NEW)
    named = str(tmp_path / name)
    result = run("set", ini, flags={"log": named}) if flags else run("calls", ini, out=named)
    assert result.exit_code == 2
    assert "maintains" in result.errors[0].message
    assert not (tmp_path / name).exists()


def test_apply_log_reads_the_log_before_anything_is_changed(tmp_path: Path) -> None:
    ini = ini_of(tmp_path, *NEW)
    make(tmp_path / "call_log.db", [row("1"), row("2", NOON + 1)])
    out = tmp_path / "calls.csv"
    result = run("set", ini, flags={"log": str(out)})
    assert result.exit_code == 0
    assert result.data["calls_added"] == 2
    assert out.read_bytes().count(b"\r\n") == 3
    (tmp_path / "call_log.db").write_bytes(b"no database" * 999)
    before = ini.read_bytes()
    result = run("set", ini, flags={"log": str(out)}, edits=[Edit("Settings", "volumeRing", "20")])
    assert result.exit_code == 4
    assert result.errors[0].code == "damaged-call-log"
    assert ini.read_bytes() == before


# --- backups ---


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), []),
        (("call_log.db",), ["call_log.db"]),
        (("Contacts.xml", "call_log.db", "contacts.db"), ["call_log.db", "Contacts.xml"]),
    ],
)
def test_backups_say_what_they_do_not_contain(
    tmp_path: Path, names: tuple[str, ...], told: list[str]
) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    ini = ini_of(folder, *NEW)
    for name in names:
        (folder / name).write_bytes(b"")
    assert run("backups", ini).data == []
    assert run("set", ini, edits=[Edit("Settings", "volumeRing", "20")]).exit_code == 0
    listed = run("backups", ini)
    assert [backup["not_covered"] for backup in listed.data] == [told]
    restored = run("restore", ini)
    assert restored.changed
    assert restored.data == ({"not_covered": told} if told else None)
    assert not listed.warnings
    assert not restored.warnings


def test_ring_and_import_agree_where_there_is_no_gap() -> None:
    text = "[Settings]\ncallsLastKey=2\n[Calls]\n" + "\n".join(
        f"{key}=n{key};;1;{NOON + key};1;x" for key in range(3)
    )
    assert ring.entries(Profile(text)) == ring.to_import(Profile(text))
