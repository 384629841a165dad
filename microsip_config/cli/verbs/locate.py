"""``locate``: which ini is in use, and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ...errors import TargetError
from ...results import Issue
from .. import options
from ..present import table
from ..run import Run
from ..verb import command as make


def locate(
    run: Run,
    every: Annotated[
        bool, typer.Option("--all", help="Every user profile and portable copy of this host.")
    ] = False,
) -> None:
    """Print the ini in use and how that was decided."""
    if every:
        _list(run)
        return
    found = run.found()
    target = found.target
    run.result.data = {"otherwise": found.otherwise, "moves_to": found.moves_to}
    run.result.warnings = [Issue("note", note) for note in found.notes]
    run.say(target.ini, f"  {target.mode}: {target.decided_by}")
    if target.exe:
        run.say(f"  executable: {target.exe}")
    if found.otherwise:
        run.say(f"  {found.otherwise}")
    if found.moves_to:
        run.say(f"  MicroSIP moves it at its next start to {found.moves_to}")


def _list(run: Run) -> None:
    from ...target import every

    places = every(run.world)
    run.result.data = [place._asdict() for place in places]
    if not places:
        raise TargetError("no MicroSIP configuration on this host", hint="name one with --ini")
    rows = [(place.ini or "-", place.mode, place.user or "-", place.problem) for place in places]
    run.say(*table([("INI", "MODE", "USER", "PROBLEM"), *rows]))


def command() -> Any:
    return make(
        locate,
        shared=(options.target, options.output),
        examples=("microsip-config locate", "microsip-config locate --all --json"),
    )
