"""Nothing that a file, a caller or a command line says is obeyed or hidden by a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microsip_config.text import escape_controls

from .conftest import Cli, utf16

FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Signs of Arabic and Syriac numbers: format characters by name only."""
ODD = "\x1b[2J\x07\x7f\x9b2J\u202e\u2066\u200f\u061c\u200b\u2060\ufeff\u2028\u3164\U000e0041\x0b"
ORDINARY = "Zoë Łukasz Жанна עברית عربى 電話 😀❤️ C:\\x64\\users"
HOSTILE = f"a{ODD}b {ORDINARY}"

INI = f"""\
[Settings]
accountId=1
userAgent={HOSTILE}
un{ODD}known=x
[Account1]
label={HOSTILE}
server=sip.example.com
domain=sip.example.com
username=7{ODD}
displayName={HOSTILE}
[Fore{ODD}ign]
key=x
[Calls]
0=5550100{ODD};{HOSTILE};1;1767225600;42;{ODD}
"""


def obeyed(text: str) -> set[str]:
    """The characters of ``text`` that a terminal would obey or not show; LF is ours."""
    return {
        char
        for char in set(text) - {"\n"} - SEEN
        if char in FILLERS or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    }


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    folder = tmp_path / f"desk{ODD}"
    folder.mkdir()
    path = folder / "MicroSIP.ini"
    path.write_bytes(utf16(INI.replace("\n", "\r\n")))
    text = f"# x{ODD[4:9]} {ORDINARY}\n[Account1]\nlabel = new\n"
    (tmp_path / "hostile.ini").write_text(text, "utf-8")
    (tmp_path / "wrong.ini").write_text(f"[Settings]\nx{ODD[8:11]} = x\n", "utf-8")
    return path


# What is printed for a person: never a control character, wherever it goes.
FOR_A_PERSON = [
    "show",
    "show Settings",
    "show Account1.label",
    f"show NOWHERE{ODD}",
    "check",
    "check hostile.ini",
    "plan base",
    "plan hostile.ini",
    "plan wrong.ini",
    f"plan no{ODD}template",
    f"plan base --var x{ODD}=1",
    "set Account1.label=new",
    f"set Account1.label={ODD}",
    f"set Account1.la{ODD}bel=x",
    f"set Sett{ODD}.x=x",
    f"set {ODD}",
    f"unset {ODD}",
    "unset Account1.label",
    "repair --dry-run",
    "apply base",
    "backups",
    f"restore {ODD}",
    "locate",
    "locate --all",
    "calls",
    f"calls --out {ODD}/x.csv",
    f"calls --interval {ODD}",
    f"explain {ODD}",
    f"template show {ODD}",
    f"template validate {ODD}",
    f"template new {ODD}/x",
    f"bog{ODD}us",
    f"show --jso{ODD}n",
    f"phone {ODD}",
    f"phone dial {ODD}",
    f"schema --for {ODD}",
    f"demo {ODD}",
    f"set Account1.label=x --log-file {ODD}/x/y",
    f"show --data-dir {ODD}",
]
WITHOUT_TARGET = ("explain", "template", "bog", "schema", "demo", "phone \x1b")


def _words(line: str, ini: Path) -> list[str]:
    target = [] if line.startswith(WITHOUT_TARGET) else ["--ini", str(ini)]
    return [*line.split(" "), *target]


@pytest.mark.parametrize("line", FOR_A_PERSON, ids=ascii)
def test_a_person_is_shown_escapes(cli: Cli, hostile: Path, line: str) -> None:
    outcome = cli(*_words(line, hostile))
    assert not obeyed(outcome.out + outcome.err)
    assert "internal error" not in outcome.err


def test_ordinary_letters_stay_readable(cli: Cli, hostile: Path) -> None:
    for line in ("show", "calls", "plan hostile.ini"):
        assert ORDINARY in cli(*_words(line, hostile)).out
    shown = cli("show", "Account1.label", "--ini", hostile).out
    assert r"a\x1b[2J\x07\x7f\x9b2J\u202e\u2066\u200f\u061c\u200b" in shown


def test_columns_stay_aligned(cli: Cli, ini: Path) -> None:
    text = "[Calls]\r\n0=1;a\u202eb;1;1767225600;42;x\r\n1=1;ab;1;1767225600;42;x\r\n"
    ini.write_bytes(utf16(text))
    _, *rows = cli("calls", "--ini", ini).out.splitlines()
    assert len({row.index(" 42 ") for row in rows}) == 1


