"""The README tells the truth: its commands are the real ones, its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from microsip_config.cli.table import NAMES
from microsip_config.job.options import PHONE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_ci_calls_the_readme_command_for_all_tests() -> None:
    (setup,) = blocks("sh")
    command = setup.strip().splitlines()[-1]
    assert command.endswith("-m tests")
    assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_every_verb_is_told() -> None:
    table = README.partition("## Verbs")[2].partition("\n## ")[0]
    assert {verb for verb in NAMES if not re.search(rf"`{verb}\b", table)} == set()
    (restart,) = (option for option in PHONE.options if option.name == "restart")
    words = restart.choices
    assert all(f"`{word}`" in README or f"--restart {word}" in README for word in words)


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = blocks("python")
    shell = next(block for block in blocks("console") if "cat desk.ini" in block)
    template = shell.partition("$ cat desk.ini\n")[2].partition("\n$ ")[0]
    monkeypatch.chdir(tmp_path)
    Path("desk.ini").write_text(template, "utf-8")
    Path("MicroSIP.ini").write_bytes(b"\xff\xfe" + "[Settings]".encode("utf-16-le"))
    told: list[object] = []
    exec(example, {"print": lambda *words: told.extend(words)})
    assert told[0] is True
    assert "Account1.password" in str(told[1])
    assert "opus/48000/2" in str(told[2])
    assert list(Path("records").iterdir())
