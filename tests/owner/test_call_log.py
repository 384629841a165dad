"""Root and the call log in another user's profile: it is read as that user, whatever it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.scene import utf16
from tests.history.databases import NOON, SPILL, make, process, row, state

from .conftest import USER, Profile, give
from .test_process import run

assert sys.platform != "win32"

NEW = "[Global]\r\nversion=3.22.16\r\n[Settings]\r\n"
ROWS = [row(str(number), NOON + number, name="Jo" * 40) for number in range(200)]


@pytest.fixture
def log(profile: Profile) -> Path:
    profile.ini.write_bytes(utf16(NEW))
    path = make(profile.ini.with_name("call_log.db"), ROWS)
    give(profile.home, USER)
    return path


def test_root_reads_it_as_its_owner(profile: Profile, log: Path) -> None:
    before = state(log.parent)
    told = run(profile, "calls")
    assert told["exit_code"] == 0
    assert [call["number"] for call in told["data"]] == [each[1] for each in ROWS]
    out = profile.home.parents[1] / "calls.csv"
    added = run(profile, "set", "Settings.volumeRing=3", "--log", str(out))
    assert added["data"] == {"calls_added": 200, "file": str(out)}
    after = state(log.parent)
    assert {name: after[name] for name in before if "db" in name} == {
        name: before[name] for name in before if "db" in name
    }


def test_what_a_killed_phone_left_is_not_changed_by_root(profile: Profile, log: Path) -> None:
    with process(log, *SPILL):
        pass
    give(profile.home, USER)
    before = state(log.parent)
    assert len(before) == 3
    assert len(run(profile, "calls")["data"]) == 200
    assert state(log.parent) == before


def secret_link(path: Path) -> None:
    path.symlink_to("/etc/shadow")


@pytest.mark.parametrize(
    ("put", "code"),
    [
        (os.mkfifo, "not-a-file"),
        (secret_link, "link"),
        (lambda path: path.mkdir(), "not-a-file"),
        (lambda path: path.write_bytes(b"no database" * 99), "damaged-call-log"),
    ],
    ids=["pipe", "link", "folder", "text"],
)
@pytest.mark.parametrize("ending", ["", "-journal"], ids=["log", "journal"])
def test_what_its_owner_puts_there_leads_root_nowhere(
    profile: Profile, log: Path, put: Callable[[Path], object], code: str, ending: str
) -> None:
    path = log.with_name(log.name + ending)
    path.unlink(missing_ok=True)
    put(path)
    give(profile.home, USER)
    told = run(profile, "calls")
    if ending and code == "damaged-call-log":
        assert len(told["data"]) == 200, "no journal"
        return
    assert told["exit_code"] == 4
    assert [error["code"] for error in told["errors"]] == [code]
    out = profile.home.parents[1] / "calls.csv"
    added = run(profile, "set", "Settings.volumeRing=3", "--log", str(out))
    assert added["exit_code"] == 4
    assert [error["code"] for error in added["errors"]] == [code]
    assert added["errors"][0]["message"].endswith("the configuration was written before that")
    assert out.read_bytes().count(b"\n") == 1, "the header"
