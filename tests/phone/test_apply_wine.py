"""The program on Linux with a phone under Wine: found, stopped, started; the program killed."""

from __future__ import annotations

import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest

from microsip_config import Configurator, Ledger, Target, edits
from microsip_config.cli.verbs import phone
from microsip_config.errors import PhoneError, WriteError
from microsip_config.ini.profile import Profile
from microsip_config.phone import Phone
from microsip_config.phone.state import PhoneProcess
from microsip_config.phone.wine import WinePhone
from microsip_config.records import target_path
from microsip_config.records.pending import Pending
from microsip_config.system.private import private_folder
from tests.cli.conftest import examples_of
from tests.windows.rig.run import Wine

from .copy_under_wine import ACCOUNT, HEALTHY, MODERN, Copy, both_generations, until

assert sys.platform != "win32"

KILLS, KILLS_ALONE = 20, 60
TEMPLATE = """[template]
description = A desk
[Settings]
volumeRing = 55
[Account1]
displayName = Zoë Жук
"""

# Says when it is loaded, so that the moments of the kills spread over the protocol alone.
VICTIM = """
import os, sys
from pathlib import Path
from microsip_config import Configurator, Target, World, edits, phone_for
import json, microsip_config.operations.locked_run
import microsip_config.records.lock, microsip_config.records.backups
ini, exe, data, text = sys.argv[1:]
target = Target(ini, exe)
phone = phone_for(target, World(sys.platform, os.environ, Path.home()))
print("loaded", flush=True)
Configurator(target, data_dir=Path(data), phone=phone).apply(
    edits([("Settings", "volumeRing", text)])
)
print("done", flush=True)
"""


class Ran(NamedTuple):
    exit_code: int
    json: Any


