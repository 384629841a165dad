"""A copy of the stand-in phone under Wine, from the Linux side."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config.operations.phones import phone_for
from microsip_config.phone import Phone
from microsip_config.results import Target
from microsip_config.target import World
from tests.windows.rig import BIN, BUILD, RIG
from tests.windows.rig.run import Wine, throw_away

assert sys.platform != "win32"

ACCOUNT = "[Account1]\r\nserver=sip.example.com\r\ndomain=sip.example.com\r\nusername=101\r\n"
HEALTHY = f"[Settings]\r\naccountId=1\r\nupdatesInterval=never\r\n{ACCOUNT}"
OLD, MODERN = "3.22.3", "3.22.16"
GENERATIONS = {OLD: "standin.exe", MODERN: "standin-3.22.16.exe"}
both_generations = pytest.mark.parametrize("generation", GENERATIONS, indirect=True)


def rig_copy(cleanup: contextlib.ExitStack) -> Wine:
    """The rig's Wine, built if need be, in a copy of its prefix that ends with ``cleanup``."""
    subprocess.run(BUILD, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    config = json.loads((RIG / "rig.json").read_text())
    environment = {**config["env"], "WINEPREFIX": str(RIG / "prefix")}
    return throw_away(Wine(config["wine"], config["wineserver"], environment), cleanup)


class Copy:
    """A copy of the stand-in in a folder of its own; ``generation``: which MicroSIP it is like."""

    def __init__(self, wine: Wine, folder: Path, generation: str = OLD) -> None:
        self.generation = generation
        folder.mkdir(parents=True)
        self.wine = wine
        self.exe, self.ini, self.log = (
            folder / name for name in ("MicroSIP.exe", "MicroSIP.ini", "standin.log")
        )
        shutil.copy(BIN / GENERATIONS[generation], self.exe)
        self.ini.write_bytes(b"\xff\xfe" + HEALTHY.encode("utf-16-le"))
        self.children: list[subprocess.Popen[bytes]] = []

    @property
    def phone(self) -> Phone:
        """Our view of it, with the surroundings of a user of this prefix."""
        environment = {**self.wine.environment, "PATH": os.environ["PATH"]}
        world = World(sys.platform, environment, Path(environment["HOME"]))
        found = phone_for(Target(str(self.ini), str(self.exe)), world)
        assert found is not None
        return found

    def start(
        self, *arguments: str, program: str = "", ready: str = "ready", **environment: str
    ) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [self.wine.program, program or str(self.exe), *arguments],
            env={**self.wine.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.children.append(child)
        until(lambda: ready in self.names())
        return child

    def events(self) -> list[tuple[str, str]]:
        with contextlib.suppress(FileNotFoundError):
            lines = self.log.read_text(encoding="utf-8").splitlines()
            return [(line.split("\t")[0], line.split("\t")[2]) for line in lines]
        return []

    def names(self) -> list[str]:
        return [name for name, _ in self.events()]


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
