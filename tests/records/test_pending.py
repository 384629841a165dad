"""The note that survives a run that was cut."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from microsip_config.errors import WriteError
from microsip_config.records.pending import Pending

EXE = "C:\\Programme\\MicroSIP Büro\\microsip.exe"


def test_a_note_is_there_until_the_work_is_finished(tmp_path: Path) -> None:
    pending = Pending(tmp_path / "pending.json")
    assert pending.read() is None
    pending.begin(exe=EXE, was_hidden=True, command="apply")
    note = Pending(tmp_path / "pending.json").read()
    assert note is not None
    assert (note.exe, note.was_hidden, note.command) == (EXE, True, "apply")
    assert note.pid == os.getpid()
    assert abs((datetime.now(UTC) - datetime.fromisoformat(note.since)).total_seconds()) < 60
    pending.begin(exe=EXE, was_hidden=False, command="set")
    again = pending.read()
    assert again is not None
    assert (again.was_hidden, again.command) == (False, "set")
    pending.finish()
    assert pending.read() is None
    assert list(tmp_path.iterdir()) == []
    pending.finish()


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    Pending(tmp_path / "pending.json").begin(EXE, False, "apply")
    assert (tmp_path / "pending.json").stat().st_mode & 0o777 == 0o600


def test_a_killed_run_leaves_its_note(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from microsip_config.records.pending import Pending\n"
        "Pending(Path(sys.argv[1])).begin('phone.exe', True, 'apply')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "pending.json"
    run = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert run.returncode == -signal.SIGKILL
    note = Pending(path).read()
    assert note is not None
    assert note.exe == "phone.exe"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b'{"exe": 1, "was_hidden": true, "command": "x", "pid": 1, "since": ""}',
        b'{"exe": "", "was_hidden": true, "command": "x", "pid": 1, "since": ""}',
        b'{"exe": "a\\u0000b", "was_hidden": true, "command": "x", "pid": 1, "since": ""}',
        b'{"exe": "a", "was_hidden": 1, "command": "x", "pid": 1, "since": ""}',
        b'{"exe": "a", "was_hidden": true, "command": "x", "pid": 1, "since": "", "more": 1}',
    ],
)
def test_a_damaged_note_is_a_warning(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pending.json"
    path.write_bytes(content)
    pending = Pending(path)
    assert pending.read() is None
    assert [w.code for w in pending.warnings] == ["note-unusable"]
    pending.begin(EXE, False, "apply")
    assert pending.read() is not None
    assert pending.warnings == ()


def test_a_note_that_cannot_be_left_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        Pending(tmp_path / "no folder" / "pending.json").begin(EXE, False, "apply")


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    real = Pending(tmp_path / "real.json")
    real.begin("evil.exe", False, "apply")
    (tmp_path / "pending.json").symlink_to(tmp_path / "real.json")
    assert Pending(tmp_path / "pending.json").read() is None