class Program:
    """The program as the user of the copy's prefix runs it."""

    def __init__(self, copy: Copy, data: Path) -> None:
        self.copy = copy
        self.data = data
        self.environment = {**copy.wine.environment, "PATH": os.environ["PATH"]}

    def start(self, *args: str | Path, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "microsip_config", *map(str, args), "--json"]
        return subprocess.Popen(
            [*command, "--data-dir", str(self.data), "--log-file", str(self.data / "log.txt")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**self.environment, **environment},
        )

    def run(self, *args: str | Path, **environment: str) -> Ran:
        child = self.start(*args, **environment)
        out, _ = child.communicate(timeout=60)
        return Ran(child.returncode, json.loads(out))

    def victim(self, text: str, exe: str) -> subprocess.Popen[bytes]:
        """A run in a process that is loaded and about to begin."""
        child = subprocess.Popen(
            [sys.executable, "-c", VICTIM, str(self.copy.ini), exe, str(self.data), text],
            stdout=subprocess.PIPE,
            env=self.environment,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"loaded\n"
        return child

    def configurator(self, *, phone: bool = True) -> Configurator:
        target = Target(str(self.copy.ini), str(self.copy.exe) if phone else "")
        seen = self.copy.phone if phone else None
        return Configurator(target, data_dir=self.data, phone=seen)

    def profile(self) -> Profile:
        data = self.copy.ini.read_bytes()
        assert data[:2] == b"\xff\xfe"
        return Profile(data[2:].decode("utf-16-le"))

    @property
    def pending(self) -> bool:
        return (target_path(self.data, self.copy.ini) / "pending.json").exists()

    def wait_hidden(self, hidden: bool) -> None:
        """One phone runs, and its window is what is said."""
        until(lambda: self.copy.names()[-1:] == ["ready"])
        assert [text for name, text in self.copy.events() if name == "window"][-1] == (
            "hidden" if hidden else "shown"
        )
        assert len(self.copy.phone.status().mine) == 1


@pytest.fixture
def program(standin: Copy, tmp_path: Path) -> Iterator[Program]:
    yield Program(standin, tmp_path / "data folder ü")
    assert "dialled" not in standin.names()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "desk.ini"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_the_phone_of_a_prefix(
    wine: Wine, make: Callable[..., Copy], tmp_path: Path, template: Path
) -> None:
    """By --wine-prefix alone: locate, start, status, apply, stop."""
    copy = make(wine.prefix / "drive_c/Program Files/MicroSIP")
    program = Program(copy, tmp_path / "data folder ü")
    where = ("--wine-prefix", wine.prefix)
    found = program.run("locate", *where)
    assert (found.exit_code, found.json["target"]["exe"]) == (0, str(copy.exe)), found.json
    assert program.run("phone", "status", *where).json["data"]["running"] is False
    started = program.run("phone", "start", "--minimized", *where)
    assert (started.exit_code, started.json["phone"]["started"]) == (0, True), started.json
    read = next(text for name, text in copy.events() if name == "ini")
    assert read == "C:\\Program Files\\MicroSIP\\MicroSIP.ini"  # what locate said
    assert found.json["target"]["ini"] == str(copy.ini)
    status = program.run("phone", "status", *where).json["data"]
    assert (status["running"], status["hidden"]) == (True, True)
    assert program.run("apply", template, *where).json["phone"]["stopped"] is True
    program.wait_hidden(True)
    stopped = program.run("phone", "stop", *where)
    assert (stopped.exit_code, stopped.json["phone"]["stopped"]) == (0, True), stopped.json
    assert program.profile().get("Settings", "volumeRing") == "55"


def test_the_examples_of_the_help_work(standin: Copy, tmp_path: Path) -> None:
    """In the order of the help: the phone is started, ended, started again and spoken to."""
    copy, program = standin, Program(standin, tmp_path / "data folder ü")
    second = ACCOUNT.replace("Account1", "Account2").replace("101", "102")
    copy.ini.write_bytes(b"\xff\xfe" + (HEALTHY + second).encode("utf-16-le"))
    for verb in (each.name.split()[-1] for each in phone.VERB.verbs):
        page = subprocess.check_output(
            [sys.executable, "-m", "microsip_config", "phone", verb, "--help"], text=True
        )
        examples = examples_of(page)
        assert examples
        for example in examples:
            ran = program.run(*shlex.split(example.removesuffix(" --json"))[1:], "--exe", copy.exe)
            assert ran.exit_code == 0, (example, ran.json)
    said = [text for name, text in copy.events() if name in ("copydata", "close")]
    assert said == [
        *("", "", "101", "/account:2", "101@sip.example.com", "/answer", "/hangupall"),
        *("/hangupincoming", "/dtmf:1234#", "/transfer:102", "/account:2"),
    ]
    dialled = [text for name, text in copy.events() if name == "dialled"]
    assert dialled == ["101", "101@sip.example.com"]


@pytest.mark.parametrize(("switch", "hidden"), [((), False), (("/minimized",), True)])
def test_apply(program: Program, template: Path, switch: Sequence[str], hidden: bool) -> None:
    copy = program.copy
    child = copy.start(*switch, STANDIN_COMMANDS="set volumeOutput=37", STANDIN_LINGER_MS="400")
    ran = program.run("apply", template, "--exe", copy.exe)
    assert (ran.exit_code, child.poll()) == (0, 0), ran.json
    assert (ran.json["phone"]["stopped"], ran.json["phone"]["started"]) == (True, True)
    profile = program.profile()
    assert profile.get("Settings", "volumeRing") == "55"
    assert profile.get("Settings", "volumeOutput") == "37"
    assert profile.get("Account1", "displayName") == "Zoë Жук"
    program.wait_hidden(hidden)
    log, stamp = copy.log.read_bytes(), copy.ini.stat().st_mtime_ns
    again = program.run("apply", template, "--exe", copy.exe)
    assert (again.exit_code, again.json["changed"]) == (0, False), again.json
    assert (copy.log.read_bytes(), copy.ini.stat().st_mtime_ns) == (log, stamp)
    copy.phone.stop(15)  # what it has in memory now is what was written
    assert program.profile().get("Settings", "volumeRing") == "55"


@both_generations
def test_what_the_phone_makes_of_a_password_is_remembered_at_its_start(
    program: Program, tmp_path: Path
) -> None:
    """Ten times, and another phone's form of another password in its place is not believed."""
    copy, password, other = program.copy, "3f2a9c01b7de44508a6f1c9e0d2b7a65", "b" * 32
    template = tmp_path / "desk.ini"
    template.write_text("[Account1]\npassword = {{ secret.sip }}\n")
    words = ("apply", template, "--exe", copy.exe, "--secret", "sip=env:SIP")
    copy.start()
    ran = program.run(*words, SIP=password)
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True), ran.json
    (record,) = program.data.glob("targets/*/state.json")
    assert json.loads(record.read_bytes())["accounts"]["Account1"]["blob"]
    stored, before = program.profile().get("Account1", "password"), record.read_bytes()
    assert stored != password
    for _ in range(10):
        again = program.run(*words, SIP=password)
        assert (again.exit_code, again.json["changed"]) == (0, False), again.json
    assert record.read_bytes() == before
    changed = program.run(*words, SIP=other)
    assert changed.json["changed"] is True
    until(lambda: program.profile().get("Account1", "password") not in (stored, other))
    copy.phone.stop(15)
    text = copy.ini.read_bytes()[2:].decode("utf-16-le")
    newer = str(program.profile().get("Account1", "password"))
    copy.ini.write_bytes(b"\xff\xfe" + text.replace(newer, str(stored)).encode("utf-16-le"))
    assert program.run(*words, SIP=other).json["changed"] is True
    assert program.run(*words, SIP=other).json["changed"] is False


