"""``repair``: fix what ``check`` found, where the fix is certain."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .. import options
from ..changing import configurator, tell
from ..run import Run
from ..verb import command as make


def repair(
    run: Run,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the fixes, change nothing; exit 1 if any.")
    ] = False,
) -> None:
    """Fix what check found, where the fix is certain; the rest stays for a person."""
    configurator(run).repair(dry_run=dry_run, result=run.result)
    tell(run)


def command() -> Any:
    return make(
        repair,
        shared=(options.target, options.phone, options.output),
        examples=("microsip-config repair --dry-run", "microsip-config repair --json"),
    )
