"""2,000 profiles in one process, against a bare read, write, fsync, rename of the same bytes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from microsip_config.ini.file import Source
from microsip_config.operations import run as apply
from microsip_config.planning import make as plan
from microsip_config.results import Result, Target
from microsip_config.template import load

from . import profiles

FILES = 2000
CALLS = 20  # a profile that a roll-out meets; the cold benchmark has the long history


def bare(path: Path) -> None:
    """The least that an atomic change costs."""
    data = path.read_bytes()
    new = path.with_suffix(".tmp")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(descriptor, data.replace(b"0\0\r\0\n\0", b"1\0\r\0\n\0", 1))
    os.fsync(descriptor)
    os.close(descriptor)
    new.replace(path)


@pytest.mark.parametrize("tool", ["bare loop", "microsip-config"])
@pytest.mark.parametrize("job", ["changes nothing", "changes 12 keys"])
def test_many(benchmark: Any, tmp_path: Path, tool: str, job: str) -> None:
    benchmark.group = f"{FILES} files in one process, {job}"
    in_place = job == "changes nothing"
    paths = []
    for number in range(FILES):
        folder = tmp_path / f"user{number}"
        folder.mkdir()
        text = profiles.ini(number, in_place=in_place, calls=CALLS)
        paths.append(profiles.write(folder / "MicroSIP.ini", text))
    desired = load([profiles.template(tmp_path)], tmp_path).render(profiles.VARIABLES, {})
    policy = apply.Policy()

    def ours() -> None:
        for path in paths:
            result = Result("apply", Target(str(path)))
            desk = apply.RunContext(path.parent / "data", lambda: datetime.now(UTC))
            apply.carry_out(result, planner, policy, desk)

    def planner(source: Source) -> plan.Plan:
        return plan.make(source.profile, desired, rewrite=source.needs_rewrite)

    def theirs() -> None:
        for path in paths:
            bare(path)

    benchmark.pedantic(ours if tool == "microsip-config" else theirs, rounds=1)