@both_generations
@pytest.mark.parametrize("words", [("phone", "stop"), ("phone", "restart"), ("apply",)])
def test_a_call_is_not_ended(program: Program, template: Path, words: tuple[str, ...]) -> None:
    child = program.copy.start("/minimized", STANDIN_COMMANDS="call connected")
    before = program.copy.ini.read_bytes()
    given = (*words, *((template,) if words == ("apply",) else ()), "--exe", program.copy.exe)
    ran = program.run(*given)
    assert (ran.exit_code, ran.json["errors"][0]["code"]) == (5, "in-call"), ran.json
    assert (child.poll(), program.copy.ini.read_bytes()) == (None, before)
    stopped = program.run("phone", "stop", "--exe", program.copy.exe, "--even-in-call")
    assert (stopped.exit_code, stopped.json["phone"]["stopped"]) == (0, True), stopped.json
    assert stopped.json["phone"]["stop_seconds"] > 0


@both_generations
def test_a_start_with_a_read_only_ini_is_told(program: Program, generation: str) -> None:
    started = program.run("phone", "start", "--exe", program.copy.exe)
    assert started.exit_code == 0, started.json
    stopped = program.run("phone", "stop", "--exe", program.copy.exe)  # out of a call
    assert (stopped.exit_code, stopped.json["phone"]["stopped"]) == (0, True), stopped.json
    program.copy.ini.chmod(0o444)
    ran = program.run("phone", "start", "--exe", program.copy.exe)
    if generation == MODERN:
        assert (ran.exit_code, ran.json["errors"][0]["code"]) == (5, "ini-not-opened"), ran.json
        assert ran.json["phone"]["started"] is False
    else:
        assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True), ran.json


def test_a_hung_phone(program: Program, template: Path) -> None:
    copy = program.copy
    child = copy.start("/minimized", STANDIN_HANG_ON_CLOSE="1")
    before = copy.ini.read_bytes()
    options = (template, "--exe", copy.exe, "--stop-timeout", "1.5")
    ran = program.run("apply", *options)
    assert (ran.exit_code, ran.json["errors"][0]["code"]) == (5, "did-not-stop"), ran.json
    assert (child.poll(), copy.ini.read_bytes()) == (None, before)
    until(lambda: len(copy.phone.status().processes) == 1)
    killed = program.run("apply", *options, "--kill")
    assert (killed.exit_code, killed.json["phone"]["started"]) == (0, True), killed.json
    program.wait_hidden(True)
    assert not program.pending


