"""``apply``: bring a configuration to what templates say."""

from __future__ import annotations

from typing import Any

from .. import options
from ..changing import Flags, configurator, documented_parameters, passwords, rendered, tell
from ..run import Run
from ..verb import command as make
from .plan import Templates


def apply(run: Run, templates: Templates, **flags: Any) -> None:
    """Apply templates: stop the phone if something must change, write, start it again."""
    documented = Flags(run, flags)
    wanted = documented.on_top_of(rendered(run, templates))
    run.result.warnings += documented.warnings
    documented.ready(run)
    configurator(run).apply(wanted, **passwords(run), result=run.result)
    tell(run)
    documented.act(run)


def command() -> Any:
    return make(
        apply,
        shared=(
            options.target,
            options.template,
            options.commands,
            options.passwords,
            options.phone,
            options.output,
        ),
        flags=documented_parameters(),
        examples=(
            "microsip-config apply office --vars desk.toml --secret sip=env:SIP_PASSWORD",
            "microsip-config apply base --ini D:\\MicroSIP\\MicroSIP.ini --json",
        ),
    )
