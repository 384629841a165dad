"""``unset``: remove keys, so that the phone's defaults apply."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ...operations.configurator import edits
from .. import options
from ..changing import configurator, split_name, tell
from ..run import Run
from ..verb import command as make


def unset(
    run: Run,
    names: Annotated[
        list[str], typer.Argument(metavar="SECTION.KEY...", help="Such as Settings.userAgent.")
    ],
) -> None:
    """Remove keys: the phone's own defaults apply then."""
    wanted = edits([(*split_name(name), None) for name in names])
    configurator(run).apply(wanted, result=run.result)
    tell(run)


def command() -> Any:
    return make(
        unset,
        shared=(options.target, options.phone, options.output),
        examples=("microsip-config unset Settings.userAgent Account1.proxy",),
    )