def test_ctrl_c(program: Program, template: Path) -> None:
    copy = program.copy
    child = copy.start("/minimized", STANDIN_EXIT_DELAY_MS="2500")
    run = program.start("apply", template, "--exe", copy.exe)
    until(lambda: "close" in copy.names())
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=20)
    assert (run.returncode, json.loads(out)["status"]) == (130, "error")
    assert program.pending
    assert child.wait(10) == 0
    assert program.profile().get("Settings", "volumeRing") == "100"
    ran = program.run("apply", template, "--exe", copy.exe)
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True), ran.json
    program.wait_hidden(True)
    assert not program.pending


def test_a_phone_that_a_cut_run_is_just_asking_to_end_is_hidden_again(
    program: Program, template: Path
) -> None:
    copy = program.copy
    copy.start("/minimized", STANDIN_EXIT_DELAY_MS="1500")
    run = program.start("apply", template, "--exe", copy.exe)
    until(lambda: len(copy.phone.status().mine) == 2)  # the phone and what says /exit to it
    run.kill()
    run.communicate(timeout=20)
    ran = program.run("apply", template, "--exe", copy.exe)
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True), ran.json
    program.wait_hidden(True)
    assert not program.pending


def test_a_phone_that_a_cut_run_stopped_is_started_by_one_that_names_the_file_alone(
    program: Program, template: Path, tmp_path: Path
) -> None:
    copy = program.copy
    ini = tmp_path / "elsewhere.ini"  # nothing leads from it to the phone
    ini.write_bytes(copy.ini.read_bytes())
    child = copy.start("/minimized", STANDIN_EXIT_DELAY_MS="1500")
    run = program.start("apply", template, "--ini", ini, "--exe", copy.exe)
    until(lambda: "close" in copy.names())
    run.kill()
    run.communicate(timeout=20)
    note = target_path(program.data, ini) / "pending.json"
    assert note.exists()
    assert child.wait(10) == 0
    ran = program.run("apply", template, "--ini", ini)
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True), ran.json
    program.wait_hidden(True)
    assert not note.exists()


def test_a_phone_of_another_program_is_owed_beside_the_one_that_is_named(
    program: Program, make: Callable[..., Copy], template: Path
) -> None:
    other = make("other")
    folder = private_folder(target_path(program.data, program.copy.ini))
    Pending(folder / "pending.json").begin(str(other.exe), was_hidden=True, command="apply")
    ran = program.run("apply", template, "--exe", program.copy.exe)
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True), ran.json
    until(lambda: other.names()[-1:] == ["ready"])
    assert ("start", "/minimized") in other.events()
    assert program.copy.names() == []
    assert not program.pending


