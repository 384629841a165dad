"""The command lines that the bundled templates print in their headers work as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from microsip_config.template.library import folder

from .conftest import Cli

TEMPLATES = sorted(folder().glob("*.ini"))


def _header(template: Path) -> list[str]:
    """The lines of the first comment, without their ``#``."""
    header = template.read_text(encoding="utf-8").split("[template]", 1)[0]
    return [line.removeprefix("#").strip() for line in header.splitlines()]


def _commands(header: list[str]) -> list[list[str]]:
    text = re.sub(r"\\\n *", " ", "\n".join(header))
    lines = [line for line in text.splitlines() if line.startswith("microsip-config ")]
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_the_example_of_a_ready_template_works(
    template: Path, cli: Cli, ini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIP_PASSWORD", "invented")
    header = _header(template)
    buttons = [line for line in header if re.match(r"key\d = ", line)]
    (tmp_path / "buttons.toml").write_text("\n".join(buttons), encoding="utf-8")

    commands = _commands(header)

    assert commands
    for command in commands:
        assert command[:2] == ["apply", template.stem]
        first = cli(*command, "--ini", ini, "--json")
        assert (first.code, first.json["changed"]) == (0, True), first.err
        assert not cli(*command, "--ini", ini, "--json").json["changed"]
