"""The verbs that speak to the phone, through the command line, against the stand-in."""

from __future__ import annotations

import csv
import io
import json
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .program import HEALTHY, MISTAKES, Beside
from .standin import MODERN, Phone, both_generations, until

assert sys.platform == "win32"


@pytest.fixture
def dialled() -> list[str]:
    """The numbers that a test means to dial."""
    return []


@pytest.fixture
def beside(
    make_phone: Callable[..., Phone], tmp_path: Path, dialled: list[str]
) -> Iterator[Beside]:
    """A copy with a healthy ini. At the end it has dialled what was meant, and taken nothing else
    for a number or a message."""
    phone = make_phone()
    phone.write(HEALTHY)
    found = Beside(phone, tmp_path / "our data")
    yield found
    found.seen.stop(0, kill=True, even_in_call=True)
    assert phone.said("dialled") == dialled
    mistakes = MISTAKES - {"dialled"}
    assert not mistakes & {event.name for event in phone.events()}, phone.events()


# -- status, start, stop, restart ---------------------------------------------------------------
@both_generations
def test_status(beside: Beside) -> None:
    ran = beside.json("phone", "status")
    assert (ran.exit_code, ran.json["status"]) == (0, "ok")
    assert ran.json["data"]["running"] is False
    assert ran.json["phone"]["was_running"] is False
    assert beside.phone.events() == []
    child = beside.phone.start("/minimized", STANDIN_COMMANDS="call incoming")
    data = beside.json("phone", "status").json["data"]
    assert (data["running"], data["hidden"], data["in_call"]) == (True, True, "yes")
    assert [process["pid"] for process in data["processes"]] == [child.pid]
    printed = beside.run("phone", "status").out
    assert "running: yes" in printed
    assert "in call: yes" in printed


@both_generations
@pytest.mark.parametrize("hidden", [False, True])
def test_start_and_stop(beside: Beside, hidden: bool) -> None:
    ran = beside.json("phone", "start", *(["--minimized"] if hidden else []))
    line = f'"{beside.phone.exe}"' + (" /minimized" if hidden else "")
    assert ran.exit_code == 0, ran.out
    assert (ran.json["status"], ran.json["command"]) == ("changed", "phone start")
    assert ran.json["phone"] == {
        "was_running": False,
        "stopped": False,
        "started": True,
        "command_lines": [line],
        "stop_seconds": None,
    }
    beside.wait_hidden(hidden)
    again = beside.json("phone", "start")
    assert (again.exit_code, again.json["changed"]) == (0, False)
    stopped = beside.json("phone", "stop")
    assert (stopped.exit_code, stopped.json["changed"]) == (0, True)
    assert stopped.json["phone"]["command_lines"] == [f'"{beside.phone.exe}" /exit']
    assert not beside.seen.status().processes
    nothing = beside.json("phone", "stop")
    assert (nothing.exit_code, nothing.json["changed"]) == (0, False)
    assert beside.last_run() == ["/minimized" if hidden else "", "/exit"]


@both_generations
def test_stop_of_a_phone_that_hangs_or_talks(beside: Beside) -> None:
    child = beside.phone.start(STANDIN_COMMANDS="call connected|hangOnClose 1")
    talks = beside.json("phone", "stop", "--kill")
    assert (talks.exit_code, talks.codes[1]) == (5, {"in-call"})
    hangs = beside.json("phone", "stop", "--even-in-call", "--stop-timeout", "1")
    assert (hangs.exit_code, hangs.codes[1], child.poll()) == (5, {"did-not-stop"}, None)
    killed = beside.json("phone", "stop", "--even-in-call", "--stop-timeout", "0", "--kill")
    assert killed.exit_code == 0
    child.wait(5)


def test_a_hung_phone_without_a_call_is_ended_by_kill_alone(beside: Beside) -> None:
    child = beside.phone.start("/minimized", STANDIN_HANG_ON_CLOSE="1")
    refused = beside.json("phone", "stop", "--stop-timeout", "1")
    assert (refused.exit_code, refused.codes[1], child.poll()) == (5, {"did-not-stop"}, None)
    killed = beside.json("phone", "stop", "--stop-timeout", "1", "--kill")
    assert (killed.exit_code, killed.json["phone"]["stopped"]) == (0, True), killed.out
    child.wait(5)


