"""``plan``: what ``apply`` would do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .. import completion, options
from ..changing import configurator, passwords, rendered
from ..present import diff
from ..run import Run
from ..verb import command as make

Templates = Annotated[
    list[str],
    typer.Argument(
        metavar="TEMPLATE...",
        help="Template files or names; later ones win.",
        autocompletion=completion.templates,
    ),
]


def plan(run: Run, templates: Templates) -> None:
    """Show what apply would do, as a diff; change nothing. Exit 1 if there are differences."""
    wanted = rendered(run, templates)
    configurator(run).plan(wanted, **passwords(run), result=run.result)
    run.say(*diff(run.result.changes))
    if not run.result.differs:
        run.say(f"in the desired state: {run.target().ini}")


def command() -> Any:
    return make(
        plan,
        shared=(
            options.target,
            options.template,
            options.commands,
            options.passwords,
            options.output,
        ),
        examples=(
            "microsip-config plan base --json",
            "microsip-config plan office --vars desk.toml --secret sip=env:SIP_PASSWORD",
        ),
    )
