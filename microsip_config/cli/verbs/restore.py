"""``restore``: put a backup back."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .. import options
from ..changing import configurator, tell
from ..run import Run
from ..verb import command as make


def restore(
    run: Run,
    backup: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="As `backups` lists it; default: the newest."),
    ] = None,
) -> None:
    """Put a backup back, byte for byte. What is replaced is kept as a backup, too."""
    configurator(run).restore(backup, result=run.result)
    tell(run)


def command() -> Any:
    return make(
        restore,
        shared=(options.target, options.phone, options.output),
        examples=("microsip-config restore", "microsip-config restore 20260102T030405Z"),
    )