def test_stop_means_that_no_later_run_starts_it(beside: Beside) -> None:
    beside.phone.start("/minimized", STANDIN_HANG_ON_CLOSE="1")
    assert beside.json("set", "Settings.volumeRing=55", "--stop-timeout", "1").exit_code == 5
    assert beside.pending
    assert beside.json("phone", "stop", "--stop-timeout", "1", "--kill").exit_code == 0
    ran = beside.json("set", "Settings.volumeRing=55")
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, False)


@pytest.mark.parametrize(
    ("switch", "options", "hidden"),
    [
        ((), (), False),
        (("/minimized",), (), True),
        ((), ("--minimized",), True),
        ((), ("--show", "hidden"), True),
        (("/minimized",), ("--show", "normal"), False),
        (None, (), False),
    ],
)
def test_restart(
    beside: Beside, switch: tuple[str, ...] | None, options: tuple[str, ...], hidden: bool
) -> None:
    child = None if switch is None else beside.phone.start(*switch)
    ran = beside.json("phone", "restart", *options)
    assert (ran.exit_code, ran.json["changed"]) == (0, True), ran.out
    report = ran.json["phone"]
    assert (report["stopped"], report["started"]) == (child is not None, True)
    if child is not None:
        assert child.wait(0) == 0
    beside.wait_hidden(hidden)
    assert beside.read("Settings", "minimized") in (None, "0")  # --show is for this start only
    assert not beside.pending


def test_a_restart_that_cannot_store_starts_the_phone_all_the_same(beside: Beside) -> None:
    beside.phone.start("/minimized")
    with beside.phone.ini.open("rb"):  # without FILE_SHARE_DELETE
        ran = beside.json("phone", "restart", "--setvolume", "80")
    assert (ran.exit_code, ran.codes[1]) == (6, {"in-use"})
    assert (ran.json["phone"]["stopped"], ran.json["phone"]["started"]) == (True, True)
    beside.wait_hidden(True)
    refused = beside.json("phone", "restart", "--stun", "no host")
    assert (refused.exit_code, len(beside.phone.said("close"))) == (3, 1)  # not even stopped


def test_a_restart_that_cannot_start_fails(beside: Beside) -> None:
    beside.phone.exe.write_bytes(b"MZ no program")
    ran = beside.json("phone", "restart")
    assert (ran.exit_code, ran.codes[1]) == (5, {"phone-not-started"})


@both_generations
@pytest.mark.parametrize("verb", ["start", "restart"])
def test_a_start_with_a_read_only_ini_is_told(beside: Beside, verb: str, generation: str) -> None:
    beside.phone.exit(beside.phone.start("/minimized"))  # which notes its version
    beside.phone.ini.chmod(0o444)
    ran = beside.json("phone", verb)
    beside.phone.ini.chmod(0o666)
    if generation == MODERN:
        code = "ini-not-opened" if verb == "start" else "phone-not-started"
        assert (ran.exit_code, ran.codes[1]) == (5, {code})
        assert "read-only" in ran.json["errors"][0]["message"]
        assert ran.json["phone"]["started"] is False
        assert not beside.phone.said("box")  # known beforehand
    else:
        assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True)


@pytest.mark.parametrize("generation", [MODERN], indirect=True)
def test_a_phone_is_not_stopped_for_a_start_that_must_fail(beside: Beside) -> None:
    child = beside.phone.start("/minimized")
    beside.phone.ini.chmod(0o444)
    ran = beside.json("phone", "restart")
    beside.phone.ini.chmod(0o666)
    assert (ran.exit_code, ran.codes[1], child.poll()) == (5, {"ini-not-opened"}, None)
    assert beside.phone.said("close") == []


def test_restart_of_a_phone_whose_ini_nobody_can_read(beside: Beside) -> None:
    beside.phone.start("/minimized")
    beside.phone.ini.write_bytes(b"\0\1\2")
    beside.phone.ini.chmod(0o444)
    assert beside.json("phone", "restart").exit_code == 0
    beside.phone.ini.chmod(0o666)
    beside.wait_hidden(True)


# -- what is said to a running phone ------------------------------------------------------------
SAYINGS = [
    (("answer",), ("switch", "/answer")),
    (("hangup",), ("switch", "/hangupall")),
    (("hangup", "incoming"), ("switch", "/hangupincoming")),
    (("hangup", "calling"), ("switch", "/hangupcalling")),
    (("dtmf", "12#d"), ("switch", "/dtmf:12#D")),
    (("transfer", "sip:102@pbx.example.com"), ("switch", "/transfer:102@pbx.example.com")),
    (("account", "2"), ("account", "2")),
]


