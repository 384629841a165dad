"""A throw-away Wine prefix, and copies of the stand-in phone in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.windows.rig import BUILD, RIG
from tests.windows.rig.run import Wine, boot, pin, throw_away

from .copy_under_wine import Copy

assert sys.platform != "win32"

MISTAKES = {"message", "dropped", "reset", "error"}


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    subprocess.run(BUILD, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    config = json.loads((RIG / "rig.json").read_text())
    environment = {**config["env"], "WINEPREFIX": str(RIG / "prefix")}
    with contextlib.ExitStack() as cleanup:
        copy = throw_away(Wine(config["wine"], config["wineserver"], environment), cleanup)
        cleanup.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        pin(copy.prefix, alone=True)
        boot(copy)
        yield copy


@pytest.fixture
def make(wine: Wine, tmp_path: Path) -> Iterator[Callable[..., Copy]]:
    copies: list[Copy] = []

    def copy(folder: str | Path = "Phone ü") -> Copy:
        copies.append(Copy(wine, tmp_path / folder))
        return copies[-1]

    yield copy
    for each in copies:
        each.phone.stop(0, kill=True, even_in_call=True)
        for child in each.children:
            child.wait(10)
        assert not MISTAKES & set(each.names()), each.events()
        shutil.rmtree(each.exe.parent)


@pytest.fixture
def standin(make: Callable[..., Copy]) -> Copy:
    return make()
