"""Many profiles in one process, against loops that do the least and the least that is fair.

All four take turns at small batches of files, so that what else the machine does meets them alike.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest

from microsip_config.ini.file import Source
from microsip_config.operations import run
from microsip_config.operations.context import Policy, RunContext
from microsip_config.operations.ledger import Ledger
from microsip_config.planning import make as plan
from microsip_config.planning.plan import Plan
from microsip_config.records.folder import RecordsFolder
from microsip_config.results import Target
from microsip_config.template import load
from microsip_config.template.model import Desired

from . import profiles
from .conftest import TABLES, Table

FILES = int(os.environ.get("BENCH_FILES", "2000"))
BATCH = 50
CALLS = 20  # a profile that a roll-out meets; the cold benchmark has the long history


def _put(path: Path, data: bytes, *, exclusive: bool = True) -> None:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if exclusive else os.O_TRUNC)
    descriptor = os.open(path, flags, 0o600)
    os.write(descriptor, data)
    os.fsync(descriptor)
    os.close(descriptor)


def _changed(data: bytes) -> bytes:
    return data.replace(b"0\0\r\0\n\0", b"1\0\r\0\n\0", 1)


def bare(path: Path) -> None:
    """The least that an atomic change costs."""
    data = path.read_bytes()
    new = path.with_suffix(".tmp")
    _put(new, _changed(data))
    new.replace(path)


def fair(path: Path) -> None:
    """The least that an atomic change costs with a backup that survives a power cut as well."""
    data = path.read_bytes()
    _put(path.with_suffix(".backup"), data)
    new = path.with_suffix(".tmp")
    _put(new, _changed(data))
    new.replace(path)


class _Ours:
    """``apply`` as a roll-out calls it: rendered once, each file with a data folder of its own."""

    def __init__(self, desired: Desired) -> None:
        self._desired = desired
        self._policy = Policy()

    def _plan(self, source: Source) -> Plan:
        return plan.make(source.profile, self._desired, rewrite=source.needs_rewrite)

    def __call__(self, path: Path) -> None:
        ledger = Ledger("apply", Target(str(path)))
        context = RunContext(RecordsFolder(path.parent / "data", path), lambda: datetime.now(UTC))
        run.carry_out(ledger, self._plan, self._policy, context)


def _make(folder: Path, number: int, *, in_place: bool) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    text = profiles.ini(number, in_place=in_place, calls=CALLS)
    return profiles.write(folder / "MicroSIP.ini", text)


def test_many(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    desired = load([profiles.template(tmp_path)], tmp_path).render(profiles.VARIABLES, {})
    ours = _Ours(desired)
    tools: dict[str, tuple[Callable[[Path], None], bool]] = {
        "bare loop": (bare, False),
        "fair limit": (fair, False),
        "no change": (ours, True),
        "12 keys": (ours, False),
    }
    took: dict[str, list[float]] = {name: [] for name in tools}
    for batch in range(1 + FILES // BATCH):  # the first one warms up
        for name, (work, in_place) in tools.items():
            paths = [
                _make(tmp_path / f"user{number}", batch * BATCH + number, in_place=in_place)
                for number in range(BATCH)
            ]
            os.sync()
            began = time.perf_counter()
            for path in paths:
                work(path)
            if batch:
                took[name].append((time.perf_counter() - began) / BATCH)
            changed = b"v\0o\0l\0u\0m\0e\0R\0i\0n\0g\0=\x008\x000\0" in paths[-1].read_bytes()
            assert changed or work is not ours
    medians = {name: median(times) for name, times in took.items()}
    request.config.stash.setdefault(TABLES, []).append(
        Table(f"{FILES} files in one process, a file", "fair limit", medians)
    )