@pytest.mark.parametrize(("words", "expected"), SAYINGS, ids=[" ".join(row[0]) for row in SAYINGS])
def test_a_running_phone_is_told(
    beside: Beside, words: tuple[str, ...], expected: tuple[str, str]
) -> None:
    silent = beside.json("phone", *words)
    assert (silent.exit_code, silent.codes[1]) == (4, {"phone-not-running"})
    assert beside.phone.events() == []
    beside.phone.start("/minimized")
    ran = beside.json("phone", *words)
    assert (ran.exit_code, ran.json["command"]) == (0, f"phone {words[0]}")
    assert expected in [(event.name, event.text) for event in beside.phone.events()]
    assert len(ran.json["phone"]["command_lines"]) == 1
    assert len(beside.phone.said("copydata")) == 1


BAD = [
    ("dtmf", "12x", 3),
    ("dtmf", "1 2", 3),
    ("transfer", "/exit", 3),
    ("transfer", "101 hello", 3),
    ("account", "0", 2),
    ("account", "9", 2),
    ("dial", "--exit", 2),
    ("dial", "/resetnoask", 3),
    ("dial", "101 hello", 3),
    ("dial", "", 3),
    ("hangup", "everybody", 2),
]


@pytest.mark.parametrize(("verb", "word", "code"), BAD)
def test_what_would_be_dialled_is_not_said(beside: Beside, verb: str, word: str, code: int) -> None:
    beside.phone.start("/minimized")
    assert beside.run("phone", verb, word).exit_code == code
    assert beside.phone.said("copydata") == []


def aged(phone: Phone, *numbers: int) -> None:
    """Give the program a version resource, and its ini no version, which came with 3.22.3."""
    one, two, three, four = numbers
    fixed = struct.pack("<IIHHHH", 0xFEEF04BD, 0x10000, two, one, four, three)
    with phone.exe.open("ab") as file:
        file.write("VS_VERSION_INFO\0".encode("utf-16-le") + bytes(2) + fixed)


def without_version(phone: Phone) -> None:
    phone.write("\r\n".join(line for line in phone.lines() if not line.startswith("version=")))


@pytest.mark.parametrize("numbers", [(3, 20, 5, 0), None])
def test_an_older_phone_is_not_told_what_it_would_dial(
    beside: Beside, numbers: tuple[int, ...] | None
) -> None:
    if numbers:
        aged(beside.phone, *numbers)
    beside.phone.start("/minimized")
    without_version(beside.phone)
    newer = ("phone", "hangup", "incoming")
    ran = beside.json(*newer)
    assert (ran.exit_code, ran.codes[1]) == (3, {"switch-too-new"})
    assert "--phone-version" in ran.json["errors"][0]["hint"]
    assert beside.phone.said("copydata") == []
    assert beside.json("phone", "answer").exit_code == 0  # as old as any
    without_version(beside.phone)  # it may have saved
    assert beside.json("phone", "dtmf", "1").exit_code == (0 if numbers else 3)
    assert beside.json(*newer, "--phone-version", "3.22.3").exit_code == 0
    assert beside.json(*newer, "--phone-version", "new").exit_code == 2
    assert beside.phone.said("switch")[-1] == "/hangupincoming"


@pytest.mark.dials
def test_dial(beside: Beside, dialled: list[str]) -> None:
    dialled += ["100@pbx.example.com", "102"]
    child = beside.phone.start("/minimized")
    ran = beside.json("phone", "dial", "sip:100@pbx.example.com")
    assert ran.exit_code == 0
    assert ran.json["phone"]["command_lines"] == [f'"{beside.phone.exe}" 100@pbx.example.com']
    beside.phone.send("call none")
    assert beside.json("phone", "dial", "102", "--account", "2").exit_code == 0
    assert beside.phone.said("account") == ["2"]
    refused = beside.json("phone", "dial", "102", "--account", "7")
    assert (refused.exit_code, child.poll()) == (2, None)


