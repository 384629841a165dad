"""``set``: validated ad-hoc changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import UsageError
from ...operations.configurator import edits
from ...phone.documented import PASSWORD_VISIBLE
from ...secret import Secret
from .. import options
from ..changing import (
    Flags,
    configurator,
    documented_parameters,
    hidden,
    passwords,
    split_assignment,
    tell,
)
from ..run import Run
from ..verb import command as make

if TYPE_CHECKING:
    from ...template.model import Desired


def set_(
    run: Run,
    assignments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SECTION.KEY=VALUE]...", help="Such as Settings.enableSTUN=yes."),
    ] = None,
    account: Annotated[
        int, typer.Option("--account", metavar="N", min=0, help="The account that the flags mean.")
    ] = 1,
    **flags: Any,
) -> None:
    """Set keys. The values are checked as in a template; the phone is handled as by apply."""
    changes = [split_assignment(text) for text in assignments or ()]
    desired = hidden(run, edits(changes, allow_commands=bool(run.options["allow_commands"])))
    documented = Flags(run, flags, account)
    if not (changes or documented.edits or documented.actions):
        raise UsageError("nothing to set", hint="name a SECTION.KEY=VALUE or a flag")
    documented.ready(run)
    if changes or documented.edits:
        _store(run, desired, documented)
    documented.act(run)


def _store(run: Run, desired: Desired, documented: Flags) -> None:
    wanted = documented.on_top_of(desired)
    run.result.warnings += documented.warnings
    if any(isinstance(wish.text, Secret) for wish in desired.assignments):
        run.result.warnings.append(PASSWORD_VISIBLE)
    configurator(run).apply(wanted, **passwords(run), result=run.result)
    tell(run)


def command() -> Any:
    return make(
        set_,
        shared=(
            options.target,
            options.commands,
            options.passwords,
            options.phone,
            options.output,
        ),
        flags=documented_parameters(),
        examples=(
            "microsip-config set Settings.audioCodecs=opus,G722,PCMA Settings.VAD=no",
            "microsip-config set --account 2 --dn 'Front desk' --domain sip.example.com",
        ),
    )
