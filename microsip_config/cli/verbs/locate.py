"""``locate``: which ini is in use, and why."""

from __future__ import annotations

from collections.abc import Iterator

from ...job.operations import OPERATIONS
from ...results import Result
from ..invocation import Invocation
from ..present import table
from ..verb import Verb


def locate(invocation: Invocation) -> None:
    invocation.run(_all if invocation.values["every"] else _one)


def _one(result: Result) -> Iterator[str]:
    target = result.target
    if target is None:
        return
    yield target.ini
    yield f"  {target.mode}: {target.decided_by}"
    if target.exe:
        yield f"  executable: {target.exe}"
    if target.version:
        yield f"  version: {target.version}, as {target.version_from} says"
    if result.data["otherwise"]:
        yield f"  {result.data['otherwise']}"
    if result.data["moves_to"]:
        yield f"  MicroSIP moves it at its next start to {result.data['moves_to']}"


def _all(result: Result) -> Iterator[str]:
    rows = [
        (row["ini"] or "-", row["mode"], row["user"] or "-", row["problem"]) for row in result.data
    ]
    yield from table([("INI", "MODE", "USER", "PROBLEM"), *rows])


VERB = Verb(
    "locate",
    locate,
    OPERATIONS["locate"].summary,
    "locate",
    examples=("microsip-config locate", "microsip-config locate --all --json"),
)