@pytest.mark.dials
def test_dial_starts_the_phone(beside: Beside, dialled: list[str]) -> None:
    dialled.append("+493012345")
    ran = beside.json("phone", "dial", "+493012345")
    assert (ran.exit_code, ran.json["phone"]["started"]) == (0, True)
    until(lambda: beside.phone.said("dialled"))
    assert len(beside.seen.status().mine) == 1


# -- the documented flags -----------------------------------------------------------------------
ROWS: list[tuple[str, str, dict[str, str | None]]] = [
    ("--dn", "John Doe", {"Account1.displayName": "John Doe"}),
    ("--user", "105", {"Account1.username": "105", "Account1.authID": None}),
    ("--domain", "pbx.example.com", {"Account1.domain": "pbx.example.com"}),
    ("--proxy", "192.0.2.1:5060", {"Account1.proxy": "192.0.2.1:5060"}),
    (
        "--stun",
        "stun.example.com:19302",
        {"Settings.STUN": "stun.example.com:19302", "Settings.enableSTUN": "1"},
    ),
    ("--autoanswer", "1", {"Settings.autoAnswer": "all"}),
    ("--autoanswer", "0", {"Settings.autoAnswer": ""}),
    ("--dialplan", "<:9>xxx.", {"Account1.dialPlan": "<:9>xxx."}),
    ("--debug", "C:\\logs\\sip.log", {"Settings.enableLog": "1"}),
    ("--setvolume", "80", {"Settings.volumeOutput": "80"}),
    ("--micvolume", "90", {"Settings.volumeInput": "90"}),
]


def stored(beside: Beside, wanted: dict[str, str | None]) -> bool:
    """What is in the file once the phone has saved what it made of it."""
    beside.seen.stop(10, even_in_call=True)
    pairs = [(name.split("."), text) for name, text in wanted.items()]
    return all((beside.read(*name) or None) == (text or None) for name, text in pairs)


@pytest.mark.parametrize(("flag", "text", "wanted"), ROWS, ids=[" ".join(r[:2]) for r in ROWS])
def test_a_documented_flag_reaches_the_phone(
    beside: Beside, flag: str, text: str, wanted: dict[str, str | None]
) -> None:
    ran = beside.json("phone", "start", "--minimized", flag, text)
    assert ran.exit_code == 0, ran.out
    assert beside.phone.said("start") == ["/minimized"]  # nothing of it in the command line
    assert ran.codes[0] == ({"log-path-fixed"} if flag == "--debug" else set())
    assert stored(beside, wanted)


@pytest.mark.dials
@pytest.mark.parametrize("verb", ["set", "apply", "phone start", "phone restart"])
def test_all_documented_flags_of_every_verb(
    beside: Beside, verb: str, tmp_path: Path, dialled: list[str]
) -> None:
    dialled.append("5551234")
    words: list[str | Path] = [*verb.split()]
    template, calls = tmp_path / "desk.ini", tmp_path / "calls.csv"
    template.write_text("[Settings]\nvolumeRing = 55\n")
    flags = [word for row in ROWS if row[:2] != ("--autoanswer", "0") for word in row[:2]]
    flags += ["--show", "hidden", "--call", "5551234", "--log", str(calls)]
    if verb == "apply":
        words.append(template)
    if verb != "phone start":
        beside.phone.start()
    ran = beside.json(*words, *flags)
    assert ran.exit_code == 0, ran.out + ran.err
    until(lambda: beside.phone.said("dialled"))
    assert beside.last_run()[-1] == "5551234"  # alone, after the phone was up
    assert calls.read_text().startswith("time,type,number")
    assert "John" not in "".join(beside.last_run())
    for row in ROWS:
        if row[:2] != ("--autoanswer", "0"):
            assert stored(beside, row[2]), row
    kept = {"set": "1", "apply": "1"}.get(verb)  # a single start is not a setting
    assert (beside.read("Settings", "minimized") == "1") == (kept == "1")
    assert beside.phone.said("window")[-2:] == ["hidden", "shown"]  # shown by the call


@pytest.mark.dials
@pytest.mark.parametrize("verb", ["set", "phone start", "phone restart"])
def test_a_person_is_told_what_was_dialled(
    beside: Beside, verb: str, tmp_path: Path, dialled: list[str]
) -> None:
    dialled.append("5551234")
    beside.phone.start()
    calls = tmp_path / "calls.csv"
    ran = beside.run(*verb.split(), "--call", "5551234", "--log", calls)
    assert ran.exit_code == 0, ran.err
    until(lambda: beside.phone.said("dialled"))
    *_, sent, added = ran.out.splitlines()
    assert sent.startswith("sent to the phone: ")
    assert sent.endswith(" 5551234")
    assert added.startswith("added to ")
    assert "in the desired state" not in ran.out


