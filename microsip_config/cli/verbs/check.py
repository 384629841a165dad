"""``check``: is the file healthy, and does it match the template."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .. import completion, options
from ..changing import configurator, passwords, rendered
from ..present import diff, findings
from ..run import Run
from ..verb import command as make


def check(
    run: Run,
    templates: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TEMPLATE]...",
            help="Compare with these templates as well.",
            autocompletion=completion.templates,
        ),
    ] = None,
) -> None:
    """List what the phone would ignore, clamp, truncate or misread. Exit 1 if there is anything."""
    found = configurator(run).check()
    run.result.differs = any(finding.severity != "info" for finding in found)
    run.result.data = [finding.as_json() for finding in found]
    told = [finding for finding in found if finding.severity != "info"]
    run.say(*findings(told if run.options["quiet"] else found), aloud=True)
    if templates:
        unhealthy = run.result.differs
        configurator(run).plan(rendered(run, templates), **passwords(run), result=run.result)
        run.result.differs = run.result.differs or unhealthy
        run.say(*diff(run.result.changes))
    if not run.result.differs:
        run.say(f"healthy: {run.target().ini}")


def command() -> Any:
    return make(
        check,
        shared=(
            options.target,
            options.template,
            options.commands,
            options.passwords,
            options.output,
        ),
        examples=(
            "microsip-config check",
            "microsip-config check base --json",
        ),
    )
