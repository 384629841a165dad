"""``calls`` as it is typed: what a terminal, a spreadsheet and a program get."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from .databases import INSERT, NOON, SPILL, make, process, row
from .running import ini_of

NEW = ("[Global]", "version=3.22.16", "[Settings]")
HOSTILE = [
    row("1", name="=cmd|' /C calc'!A0"),
    row("2", name="\x1b[31mred\x1b[0m\x07"),
    row("3", name="Jo\r\nX-Injected: yes"),
    row("4", name="\u202egpj.exe"),
    row("5", name="<script>alert(1)</script>"),
    row("6", NOON + 1, info="", duration=0),
]


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    folder = tmp_path / "phone"
    folder.mkdir()
    return ini_of(folder, *NEW)


def command(ini: Path, *words: str) -> list[str]:
    options = ("--ini", str(ini), "--data-dir", str(ini.parent.parent / "data"))
    return [sys.executable, "-m", "microsip_config", "calls", *words, *options]


def said(ini: Path, *words: str, exit_code: int = 0) -> str:
    done = subprocess.run(command(ini, *words), capture_output=True, timeout=60)
    assert done.returncode == exit_code, done.stderr
    assert b"Traceback" not in done.stderr
    return done.stdout.decode()


def test_hostile_texts_are_shown_and_not_obeyed(ini: Path) -> None:
    make(ini.with_name("call_log.db"), HOSTILE)
    shown = said(ini)
    lines = shown.splitlines()
    assert len(lines) == 1 + len(HOSTILE)
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert lines[-1].endswith("(no end yet)")
    assert said(ini, "--csv").count("'=cmd") == 1
    told = json.loads(said(ini, "--json"))["data"]
    assert [call["name"] for call in told] == [each[2] for each in HOSTILE]
    assert [call["open"] for call in told] == [False] * 5 + [True]
    assert {call["source"] for call in told} == {"call_log.db"}
    assert [call["call_id"] for call in told] == [each[0] for each in HOSTILE]


@pytest.mark.parametrize(
    "words", [(), ("--json",), ("--csv",), ("--out", "calls.csv"), ("--follow",)]
)
def test_a_damaged_log_is_never_an_empty_list(ini: Path, words: tuple[str, ...]) -> None:
    ini.with_name("call_log.db").write_bytes(b"no database" * 999)
    if "--out" in words:
        words = ("--out", str(ini.parent / "calls.csv"))
    shown = said(ini, *words, exit_code=4)
    if words == ("--json",):
        envelope = json.loads(shown)
        assert envelope["status"] == "error"
        assert envelope["data"] is None
        assert [error["code"] for error in envelope["errors"]] == ["damaged-call-log"]
    elif words != ("--follow",):
        assert not shown


class Following:
    """``calls --follow`` as a process, and the lines that it has written."""

    def __init__(self, ini: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            command(ini, "--follow", "--interval", "0.2", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines: list[bytes] = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def end(self) -> list[bytes]:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(20) == 130
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return self.lines


@pytest.fixture
def log(ini: Path) -> Path:
    return make(ini.with_name("call_log.db"), [row("before")])


def insert(log: Path, *rows: tuple[object, ...]) -> None:
    with closing(sqlite3.connect(log)) as database:
        database.executemany(INSERT, rows)
        database.commit()


def test_followed_through_a_file(ini: Path, log: Path) -> None:
    """Ready when the calls from before are in the file; then a call begins, and ends."""
    out = ini.parent / "calls.csv"
    following = Following(ini, "--out", str(out))
    until(lambda: out.exists() and b"before" in out.read_bytes())
    insert(log, row("running", NOON + 1, info="", duration=0))
    with process(log, "BEGIN EXCLUSIVE"):
        time.sleep(0.5)
    with process(log, *SPILL):
        time.sleep(0.5)
    with closing(sqlite3.connect(log)) as database:  # the next start rolls back what was killed
        assert database.execute("SELECT count(*) FROM call_log").fetchone() == (2,)
    assert b"running" not in out.read_bytes()
    with closing(sqlite3.connect(log)) as database:
        database.execute("UPDATE call_log SET info = 'x', duration = 7 WHERE number = 'running'")
        database.commit()
    until(lambda: b"running" in out.read_bytes())
    following.end()
    assert out.read_bytes().count(b"\r\n") == 3
    assert out.read_bytes().endswith(b",incoming,running,Jo,7,x,2\r\n")


def test_followed_as_json(ini: Path, log: Path) -> None:
    following = Following(ini, "--json")
    number = 0
    end = time.monotonic() + 60
    while not following.lines and time.monotonic() < end:
        number += 1
        insert(log, row(f"{number}", NOON + number))
        time.sleep(0.3)
    lines = [json.loads(line) for line in following.end()]
    assert lines
    assert "before" not in [call["number"] for call in lines]
    assert len({call["key"] for call in lines}) == len(lines)
    assert not any(call["open"] for call in lines)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)
