"""The call log on Windows: what another process has open or locked, and nothing in its way."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import TargetError
from microsip_config.history.call_log import CallLog, open_call, read

assert sys.platform == "win32"

TABLE = (
    "CREATE TABLE call_log (id INTEGER PRIMARY KEY AUTOINCREMENT, callId TEXT NOT NULL, "
    "number TEXT NOT NULL, name TEXT NOT NULL, type INTEGER, time INTEGER, duration INTEGER, "
    "info TEXT NOT NULL)"
)
INSERT = (
    "INSERT INTO call_log (callId, number, name, type, time, duration, info) "
    "VALUES (?, ?, ?, 1, 1795000000, 5, 'x')"
)
HALF_WRITTEN = (
    "PRAGMA cache_size = 1",
    "BEGIN IMMEDIATE",
    "UPDATE call_log SET name = 'half done' || hex(zeroblob(200)), info = ''",
)
CHILD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    database.execute(statement).fetchall()
print("ready", flush=True)
sys.stdin.read()
"""
EXCLUSIVE = """
import ctypes, sys
from ctypes import wintypes
create = ctypes.windll.kernel32.CreateFileW
create.restype = wintypes.HANDLE
assert create(sys.argv[1], 0x80000000, 0, None, 3, 0, None) != wintypes.HANDLE(-1).value
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def process(program: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(
        [sys.executable, "-c", program, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline().strip() == b"ready"
        yield child
    finally:
        child.kill()
        child.communicate()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "Phone ü"
    folder.mkdir()
    (folder / "MicroSIP.ini").write_bytes(
        b"\xff\xfe" + "[Global]\r\nversion=3.22.16\r\n[Settings]\r\n".encode("utf-16-le")
    )
    path = folder / "call_log.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(TABLE)
        database.executemany(INSERT, [(f"c{n}", f"{n}", "Jo" * 40) for n in range(200)])
        database.commit()
    return path


def files(log: Path) -> dict[str, Any]:
    return {
        each.name: (each.stat().st_size, each.stat().st_mtime_ns) for each in log.parent.iterdir()
    }


def numbers(log: Path) -> list[str]:
    found = read(log)
    assert found is not None
    return [call.number for call in found.calls]


@pytest.mark.parametrize(
    "statements",
    [
        ("BEGIN IMMEDIATE", "DELETE FROM call_log"),
        ("BEGIN EXCLUSIVE", "DELETE FROM call_log"),
        HALF_WRITTEN,
    ],
    ids=["reserved", "exclusive", "half written"],
)
def test_a_lock_is_not_in_the_way(log: Path, statements: tuple[str, ...]) -> None:
    with process(CHILD, str(log), *statements):
        before = files(log)
        assert numbers(log) == [str(n) for n in range(200)]
        assert open_call(log) is None
        assert files(log) == before


def test_a_killed_phone_leaves_a_journal_which_is_obeyed_and_kept(log: Path) -> None:
    with process(CHILD, str(log), *HALF_WRITTEN) as phone:
        phone.kill()
        phone.wait()
        before = files(log)
    assert "call_log.db-journal" in before
    assert numbers(log) == [str(n) for n in range(200)]
    assert files(log) == before
    with closing(sqlite3.connect(log)) as database:
        assert database.execute("SELECT count(*) FROM call_log").fetchone() == (200,)
    assert numbers(log) == [str(n) for n in range(200)]


def test_a_file_that_another_program_shares_with_nobody(log: Path) -> None:
    with process(EXCLUSIVE, str(log)):
        began = time.monotonic()
        with pytest.raises(TargetError) as raised:
            read(log)
        assert raised.value.code == "in-use"
        assert 1 < time.monotonic() - began < 10
        ini = str(log.with_name("MicroSIP.ini"))
        words = [sys.executable, "-m", "microsip_config", "calls", "--json", "--ini", ini]
        done = subprocess.run(words, capture_output=True, timeout=60)
        assert done.returncode == 4
        envelope = json.loads(done.stdout)
        assert [error["code"] for error in envelope["errors"]] == ["in-use"]
        assert envelope["data"] is None
    assert len(numbers(log)) == 200


def test_nothing_stays_open_between_two_looks(log: Path) -> None:
    follower = CallLog(log)
    assert follower.rows() is not None
    assert follower.rows() is not None
    log.rename(log.with_name("moved.db"))  # Windows moves nothing that is open
    assert follower.rows() is None
    log.with_name("moved.db").rename(log)
    found = follower.rows()
    assert found is not None
    assert len(found.calls) == 200


def test_a_folder_in_its_place(log: Path) -> None:
    log.unlink()
    log.mkdir()
    with pytest.raises(TargetError) as raised:
        read(log)
    assert raised.value.code == "not-a-file"