def on_a_terminal(words: list[str], folder: Path, stdin: int = subprocess.DEVNULL) -> str:
    """What a terminal is sent, on both streams."""
    ours, theirs = pty.openpty()
    environ = os.environ | {
        "MICROSIP_CONFIG_DATA_DIR": str(folder / "data"),
        "XDG_STATE_HOME": str(folder),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "microsip_config", *words],
        stdin=stdin,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environ,
    ) as running:
        os.close(theirs)
        sent = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            sent += part
        assert running.wait(60) is not None
    os.close(ours)
    return sent.decode("utf-8").replace("\r\n", "\n")


OUR_COLOUR = re.compile(r"\x1b\[(?:0|3[0-9])m")
FILES = ["capture", "calls --csv", "template show hostile.ini", "show --json"]


@pytest.mark.parametrize("line", [*FILES, "plan hostile.ini", "check", f"show {ODD}"], ids=ascii)
def test_on_a_terminal_only_our_colours_are_obeyed(
    hostile: Path, tmp_path: Path, line: str
) -> None:
    words = line.split() if line.startswith("template") else _words(line, hostile)
    sent = on_a_terminal(words, tmp_path)
    assert sent.strip()
    assert "Traceback" not in sent
    assert not obeyed(OUR_COLOUR.sub("", sent))
    coloured = line.startswith(("plan", "check")) or ODD in line
    assert bool(OUR_COLOUR.search(sent)) is coloured


def test_a_colour_of_a_value_is_not_ours(ini: Path, tmp_path: Path) -> None:
    ini.write_bytes(utf16("[Settings]\r\nuserAgent=\x1b[32mgreen\x1b[0m\r\n"))
    sent = on_a_terminal(["set", "Settings.userAgent=x", "--ini", str(ini)], tmp_path)
    assert "\x1b[31m- userAgent=\\x1b[32mgreen\\x1b[0m\x1b[0m\n" in sent


def test_json_on_a_terminal_is_exact(ini: Path, tmp_path: Path) -> None:
    ini.write_bytes(utf16("[Settings]\r\nuserAgent=\x1b \\x1b \\\\u202e\r\n"))
    sent = on_a_terminal(["show", "Settings.userAgent", "--ini", str(ini), "--json"], tmp_path)
    assert json.loads(sent)["data"][0]["raw"] == "\x1b \\x1b \\\\u202e"


def test_a_pipe_gets_a_template_and_a_table_exactly(cli: Cli, hostile: Path) -> None:
    template = (hostile.parents[1] / "hostile.ini").read_text("utf-8")
    assert cli("template", "show", "hostile.ini").out == template
    captured = cli("capture", "--ini", hostile).out
    assert captured == cli("capture", "--ini", hostile, "--json").json["data"]["template"]
    out = hostile.parents[1] / "calls.csv"
    table = cli("calls", "--csv", "--ini", hostile).out
    cli("calls", "--out", out, "--ini", hostile)
    assert table.encode() == out.read_bytes()
    assert "\u202e" in table


# --- the escape itself -------------------------------------------------------------------------

texts = st.text(
    st.one_of(
        st.sampled_from("\\\\xuU0129abef\x1b\x9b\u202e\u200b\U000e0041\ud800C:"), st.characters()
    )
)


@given(texts)
@example("\\\x1b")
@example("\\\\x1b \\x1b \\u001b \\U000e0041")
@example("C:\\x86\\new\\u202e\\\u202e")
@example("\\" * 9 + "x9b")
def test_no_two_texts_look_the_same(text: str) -> None:
    shown = escape_controls(text)
    assert not obeyed(shown) - set("\n")
    assert "\n" not in shown
    assert _read_back(shown) == text


def _read_back(shown: str) -> str:
    """The text of which an escape was shown, by the documented rule alone."""

    def meant(found: re.Match[str]) -> str:
        slashes, digits = found["slashes"], found["digits"]
        hidden = digits and int(digits[1:], 16) <= sys.maxunicode and chr(int(digits[1:], 16))
        if not hidden or escape_controls(hidden) == hidden:
            return found[0]
        half = "\\" * (len(slashes) // 2)
        return half + (hidden if len(slashes) % 2 else digits)

    rule = r"(?P<slashes>\\+)(?P<digits>x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"
    return re.sub(rule, meant, shown)


@pytest.mark.parametrize("text", [ORDINARY, "C:\\new\\temp\\users", "a\tb".replace("\t", " ")])
def test_what_is_ordinary_stays(text: str) -> None:
    assert escape_controls(text) == text
