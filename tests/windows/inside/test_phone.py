"""The phone as Windows shows it: seen, stopped, started and spoken to, against the stand-in."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microsip_config.errors import PhoneError, TargetError
from microsip_config.operations.phones import phone_for
from microsip_config.phone.grammar import build
from microsip_config.phone.state import StopReport
from microsip_config.phone.windows import WindowsPhone
from microsip_config.results import Target
from microsip_config.system.windows import processes as win32
from microsip_config.system.windows import start as win32_start
from microsip_config.target import World

from .standin import MODERN, Phone, both_generations, until, user32

assert sys.platform == "win32"

ACCOUNTS = "".join(
    f"[Account{n}]\r\nserver=sip.example.com\r\ndomain=sip.example.com\r\nusername=10{n}\r\n"
    for n in (1, 2)
)
HEALTHY = f"[Settings]\r\naccountId=1\r\nupdatesInterval=never\r\n{ACCOUNTS}"
MISTAKES = {"dialled", "undialled", "message", "dropped", "reset", "error"}


def phone_of(phone: Phone, ini: Path | None = None) -> WindowsPhone:
    """Our view of that copy."""
    world = World(sys.platform, os.environ, Path.home())
    found = phone_for(Target(str(ini or phone.ini), str(phone.exe)), world)
    assert isinstance(found, WindowsPhone)
    return found


@pytest.fixture
def standin(make_phone: Callable[..., Phone]) -> Iterator[Phone]:
    """A copy with a healthy ini. Whatever the test does, it must not have dialled anything."""
    phone = make_phone()
    phone.write(HEALTHY)
    yield phone
    phone_of(phone).stop(0, kill=True, even_in_call=True)
    assert not MISTAKES & {event.name for event in phone.events()}, phone.events()


@pytest.fixture
def caller(make_phone: Callable[..., Phone]) -> Iterator[Phone]:
    """The same, for tests that do mean to dial."""
    phone = make_phone("caller")
    phone.write(HEALTHY)
    yield phone
    phone_of(phone).stop(0, kill=True, even_in_call=True)


def test_a_started_phone_has_the_environment_that_is_given(
    standin: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that of this process, which may hold a secret; the stand-in shows what it was given."""
    given = World(sys.platform, dict(os.environ), Path.home())
    monkeypatch.setenv("STANDIN_COMMANDS", "set volumeOutput=37")
    phone = phone_for(Target(str(standin.ini), str(standin.exe)), given)
    assert phone is not None
    phone.start(minimized=True)
    phone.stop(15)
    assert "volumeOutput=37" not in standin.read()


def test_nothing_runs(standin: Phone) -> None:
    state = phone_of(standin).status()
    assert (state.processes, state.running, state.hidden, state.in_call) == ((), False, None, "no")
    assert phone_of(standin).stop(1) == StopReport()
    assert standin.events() == []  # not even /exit is run


def test_a_running_phone_is_seen(standin: Phone) -> None:
    began = time.time()
    child = standin.start()
    state = phone_of(standin).status()
    (process,) = state.mine
    assert process.pid == child.pid
    assert process.exe.lower() == str(standin.exe).lower()
    assert process.user is not None
    assert process.user.startswith("S-1-")
    assert (process.has_window, process.visible, process.responsive) == (True, True, True)
    assert abs(process.started - began) < 60
    assert (state.running, state.hidden, state.in_call) == (True, False, "no")


def test_a_hidden_phone_is_seen(standin: Phone) -> None:
    standin.start("/minimized")
    assert phone_of(standin).status().hidden is True


def test_the_path_is_compared_without_case_and_as_a_file(standin: Phone, tmp_path: Path) -> None:
    standin.start("/minimized")
    roundabout = standin.exe.parent / ".." / standin.exe.parent.name / standin.exe.name
    for path in (str(standin.exe).upper(), str(roundabout)):
        target = Target(str(standin.ini), path)
        phone = phone_for(target, World(sys.platform, os.environ, tmp_path))
        assert phone is not None
        assert phone.status().running


