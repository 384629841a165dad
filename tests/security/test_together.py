"""Two runs with passwords at once: neither loses what the other has remembered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from microsip_config.records import lock

from .desk import ACCOUNT, INI, Desk, blob, codes

ONE, TWO, OTHER = "correct horse 1", "battery staple 2", "somebody else 3"


def start(desk: Desk, number: int, password: str, *options: str) -> subprocess.Popen[bytes]:
    """An apply of one account in another process, with the same data folder."""
    template = desk.folder / f"{number}.ini"
    template.write_text("[template]\n" + ACCOUNT.format(number=number), encoding="utf-8")
    source = f"s{number}=env:ITS_PASSWORD"
    command = [sys.executable, "-m", "microsip_config", "apply", template, "--ini", desk.ini]
    command += ["--json", "--log-file", desk.folder / "other.log", "--secret", source, *options]
    surroundings = {**os.environ, "ITS_PASSWORD": password}
    return subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, env=surroundings)


def finished(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=60)
    result: dict[str, Any] = json.loads(out)
    assert result["exit_code"] == 0, result
    return result


@pytest.fixture
def before_lock(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens between the plan of a run in this process and its lock, once each."""
    waiting: list[Callable[[], object]] = []
    real = lock.locked

    def locked(folder: Path, timeout: float) -> AbstractContextManager[None]:
        while waiting:
            waiting.pop()()
        return real(folder, timeout)

    monkeypatch.setattr(lock, "locked", locked)
    return waiting


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A desk with two accounts that have no passwords yet."""
    second = "[Account2]\nserver=sip.example.com\ndomain=sip.example.com\nusername=102\n"
    desk.ini.write_bytes(b"\xff\xfe" + (INI + second).replace("\n", "\r\n").encode("utf-16-le"))
    return desk


def settled(desk: Desk) -> None:
    """Both passwords are known: nothing is to be done, whatever the phone makes of them."""
    before = desk.stamp
    for options in ((), ("--adopt",)):
        result = desk.apply(*options, s101=ONE, s102=TWO)
        assert (result["status"], result["changes"], codes(result)) == ("ok", [], [])
    assert desk.stamp == before
    assert desk.fingerprints().keys() == {"Account1", "Account2"}


@pytest.mark.parametrize("first", [101, 102])
def test_both_write(two: Desk, before_lock: list[Callable[[], object]], first: int) -> None:
    passwords = {101: ONE, 102: TWO}
    second = 203 - first
    before_lock.append(lambda: finished(start(two, second, passwords[second])))
    assert two.apply(**{f"s{first}": passwords[first]})["changed"]
    assert not before_lock
    for number in (1, 2):
        two.store(blob(passwords[100 + number]), number)
    settled(two)


@pytest.mark.parametrize("learner", [101, 102])
def test_one_learns_while_the_other_writes(
    two: Desk, before_lock: list[Callable[[], object]], learner: int
) -> None:
    passwords = {101: ONE, 102: TWO}
    writer = 203 - learner
    two.apply(**{f"s{learner}": passwords[learner]})
    two.store(blob(passwords[learner]), learner - 100)
    before_lock.append(lambda: finished(start(two, writer, passwords[writer])))
    assert not two.apply(**{f"s{learner}": passwords[learner]})["changed"]
    assert not before_lock
    two.store(blob(passwords[writer]), writer - 100)
    settled(two)


@pytest.mark.parametrize("learner", [101, 102])
def test_one_writes_while_the_other_learns(
    two: Desk, before_lock: list[Callable[[], object]], learner: int
) -> None:
    passwords = {101: ONE, 102: TWO}
    writer = 203 - learner
    two.apply(**{f"s{learner}": passwords[learner]})
    two.store(blob(passwords[learner]), learner - 100)
    before_lock.append(lambda: finished(start(two, learner, passwords[learner])))
    assert two.apply(**{f"s{writer}": passwords[writer]})["changed"]
    assert not before_lock
    assert two.fingerprints()[f"Account{learner - 100}"]["text"] is not None, "lost again"
    two.store(blob(passwords[writer]), writer - 100)
    settled(two)


def test_a_plan_is_made_again_if_only_the_record_has_changed(
    two: Desk, before_lock: list[Callable[[], object]]
) -> None:
    """The file is the same, but another run has found that its password is the desired one."""
    two.apply(s101=ONE)
    two.store(blob(ONE))
    two.record.unlink()
    before_lock.append(lambda: finished(start(two, 101, ONE, "--adopt")))
    before = two.stamp
    assert not two.apply(s101=ONE)["changed"]
    assert two.stamp == before


def test_nothing_is_learned_from_a_file_that_is_another_one_by_now(
    two: Desk, before_lock: list[Callable[[], object]]
) -> None:
    two.apply(s101=ONE)
    two.store(blob(ONE))
    before_lock.append(lambda: two.store(blob(OTHER)))
    assert not two.apply(s101=ONE)["changed"]
    assert codes(two.apply(s101=ONE)) == []
    two.store(blob(ONE))
    assert codes(two.apply(s101=ONE)) == ["password-drift"], "theirs was learned by the second run"


@contextmanager
def held(desk: Desk) -> Iterator[None]:
    with lock.locked(desk.record.parent, 0):
        yield


def test_a_run_with_nothing_to_do_does_not_wait_to_learn(two: Desk) -> None:
    two.apply(s101=ONE, s102=TWO)
    two.store(blob(ONE))
    with held(two):
        result = finished(start(two, 101, ONE, "--lock-timeout", "0"))
    assert (result["status"], codes(result)) == ("ok", [])
    assert two.fingerprints()["Account1"]["text"] is None, "that was for the next run"
    two.store(blob(TWO), 2)
    settled(two)
