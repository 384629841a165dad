"""A throw-away Wine prefix, and copies of the stand-in phone in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.windows.rig.run import Wine, boot, pin

from .copy_under_wine import OLD, Copy, rig_copy

assert sys.platform != "win32"

MISTAKES = {"message", "dropped", "reset", "error"}


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    with contextlib.ExitStack() as cleanup:
        copy = rig_copy(cleanup)
        cleanup.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        pin(copy.prefix, alone=True)
        boot(copy)
        yield copy


@pytest.fixture
def generation(request: pytest.FixtureRequest) -> str:
    """Which MicroSIP the stand-in phones of a test are like; see ``both_generations``."""
    found: str = getattr(request, "param", OLD)
    return found


@pytest.fixture
def make(wine: Wine, tmp_path: Path, generation: str) -> Iterator[Callable[..., Copy]]:
    copies: list[Copy] = []

    def copy(folder: str | Path = "Phone ü") -> Copy:
        copies.append(Copy(wine, tmp_path / folder, generation))
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