def test_another_copy_is_not_this_phone(standin: Phone, make_phone: Callable[..., Phone]) -> None:
    other = make_phone("other")
    other.write(HEALTHY)
    child = other.start("/minimized")
    assert not phone_of(standin).status().running
    mine = standin.start("/minimized")
    assert [process.pid for process in phone_of(standin).status().processes] == [mine.pid]
    assert phone_of(standin).stop(10).was_running
    assert mine.wait(5) == 0
    assert child.poll() is None
    assert phone_of(other).status().running


def test_another_program_with_such_a_window_is_not_this_phone(
    standin: Phone, make_phone: Callable[..., Phone]
) -> None:
    renamed = make_phone(stem="Another")  # same folder, other executable
    renamed.write(HEALTHY)
    renamed.start("/minimized")
    assert not phone_of(standin).status().processes


def test_a_phone_that_is_still_starting_is_seen_and_stopped(standin: Phone) -> None:
    child = standin.start(ready=False, STANDIN_START_DELAY_MS="4000")
    until(lambda: standin.said("loaded"))
    (process,) = phone_of(standin).status().mine
    assert (process.has_window, process.visible, process.responsive) == (False, None, None)
    report = phone_of(standin).stop(15)
    assert child.wait(0) == 0
    assert len(report.command_lines) == 1  # not run before there was a window to hear it
    assert standin.said("saved")


@pytest.mark.parametrize("beside_a_phone", [False, True])
def test_a_process_that_never_ran_is_no_phone(
    standin: Phone, monkeypatch: pytest.MonkeyPatch, beside_a_phone: bool
) -> None:
    """What is left when somebody is killed while starting it: it would never end."""
    if beside_a_phone:
        standin.start("/minimized")
    suspended = subprocess.Popen([standin.exe, "/exit"], creationflags=CREATE_SUSPENDED)
    standin.children.append(suspended)
    with monkeypatch.context() as patch:
        patch.setattr("microsip_config.phone.windows._LOADED_WITHIN", 60)
        assert phone_of(standin).status().running  # as far as anybody can tell so early
    assert phone_of(standin).stop(15).was_running is beside_a_phone
    assert not phone_of(standin).status().running
    assert suspended.poll() is None


@both_generations
@pytest.mark.parametrize(("switch", "hidden"), [((), False), (("/minimized",), True)])
def test_stop_is_over_when_the_process_is(
    standin: Phone, switch: tuple[str, ...], hidden: bool
) -> None:
    child = standin.start(*switch, STANDIN_EXIT_DELAY_MS="300", STANDIN_LINGER_MS="700")
    report = phone_of(standin).stop(10)
    assert child.poll() == 0
    assert report[:4] == (True, hidden, False, (f'"{standin.exe}" /exit',))
    assert 1 <= report.seconds < 10
    assert [event.text for event in standin.events() if event.name == "start"][1:] == ["/exit"]
    assert standin.said("saved")


@both_generations
def test_stop_waits_for_a_save_after_the_window_is_gone(standin: Phone) -> None:
    standin.start(STANDIN_WINDOW_FIRST="1", STANDIN_EXIT_DELAY_MS="3000")
    assert phone_of(standin).stop(15).was_running
    names = [event.name for event in standin.events()]
    assert "saved" in names
    assert not phone_of(standin).status().processes


@pytest.mark.parametrize("hang", ["STANDIN_HUNG", "STANDIN_HANG_ON_CLOSE", "STANDIN_IGNORE_CLOSE"])
def test_a_phone_that_does_not_stop(standin: Phone, hang: str) -> None:
    child = standin.start("/minimized", ready=hang != "STANDIN_HUNG", **{hang: "1"})
    until(lambda: standin.said("window"))
    before = standin.ini.read_bytes()
    began = time.monotonic()
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin).stop(1)
    assert time.monotonic() - began < 20
    assert (refusal.value.exit_code, refusal.value.code) == (5, "did-not-stop")
    assert child.poll() is None
    assert standin.ini.read_bytes() == before
    helpers = [p for p in phone_of(standin).status().processes if p.pid != child.pid]
    assert helpers == []  # the /exit that hangs with it is gone
    report = phone_of(standin).stop(1, kill=True)
    assert report.killed
    child.wait(5)
    assert not phone_of(standin).status().processes


