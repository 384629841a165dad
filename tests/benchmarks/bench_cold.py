"""Whole processes: what a logon script waits for. See the README for how to run this."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import microsip_config

from . import profiles

SCRIPTS = Path(sys.executable).parent


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """As pip leaves an installed package; a checkout may never have been compiled."""
    compileall.compile_dir(Path(microsip_config.__file__).parent, quiet=1)


ROUNDS = 25

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


class Job:
    """The same wish for each tool, in the encoding that the tool can read."""

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

    def commands(self) -> dict[str, tuple[bool, list[str], Path | None]]:
        """name -> (UTF-16?, command, standard input)."""
        ours = [str(SCRIPTS / "microsip-config"), "apply", str(self.template)]
        ours += [f"--var={name}={value}" for name, value in profiles.VARIABLES.items()]
        ours += ["--ini", str(self.ini), "--data-dir", str(self.data)]
        bare = [sys.executable, str(self.script), str(self.ini), str(self.merge)]
        crudini = [str(SCRIPTS / "crudini"), "--merge", str(self.ini)]
        return {
            "python -c pass": (True, [sys.executable, "-c", "pass"], None),
            "configparser": (False, bare, None),
            "crudini --merge": (False, crudini, self.merge),
            "microsip-config apply": (True, ours, None),
        }


@pytest.mark.parametrize(
    "tool", ["python -c pass", "configparser", "crudini --merge", "microsip-config apply"]
)
@pytest.mark.parametrize("job", ["changes nothing", "changes 12 keys"])
def test_cold(benchmark: Any, tmp_path: Path, tool: str, job: str) -> None:
    work = Job(tmp_path, in_place=job == "changes nothing")
    utf16, command, stdin = work.commands()[tool]
    assert shutil.which(command[0])
    benchmark.group = f"cold process, {job}"

    def prepare() -> None:
        work.reset(utf16=utf16)

    def run() -> None:
        with Path(stdin or "/dev/null").open("rb") as source:
            subprocess.run(command, stdin=source, stdout=subprocess.DEVNULL, check=True)

    benchmark.pedantic(run, setup=prepare, rounds=ROUNDS, warmup_rounds=2)
    if tool == "microsip-config apply":
        final = work.ini.read_bytes()[2:].decode("utf-16-le")
        assert all(f"{key}={value}\r\n" in final for key, value in profiles.WANTED.items())
