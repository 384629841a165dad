"""A phone under Wine from Linux, with the stand-in in a throw-away prefix."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from microsip_config.errors import PhoneError, TargetError
from microsip_config.operations.phones import phone_for
from microsip_config.phone.files import PhoneFiles
from microsip_config.phone.grammar import build
from microsip_config.phone.state import PhoneProcess, StopReport
from microsip_config.phone.wine import WinePhone
from microsip_config.results import Target
from microsip_config.target import World
from tests.windows.rig.run import Wine

from .copy_under_wine import MODERN, Copy, both_generations, until

assert sys.platform != "win32"


def test_nothing_runs(standin: Copy) -> None:
    state = standin.phone.status()
    assert (state.processes, state.running, state.in_call) == ((), False, "no")
    assert standin.phone.stop(1) == StopReport()
    assert standin.events() == []


def test_a_started_phone_has_the_environment_that_is_given(
    standin: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that of this process, which may hold a secret."""
    monkeypatch.setenv("SIP_PASSWORD", "correct horse battery")
    standin.phone.start(minimized=True)
    (process,) = standin.phone.status().mine
    environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"WINEPREFIX=" in environment
    assert b"SIP_PASSWORD" not in environment


def test_a_phone_is_settled_once_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loading = PhoneProcess(1, "/x.exe", 0, "ada", True, False, None, None, 1.0)
    seen = iter([loading, loading])
    loaded = loading._replace(has_window=None, visible=True)
    phone = WinePhone("/x.exe", PhoneFiles("/x.ini", lambda _: ()), environ={})
    monkeypatch.setattr(phone, "_processes", lambda: [next(seen, loaded)])
    began = time.monotonic()
    assert phone.settled(20).hidden is False
    assert time.monotonic() - began < 10


@both_generations
@pytest.mark.parametrize(("arguments", "hidden"), [((), False), (("/minimized",), True)])
def test_a_running_phone_is_seen_and_stopped(
    standin: Copy, arguments: Sequence[str], hidden: bool
) -> None:
    child = standin.start(*arguments, STANDIN_EXIT_DELAY_MS="300", STANDIN_LINGER_MS="700")
    state = standin.phone.status()
    (process,) = state.mine
    assert (process.pid, process.exe, process.mine) == (child.pid, str(standin.exe), True)
    assert (process.has_window, state.hidden, state.in_call) == (None, hidden, "no")
    assert abs(process.started - time.time()) < 60
    report = standin.phone.stop(15)
    assert child.poll() == 0
    assert report[:4] == (True, hidden, False, (f'"{standin.exe}" /exit',))
    assert 1 <= report.seconds < 15
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


@pytest.mark.parametrize("said", ["/exit", "/dtmf:1"])
def test_a_switch_on_its_way_is_not_taken_for_a_shown_phone(standin: Copy, said: str) -> None:
    """A cut run leaves its /exit behind; a user's click may come at any moment."""
    # The stack that is not up yet keeps the switch waiting.
    phone = standin.start("/minimized", ready="window", STANDIN_READY_DELAY_MS="2500")
    helper = standin.start(said, ready="loaded")
    until(lambda: len(standin.phone.status().mine) == 2)
    state = standin.phone.status()
    assert (phone.poll(), helper.poll()) == (None, None)
    assert state.hidden is True
    assert standin.phone.stop(15).was_hidden
    assert (phone.wait(5), helper.wait(5)) == (0, 0)


def test_a_process_is_a_phone_when_wine_has_loaded_the_program(standin: Copy) -> None:
    """Before that Wine may have to set up the prefix, for many seconds."""
    # Not Wine itself: as root it would set up a prefix through the links into /usr/lib.
    words = ["wine64", str(standin.exe), "-f"]
    loader = subprocess.Popen(words, executable=shutil.which("tail"), stdout=subprocess.DEVNULL)
    standin.children.append(loader)
    until(lambda: standin.phone.status().running)
    state = standin.phone.status()
    assert [process.has_window for process in state.mine] == [False]
    assert state.hidden is None
    with pytest.raises(TargetError) as refusal:
        standin.phone.send(build("answer"))
    assert refusal.value.code == "phone-not-running"


def test_a_program_that_wine_cannot_load_is_not_started(standin: Copy) -> None:
    standin.exe.write_bytes(b"")
    with pytest.raises(PhoneError) as refusal:
        standin.phone.start()
    assert refusal.value.code == "not-started"
    assert not standin.phone.status().processes


def test_another_program_that_is_given_the_phones_is_no_phone(standin: Copy) -> None:
    reader = subprocess.Popen(["tail", str(standin.exe), "-f"], stdout=subprocess.DEVNULL)
    until(lambda: b"tail" in Path(f"/proc/{reader.pid}/cmdline").read_bytes())
    state = standin.phone.status()
    reader.kill()
    reader.wait()
    assert not state.processes


def test_a_phone_whose_program_was_replaced_since_it_runs(standin: Copy) -> None:
    standin.start("/minimized")
    old = standin.exe.rename(standin.exe.with_name("MicroSIP.old"))
    shutil.copy(old, standin.exe)
    assert standin.phone.status().hidden is True
    assert standin.phone.stop(15).was_hidden