def test_a_hung_phone_is_told_from_a_healthy_one(standin: Phone) -> None:
    standin.start(ready=False, STANDIN_HUNG="1")
    until(lambda: standin.said("window"))
    state = phone_of(standin).status()
    assert state.mine[0].responsive is False
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin).send(build("hangup"))
    assert refusal.value.code == "phone-hung"


CREATE_SUSPENDED = 4
CALLS = ["calling", "incoming", "connecting", "connected", "hold"]


@both_generations
@pytest.mark.parametrize("single", ["1", "0"])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_seen_and_not_ended(standin: Phone, call: str, single: str) -> None:
    child = standin.start(STANDIN_COMMANDS=f"set singleMode={single}|call {call}")
    state = phone_of(standin).status()
    assert state.in_call == "yes", state
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin).stop(5, kill=True)
    assert refusal.value.code == "in-call"
    assert child.poll() is None
    assert standin.said("close") == []
    assert phone_of(standin).stop(10, even_in_call=True).was_running
    assert child.wait(0) == 0


@pytest.mark.parametrize(
    ("commands", "in_call"),
    [
        # a language pack translates the status bar: what else can be seen has to do
        ("set singleMode=1|call connected|status Verbunden", "yes"),
        ("set singleMode=0|call connected|status Verbunden", "yes"),
        (
            "set singleMode=0|call hold|status \u0423\u0434\u0435\u0440\u0436",
            "yes",
        ),
        ("set singleMode=1|call calling|status \u0412\u044b\u0437\u043e\u0432", "yes"),
        ("call connecting|status Verbinde...", "yes"),
        ("call incoming|ringing Eingehender Anruf|status Eingehender Anruf", "yes"),
        ("call incoming|call none|status Angemeldet", "no"),  # nobody answered
        ("status Angemeldet", "no"),
        ("status \u0412 \u0441\u0435\u0442\u0438", "no"),
        ("status Away", "no"),
        # shown during each registration
        ("status Connecting...", "no"),
        ("status Connection Failed", "no"),
    ],
)
@both_generations
def test_calls_in_any_language(standin: Phone, commands: str, in_call: str) -> None:
    standin.start("/minimized", STANDIN_COMMANDS=commands)
    assert phone_of(standin).status().in_call == in_call


RINGING = "\u0412\u0445\u043e\u0434\u044f\u0449\u0438\u0439"


@pytest.mark.parametrize("title", ["Incoming Call", RINGING])
@both_generations
def test_a_ringing_dialog_is_a_sign_of_its_own(standin: Phone, title: str) -> None:
    standin.start(STANDIN_COMMANDS=f"call incoming|ringing {title}|status Eingehend")
    assert "a call is ringing" in phone_of(standin).status().because


@both_generations
def test_a_settings_dialog_is_no_sign(standin: Phone) -> None:
    """It has a control of the number of the button that declines."""
    standin.start(STANDIN_COMMANDS="dialog 1000 1025 1026 1032|status Angemeldet")
    assert user32.FindWindowW("#32770", "Dialog")
    assert phone_of(standin).status().in_call == "no"


def test_an_open_entry_of_an_earlier_run_is_no_call(standin: Phone) -> None:
    standin.write(f"{HEALTHY}[Calls]\r\n0=102;;0;1700000000;0;\r\n")
    standin.start(STANDIN_COMMANDS="status Angemeldet")
    assert phone_of(standin).status().in_call == "no"
    assert phone_of(standin).stop(10).was_running


