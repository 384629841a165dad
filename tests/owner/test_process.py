"""Root over another user's profile: the same answers as to the owner, by a process that is it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.scene import OLD, utf16

from .conftest import USER, Profile, give

assert sys.platform != "win32"

CALLS = "[Calls]\r\n0=5550100;Reception;1;1767225600;42;ok\r\n"
PASSWORD = "correct horse battery staple"


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "microsip_config", *words]


def run(profile: Profile, *words: str, stdin: str = "", **environ: str) -> dict[str, Any]:
    """One run as root with ``--json``: its envelope."""
    given = [*words, "--ini", str(profile.ini), "--json"]
    done = subprocess.run(
        command(*given),
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    envelope: dict[str, Any] = json.loads(done.stdout)
    assert envelope["exit_code"] == done.returncode, done.stderr
    return envelope


AS_USER = """
import os, sys
import jinja2.sandbox, jinja2.ext, jinja2.debug, jinja2.nativetypes, json, tomllib
from microsip_config.job.owner_process import _load_program
_load_program()  # the interpreter may be where only root can read it
os.setgroups([])
user = int(sys.argv[1])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
from microsip_config.cli.start import main
main(sys.argv[2:])
"""


def as_user(profile: Profile, *words: str, **environ: str) -> dict[str, Any]:
    """The same by the owner itself."""
    done = subprocess.run(
        [sys.executable, "-c", AS_USER, str(USER), *words, "--ini", str(profile.ini), "--json"],
        capture_output=True,
        text=True,
        env={"HOME": str(profile.home), "PATH": os.environ["PATH"], **environ},
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    envelope: dict[str, Any] = json.loads(done.stdout)
    assert envelope["exit_code"] == done.returncode
    return envelope


def without_run(envelope: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in envelope.items() if name not in ("run", "backup")}


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("show", "Account1.server"),
        ("check",),
        ("plan", "base"),
        ("capture",),
        ("backups",),
        ("calls",),
        ("locate",),
        ("set", "Settings.volumeRing=11"),
        ("set", "Settings.nonsense=11"),
        ("unset", "Settings.volumeRing"),
        ("apply", "base"),
        ("repair",),
        ("restore",),
        ("phone", "status"),
        ("set", "--dn", "Front desk", "--setvolume", "20"),
    ],
    ids=" ".join,
)
def test_root_is_answered_as_the_owner_is(profile: Profile, words: tuple[str, ...]) -> None:
    mine = run(profile, *words)
    profile.ini.write_bytes(utf16(OLD))
    give(profile.home, USER)
    assert without_run(as_user(profile, *words)) == without_run(mine)
    assert profile.owners() == {USER}


def test_the_owner_finds_the_record_that_root_left(profile: Profile) -> None:
    template = profile.home.parents[1] / "desk.ini"
    template.write_text(
        "[Settings]\nvolumeRing = 12\n[Account1]\nserver=sip.example.com\ndomain=sip.example.com\n"
        "username=101\npassword={{ secret.sip }}\n"
    )
    words = ("apply", str(template), "--secret", "sip=env:PW")
    first = run(profile, *words, PW=PASSWORD)
    assert (first["status"], first["exit_code"]) == ("changed", 0)
    assert PASSWORD not in json.dumps(first)
    assert run(profile, *words, PW=PASSWORD)["status"] == "ok"
    assert as_user(profile, *words, PW=PASSWORD)["status"] == "ok"
    assert profile.owners() == {USER}


def test_what_root_names_is_written_by_root(profile: Profile) -> None:
    profile.ini.write_bytes(utf16(OLD + CALLS))
    give(profile.home, USER)
    folder = profile.home.parents[1] / "reports"
    folder.mkdir(mode=0o700)
    template, calls, more, log = (folder / name for name in ("t.ini", "c.csv", "d.csv", "run.log"))
    taken = run(profile, "capture", "--out", str(template), "--log-file", str(log))
    assert taken["data"]["file"] == str(template)
    assert "[Settings]" in template.read_text()
    assert run(profile, "capture", "--out", str(template))["exit_code"] == 2
    assert len(run(profile, "calls", "--out", str(calls))["data"]) == 1
    words = ("set", "Settings.volumeRing=3", "--log", str(more), "--log-file", str(log))
    assert run(profile, *words)["data"] == {"calls_added": 1, "file": str(more)}
    assert calls.read_bytes() == more.read_bytes()
    assert "wrote set Settings.volumeRing" in log.read_text()
    assert {path.stat().st_uid for path in folder.iterdir()} == {0}
    assert profile.owners() == {USER}


def test_in_the_owners_folder_the_owner_writes(profile: Profile) -> None:
    profile.ini.write_bytes(utf16(OLD + CALLS))
    give(profile.home, USER)
    out, log = profile.home / "c.csv", profile.home / "run.log"
    run(profile, "calls", "--out", str(out), "--log-file", str(log))
    assert out.read_text().count("\n") == 2
    assert log.exists()
    assert profile.owners() == {USER}


@pytest.fixture
def follower(profile: Profile) -> Iterator[subprocess.Popen[str]]:
    """Root that follows the calls, and at its side the process of the user."""
    profile.ini.write_bytes(utf16(OLD + CALLS))
    give(profile.home, USER)
    out = profile.home.parents[1] / "followed.csv"
    words = ("calls", "--follow", "--interval", "0.2", "--out", str(out))
    process = subprocess.Popen(
        command(*words, "--ini", str(profile.ini)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LOUD": PASSWORD},
    )
    until(out.exists)
    pid = worker(process)
    yield process
    process.kill()
    process.communicate()
    until(lambda: not Path(f"/proc/{pid}").exists())  # it writes its log until then


def until(done: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def worker(process: subprocess.Popen[str]) -> int:
    (pid,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(pid)


def facts(pid: int) -> dict[str, Sequence[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}


def test_the_process_is_the_owner_and_nothing_else(follower: subprocess.Popen[str]) -> None:
    pid = worker(follower)
    found = facts(pid)
    assert set(found["Uid"]) == set(found["Gid"]) == {str(USER)}
    assert set(found["Groups"]) <= {str(USER)}
    assert found["NoNewPrivs"] == ["1"]
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(found[kind][0], 16) == 0, kind
    assert os.getsid(pid) == pid
    environ = Path(f"/proc/{pid}/environ").read_bytes()
    assert PASSWORD.encode() not in environ
    assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")
    ends = {str(path.readlink()).partition(":")[0] for path in Path(f"/proc/{pid}/fd").iterdir()}
    assert ends <= {"pipe", "/dev/null"}
    assert Path(f"/proc/{pid}/mem").stat().st_uid == 0  # no other process of the user looks into it


def test_interrupted_it_ends_as_ever(follower: subprocess.Popen[str]) -> None:
    pid = worker(follower)
    follower.send_signal(signal.SIGINT)
    _, error = follower.communicate(timeout=60)
    assert follower.returncode == 130
    assert "interrupted" in error
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
def test_a_user_who_ends_or_stops_it_stops_nothing_else(
    follower: subprocess.Popen[str], sign: signal.Signals
) -> None:
    pid = worker(follower)
    os.kill(pid, sign)
    _, error = follower.communicate(timeout=120)
    assert follower.returncode == 6
    assert "gave no answer" in error
    assert not Path(f"/proc/{pid}").exists()


def test_without_root_it_ends_too(follower: subprocess.Popen[str]) -> None:
    pid = worker(follower)
    follower.kill()
    until(lambda: not Path(f"/proc/{pid}").exists())
