"""The main job on a file that has grown over the years: only the planned lines differ."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from microsip_config.schema import SECTIONS

from .conftest import Cli, utf16

VARIABLES = [
    "--var", "extension=101", "--var", "full_name=Zoë Ж", "--var", "site.domain=sip.example.com",
    "--var", "site.voicemail=*97", "--secret", "sip=env:SIP_PASSWORD",
]  # fmt: skip


def grown() -> str:
    """All keys of [Settings] at odd spacings, two accounts, 300 calls, comments, blank lines."""
    lines = ["; first line, before any section", "", "[Settings]"]
    for number, key in enumerate(SECTIONS["Settings"].values()):
        value = key.default
        text = "" if value is None else key.encode(value)
        if key.quoted:
            text = f'"{text}"'
        spacing = ("{}={}", "{} = {}", "  {}={}  ", "\t{} ={}")[number % 4]
        lines.append(spacing.format(key.name, text))
        if number % 10 == 0:
            lines += ["", f"; note {number}"]
    for number in (1, 2):
        lines += ["", f"; the account {number}", f"[Account{number}]", f"label=Account {number}"]
        lines += ["server=old.example.com", "domain=old.example.com", f"username={number}"]
    lines += ["", "[Calls]"]
    lines += [f"{n}=55501{n:03};Caller Ü {n};1;{1767225600 + n};{n};" for n in range(300)]
    lines += ["", "[Vendor]", "# not a comment to Windows=1", "; the end", ""]
    return "\r\n".join(lines)


def test_only_the_planned_lines_differ(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIP_PASSWORD", "correct horse battery")
    ini = tmp_path / "MicroSIP.ini"
    text = grown().replace("accountId=", "accountId=1", 1)
    assert sum(1 for line in text.splitlines() if "=" in line) > 410
    ini.write_bytes(utf16(text))

    result = cli("apply", "office", *VARIABLES, "--ini", ini, "--json").json

    after = ini.read_bytes()[2:].decode("utf-16-le")
    differing = list(difflib.ndiff(text.split("\r\n"), after.split("\r\n")))
    touched = {line[2:].partition("=")[0].strip() for line in differing if line[0] in "+-"}
    planned = {change["key"] for change in result["changes"]}
    assert touched - {"[Account3]"} == planned
    assert len(planned) == 10
    kept = [line[2:] for line in differing if line[0] == " "]
    assert len(kept) == len(text.split("\r\n")) - sum(line[0] == "-" for line in differing)
    state = ini.stat()
    second = cli("apply", "office", *VARIABLES, "--ini", ini, "--json").json
    assert (second["status"], second["changed"]) == ("ok", False)
    assert (ini.stat().st_mtime_ns, ini.stat().st_ino) == (state.st_mtime_ns, state.st_ino)