@pytest.mark.parametrize("generation", [MODERN], indirect=True)
def test_the_open_row_of_a_killed_phone_is_no_call(standin: Phone) -> None:
    killed = standin.start(STANDIN_COMMANDS="call connected")
    killed.kill()
    killed.wait(5)
    assert standin.logged_calls()[-1][3] == ""
    time.sleep(1.1)  # the call log counts in seconds
    standin.start()
    assert phone_of(standin).status().in_call == "no"


def test_an_open_entry_of_this_run_is_a_sign(standin: Phone) -> None:
    standin.start(STANDIN_COMMANDS="status Angemeldet")
    other = standin.ini.with_name("other.ini")
    entry = f"[Settings]\r\n[Calls]\r\n0=102;;0;{int(time.time()) + 5};0;\r\n"
    other.write_bytes(b"\xff\xfe" + entry.encode("utf-16-le"))
    assert phone_of(standin, other).status().because == ("a call in the call log has no end",)
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin, other).stop(5)
    assert refusal.value.code == "in-call"


@pytest.mark.parametrize("generation", [MODERN], indirect=True)
@pytest.mark.parametrize(
    ("hook", "calls", "longer"), [("", 2, 0), ("hook.exe", 1, 10), ("hook.exe", 2, 20)]
)
def test_a_stop_leaves_the_phone_the_time_for_its_own_hooks(
    standin: Phone, monkeypatch: pytest.MonkeyPatch, hook: str, calls: int, longer: int
) -> None:
    monkeypatch.setattr("microsip_config.phone.control.HOOK_SECONDS", 0.5)
    standin.write(HEALTHY.replace("accountId=1", f"accountId=1\r\ncmdCallEnd={hook}"))
    commands = f"calls {calls}|ignoreClose 1"
    standin.start(STANDIN_COMMANDS=commands)
    with pytest.raises(PhoneError, match=f"within {1 + longer / 20:g} s"):
        phone_of(standin).stop(1, even_in_call=True)


@pytest.mark.parametrize("generation", [MODERN], indirect=True)
def test_a_hung_phone_without_a_call_log_is_not_stopped(standin: Phone) -> None:
    child = standin.start(ready=False, STANDIN_HUNG="1")
    until(lambda: standin.said("window"))
    until(lambda: phone_of(standin, standin.exe.parent / "elsewhere" / "x.ini").status().running)
    hung = phone_of(standin, standin.exe.parent / "elsewhere" / "x.ini")
    assert hung.status().in_call == "unknown"
    with pytest.raises(PhoneError) as refusal:
        hung.stop(1, kill=True)
    assert (refusal.value.exit_code, refusal.value.code) == (5, "in-call")
    assert child.poll() is None
    assert hung.stop(1, kill=True, even_in_call=True).killed


def when(condition: Callable[[], object], action: Callable[[], object]) -> threading.Thread:
    """A thread that does something as soon as something else has come about."""

    def run() -> None:
        until(condition)
        action()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@both_generations
@pytest.mark.parametrize("kill", [False, True])
def test_a_call_that_begins_while_the_phone_is_stopped(
    standin: Phone, monkeypatch: pytest.MonkeyPatch, kill: bool
) -> None:
    """It missed the first /exit; it gets no second one and is not killed."""
    monkeypatch.setattr("microsip_config.phone.control._ASK_AGAIN", 60.0 if kill else 1.5)
    child = standin.start("/minimized", STANDIN_IGNORE_CLOSE="1")
    began = when(lambda: standin.said("ignored"), lambda: standin.send("call connected"))
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin).stop(4.0 if kill else 15, kill=kill)
    began.join()
    assert (refusal.value.exit_code, refusal.value.code) == (5, "call-began")
    assert child.poll() is None
    assert standin.said("start") == ["/minimized", "/exit"]


@pytest.mark.parametrize("minimized", [True, False])
def test_start_is_hidden_exactly_when_asked(standin: Phone, minimized: bool) -> None:
    line = phone_of(standin).start(minimized=minimized)
    state = phone_of(standin).status()
    assert line == f'"{standin.exe}"' + (" /minimized" if minimized else "")
    assert state.hidden is minimized
    assert standin.said("start") == ["/minimized" if minimized else ""]