def test_two_copies_do_not_meet(make: Callable[..., Copy]) -> None:
    one, two = make("one"), make("two")
    first, second = one.start("/minimized"), two.start("/minimized")
    assert two.phone.stop(15).was_running
    assert second.wait(0) == 0
    assert first.poll() is None
    assert [process.pid for process in one.phone.status().processes] == [first.pid]


@both_generations
@pytest.mark.parametrize("hang", ["STANDIN_HUNG", "STANDIN_HANG_ON_CLOSE"])
def test_a_phone_that_does_not_stop(standin: Copy, hang: str) -> None:
    child = standin.start(ready="window", **{hang: "1"})
    before = standin.ini.read_bytes()
    began = time.monotonic()
    with pytest.raises(PhoneError) as refusal:
        standin.phone.stop(1.5)
    assert time.monotonic() - began < 20
    assert (refusal.value.exit_code, refusal.value.code) == (5, "did-not-stop")
    assert child.poll() is None
    assert standin.ini.read_bytes() == before
    until(lambda: len(standin.phone.status().processes) == 1)  # the hanging /exit is gone
    assert standin.phone.stop(0.1, kill=True).killed
    assert child.wait(1) != 0
    assert not standin.phone.status().processes


def test_a_phone_that_hangs_does_not_take_a_switch(
    standin: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin.start("/minimized", ready="window", STANDIN_HUNG="1")
    monkeypatch.setattr("microsip_config.phone.control.ANSWER_WAIT", 2)
    with pytest.raises(PhoneError) as refusal:
        standin.phone.send(build("answer"))
    assert refusal.value.code == "phone-hung"
    until(lambda: len(standin.phone.status().processes) == 1)


@both_generations
@pytest.mark.parametrize("call", ["calling", "incoming", "connecting", "connected", "hold"])
def test_a_call_is_seen_in_the_call_log_and_not_ended(standin: Copy, call: str) -> None:
    child = standin.start(STANDIN_COMMANDS=f"call {call}")
    assert standin.phone.status().in_call == "yes"
    with pytest.raises(PhoneError) as refusal:
        standin.phone.stop(5, kill=True)
    assert (refusal.value.exit_code, refusal.value.code) == (5, "in-call")
    assert child.poll() is None
    assert standin.names().count("close") == 0
    assert standin.phone.stop(15, even_in_call=True).was_running


@both_generations
def test_a_call_that_is_over_is_none(standin: Copy) -> None:
    standin.start(STANDIN_COMMANDS="call incoming|call none|status Connecting...")
    assert standin.phone.status().in_call == "no"
    assert standin.phone.stop(15).was_running


@both_generations
def test_the_open_entry_of_a_killed_phone_is_no_call(standin: Copy) -> None:
    killed = standin.start(STANDIN_COMMANDS="call connected")
    standin.phone.stop(0, kill=True, even_in_call=True)
    killed.wait(10)
    time.sleep(1.1)  # a call log counts in seconds
    standin.log.unlink()
    standin.start("/minimized")
    assert standin.phone.status().in_call == "no"
    assert standin.phone.stop(15).was_running


@pytest.mark.parametrize("generation", [MODERN], indirect=True)
@pytest.mark.parametrize("spoil", ["damaged", "missing"])
def test_a_phone_that_shows_no_sign_is_not_stopped(standin: Copy, spoil: str) -> None:
    child = standin.start()
    call_log = standin.ini.with_name("call_log.db")
    if spoil == "damaged":
        call_log.write_bytes(b"no database" * 1000)
    else:
        call_log.unlink()
    assert standin.phone.status().in_call == "unknown"
    with pytest.raises(PhoneError) as refusal:
        standin.phone.stop(5, kill=True)
    assert (refusal.value.exit_code, refusal.value.code) == (5, "in-call")
    assert "--even-in-call" in refusal.value.hint
    assert child.poll() is None
    assert standin.phone.stop(15, even_in_call=True).was_running


@both_generations
@pytest.mark.parametrize("version", ["", "[Global]\r\nversion={}\r\n"])
def test_a_start_with_a_read_only_ini(standin: Copy, generation: str, version: str) -> None:
    """Up to 3.22.3 it starts, and its settings are lost; a later one shows an error box."""
    text = version.format(generation) + standin.ini.read_bytes()[2:].decode("utf-16-le")
    standin.ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    standin.ini.chmod(0o444)
    if version and generation != MODERN:
        standin.phone.start(minimized=True)
        assert standin.phone.status().running
        return
    with pytest.raises(PhoneError) as refusal:
        standin.phone.start()
    assert (refusal.value.exit_code, refusal.value.code) == (5, "ini-not-opened")
    assert (refusal.value.where, standin.events()) == (str(standin.ini), [])


@pytest.mark.parametrize("generation", [MODERN], indirect=True)
def test_a_phone_that_waits_with_a_message_is_not_started(
    standin: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds is looked at, as its window cannot be; here nothing tells beforehand."""
    monkeypatch.setattr("microsip_config.phone.control.START_WAIT", 4.0)
    fixed = struct.pack("<IIHHHH", 0xFEEF04BD, 0x10000, 22, 3, 0, 16)
    with standin.exe.open("ab") as file:
        file.write("VS_VERSION_INFO\0".encode("utf-16-le") + bytes(2) + fixed)
    standin.ini.unlink()
    standin.ini.mkdir()
    with pytest.raises(PhoneError) as refusal:
        standin.phone.start()
    assert refusal.value.code == "no-window"
    assert "box" in standin.names()


@both_generations
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