def test_a_phone_that_cannot_be_started_again_is_an_error(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.copy.start("/minimized")
    configurator, ledger = program.configurator(), Ledger("apply")

    def fails(_: object, minimized: bool = False) -> str:
        raise PhoneError("no program", code="not-started")

    wish = edits([("Settings", "volumeRing", "55")])
    with monkeypatch.context() as patch:
        patch.setattr(WinePhone, "start", fails)
        with pytest.raises(PhoneError, match="the file was written") as refusal:
            configurator.apply(wish, ledger=ledger)
    result = ledger.result()
    assert (refusal.value.exit_code, refusal.value.code) == (5, "phone-not-started")
    assert (result.changed, result.phone.stopped, result.phone.started) == (True, True, False)
    assert program.profile().get("Settings", "volumeRing") == "55"
    assert program.pending
    assert configurator.apply(wish).phone.started  # the next run starts it
    program.wait_hidden(True)
    assert not program.pending


def test_a_note_that_cannot_be_removed_is_a_warning_of_its_own(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.copy.start("/minimized")

    def fails(_: object) -> None:
        raise WriteError("the note for the next run cannot be removed")

    monkeypatch.setattr(Pending, "finish", fails)
    result = program.configurator().apply(edits([("Settings", "volumeRing", "55")]))
    assert [warning.code for warning in result.warnings] == ["note-not-removed"]
    program.wait_hidden(True)


def of_a_stranger(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes seem to be another user's, whose name is not known."""
    assert isinstance(phone, WinePhone)
    processes = phone._processes

    def strangers() -> list[PhoneProcess]:
        return [each._replace(mine=False, user="stranger") for each in processes()]

    monkeypatch.setattr(phone, "_processes", strangers)


@pytest.mark.parametrize(("mode", "codes"), [("portable", ["other-phone"]), ("installed", [])])
def test_another_users_phone_is_told_of(
    program: Program, monkeypatch: pytest.MonkeyPatch, mode: str, codes: list[str]
) -> None:
    child = program.copy.start("/minimized")
    phone = program.copy.phone
    of_a_stranger(phone, monkeypatch)
    target = Target(str(program.copy.ini), str(program.copy.exe), mode)
    configurator = Configurator(target, data_dir=program.data, phone=phone)
    result = configurator.apply(edits([("Settings", "volumeRing", "55")]))
    assert result.changed
    assert [warning.code for warning in result.warnings] == codes
    assert (child.poll(), result.phone.was_running) == (None, False)


Snapshot = dict[tuple[str, str], str]


def snapshot(program: Program) -> tuple[str, Snapshot]:
    """Our key, and all the others."""
    found = {
        (section, key): value
        for section, values in program.profile().snapshot().items()
        for key, value in values.items()
    }
    return found.pop(("settings", "volumering")), found


def kill_at_random(program: Program, kills: int, *, phone: bool) -> Counter[str]:
    """What became of the runs; each left a whole file and a job that the next run finished."""
    exe = str(program.copy.exe) if phone else ""
    old, rest = snapshot(program)
    took: list[float] = []
    for new in ("41", "42", "43"):
        child, began = program.victim(new, exe), time.monotonic()
        assert child.communicate(timeout=60)[0] == b"done\n"
        old = new
        took.append(time.monotonic() - began)
    seconds = median(took)
    found: Counter[str] = Counter()
    moments = random.Random(20261123)
    for turn in range(kills):
        new = str(50 + turn % 50)
        child = program.victim(new, exe)
        time.sleep(moments.uniform(0, 0.8 * seconds))  # the rest is the end of the process
        child.kill()
        done = child.communicate(timeout=60)[0] == b"done\n"
        text, others = snapshot(program)
        assert text in (old, new)
        assert others == rest
        left = "done" if done else "phone owed" if program.pending else "cut"
        found[f"{left}, {'new' if text == new else 'old'}"] += 1
        program.configurator(phone=phone).apply(edits([("Settings", "volumeRing", new)]))
        assert snapshot(program) == (new, rest)
        assert not program.pending
        if phone:
            program.wait_hidden(True)
        old = new
    return found


def test_killed_with_a_running_phone(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    program.copy.start("/minimized")
    program.copy.phone.stop(15)  # it has saved once, so that its next save changes nothing else
    program.copy.phone.start(minimized=True)
    found = kill_at_random(program, KILLS, phone=True)
    with capsys.disabled():
        print(f"\n{KILLS} kills with a running phone: {dict(found)}")
    assert found["done, new"] < KILLS / 2


def test_killed_without_a_phone(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"[Settings]\r\naccountId=1\r\nvolumeRing=40\r\n{ACCOUNT}"
    assert text != HEALTHY
    program.copy.ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    found = kill_at_random(program, KILLS_ALONE, phone=False)
    with capsys.disabled():
        print(f"\n{KILLS_ALONE} kills without a phone: {dict(found)}")
    assert found["cut, old"] + found["cut, new"] > KILLS_ALONE / 5  # else the moments were late
