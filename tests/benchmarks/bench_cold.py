"""Whole processes: what a logon script waits for, as ratios to ``crudini --merge``.

    python -m pytest tests/benchmarks/bench_cold.py

All commands take turns, ROUNDS times, so that whatever else the machine does meets all of them
alike. Only the medians and the ratios of one run say anything; no time is asserted.
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

import microsip_config

from . import profiles
from .conftest import TABLES, Table

SCRIPTS = Path(sys.executable).parent
ROUNDS, WARM_UP = 25, 2
YARDSTICK = "crudini --merge"

# What an administrator writes without us: no encoding, no check, no atomic write.
CONFIGPARSER = """
import configparser, sys
target, wanted = sys.argv[1:]
ini, template = (configparser.RawConfigParser(strict=False) for _ in range(2))
for parser in (ini, template):
    parser.optionxform = str
ini.read(target, encoding="utf-8")
template.read(wanted, encoding="utf-8")
for section in template.sections():
    for key, value in template.items(section):
        ini.set(section, key, value)
with open(target, "w", encoding="utf-8") as file:
    ini.write(file)
"""


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """As pip leaves an installed package; a checkout may never have been compiled."""
    compileall.compile_dir(Path(microsip_config.__file__).parent, quiet=1)


class Tool(NamedTuple):
    """A command, the encoding of the file that it can read, and what it gets on stdin."""

    command: list[str]
    utf16: bool = True
    stdin: Path | None = None


class Job:
    """The same file and the same wanted keys for each tool."""

    def __init__(self, folder: Path, *, in_place: bool) -> None:
        self.text = profiles.ini(7, in_place=in_place)
        self.ini = folder / "MicroSIP.ini"
        self.template = profiles.template(folder)
        self.merge = folder / "merge.ini"
        body = "".join(f"{key}={value}\n" for key, value in profiles.WANTED.items())
        self.merge.write_text(f"[Settings]\n{body}", encoding="utf-8")
        self.script = folder / "bare.py"
        self.script.write_text(CONFIGPARSER, encoding="utf-8")
        self.data = folder / "data"

    def reset(self, *, utf16: bool) -> None:
        if utf16:
            profiles.write(self.ini, self.text)
        else:
            self.ini.write_text(self.text, encoding="utf-8", newline="")

    def time(self, tool: Tool) -> float:
        self.reset(utf16=tool.utf16)
        with Path(tool.stdin or "/dev/null").open("rb") as source:
            started = time.perf_counter()
            done = subprocess.run(
                tool.command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            seconds = time.perf_counter() - started
        assert done.returncode in {0, 1}, done.stderr.decode()  # 1: plan, check found something
        return seconds

    def others(self) -> dict[str, Tool]:
        bare = [sys.executable, str(self.script), str(self.ini), str(self.merge)]
        crudini = [str(SCRIPTS / "crudini"), "--merge", str(self.ini)]
        return {
            "python -c pass": Tool([sys.executable, "-c", "pass"]),
            "configparser": Tool(bare, utf16=False),
            YARDSTICK: Tool(crudini, utf16=False, stdin=self.merge),
        }

    def ours(self, verb: str) -> Tool:
        target = ["--ini", str(self.ini), "--data-dir", str(self.data)]
        wanted = [str(self.template)]
        wanted += [f"--var={name}={value}" for name, value in profiles.VARIABLES.items()]
        words = {
            "apply": ["apply", *wanted, *target],
            "plan": ["plan", *wanted, *target],
            "show": ["show", *target],
            "check": ["check", *target],
            "apply --help": ["apply", "--help"],
            "--version": ["--version"],
        }[verb]
        return Tool([str(SCRIPTS / "microsip-config"), *words])


@pytest.mark.parametrize(
    ("title", "in_place", "verbs"),
    [
        (
            "nothing to change",
            True,
            ["apply", "plan", "show", "check", "apply --help", "--version"],
        ),
        ("12 keys to change", False, ["apply", "plan"]),
    ],
    ids=["nothing", "12 keys"],
)
def test_cold(
    tmp_path: Path, pytestconfig: pytest.Config, title: str, in_place: bool, verbs: list[str]
) -> None:
    job = Job(tmp_path, in_place=in_place)
    tools = {**job.others(), **{f"microsip-config {verb}": job.ours(verb) for verb in verbs}}
    seconds: dict[str, list[float]] = {name: [] for name in tools}
    for number in range(WARM_UP + ROUNDS):
        for name, tool in tools.items():
            taken = job.time(tool)
            if number >= WARM_UP:
                seconds[name].append(taken)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    table = Table(f"cold process, {title}: median of {ROUNDS}", YARDSTICK, medians)
    pytestconfig.stash.setdefault(TABLES, []).append(table)
    job.time(job.ours("apply"))
    final = job.ini.read_bytes()[2:].decode("utf-16-le")
    assert all(f"{key}={value}\r\n" in final for key, value in profiles.WANTED.items())
