"""Runs the command line in this process, and looks at everything that it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from microsip_config.cli import main
from microsip_config.codes.register import CODES

ENVELOPE = {
    "schema", "command", "status", "changed", "exit_code", "target", "changes", "backup", "phone",
    "warnings", "errors", "data", "run",
}  # fmt: skip


class Outcome(NamedTuple):
    """What a run left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object of ``--json``, its form checked."""
        assert self.out.isascii()
        assert self.out.count("\n") == 1
        assert self.out.endswith("}\n")
        value: dict[str, Any] = json.loads(self.out)
        assert value.keys() == ENVELOPE
        assert value["schema"] == 1
        assert value["exit_code"] == self.code
        assert value["status"] == (
            "error" if value["errors"] else
            "differs" if self.code == 1 else "changed" if value["changed"] else "ok"
        )  # fmt: skip
        for issue in (*value["warnings"], *value["errors"]):
            assert issue.keys() == {"code", "message", "hint", "where"}
            assert issue["code"] in CODES
        for change in value["changes"]:
            assert change.keys() == {
                "section", "key", "action", "old", "new", "secret", "reason",
            }  # fmt: skip
        return value


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: Any) -> Cli:
    """``cli("apply", "office", ...)``; our data folder is the test's own."""
    monkeypatch.setenv("MICROSIP_CONFIG_DATA_DIR", str(tmp_path / "our data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "logs"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Outcome(code, out.decode(), err.decode())

    return run


def utf16(text: str) -> bytes:
    """``text`` as MicroSIP stores it; its lines end as they are written."""
    return b"\xff\xfe" + text.encode("utf-16-le")


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    """A small configuration, CRLF, with comments and unusual spacing."""
    path = tmp_path / "MicroSIP.ini"
    path.write_bytes(utf16(SMALL.replace("\n", "\r\n")))
    return path


def examples_of(help_text: str) -> list[str]:
    """The command lines at the end of a help page."""
    lines = help_text.partition("Examples:\n")[2].splitlines()
    return [line.strip() for line in lines if line.strip().startswith("microsip-config ")]


SMALL = """\
; by hand
[Settings]
accountId=1
volumeRing = 80

  ; indented on purpose
  audioCodecs=PCMA/8000/1 PCMU/8000/1
unknownKey=stays

[Account1]
label=Old
server=old.example.com
domain=old.example.com
username=7
"""
