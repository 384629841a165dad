"""``apply`` beside a running phone: stopped, read again, written, started as it was."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import PhoneError
from microsip_config.system.windows import win32

from .conftest import profile_folders
from .program import HEALTHY, Beside, has_ours, ring
from .standin import MODERN, Phone, both_generations, until, user32

assert sys.platform == "win32"


# -- the rule -----------------------------------------------------------------------------------
@both_generations
@pytest.mark.parametrize(("switch", "hidden"), [((), False), (("/minimized",), True)])
def test_stopped_written_and_started_as_it_was(
    beside: Beside, template: Path, switch: tuple[str, ...], hidden: bool
) -> None:
    phone = beside.phone
    child = phone.start(*switch, STANDIN_COMMANDS="set volumeOutput=37", STANDIN_LINGER_MS="400")
    ran = beside.json("apply", template)
    assert ran.exit_code == 0, ran.out + ran.err
    assert child.wait(0) == 0
    assert has_ours(beside)
    assert beside.read("Settings", "volumeOutput") == "37"  # only the phone's memory had it
    assert beside.read("Settings", "mine") == "1"
    started = f'"{phone.exe}"' + (" /minimized" if hidden else "")
    report = ran.json["phone"]
    assert 0.4 <= report.pop("stop_seconds") < 20
    assert report == {
        "was_running": True,
        "stopped": True,
        "started": True,
        "command_lines": [f'"{phone.exe}" /exit', started],
    }
    assert [change["key"] for change in ran.json["changes"]] == [
        "volumeRing", "enableSTUN", "STUN", "displayName",
    ]  # fmt: skip
    beside.wait_hidden(hidden)
    assert phone.said("start") == [*([switch[0]] if switch else [""]), "/exit", *(switch or ("",))]
    assert not beside.pending

    log, stamp = phone.log.read_bytes(), phone.ini.stat().st_mtime_ns
    again = beside.json("apply", template)
    assert (again.exit_code, again.json["status"], again.json["changed"]) == (0, "ok", False)
    assert not any(again.json["phone"].values())
    assert (phone.log.read_bytes(), phone.ini.stat().st_mtime_ns) == (log, stamp)

    assert beside.seen.stop(10).was_running  # what it has in memory now is ours
    assert has_ours(beside)


def test_only_what_differs_after_the_save_is_written(beside: Beside) -> None:
    beside.phone.start("/minimized", STANDIN_COMMANDS="set volumeRing=55")
    result = beside.configurator().apply(ring("55"))
    assert (result.phone.stopped, result.phone.started, result.changed) == (True, True, False)
    assert result.changes == ()
    beside.wait_hidden(True)


def test_nothing_runs(beside: Beside, template: Path) -> None:
    ran = beside.json("apply", template)
    assert (ran.exit_code, ran.json["phone"]["was_running"]) == (0, False)
    assert has_ours(beside)
    assert beside.phone.events() == []


def test_another_copy_keeps_running(
    beside: Beside, template: Path, make_phone: Callable[..., Phone]
) -> None:
    other = make_phone("other")
    other.write(HEALTHY)
    child = other.start("/minimized")
    assert beside.json("apply", template).exit_code == 0
    assert child.poll() is None
    assert other.said("copydata") == []


def test_restore_and_repair_know_the_phone_too(beside: Beside, template: Path) -> None:
    assert beside.json("apply", template).exit_code == 0
    beside.phone.start("/minimized")
    ran = beside.json("restore")
    assert (ran.exit_code, ran.json["phone"]["stopped"]) == (0, True), ran.out
    beside.wait_hidden(True)
    assert beside.read("Settings", "volumeRing") == "40"
    assert beside.seen.stop(10).was_running
    assert beside.read("Settings", "volumeRing") == "40"


def test_the_installed_phone_beside_a_portable_one(
    beside: Beside,
    template: Path,
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
) -> None:
    """Named by its ini alone, it is found to run although another one runs as well."""
    installed = make_phone("installed")
    registered("HKCU", str(installed.exe.parent))
    installed.ini = profile_folders()[0] / "MicroSIP.ini"
    installed.ini.parent.mkdir()
    installed.write(HEALTHY)
    installed.start("/minimized")
    beside.phone.start("/minimized")  # the later one is the first that is seen
    other = Beside(installed, beside.data)
    command = [sys.executable, "-P", "-m", "microsip_config", "apply", str(template)]
    options = ["--ini", str(installed.ini), "--data-dir", str(beside.data)]
    try:
        assert subprocess.run([*command, *options], timeout=60).returncode == 0
        assert installed.said("close") == [""]
        other.wait_hidden(True)
        assert has_ours(other)
        assert beside.phone.said("close") == []
    finally:
        other.seen.stop(10)


# -- the policies -------------------------------------------------------------------------------
def test_restart_always_starts_a_phone_that_did_not_run(beside: Beside, template: Path) -> None:
    ran = beside.json("apply", template, "--restart", "always")
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True)
    beside.wait_hidden(False)
    log = beside.phone.log.read_bytes()
    again = beside.json("apply", template, "--restart", "always")
    assert (again.exit_code, again.json["changed"]) == (0, False)
    assert (again.json["phone"]["was_running"], again.json["phone"]["started"]) == (True, False)
    assert beside.phone.log.read_bytes() == log
    beside.phone.tell("/exit")
    until(lambda: not beside.seen.status().running)
    third = beside.json("apply", template, "--restart", "always")
    assert (third.json["changed"], third.json["phone"]["started"]) == (False, True)


def test_restart_always_without_a_phone_to_start_says_so(beside: Beside, template: Path) -> None:
    beside.phone.exe.unlink()
    ran = beside.json("apply", template, "--restart", "always")
    assert (ran.exit_code, ran.codes) == (0, ({"no-exe"}, set()))
    assert beside.json("apply", template, "--restart", "always").codes == ({"no-exe"}, set())


def test_restart_always_that_cannot_start_it_fails(beside: Beside, template: Path) -> None:
    beside.phone.exe.write_bytes(b"MZ no program")
    ran = beside.json("apply", template, "--restart", "always")
    assert (ran.exit_code, ran.codes[1]) == (5, {"phone-not-started"})
    assert ran.json["changed"] is True


def test_restart_never_writes_nothing_while_it_runs(beside: Beside, template: Path) -> None:
    beside.phone.start("/minimized")
    log, before = beside.phone.log.read_bytes(), beside.phone.ini.read_bytes()
    ran = beside.json("apply", template, "--restart", "never")
    assert (ran.exit_code, ran.codes[1]) == (5, {"phone-running"})
    assert (beside.phone.log.read_bytes(), beside.phone.ini.read_bytes()) == (log, before)
    assert not beside.pending


def test_while_running_only_accounts_are_written(beside: Beside, template: Path) -> None:
    beside.phone.start("/minimized")
    log = beside.phone.log.read_bytes()
    options = ("--restart", "never", "--while-running")
    ran = beside.json("apply", template, *options)
    assert (ran.exit_code, ran.codes) == (0, ({"left-for-later"}, set())), ran.out
    assert [change["key"] for change in ran.json["changes"]] == ["displayName"]
    places = [w["where"] for w in ran.json["warnings"]]
    assert places == ["Settings.volumeRing", "Settings.enableSTUN", "Settings.STUN"]
    assert beside.read("Settings", "volumeRing") == "40"
    assert beside.phone.log.read_bytes() == log
    again = beside.json("apply", template, *options)
    assert (again.exit_code, again.json["changed"]) == (0, False)
    assert again.codes == ({"left-for-later"}, set())
    assert beside.seen.stop(10).was_running
    assert beside.read("Account1", "displayName") == "Zoë Жук"
    assert beside.json("apply", template, *options).exit_code == 0
    assert has_ours(beside)


@pytest.mark.parametrize(
    ("moment", "code", "text"),
    [("kept", "phone-running", "40"), ("wrote", "phone-restarted", "55")],
)
def test_with_never_a_phone_that_comes_up_meanwhile_is_told(
    beside: Beside, moment: str, code: str, text: str
) -> None:
    def start(line: str) -> None:  # which also writes the file: its version
        if line.startswith(moment):
            beside.phone.start("/minimized")

    with pytest.raises(PhoneError) as refusal:
        beside.configurator(start, restart="never").apply(ring("55"))
    assert refusal.value.code == code
    assert ("the file was written" in refusal.value.message) == (text == "55")
    assert beside.read("Settings", "volumeRing") == text


# -- phones that do not stop --------------------------------------------------------------------
@pytest.mark.parametrize("hang", ["STANDIN_HUNG", "STANDIN_HANG_ON_CLOSE", "STANDIN_IGNORE_CLOSE"])
def test_a_hung_phone(beside: Beside, template: Path, hang: str) -> None:
    phone = beside.phone
    child = phone.start("/minimized", ready=hang != "STANDIN_HUNG", **{hang: "1"})
    until(lambda: phone.said("window"))
    before, began = phone.ini.read_bytes(), time.monotonic()
    ran = beside.json("apply", template, "--stop-timeout", "1.5", "--even-in-call")
    assert time.monotonic() - began < 30
    assert (ran.exit_code, ran.codes[1]) == (5, {"did-not-stop"})
    assert (ran.json["changed"], ran.json["phone"]["stopped"]) == (False, False)
    assert phone.ini.read_bytes() == before
    assert child.poll() is None
    assert user32.IsWindow(phone.window())
    assert [process.pid for process in beside.seen.status().processes] == [child.pid]
    killed = beside.json("apply", template, "--stop-timeout", "1", "--kill", "--even-in-call")
    assert (killed.exit_code, killed.json["phone"]["started"]) == (0, True), killed.out
    child.wait(0)
    assert has_ours(beside)
    beside.wait_hidden(True)
    assert not beside.pending


@pytest.mark.parametrize("first", ["0", "1"])
def test_a_slow_save_is_waited_for(beside: Beside, template: Path, first: str) -> None:
    beside.phone.start(
        "/minimized",
        STANDIN_WINDOW_FIRST=first,
        STANDIN_EXIT_DELAY_MS="1500",
        STANDIN_COMMANDS="set volumeOutput=37",
    )
    assert beside.json("apply", template).exit_code == 0
    assert has_ours(beside)
    assert beside.read("Settings", "volumeOutput") == "37"
    beside.wait_hidden(True)


def test_a_phone_that_ends_after_we_gave_up_is_started_by_the_next_run(beside: Beside) -> None:
    child = beside.phone.start("/minimized", STANDIN_EXIT_DELAY_MS="4000")
    with pytest.raises(PhoneError) as refusal:
        beside.configurator(stop_timeout=0.7).apply(ring("55"))
    assert refusal.value.code == "did-not-stop"
    assert child.wait(10) == 0
    assert beside.pending
    assert beside.read("Settings", "volumeRing") == "40"
    result = beside.configurator().apply(ring("55"))
    assert (result.changed, result.phone.started) == (True, True)
    beside.wait_hidden(True)
    assert not beside.pending


@both_generations
def test_a_call_is_not_ended(beside: Beside, template: Path) -> None:
    child = beside.phone.start(STANDIN_COMMANDS="call connected")
    before = beside.phone.ini.read_bytes()
    ran = beside.json("apply", template, "--kill")
    assert (ran.exit_code, ran.codes[1]) == (5, {"in-call"})
    assert (beside.phone.ini.read_bytes(), child.poll(), beside.pending) == (before, None, False)
    assert beside.phone.said("close") == []
    assert beside.json("apply", template, "--even-in-call").exit_code == 0
    assert child.wait(0) == 0
    assert has_ours(beside)
    beside.wait_hidden(False)


# -- phones that come up ------------------------------------------------------------------------
@pytest.mark.parametrize("moment", ["stopped", "kept", "wrote"])
@pytest.mark.parametrize("ready", [True, False])
def test_a_phone_started_in_between_is_noticed(beside: Beside, moment: str, ready: bool) -> None:
    phone = beside.phone
    phone.start("/minimized", STANDIN_COMMANDS="set volumeOutput=37")
    lines: list[str] = []

    def start(line: str) -> None:
        if line.startswith(moment) and not any(each.startswith(moment) for each in lines):
            phone.start("/minimized", ready=ready, STANDIN_START_DELAY_MS="0" if ready else "500")
        lines.append(line)

    result = beside.configurator(start).apply(ring("55"))
    assert (result.changed, result.phone.started) == (True, True)
    assert [(c.key, c.old, c.new) for c in result.changes] == [("volumeRing", "40", "55")]
    assert sum(line == "stopped the phone" for line in lines) == 2
    beside.wait_hidden(True)
    assert beside.seen.stop(10).was_running  # its memory has what we wrote
    assert beside.read("Settings", "volumeRing") == "55"
    assert beside.read("Settings", "volumeOutput") == "37"


def test_a_watcher_that_starts_it_at_once(beside: Beside, template: Path) -> None:
    """As a Run key or a monitoring tool would: another process, at no agreed moment."""
    phone = beside.phone
    child = phone.start("/minimized")

    def watch() -> None:
        child.wait()
        phone.start("/minimized", ready=False)

    watcher = threading.Thread(target=watch)
    watcher.start()
    ran = beside.json("apply", template)
    watcher.join()
    assert (ran.exit_code, ran.json["changed"]) == (0, True), ran.out
    beside.wait_hidden(True)
    assert beside.seen.stop(10).was_running
    assert has_ours(beside)


def test_a_phone_that_is_started_for_ever_is_an_error(beside: Beside) -> None:
    beside.phone.start("/minimized")
    lines: list[str] = []

    def start(line: str) -> None:
        lines.append(line)
        if line.startswith("stopped"):
            beside.phone.start("/minimized")

    with pytest.raises(PhoneError) as refusal:
        beside.configurator(start).apply(ring("55"))
    assert refusal.value.code == "phone-restarted"
    assert lines.count("stopped the phone") == 3
    assert beside.seen.status().running
    assert not beside.pending


def test_a_phone_that_ends_by_itself_is_not_started_again(beside: Beside) -> None:
    """Its user ended it in the very moment in which we looked."""
    beside.phone.start("/minimized")
    configurator = beside.configurator()
    seen = configurator._context.phone
    assert seen is not None
    stop = seen.stop

    def late(**options: Any) -> Any:
        beside.phone.tell("/exit")
        beside.phone.children[-1].wait()
        return stop(**options)

    seen.stop = late  # type: ignore[method-assign, assignment]
    result = configurator.apply(ring("55"))
    assert (result.changed, result.phone.stopped, result.phone.started) == (True, False, False)
    assert not beside.pending
    assert not beside.seen.status().running


def test_a_phone_that_is_just_starting(beside: Beside, template: Path) -> None:
    """A logon script and the Run key meet: there is a process but no window yet."""
    beside.phone.start("/minimized", ready=False, STANDIN_START_DELAY_MS="1500")
    until(lambda: beside.phone.said("loaded"))
    assert beside.json("apply", template).exit_code == 0
    assert has_ours(beside)
    beside.wait_hidden(True)


@pytest.mark.parametrize("generation", [MODERN], indirect=True)
def test_who_looks_at_the_ini_shares_it_with_all(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone of 3.22.4 or later does not start with an ini that anybody has open."""
    ours = win32.CreateFileW
    opened: list[object] = []

    def create(path: str, access: int, share: int, *more: object) -> object:
        if path.lower().endswith("microsip.ini"):
            opened.append(share)
        return ours(path, access, share, *more)

    def watch(event: str, details: tuple[object, ...]) -> None:
        if event == "open" and watching and str(details[0]).lower().endswith("microsip.ini"):
            opened.append(str(details[0]))

    watching = True
    sys.addaudithook(watch)
    monkeypatch.setattr(win32, "CreateFileW", create)
    beside.phone.start("/minimized")
    configured = beside.configurator()
    configured.check()
    configured.show()
    assert not beside.seen.status().others
    watching = False
    assert opened
    assert set(opened) == {win32.SHARE_ALL}
    configured.apply(ring("55"))  # its phone starts again, so nothing was open then
    assert beside.phone.said("box") == []
    assert beside.seen.status().running
