"""A call log is read as it was last committed, whatever others do to it, and left alone."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microsip_config.history.call_log import CallLog, open_call, read
from microsip_config.history.rollback import rolled_back
from microsip_config.history.snapshot import snapshot

from .databases import INSERT, SPILL, TABLE, make, process, row, state

ROWS = [row(str(number), name="Jo" * 40) for number in range(200)]


def numbers(path: Path) -> list[str]:
    found = read(path)
    assert found is not None
    return [call.number for call in found.calls]


def journal_of(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "phone"
    folder.mkdir()
    return make(folder / "call_log.db", ROWS)


@pytest.fixture
def hot(log: Path) -> Path:
    """A log whose phone was killed in the middle of a change."""
    before = log.read_bytes()
    with process(log, *SPILL) as phone:
        phone.kill()
        phone.wait()
    assert journal_of(log).stat().st_size > 0
    assert log.read_bytes() != before, "the change is half written"
    return log


def test_a_killed_phone_leaves_a_journal_which_is_obeyed_and_kept(hot: Path) -> None:
    before = state(hot.parent)
    assert numbers(hot) == [each[1] for each in ROWS]
    assert open_call(hot) is None
    assert CallLog(hot).rows() == read(hot)
    assert state(hot.parent) == before


def test_sqlite_itself_takes_the_same_back(hot: Path, tmp_path: Path) -> None:
    ours = snapshot(hot)
    shutil.copytree(hot.parent, tmp_path / "copy")
    copied = tmp_path / "copy" / hot.name
    with closing(sqlite3.connect(copied)) as database:
        assert database.execute("SELECT count(*) FROM call_log").fetchone() == (len(ROWS),)
    assert not journal_of(copied).exists(), "SQLite has rolled back"
    assert copied.read_bytes() == ours


LOCKS = {
    "a reader": ("BEGIN", "SELECT * FROM call_log"),
    "reserved": ("BEGIN IMMEDIATE",),
    "reserved, with a change in memory": ("BEGIN IMMEDIATE", "DELETE FROM call_log"),
    "exclusive": ("BEGIN EXCLUSIVE",),
    "exclusive, with a change in memory": ("BEGIN EXCLUSIVE", "DELETE FROM call_log"),
    "exclusive for good": ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT"),
    "exclusive, half written": SPILL,
    "a persistent journal": (
        "PRAGMA journal_mode = PERSIST",
        "UPDATE call_log SET duration = 6",
    ),
    "a truncated journal": (
        "PRAGMA journal_mode = TRUNCATE",
        "UPDATE call_log SET duration = 6",
    ),
    "half written after a persistent journal": (
        "PRAGMA journal_mode = PERSIST",
        "UPDATE call_log SET duration = 6",
        *SPILL,
    ),
    "half written, no sync": ("PRAGMA synchronous = OFF", *SPILL),
    "several segments": (*SPILL, "UPDATE call_log SET duration = 7", SPILL[-1].replace("new", "n")),
}


@pytest.mark.parametrize("statements", LOCKS.values(), ids=LOCKS)
def test_a_lock_of_another_process_is_not_in_the_way(
    log: Path, statements: tuple[str, ...]
) -> None:
    with process(log, *statements):
        before = state(log.parent)
        began = time.monotonic()
        assert numbers(log) == [each[1] for each in ROWS]
        assert time.monotonic() - began < 1.0
        assert state(log.parent) == before


def test_a_phone_is_never_kept_from_writing_and_no_half_change_is_seen(log: Path) -> None:
    """Each change of the writer, which waits for nobody, gives all rows another duration."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    seen = set()
    end = time.monotonic() + 4
    while time.monotonic() < end:
        found = read(log)
        assert found is not None
        (duration,) = {call.duration for call in found.calls}
        seen.add(duration)
    said, _ = writer.communicate(b"", timeout=20)
    assert said == b""
    assert writer.returncode == 0, "no change was refused"
    assert len(seen) > 10


WRITER = """
import os, select, sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
database.execute("PRAGMA cache_size = 1")
step = 10
while not select.select([0], [], [], 0.02)[0]:
    step += 1
    database.execute("UPDATE call_log SET duration = ?", (step,))
"""


