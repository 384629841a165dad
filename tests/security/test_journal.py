"""The log of a run: what it tells, how little where nothing happens, and that it never hurts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from microsip_config.journal import log as logs
from tests.cli.conftest import Cli

from .desk import Desk, blob

FULL = Path("/dev/full")
SET = ("set", "Settings.VAD=yes", "Account1.displayName=not to be told")


class Line(NamedTuple):
    """A line of the log, taken apart; its form is checked."""

    time: datetime
    level: str
    pid: int
    verb: str
    message: str


def lines(path: Path) -> list[Line]:
    found = []
    for line in path.read_bytes().decode("utf-8").splitlines():
        time, level, pid, message = line.split(" ", 3)
        verb, _, message = message.partition(": ")
        found.append(Line(datetime.fromisoformat(time), level, int(pid), verb, message))
        assert found[-1].time.utcoffset() is not None
    return found


@pytest.fixture
def default(tmp_path: Path) -> Path:
    """The user's own log."""
    return tmp_path / "logs" / "microsip-config" / "log" / "microsip-config.log"


def messages(path: Path) -> list[str]:
    return [line.message for line in lines(path)]


def test_a_change_is_told_decision_by_decision(cli: Cli, desk: Desk, default: Path) -> None:
    result = cli(*SET, "--ini", desk.ini, "--json").json
    found = lines(default)
    assert [(line.level, line.pid, line.verb) for line in found] == [
        ("INFO", os.getpid(), "set")
    ] * 4
    assert messages(default) == [
        f"target {desk.ini} (given, --ini names the file)",
        f"kept backup {result['backup']}",
        "wrote add Settings.VAD, add Account1.displayName",
        "changed, exit code 0",
    ]
    assert abs((datetime.now().astimezone() - found[0].time).total_seconds()) < 60
    assert default.stat().st_mode & 0o077 == 0


def test_a_run_that_changes_nothing_is_one_line(cli: Cli, desk: Desk, default: Path) -> None:
    cli(*SET, "--ini", desk.ini)
    for run in range(1, 4):
        cli(*SET, "--ini", desk.ini)
        assert len(lines(default)) == 4 + run
    assert messages(default)[-1] == (
        f"in the desired state; {desk.ini} (given, --ini names the file)"
    )


def test_warnings_of_a_run_that_changes_nothing_stay_on_its_line(desk: Desk, default: Path) -> None:
    desk.apply(s101="correct horse")
    desk.store(blob("correct horse"))
    desk.record.unlink()
    before = len(lines(default))
    desk.apply("--adopt", s101="correct horse")
    (line,) = messages(default)[before:]
    assert line.startswith("in the desired state; ")
    assert line.endswith("; warnings: password-adopted")


def test_drift_is_told_without_the_password(desk: Desk, default: Path) -> None:
    desk.apply(s101="correct horse")
    desk.store("typed by the user")
    desk.apply(s101="correct horse")
    told = [line for line in lines(default) if line.level == "WARNING"]
    assert [line.message.split(":")[:2] for line in told] == [
        ["password-drift", " Account1.password"]
    ]
    text = default.read_text("utf-8")
    assert "wrote set Account1.password" in text
    assert "correct horse" not in text
    assert "typed by the user" not in text


@pytest.mark.parametrize(
    ("arguments", "level", "message"),
    [
        (["set", "Settings.vad=1"], "ERROR", r"unknown-key: .+"),
        (["apply", "no-such-template"], "ERROR", r"bad-template: .+"),
        (["plan", "base"], "INFO", r"differences found; .+"),
        (["show"], "INFO", r"in the desired state; .+"),
    ],
)
def test_ends(
    cli: Cli, desk: Desk, default: Path, arguments: list[str], level: str, message: str
) -> None:
    cli(*arguments, "--ini", desk.ini)
    found = lines(default)
    if level == "ERROR":  # between the file that it is about and the exit code
        assert found.pop(0).message == f"target {desk.ini} (given, --ini names the file)"
        assert found.pop().message == "error, exit code 3"
    (line,) = found
    assert (line.verb, line.level) == (arguments[0], level)
    assert re.fullmatch(message, line.message)


