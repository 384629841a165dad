"""``show`` and ``capture``: what is told of a file besides its values."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Cli, utf16

TEXT = "[Settings]\r\nsingleMode=0\r\n"

MISREAD = {  # what the phone makes of the whole file is something else
    "UTF-8 with mark": (TEXT.encode("utf-8-sig"), "hides the first section"),
    "UTF-8 with mark, remark first": (f"; x\r\n{TEXT}".encode("utf-8-sig"), "letters"),
    "UTF-16 without mark": (TEXT.encode("utf-16-le"), "would destroy the file"),
    "UTF-16BE": (b"\xfe\xff" + TEXT.encode("utf-16-be"), "would destroy the file"),
    "NUL": (b"\xff\xfe" + f"{TEXT}userAgent=a\0b\r\n".encode("utf-16-le"), "NUL characters"),
}


@pytest.mark.parametrize("case", MISREAD)
@pytest.mark.parametrize("verb", [("show", "Settings.singleMode"), ("capture",)])
def test_a_file_that_the_phone_misreads_is_told(
    cli: Cli, tmp_path: Path, verb: tuple[str, ...], case: str
) -> None:
    ini = tmp_path / "m.ini"
    data, told = MISREAD[case]
    ini.write_bytes(data)
    outcome = cli(*verb, "--ini", ini, "--json").json
    [warning] = outcome["warnings"]
    assert told in warning["message"]
    assert "repair" in warning["hint"] or case == "NUL"
    in_words = cli(*verb, "--ini", ini)
    assert told in in_words.err
    assert "singleMode" in in_words.out
    assert in_words.code == 0
    assert ini.read_bytes() == data


@pytest.mark.parametrize("data", [TEXT.encode(), b"\xff\xfe" + TEXT.encode("utf-16-le")])
@pytest.mark.parametrize("verb", ["show", "capture"])
def test_of_a_file_that_the_phone_reads_nothing_is_told(
    cli: Cli, tmp_path: Path, verb: str, data: bytes
) -> None:
    ini = tmp_path / "m.ini"
    ini.write_bytes(data)
    assert cli(verb, "--ini", ini, "--json").json["warnings"] == []


@pytest.mark.parametrize("arguments", ["", " -v"])
def test_the_way_out_of_an_unquoted_path_leads_out(
    cli: Cli, ini: Path, tmp_path: Path, arguments: str
) -> None:
    command = f"C:\\Program Files\\x.exe{arguments}"
    refused = cli("set", "--ini", ini, "--allow-commands", f"Settings.cmdCallEnd={command}")
    hint = refused.err.partition("hint: write ")[2].rstrip("\n")
    text, _, in_a_file = hint.partition(", in a file with one more pair of quotes")
    assert text == f'"C:\\Program Files\\x.exe"{arguments}'
    assert bool(in_a_file) is not arguments.endswith("v")
    assert cli("set", "--ini", ini, "--allow-commands", f"Settings.cmdCallEnd={text}").code == 0

    template = tmp_path / "t.ini"
    written = f'"{text}"' if in_a_file else text
    template.write_text(f"[Settings]\ncmdCallEnd = {written}\n")
    assert cli("plan", template, "--ini", ini, "--allow-commands").code == 0


def _rows(cli: Cli, ini: Path, text: str, section: str) -> dict[str, str]:
    ini.write_bytes(utf16(text))
    lines = cli("show", section, "--ini", ini).out.splitlines()[1:]
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): " ".join(value.split()) for name, _, value in pairs}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password=Secret-77\n", "<secret>"),
        ("password=\n", ""),
        ("", "; default"),
        (f"password={'Secret-77' * 40}\n", "<secret> ; over 256 characters"),
    ],
)
def test_show_tells_a_stored_password_from_none(cli: Cli, ini: Path, line: str, shown: str) -> None:
    found = _rows(cli, ini, f"[Account1]\ndomain=a.example\n{line}", "Account1")["password"]
    assert found.startswith(shown) if shown else found == ""
    assert "None" not in found


@pytest.mark.parametrize(
    ("section", "line", "shown"),
    [
        ("Shortcuts", "Bob;100;call", "Bob;100;call;;0"),
        ("Shortcuts", "Bob;100;3;200;1", "Bob;100;dtmf;200;1"),
        ("Shortcuts", "Bob;100;Call", "Bob;100;Call;;0 ; the file has 'Bob;100;Call'; 'Call' is"),
        ("Calls", "100;Bob;0;1700000000;12;Normal", "100;Bob;0;1700000000;12;Normal"),
        ("Calls", "null", ""),
        ("Contacts", "100;Bob;1;0", "100;Bob;1;0"),
        ("Dialed", "100", "100"),
    ],
)
def test_show_writes_the_entries_of_lists_with_their_fields(
    cli: Cli, ini: Path, section: str, line: str, shown: str
) -> None:
    found = _rows(cli, ini, f"[{section}]\n0={line}\n", section)["0"]
    assert found.startswith(shown)
    assert "{" not in found


def test_show_repeats_a_path_as_it_is(cli: Cli, ini: Path) -> None:
    text = "[Settings]\ncmdCallEnd=C:\\My Tools\\log.exe\n"
    assert (
        "the file has 'C:\\My Tools\\log.exe';" in _rows(cli, ini, text, "Settings")["cmdCallEnd"]
    )


@pytest.mark.parametrize("verb", ["apply", "set", "plan", "phone start", "restore", "calls"])
def test_help_is_in_groups(cli: Cli, verb: str) -> None:
    """Template and target first, the documented flags last, each option once."""
    page = cli(*verb.split(), "--help").out
    order = ["Template:", "Target:", "Options:", "Phone:", "Output:", "Documented flags:"]
    found = [line for line in page.splitlines() if line in order]
    assert found == sorted(found, key=order.index)
    assert {"Target:", "Output:"} <= set(found)
    options = [line.split()[0] for line in page.splitlines() if line.startswith("  -")]
    assert len(options) == len(set(options))
    if verb in {"apply", "set", "phone start"}:
        assert found[-1] == "Documented flags:"
        assert "--dn NAME" in page.partition("Documented flags:")[2]


@pytest.mark.parametrize("words", [["capture", "--out", ""], ["calls", "--out", ""]])
def test_an_empty_out_is_a_variable_that_is_not_set(cli: Cli, words: list[str], ini: Path) -> None:
    outcome = cli(*words, "--ini", ini)
    assert (outcome.code, "--out is empty" in outcome.err) == (2, True)


def test_repair_says_what_is_left(cli: Cli, ini: Path) -> None:
    ini.write_bytes(
        utf16("[Settings]\r\nVAD=1\r\n[Account1]\r\nusername=1\r\n[Account1]\r\nx=1\r\n")
    )
    assert cli("check", "--ini", ini).code == 1
    said = cli("repair", "--ini", ini).out
    assert "left that need a decision" in said
    assert "desired state" not in said