def test_nothing_is_left_beside_a_log_and_nothing_stays_open(log: Path) -> None:
    before = state(log.parent)
    follower = CallLog(log)
    for _ in range(3):
        follower.rows()
        read(log)
        open_call(log)
    assert state(log.parent) == before
    mapped = [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    assert str(log) not in mapped


def test_a_log_is_read_again_only_after_a_change(log: Path) -> None:
    follower = CallLog(log)
    first = follower.rows()
    assert follower.rows() is first
    with closing(sqlite3.connect(log)) as database:
        database.execute(INSERT, row("new"))
        database.commit()
    second = follower.rows()
    assert second is not None
    assert second.calls[-1].number == "new"
    with process(log, *SPILL):
        assert follower.rows() == second
    log.unlink()
    journal_of(log).unlink(missing_ok=True)
    assert follower.rows() is None
    make(log, [row("other")])
    third = follower.rows()
    assert third is not None
    assert [call.number for call in third.calls] == ["other"]


# --- journals that are not those of a killed phone ---

HEADER = struct.Struct(">8sIIIII")
MAGIC = bytes.fromhex("d9d505f920a163d7")


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"\0" * 4096,
        b"not a journal of anything" * 100,
        HEADER.pack(MAGIC, 1, 2, 3, 512, 4096),
        HEADER.pack(MAGIC, 1, 2, 3, 7, 4096) + b"\0" * 8192,
        HEADER.pack(MAGIC, 1, 2, 3, 512, 3) + b"\0" * 8192,
    ],
    ids=["empty", "zeroed", "text", "cut", "odd sector", "odd page"],
)
def test_what_is_no_complete_journal_takes_nothing_back(log: Path, journal: bytes) -> None:
    journal_of(log).write_bytes(journal)
    before = state(log.parent)
    assert numbers(log) == [each[1] for each in ROWS]
    assert state(log.parent) == before


def test_a_journal_that_names_another_file_deletes_nothing(log: Path, tmp_path: Path) -> None:
    """SQLite deletes what such a journal names, if no other journal needs it."""
    precious = tmp_path / "precious.txt"
    precious.write_text("kept")
    name = str(precious).encode()
    end = struct.pack(">I", len(name)) + struct.pack(">I", sum(name)) + MAGIC
    head = HEADER.pack(MAGIC, 0, 0, len(log.read_bytes()) // 4096, 512, 4096).ljust(512, b"\0")
    journal_of(log).write_bytes(head + b"\0\0\0\0" + name + end)
    with pytest.raises(Exception, match="journal of several databases"):
        read(log)
    assert precious.read_text() == "kept"


@given(st.binary(max_size=3000), st.binary(max_size=3000), st.integers(0, 0xFFFFFFFF))
@settings(max_examples=200, deadline=None)
def test_no_journal_makes_more_of_a_database_than_there_is(
    image: bytes, rest: bytes, pages: int
) -> None:
    journal = HEADER.pack(MAGIC, 0xFFFFFFFF, 0, pages, 512, 512).ljust(512, b"\0") + rest
    if not journal.endswith(MAGIC):
        assert len(rolled_back(image, journal)) <= len(image) + len(journal) + 512


@given(st.integers(0, 2**32), st.sampled_from([512, 4096]), st.sampled_from([1, 10]))
@settings(max_examples=12, deadline=None)
def test_any_half_change_is_taken_back(
    tmp_path_factory: pytest.TempPathFactory, seed: int, page: int, cache: int
) -> None:
    """A kill at any moment leaves the files as they are at that moment."""
    folder = tmp_path_factory.mktemp("half")
    log = folder / "call_log.db"
    with closing(sqlite3.connect(log, isolation_level=None)) as database:
        database.execute(f"PRAGMA page_size = {page}")
        database.execute(TABLE)
        database.executemany(INSERT, ROWS[: seed % 150 + 8])
    with closing(sqlite3.connect(log, isolation_level=None)) as database:
        database.execute(f"PRAGMA cache_size = {cache}")
        committed = log.read_bytes()
        database.execute("BEGIN IMMEDIATE")
        for step in range(seed % 7 + 1):
            database.execute("DELETE FROM call_log WHERE id = ?", (step + 1,))
            database.execute(
                "UPDATE call_log SET info = hex(randomblob(?)) WHERE id % 3 = ?",
                (300 + seed % 900, step % 3),
            )
            assert snapshot(log) == committed
        database.execute("COMMIT")
        assert snapshot(log) == log.read_bytes() != committed