def test_a_verb_without_a_phone_leaves_no_line(cli: Cli, default: Path) -> None:
    cli("explain", "Account.transport")
    cli("template", "list")
    assert not default.exists()


def test_a_bug_is_in_the_log(
    cli: Cli, desk: Desk, default: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("value")

    monkeypatch.setattr("microsip_config.operations.configurator.make", broken)
    where = cli(*SET, "--ini", desk.ini, "--json").json["errors"][0]["where"]
    assert "set" in Path(where).read_text("utf-8").splitlines()[0].split()
    *_, bug, end = lines(default)
    assert (bug.level, bug.message.split(":")[0]) == ("ERROR", "bug")
    assert where in bug.message
    assert end.message == "error, exit code 70"


def test_another_file_is_only_appended_to(cli: Cli, desk: Desk, default: Path) -> None:
    given = desk.folder / "share" / "all.log"
    given.parent.mkdir()
    given.write_bytes(b"x" * (logs.SIZE + 1) + b"\n")
    cli(*SET, "--ini", desk.ini, "--log-file", given)
    assert given.read_bytes().startswith(b"x" * (logs.SIZE + 1) + b"\n20")
    assert [path.name for path in given.parent.iterdir()] == ["all.log"], "no rotation there"
    assert not default.exists()


def test_the_users_own_log_is_rotated(cli: Cli, desk: Desk, default: Path) -> None:
    default.parent.mkdir(parents=True)
    default.write_bytes(b"x" * logs.SIZE + b"\n")
    cli(*SET, "--ini", desk.ini)
    assert len(lines(default)) == 4
    assert default.with_name("microsip-config.log.1").stat().st_size == logs.SIZE + 1


def _is_a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def _folder_is_a_file(path: Path) -> None:
    path.parent.parent.mkdir(parents=True)
    path.parent.write_bytes(b"")


def _disk_is_full(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to(FULL)


def _a_pipe_that_nobody_reads(path: Path) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)


BROKEN = [_is_a_folder, _folder_is_a_file, _disk_is_full, _a_pipe_that_nobody_reads]


@pytest.mark.parametrize("spoil", BROKEN)
def test_a_default_log_that_cannot_be_written_is_not_missed(
    cli: Cli, desk: Desk, default: Path, spoil: object
) -> None:
    assert callable(spoil)
    spoil(default)
    outcome = cli(*SET, "--ini", desk.ini, "--json")
    assert (outcome.json["status"], outcome.json["warnings"], outcome.err) == ("changed", [], "")


@pytest.mark.parametrize("spoil", BROKEN)
def test_a_named_log_that_cannot_be_written_is_a_warning(
    cli: Cli, desk: Desk, spoil: object
) -> None:
    assert callable(spoil)
    given = desk.folder / "share" / "logs" / "all.log"
    spoil(given)
    for status in ("changed", "ok"):
        outcome = cli(*SET, "--ini", desk.ini, "--json", "--log-file", given)
        result = outcome.json
        assert (result["status"], result["exit_code"]) == (status, 0)
        (warning,) = result["warnings"]
        assert warning["code"] == "not-logged"
        assert str(given) in warning["message"]


def test_a_log_with_a_forged_line_is_impossible(cli: Cli, desk: Desk, default: Path) -> None:
    cli("set", "Settings.x\n2026-01-01T00:00:00+00:00 INFO 1 set: changed=1", "--ini", desk.ini)
    assert {line.pid for line in lines(default)} == {os.getpid()}


def test_many_processes_write_whole_lines(desk: Desk, default: Path, cli: Cli) -> None:
    cli(*SET, "--ini", desk.ini)
    command = [sys.executable, "-m", "microsip_config", *SET, "--ini", str(desk.ini)]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(8)]
    assert [child.wait(60) for child in running] == [0] * 8
    found = lines(default)
    assert len(found) == 4 + 8
    assert {line.pid for line in found} == {os.getpid(), *(child.pid for child in running)}
