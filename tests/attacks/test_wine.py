"""A real Wine with the stand-in phone, which its user runs and root takes care of."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.windows.rig import BIN, BUILD, RIG

from .decoys import Decoy, Proof
from .scene import INI, Run, Scene, User, utf16

assert sys.platform != "win32"

QUIET = INI.replace("[Account1]", "updatesInterval=never\r\n[Account1]")
SET = ("set", "Settings.volumeRing=50")


class Phone:
    """A phone in a folder and a prefix of the user's."""

    def __init__(self, user: User, config: dict[str, Any]) -> None:
        self.user = user
        self.prefix = user.home / ".wine"
        # What a server of root's has left there leads to its folder in /tmp.
        ignored = shutil.ignore_patterns("wineserver", ".boot.lock", ".keeper*", "reg*.tmp")
        shutil.copytree(RIG / "prefix", self.prefix, symlinks=True, ignore=ignored)
        shutil.copy(BIN / "standin.exe", user.exe)
        user.ini.write_bytes(
            utf16(INI.replace("[Account1]", "updatesInterval=never\r\n[Account1]"))
        )
        user.owns(user.home)
        self.loader, self.server = config["wine"], config["wineserver"]
        self.environment = {**config["env"], "HOME": str(user.home), "WINEPREFIX": str(self.prefix)}

    def start(self, **environment: str) -> None:
        before = self.count("ready")
        self.user.starts(
            *(self.loader, self.user.exe, "/minimized"),
            env={**self.environment, **environment},
            cwd=self.user.home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.until(before + 1)

    def count(self, event: str) -> int:
        with contextlib.suppress(FileNotFoundError):
            lines = self.user.exe.with_name("standin.log").read_text("utf-8").splitlines()
            return [line.split("\t")[0] for line in lines].count(event)
        return 0

    def until(self, number: int) -> None:
        """So many phones have come up."""
        end = time.monotonic() + 90
        while self.count("ready") < number:
            assert time.monotonic() < end
            time.sleep(0.05)

    @property
    def uids(self) -> set[int]:
        """Of the processes of this phone."""
        found = set()
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes()
                if entry.name.isdigit() and str(self.user.exe).encode() in words:
                    found.add(entry.stat().st_uid)
        return found

    def stop(self) -> None:
        command = self.user.starts(self.server, "-k", env=self.environment, cwd=self.user.home)
        command.wait(60)


@pytest.fixture
def phone(scene: Scene, user: User) -> Iterator[Phone]:
    subprocess.run(BUILD, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    found = Phone(user, json.loads((RIG / "rig.json").read_text()))
    yield found
    found.stop()


def run(scene: Scene, *words: str | Path) -> Run:
    return scene.root(*words, memory=None)  # Wine needs more addresses than it uses


def test_root_changes_a_profile_whose_phone_runs(
    scene: Scene, phone: Phone, proof: Proof, library: Path
) -> None:
    """It is stopped and started again by its user, with the environment that it had."""
    phone.start(LD_PRELOAD=str(library))
    proof.path.write_text("")
    changed = run(scene, *SET, "--ini", phone.user.ini).is_done()
    told = changed.envelope["phone"]
    assert (told["was_running"], told["stopped"], told["started"]) == (True, True, True)
    phone.until(2)
    assert phone.uids == {phone.user.uid}
    assert proof.uids <= {phone.user.uid}
    assert "volumeRing=50" in phone.user.ini.read_bytes()[2:].decode("utf-16-le")
    scene.is_unharmed()
    assert (
        run(scene, "phone", "stop", "--exe", phone.user.exe).is_done().envelope["phone"]["stopped"]
    )
    assert phone.uids == set()


def test_root_starts_the_phone_of_a_user_as_that_user(scene: Scene, phone: Phone) -> None:
    run(scene, "phone", "start", "--exe", phone.user.exe).is_done()
    phone.until(1)
    assert phone.uids == {phone.user.uid}
    scene.is_unharmed()


@pytest.mark.parametrize("verb", ["set", "phone stop", "phone restart"])
def test_a_phone_that_runs_beside_one_that_only_looks_so(
    scene: Scene, phone: Phone, decoy: Decoy, proof: Proof, verb: str
) -> None:
    phone.start()
    words = {"set": SET}.get(verb, (*verb.split(), "--stop-timeout", "2"))
    with decoy((str(phone.user.exe),)):
        ended = run(scene, *words, "--exe", phone.user.exe).is_documented()
    assert 0 not in proof.uids, ended.told
    assert 0 not in phone.uids
    scene.is_unharmed()