def test_a_password_is_stored_and_warned_of(beside: Beside) -> None:
    secret = "Geheim-9-und-lang"
    ran = beside.json("phone", "start", "--minimized", "--password", secret)
    assert (ran.exit_code, ran.codes[0]) == (0, {"password-visible"})
    assert secret not in ran.out + ran.err
    assert secret not in beside.phone.log.read_text(encoding="utf-8")
    assert beside.seen.stop(10).was_running
    blob = beside.read("Account1", "password")
    assert blob is not None
    assert len(blob) == 16 * ((4 + 2 * len(secret)) // 8 + 1)  # the phone has taken it


def test_start_with_flags_beside_a_running_phone_is_refused(beside: Beside) -> None:
    beside.phone.start("/minimized")
    before = beside.phone.ini.read_bytes()
    ran = beside.json("phone", "start", "--setvolume", "80")
    assert (ran.exit_code, ran.codes[1]) == (5, {"phone-running"})
    assert "phone restart" in ran.json["errors"][0]["hint"]
    assert beside.phone.ini.read_bytes() == before


@pytest.mark.dials
@pytest.mark.parametrize("vendor", [False, True])
def test_the_documented_dialect(make_phone: Callable[..., Phone], vendor: bool) -> None:
    """Verbatim, for builds that take it; the stand-in, a stock phone, takes it for a message."""
    phone = make_phone()
    phone.write(HEALTHY)
    if vendor:  # such a build holds the names of its flags
        phone.exe.write_bytes(phone.exe.read_bytes() + "--autoanswer".encode("utf-16-le"))
    beside = Beside(phone, phone.exe.parent / "data")
    flags = ("--dn", "John Doe", "--user", "101", "--show", "hidden")
    refused = beside.json("phone", "start", "--dialect", "documented", *flags, "--password", "x")
    assert (refused.exit_code, phone.events()) == (3, [])
    ran = beside.json("phone", "start", "--dialect", "documented", *flags)
    assert (ran.exit_code, ran.codes[0]) == (0, set() if vendor else {"stock-phone"})
    assert phone.said("start") == ['--dn "John Doe" --user 101 --show hidden']
    beside.seen.stop(0, kill=True, even_in_call=True)


# -- the call history ---------------------------------------------------------------------------
@both_generations
@pytest.mark.dials
def test_calls(beside: Beside, dialled: list[str]) -> None:
    dialled.append("102")
    beside.phone.start("/minimized")
    assert beside.json("phone", "dial", "102").exit_code == 0
    assert beside.json("phone", "hangup").exit_code == 0
    (call,) = beside.json("calls").json["data"]
    assert (call["number"], call["type"], call["info"]) == ("102", "outgoing", "Call Ended")
    (row,) = csv.DictReader(io.StringIO(beside.run("calls", "--csv").out))
    assert (row["number"], row["time"]) == ("102", call["time"])
    assert "102" in beside.run("calls").out


def test_calls_are_told_as_they_end(beside: Beside, tmp_path: Path) -> None:
    out, printed = tmp_path / "calls.csv", tmp_path / "printed.json"
    beside.phone.start("/minimized")
    follow = ("calls", "--follow", "--interval", "0.2")
    with printed.open("wb") as stdout:
        for options in (("--json",), ("--out", str(out))):
            child = subprocess.Popen(beside.command(*follow, *options), stdout=stdout)
            beside.phone.children.insert(0, child)

    def both() -> bool:  # a call that ended before they first looked is none of theirs
        for command in ("call calling", "call none"):
            beside.phone.send(command)
        time.sleep(0.3)
        return printed.stat().st_size > 0 and len(out.read_text().splitlines()) > 1

    until(lambda: out.exists() and both())
    call = json.loads(printed.read_text().splitlines()[0])
    assert (call["number"], call["type"], call["info"]) == ("100", "outgoing", "Call Ended")
    assert out.read_text().splitlines()[1].split(",")[1:3] == ["outgoing", "100"]
    assert all(child.poll() is None for child in beside.phone.children[:2])