def test_start_waits_for_the_window(standin: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_START_DELAY_MS", "1200")
    phone_of(standin).start(minimized=True)
    assert phone_of(standin).status().mine[0].has_window


def test_a_window_that_does_not_come_is_told(
    standin: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_START_DELAY_MS", "3000")
    monkeypatch.setattr("microsip_config.phone.control.START_WAIT", 0.5)
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin).start()
    assert refusal.value.code == "no-window"
    assert phone_of(standin).status().running


@pytest.mark.parametrize("holder", ["read-only", "open"])
@both_generations
def test_a_start_with_an_ini_that_cannot_be_opened(
    standin: Phone, generation: str, holder: str
) -> None:
    """Up to 3.22.3 it starts all the same; a later one shows an error box, and no window."""
    keep = contextlib.nullcontext() if holder == "read-only" else standin.ini.open("rb")
    if holder == "read-only":
        standin.ini.chmod(0o444)
    began = time.monotonic()
    with keep:
        if generation == MODERN:
            with pytest.raises(PhoneError) as refusal:
                phone_of(standin).start()
            assert (refusal.value.exit_code, refusal.value.code) == (5, "ini-not-opened")
            assert time.monotonic() - began < 10
            until(lambda: not phone_of(standin).status().processes)  # nothing waits for a click
        else:
            phone_of(standin).start(minimized=True)
            assert phone_of(standin).status().running
    standin.ini.chmod(0o666)


@both_generations
def test_a_phone_that_ends_in_its_first_moments_is_not_started(
    standin: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_DIE_MS", "400")
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin).start()
    assert refusal.value.code == "not-started"
    assert "shown" in standin.said("window")


def test_a_program_that_is_not_there_cannot_be_started(standin: Phone) -> None:
    standin.exe.rename(standin.exe.with_name("gone.exe"))
    with pytest.raises(PhoneError) as refusal:
        phone_of(standin).start()
    assert refusal.value.code == "not-started"


def test_the_started_phone_outlives_us_and_holds_none_of_our_files(
    standin: Phone, tmp_path: Path
) -> None:
    mine = tmp_path / "open.txt"
    with mine.open("w") as file:
        os.set_inheritable(file.fileno(), True)
        phone_of(standin).start(minimized=True)
    mine.unlink()  # a handle in the phone would forbid it
    assert phone_of(standin).status().running


def test_a_phone_can_be_started_as_the_child_of_another_process(
    standin: Phone, make_phone: Callable[..., Phone]
) -> None:
    shell = make_phone("shell")
    shell.write(HEALTHY)
    parent = shell.start("/minimized")
    exe = str(standin.exe)
    started = win32_start.start(
        exe, f'"{exe}" /minimized', str(standin.exe.parent), os.environ, parent.pid
    )
    win32.close(started.handle)
    until(lambda: standin.said("ready"))
    assert phone_of(standin).status().mine[0].pid == started.pid
    assert parent_of(started.pid) == parent.pid


def test_without_that_parent_it_is_started_all_the_same(standin: Phone) -> None:
    exe = str(standin.exe)
    started = win32_start.start(
        exe, f'"{exe}" /minimized', str(standin.exe.parent), os.environ, 0xFFFFFFF0
    )
    win32.close(started.handle)
    until(lambda: standin.said("ready"))


def test_who_starts_a_phone(monkeypatch: pytest.MonkeyPatch, standin: Phone) -> None:
    shell = standin.start("/minimized").pid
    elevated = {os.getpid(): True, shell: False}
    monkeypatch.setattr(win32, "shell_process", lambda: shell)
    monkeypatch.setattr(win32, "is_elevated", lambda handle: elevated[pid_of(handle)])
    assert win32_start.desktop_parent() == shell
    for own, desktop in ((False, False), (True, True), (False, True)):
        elevated.update({os.getpid(): own, shell: desktop})
        assert win32_start.desktop_parent() == 0
    monkeypatch.setattr(win32, "shell_process", lambda: 0)
    assert win32_start.desktop_parent() == 0


def pid_of(handle: int) -> int:
    return int(ctypes.windll.kernel32.GetProcessId(ctypes.c_void_p(handle)))


def parent_of(pid: int) -> int:
    """InheritedFromUniqueProcessId of PROCESS_BASIC_INFORMATION."""
    information = (ctypes.c_void_p * 6)()
    with win32.opened(pid, win32.QUERY_LIMITED) as handle:
        query = ctypes.windll.ntdll.NtQueryInformationProcess
        query(ctypes.c_void_p(handle), 0, information, ctypes.sizeof(information), None)
    return information[5] or 0


def test_starting_twice_leaves_one_phone(standin: Phone) -> None:
    phone_of(standin).start(minimized=True)
    phone_of(standin).start(minimized=True)
    assert len(phone_of(standin).status().processes) == 1
    assert phone_of(standin).status().hidden is True
    phone_of(standin).start()
    until(lambda: phone_of(standin).status().hidden is False)


@pytest.mark.parametrize(
    ("action", "argument", "expected"),
    [
        ("hangup", None, ("switch", "/hangupall")),
        ("hangup-incoming", None, ("switch", "/hangupincoming")),
        ("hangup-calling", None, ("switch", "/hangupcalling")),
        ("answer", None, ("switch", "/answer")),
        ("dtmf", "12#d", ("switch", "/dtmf:12#D")),
        ("transfer", "sip:102@pbx", ("switch", "/transfer:102@pbx")),
        ("account", "2", ("window", "shown")),
        ("hold", None, ("verb", "hold")),
        ("mute", None, ("verb", "micmute")),
        ("unmute", None, ("verb", "micunmute")),
        ("show", None, ("window", "shown")),
    ],
)
def test_the_running_phone_takes_what_is_built(
    standin: Phone, action: str, argument: str | None, expected: tuple[str, str]
) -> None:
    standin.start("/minimized")
    invocation = build(action, argument)
    assert phone_of(standin).send(invocation) == invocation.command_line(str(standin.exe))
    assert expected in [(event.name, event.text) for event in standin.events()]
    assert len(phone_of(standin).status().processes) == 1


@both_generations
@pytest.mark.dials
def test_dialling(caller: Phone) -> None:
    caller.start("/minimized")
    phone_of(caller).send(build("dial", "sip:100@pbx.example.com"))
    assert caller.said("dialled") == ["100@pbx.example.com"]
    assert caller.said("message") == []
    assert phone_of(caller).status().in_call == "yes"


@pytest.mark.parametrize("action", ["dial", "dtmf", "account", "hangup", "show", "exit"])
def test_nothing_is_said_when_no_phone_runs(standin: Phone, action: str) -> None:
    argument = {"dial": "101", "dtmf": "1", "account": "2"}.get(action)
    with pytest.raises(TargetError) as refusal:
        phone_of(standin).send(build(action, argument))
    assert refusal.value.code == "phone-not-running"
    assert standin.events() == []


@pytest.mark.dials
def test_a_call_starts_the_phone_when_wanted(caller: Phone) -> None:
    phone_of(caller).send(build("dial", "101"), start=True)
    until(lambda: caller.said("dialled") == ["101"])
    assert phone_of(caller).status().running
    assert len(phone_of(caller).status().processes) == 1


def test_only_a_switch_that_starts_the_phone_may_start_it(standin: Phone) -> None:
    with pytest.raises(TargetError):
        phone_of(standin).send(build("answer"), start=True)
    assert standin.events() == []


def test_a_phone_that_comes_up_during_the_stop_is_left_for_the_caller(standin: Phone) -> None:
    first = standin.start("/minimized", STANDIN_LINGER_MS="2000")
    thread = when(lambda: standin.said("saved"), lambda: standin.start("/minimized", ready=False))
    phone_of(standin).stop(10)
    thread.join()
    assert first.wait(0) == 0
    until(lambda: phone_of(standin).status().running)
