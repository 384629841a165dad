"""Every option of every verb, and every field of a request, with values that nobody foresaw."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from microsip_config.cli import main
from microsip_config.cli.table import NAMES, load
from microsip_config.cli.verb import Verb, VerbGroup
from microsip_config.job.json_request import options_of
from microsip_config.job.operations import OPERATIONS
from microsip_config.job.options import Option, documented_flags

from .conftest import utf16

CODES = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 130})
HANG = 20  # seconds
VERBS = [
    verb
    for loaded in map(load, NAMES)
    for verb in (loaded.verbs if isinstance(loaded, VerbGroup) else (loaded,))
]
NUMBERS = [
    "nan", "inf", "-inf", "-1", "1e300", "1e-300", "-0.0", "99999999999999999999", "9" * 5_000,
    "0" * 5_000 + "1252", "0x10", "1_0", "٣", "²", "1e400", "1 ", "--1", "+1",
]  # fmt: skip
NAMES_OF_THINGS = [
    "", " ", "\0", "a\0b", "\ud800", "\udcff", "\x1b[31m", "a\nb", "\u202e", "n" * 300,
    "n" * 5_000, "n" * 40_000, "x/" * 3_000, "/" * 3_000, ".", "..", "loop", "loop/x", "fifo",
    "fifo/x", "folder", "/dev/null", "/dev/zero", "/proc/self/mem", "bin", "t.ini/x", "C:\\x",
    "CON", "a=b", "=", "[x]", "%s", "{{", "*", "None", "-", "__init__", "undefined", "idna",
    "utf-7", "../x", "x:" + "y" * 400,
]  # fmt: skip
FORMS = [
    "sip=file:fifo", "sip=file:loop", "sip=file:folder", "sip=file:a\0b",
    "sip=file:" + "n" * 5_000, "sip=env:\ud800", "sip=env:A\0", "sip=keyring:" + "a" * 9_000 + "/b",
    "env:",
    "a.b=" + "x" * 9_000,
    "a.b.c.d.e.f.g.h.i.j.k=1", "Settings.volumeRing=\ud800", "Settings.volumeRing=" + "9" * 6_000,
    "Settings.\0=1", "Account99999999999999.server=x", "Account1.password=\0", "Settings.=1", ".=",
]  # fmt: skip
HOSTILE = [*NUMBERS, *NAMES_OF_THINGS, *FORMS]
# Opening a pipe to append to it waits for its reader, as of any program.
WRITTEN = frozenset({"out", "log", "log_file"})
NEEDED = {
    "apply": ["t.ini"],
    "plan": ["t.ini"],
    "template validate": ["t.ini"],
    "template show": ["base"],
    "template new": ["new.ini"],
    "set": ["Settings.volumeRing=5"],
    "unset": ["Settings.volumeRing"],
    "phone dial": ["100"],
    "phone dtmf": ["1"],
    "phone transfer": ["100"],
    "phone account": ["1"],
}


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MICROSIP_CONFIG_DATA_DIR", str(tmp_path / "data of ours"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "logs"))
    (tmp_path / "M.ini").write_bytes(utf16("[Settings]\r\naccountId=0\r\n[Calls]\r\n"))
    (tmp_path / "t.ini").write_text("[Settings]\nvolumeRing = 50\n", encoding="utf-8")
    (tmp_path / "bin").write_bytes(b"\xff\xfe\x00" * 50)
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")


@contextmanager
def _no_hang() -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _run(words: list[str], given: bytes = b"") -> tuple[Any, str]:
    """The exit code, or what else came out of it, and the output."""
    streams = [
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in "oe"
    ]
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given))
    code: Any = None
    try:
        with redirect_stdout(streams[0]), redirect_stderr(streams[1]), _no_hang():
            main(words)
    except SystemExit as ended:
        code = ended.code
    except BaseException as error:  # whatever it is, it must not get out
        code = repr(error)[:200]
    finally:
        sys.stdin = before
    for stream in streams:
        stream.flush()
    return code, streams[0].buffer.getvalue().decode("utf-8", "replace")


def _given(verb: Verb, option: Option, value: str) -> list[str]:
    flags = {flag for each in verb.options() for flag in each.flags}
    words = verb.name.split()
    if "--ini" in flags and option.name not in ("ini", "exe", "portable", "wine_prefix"):
        words += ["--ini", "M.ini"]
    if "--json" in flags:
        words.append("--json")
    if option.flags:
        return [*words, *NEEDED.get(verb.name, ()), f"{option.flags[0]}={value}"]
    return [*words, "--", value]


def _options(verb: Verb) -> list[Option]:
    return [*verb.options(), *(documented_flags().options if verb.flags else ())]


def _shared_out(rows: list[tuple[str, Option]]) -> list[list[str]]:
    """The values for each row: all for the first with an option, a quarter for later ones."""
    seen: dict[str, int] = {}
    shares = []
    for _, option in rows:
        nth = seen[option.name] = seen.get(option.name, -1) + 1
        shares.append(HOSTILE if nth == 0 else HOSTILE[nth % 4 :: 4])
    return shares


_ROWS = [(verb, option) for verb in VERBS for option in _options(verb) if option.kind != "flag"]
CASES = [
    pytest.param(verb, option, values, id=f"{verb.name} {option.name}")
    for (verb, option), values in zip(
        _ROWS, _shared_out([(verb.name, option) for verb, option in _ROWS]), strict=True
    )
]


@pytest.mark.parametrize(("verb", "option", "values"), CASES)
def test_no_argument_is_a_bug(verb: Verb, option: Option, values: list[str]) -> None:
    wrong = []
    for value in values:
        if value == "fifo" and option.name in WRITTEN:
            continue
        code, out = _run(_given(verb, option, value))
        if code not in CODES:
            wrong.append((value[:40], code, out[-300:]))
    assert not wrong


_FIELDS = [
    (name, field, option)
    for name, operation in OPERATIONS.items()
    for field, rows in zip(("target", "options"), options_of(operation), strict=True)
    for option in rows.values()
]
REQUESTED = [
    pytest.param(name, field, option, values, id=f"{name} {option.name}")
    for (name, field, option), values in zip(
        _FIELDS, _shared_out([(name, option) for name, _, option in _FIELDS]), strict=True
    )
]
OF_OTHER_TYPES: list[Any] = [
    float("nan"), float("inf"), 1e300, -1, 10**400, 1.5, True, [], {}, ["\0"], [["a"]],
    [None], {"a": "\0"},
]  # fmt: skip
WISHES: dict[str, dict[str, Any]] = {
    "plan": {"templates": ["t.ini"]},
    "apply": {"templates": ["t.ini"]},
    "set": {"edits": ["Settings.volumeRing=5"]},
    "unset": {"edits": [{"section": "Settings", "key": "volumeRing"}]},
}


@pytest.mark.parametrize(("name", "field", "option", "values"), REQUESTED)
def test_no_field_of_a_request_is_a_bug(
    name: str, field: str, option: Option, values: list[str]
) -> None:
    wrong = []
    for value in (*values, *OF_OTHER_TYPES):
        if value == "fifo" and option.name in WRITTEN:
            continue
        request: dict[str, Any] = {"operation": name, "target": {"ini": "M.ini"}, "options": {}}
        if field == "target" and option.name in ("exe", "portable", "wine_prefix"):
            request["target"] = {}
        needed = {"phone-account": ("account", 1), "phone-dtmf": ("digits", "1")}.get(name)
        if name in ("phone-dial", "phone-transfer"):
            needed = ("number", "100")
        if needed:
            request["options"][needed[0]] = needed[1]
        request[field][option.name] = value
        request |= WISHES.get(name, {})
        code, out = _run(["job"], json.dumps(request).encode())
        if code not in CODES or json.loads(out)["exit_code"] != code:
            wrong.append((str(value)[:40], code, out[-300:]))
    assert not wrong


def test_every_number_has_a_smallest_and_a_largest() -> None:
    numbers = [
        option
        for verb in VERBS
        for option in _options(verb)
        if option.kind in ("number", "integer")
    ]
    assert numbers
    assert all(None not in (each.minimum, each.maximum) for each in numbers)


@pytest.mark.parametrize(
    "words",
    [
        ["calls", "--follow", "--interval"],
        ["apply", "t.ini", "--stop-timeout"],
        ["apply", "t.ini", "--lock-timeout"],
        ["set", "Settings.volumeRing=5", "--account"],
        ["phone", "dial", "100", "--account"],
    ],
)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e300", "-1", "9" * 400])
def test_a_number_beyond_its_limits_is_usage(words: list[str], value: str) -> None:
    code, out = _run([*words, value, "--ini", "M.ini", "--json"])
    assert (code, json.loads(out)["errors"][0]["code"]) == (2, "usage")
