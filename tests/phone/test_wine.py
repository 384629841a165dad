"""A phone under Wine from the Linux side, against the stand-in in a throw-away prefix."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from microsip_config.errors import PhoneError, TargetError
from microsip_config.locate import World
from microsip_config.phone import Phone, phone_for
from microsip_config.phone.grammar import build
from microsip_config.results import Target
from tests.windows.rig import BIN, BUILD, RIG
from tests.windows.rig.run import Wine, boot, pin, throw_away

assert sys.platform != "win32"

ACCOUNT = "[Account1]\r\nserver=sip.example.com\r\ndomain=sip.example.com\r\nusername=101\r\n"
HEALTHY = f"[Settings]\r\naccountId=1\r\nupdatesInterval=never\r\n{ACCOUNT}"
MISTAKES = {"message", "dropped", "reset", "error"}


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    subprocess.run(BUILD, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    config = json.loads((RIG / "rig.json").read_text())
    environment = {**config["env"], "WINEPREFIX": str(RIG / "prefix")}
    with contextlib.ExitStack() as cleanup:
        copy = throw_away(Wine(config["wine"], config["wineserver"], environment), cleanup)
        cleanup.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        pin(copy.prefix, alone=True)
        boot(copy)
        yield copy


class Copy:
    """A copy of the stand-in in a folder of its own."""

    def __init__(self, wine: Wine, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.wine = wine
        self.exe, self.ini, self.log = (
            folder / name for name in ("MicroSIP.exe", "MicroSIP.ini", "standin.log")
        )
        shutil.copy(BIN / "standin.exe", self.exe)
        self.ini.write_bytes(b"\xff\xfe" + HEALTHY.encode("utf-16-le"))
        self.children: list[subprocess.Popen[bytes]] = []

    @property
    def phone(self) -> Phone:
        """Our view of it, with the surroundings of a user of this prefix."""
        environment = {**self.wine.environment, "PATH": os.environ["PATH"]}
        world = World(sys.platform, environment, Path(environment["HOME"]))
        found = phone_for(Target(str(self.ini), str(self.exe)), world)
        assert found is not None
        return found

    def start(
        self, *arguments: str, program: str = "", ready: str = "ready", **environment: str
    ) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [self.wine.program, program or str(self.exe), *arguments],
            env={**self.wine.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.children.append(child)
        until(lambda: ready in self.names())
        return child

    def events(self) -> list[tuple[str, str]]:
        with contextlib.suppress(FileNotFoundError):
            lines = self.log.read_text(encoding="utf-8").splitlines()
            return [(line.split("\t")[0], line.split("\t")[2]) for line in lines]
        return []

    def names(self) -> list[str]:
        return [name for name, _ in self.events()]


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def make(wine: Wine, tmp_path: Path) -> Iterator[Callable[..., Copy]]:
    copies: list[Copy] = []

    def copy(folder: str | Path = "Phone ü") -> Copy:
        copies.append(Copy(wine, tmp_path / folder))
        return copies[-1]

    yield copy
    for each in copies:
        each.phone.stop(0, kill=True, even_in_call=True)
        for child in each.children:
            child.wait(10)
        assert not MISTAKES & set(each.names()), each.events()
        shutil.rmtree(each.exe.parent)


@pytest.fixture
def standin(make: Callable[..., Copy]) -> Copy:
    return make()


def test_nothing_runs(standin: Copy) -> None:
    state = standin.phone.status()
    assert (state.processes, state.running, state.in_call) == ((), False, "no")
    assert standin.phone.stop(1) == (False, False, False, ())
    assert standin.events() == []


@pytest.mark.parametrize(("arguments", "hidden"), [((), False), (("/minimized",), True)])
def test_a_running_phone_is_seen_and_stopped(
    standin: Copy, arguments: Sequence[str], hidden: bool
) -> None:
    child = standin.start(*arguments, STANDIN_EXIT_DELAY_MS="300", STANDIN_LINGER_MS="700")
    state = standin.phone.status()
    (process,) = state.mine
    assert (process.pid, process.exe, process.mine) == (child.pid, str(standin.exe), True)
    assert (process.has_window, state.hidden, state.in_call) == (None, hidden, "unknown")
    assert abs(process.started - time.time()) < 60
    report = standin.phone.stop(15)
    assert child.poll() == 0
    assert report == (True, hidden, False, (f'"{standin.exe}" /exit',))
    assert standin.names().count("saved") == 1
    assert ("start", "/exit") in standin.events()
    assert not standin.phone.status().processes


@pytest.mark.parametrize("spelling", ["C:\\Program Files\\MicroSIP\\MicroSIP.exe",
                                      "c:\\program files\\microsip\\microsip.EXE"])  # fmt: skip
def test_a_phone_started_by_its_windows_path(
    wine: Wine, make: Callable[..., Copy], spelling: str
) -> None:
    phone = make(wine.prefix / "drive_c/Program Files/MicroSIP")
    phone.start("/minimized", program=spelling)
    assert phone.phone.status().running
    assert phone.phone.stop(15).was_hidden
    assert phone.names().count("saved") == 1


def test_two_copies_do_not_meet(make: Callable[..., Copy]) -> None:
    one, two = make("one"), make("two")
    first, second = one.start("/minimized"), two.start("/minimized")
    assert two.phone.stop(15).was_running
    assert second.wait(0) == 0
    assert first.poll() is None
    assert [process.pid for process in one.phone.status().processes] == [first.pid]


@pytest.mark.parametrize("hang", ["STANDIN_HUNG", "STANDIN_HANG_ON_CLOSE"])
def test_a_phone_that_does_not_stop(standin: Copy, hang: str) -> None:
    child = standin.start(ready="window", **{hang: "1"})
    before = standin.ini.read_bytes()
    began = time.monotonic()
    with pytest.raises(PhoneError) as refusal:
        standin.phone.stop(1.5)
    assert time.monotonic() - began < 5
    assert (refusal.value.exit_code, refusal.value.code) == (5, "did-not-stop")
    assert child.poll() is None
    assert standin.ini.read_bytes() == before
    until(lambda: len(standin.phone.status().processes) == 1)  # the hanging /exit is gone
    assert standin.phone.stop(0.1, kill=True).killed
    assert child.wait(1) != 0
    assert not standin.phone.status().processes


def test_a_call_of_this_run_is_noticed_in_the_history(standin: Copy) -> None:
    child = standin.start(STANDIN_COMMANDS="call connected")
    state = standin.phone.status()
    assert (state.in_call, state.call_likely) == ("unknown", True)
    with pytest.raises(PhoneError) as refusal:
        standin.phone.stop(5, kill=True)
    assert refusal.value.code == "in-call"
    assert child.poll() is None
    assert standin.phone.stop(15, even_in_call=True).was_running


@pytest.mark.parametrize("minimized", [True, False])
def test_start_and_speak(standin: Copy, minimized: bool) -> None:
    line = standin.phone.start(minimized=minimized)
    assert line == f'"{standin.exe}"' + (" /minimized" if minimized else "")
    assert ("window", "hidden" if minimized else "shown") in standin.events()
    assert standin.phone.status().hidden is minimized
    standin.phone.send(build("dtmf", "12#"))
    assert ("switch", "/dtmf:12#") in standin.events()
    standin.phone.send(build("dial", "sip:100@pbx.example.com"))
    assert ("dialled", "100@pbx.example.com") in standin.events()
    assert len(standin.phone.status().processes) == 1
    assert standin.phone.stop(15, even_in_call=True).was_hidden is minimized


@pytest.mark.parametrize("action", ["answer", "show"])
def test_nothing_is_said_when_no_phone_runs(standin: Copy, action: str) -> None:
    with pytest.raises(TargetError) as refusal:
        standin.phone.send(build(action))
    assert refusal.value.code == "phone-not-running"
    assert standin.events() == []


def test_the_phone_of_another_user_is_reported_and_left_alone(
    standin: Copy, make: Callable[..., Copy], monkeypatch: pytest.MonkeyPatch
) -> None:
    child = standin.start("/minimized")
    make("other copy").start("/minimized")
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 4242)
        state = standin.phone.status()
        assert [process.pid for process in state.others] == [child.pid]
        assert not state.running
        assert not standin.phone.stop(1, kill=True).was_running
    assert child.poll() is None


def test_without_an_executable_there_is_no_phone(tmp_path: Path) -> None:
    world = World(sys.platform, {}, tmp_path)
    assert phone_for(Target(str(tmp_path / "MicroSIP.ini")), world) is None


def test_without_wine_a_start_says_so(standin: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("microsip_config.phone.wine._USUAL_LOADERS", ())
    world = World(sys.platform, {"PATH": "/nowhere"}, standin.exe.parent)
    phone = phone_for(Target(str(standin.ini), str(standin.exe)), world)
    assert phone is not None
    with pytest.raises(PhoneError) as refusal:
        phone.start()
    assert refusal.value.code == "not-started"
