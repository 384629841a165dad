"""The program beside a stand-in phone: run as a process of its own, or in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from microsip_config import Configurator, Policy, Target, World, edits, phone_for
from microsip_config.ini.profile import Profile
from microsip_config.phone.windows import WindowsPhone
from microsip_config.records import target_path

from .standin import Phone, until

assert sys.platform == "win32"

ENVELOPE = {
    "schema", "command", "status", "changed", "exit_code", "target", "changes", "backup", "phone",
    "warnings", "errors", "data", "run",
}  # fmt: skip
PHONE_REPORT = {"was_running", "stopped", "started", "command_lines", "stop_seconds"}
HEALTHY = (
    "; kept\r\n[Settings]\r\naccountId=1\r\nupdatesInterval=never\r\nvolumeRing=40\r\nmine=1\r\n"
    + "".join(
        f"[Account{n}]\r\nserver=sip.example.com\r\ndomain=sip.example.com\r\nusername=10{n}\r\n"
        for n in (1, 2)
    )
)
DESK = """[template]
description = A desk
[Settings]
volumeRing = 55
enableSTUN = yes
STUN = stun.example.com
[Account1]
displayName = Zoë Жук
"""
# What a phone does with a text that is no switch, and what it must never be told.
MISTAKES = {"dialled", "undialled", "message", "dropped", "reset", "error"}


class Ran(NamedTuple):
    """What a run of the program gave."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object of ``--json``, its form checked."""
        assert self.out.isascii(), self.out
        assert self.out.count("\n") == 1, self.out + self.err
        value: dict[str, Any] = json.loads(self.out)
        assert value.keys() == ENVELOPE
        assert value["phone"].keys() == PHONE_REPORT
        assert (value["phone"]["stop_seconds"] is not None) == value["phone"]["stopped"]
        assert value["exit_code"] == self.exit_code
        assert (value["status"] == "error") == bool(value["errors"])
        return value

    @property
    def codes(self) -> tuple[set[str], set[str]]:
        """The codes of the warnings and of the errors."""
        found = self.json
        return {each["code"] for each in found["warnings"]}, {
            each["code"] for each in found["errors"]
        }


class Beside:
    """The program with the target options of one copy of the phone, and data of its own."""

    def __init__(self, phone: Phone, data: Path) -> None:
        self.phone = phone
        self.data = data

    @property
    def seen(self) -> WindowsPhone:
        """Our view of the phone."""
        world = World(sys.platform, os.environ, Path.home())
        found = phone_for(self.target, world)
        assert isinstance(found, WindowsPhone)
        return found

    @property
    def target(self) -> Target:
        return Target(str(self.phone.ini), str(self.phone.exe))

    @property
    def folder(self) -> Path:
        return target_path(self.data, self.phone.ini)

    @property
    def pending(self) -> bool:
        """Whether a note for the next run is there."""
        return (self.folder / "pending.json").exists()

    def command(self, *args: str | Path) -> list[str]:
        # -P: what is installed is run, not the folder that we are in.
        where = ("--portable", str(self.phone.exe.parent), "--data-dir", str(self.data))
        return [sys.executable, "-P", "-m", "microsip_config", *map(str, args), *where]

    def run(self, *args: str | Path, **environment: str) -> Ran:
        return self.run_command(self.command(*args), **environment)

    @staticmethod
    def run_command(command: list[str], **environment: str) -> Ran:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            env={**os.environ, **environment},
        )
        return Ran(
            done.returncode, done.stdout.decode("ascii", "replace"), done.stderr.decode("mbcs")
        )

    def json(self, *args: str | Path, **environment: str) -> Ran:
        return self.run(*args, "--json", **environment)

    def configurator(
        self, log: Callable[[str], None] = lambda _: None, **policy: Any
    ) -> Configurator:
        """The same in this process."""
        return Configurator(
            self.target, data_dir=self.data, policy=Policy(**policy), phone=self.seen, log=log
        )

    def read(self, section: str, key: str) -> str | None:
        return Profile(self.phone.read()).get(section, key)

    def wait_hidden(self, hidden: bool) -> None:
        """One phone runs, and its window becomes what is said."""
        until(lambda: self.seen.status().hidden is hidden)
        assert len(self.seen.status().mine) == 1

    def last_run(self) -> list[str]:
        """The command lines of all starts so far, those that only handed over included."""
        return self.phone.said("start")


def ring(text: str) -> Any:
    """A wish that any phone's exit would undo: one key of [Settings]."""
    return edits([("Settings", "volumeRing", text)])


def has_ours(beside: Beside) -> bool:
    """Whether the file says what ``DESK`` wants."""
    return (beside.read("Settings", "volumeRing"), beside.read("Account1", "displayName")) == (
        "55",
        "Zoë Жук",
    )
