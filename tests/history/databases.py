"""Call logs as MicroSIP 3.22.16 makes them, and processes that have one open."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

NOON = 1795000000  # 2026-11-18T11:06:40Z
TABLE = (
    "CREATE TABLE call_log (id INTEGER PRIMARY KEY AUTOINCREMENT, callId TEXT NOT NULL, "
    "number TEXT NOT NULL, name TEXT NOT NULL, type INTEGER, time INTEGER, duration INTEGER, "
    "info TEXT NOT NULL)"
)
INDEX = "CREATE UNIQUE INDEX idx_call_log_callId_unique ON call_log(callId)"
INSERT = (
    "INSERT INTO call_log (callId, number, name, type, time, duration, info) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
Row = tuple[Any, ...]


def row(number: str = "101", at: object = NOON, info: str = "x", **more: Any) -> Row:
    """A row to be inserted."""
    values = {"name": "Jo", "type": 1, "duration": 5, "call_id": f"{number}-{at}", **more}
    return (
        values["call_id"], number, values["name"], values["type"], at, values["duration"], info,
    )  # fmt: skip


def make(path: Path, rows: Iterable[Row] = (), *statements: str) -> Path:
    """A call log with these rows; ``statements`` come after the table was made."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(TABLE)
        database.execute(INDEX)
        for statement in statements:
            database.execute(statement)
        database.executemany(INSERT, rows)
        database.commit()
    return path


def of_statements(path: Path, *statements: str) -> Path:
    """A database that only has what these statements make."""
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


@contextmanager
def process(path: Path, *statements: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has carried these statements out and keeps the database open."""
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path), *statements],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.wait()
        assert child.stdin is not None
        child.stdin.close()
        child.stdout.close()


_CHILD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    database.execute(statement).fetchall()
print("ready", flush=True)
sys.stdin.read()
"""

SPILL = (
    "PRAGMA cache_size = 1",
    "BEGIN IMMEDIATE",
    "UPDATE call_log SET name = 'half done', info = ''",
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO "
        "call_log (callId, number, name, type, time, duration, info) "
        "SELECT 'new' || i, 'new', 'half done', 0, i, 0, hex(zeroblob(200)) FROM n"
    ),
)
"""A change that is half written into the database: its pages do not fit into the cache."""


def state(folder: Path) -> dict[str, tuple[bytes, os.stat_result]]:
    """Everything about the files of a folder that a reader could change."""
    return {
        path.name: (path.read_bytes() if path.is_file() else b"", _times(path.lstat()))
        for path in sorted(folder.iterdir())
    }


def _times(found: os.stat_result) -> Any:
    return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
