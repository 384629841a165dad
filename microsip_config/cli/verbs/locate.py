"""``locate``: which ini is in use, and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ...errors import TargetError
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
    if not every:
        target = run.target()
        run.result.data = target._asdict()
        run.say(target.ini)
        run.say(f"  {target.mode}: {target.decided_by}")
        if target.exe:
            run.say(f"  executable: {target.exe}")
        return
    from ...locate import every as every_place

    places = every_place(run.world)
    run.result.data = [place._asdict() for place in places]
    if not places:
        raise TargetError("no MicroSIP configuration on this host", hint="name one with --ini")
    rows = [(place.ini, place.mode, place.user or "-", place.problem or "") for place in places]
    run.say(*table([("INI", "MODE", "USER", "PROBLEM"), *rows]))


def command() -> Any:
    return make(
        locate,
        shared=(options.target, options.output),
        examples=("microsip-config locate", "microsip-config locate --all --json"),
    )
