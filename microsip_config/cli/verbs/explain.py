"""``explain``: what a key or a finding means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from .. import completion, options
from ..present import table
from ..run import Run
from ..verb import command as make


def explain(
    run: Run,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[KEY]",
            help="A key, Section.Key or a code that check printed.",
            autocompletion=completion.explained,
        ),
    ] = None,
) -> None:
    """Explain a key of microsip.ini or a code of check; without a name list all keys."""
    from ...operations.explain import explain as facts_of
    from ...operations.explain import overview

    if name is None:
        keys = overview()
        run.result.data = [facts._asdict() for facts in keys]
        run.say(*table([(f"{facts.section}.{facts.key}", facts.doc) for facts in keys]))
        return
    found = [facts._asdict() for facts in facts_of(name)]
    run.result.data = found
    for facts in found:
        run.say(*_lines(facts))


def _lines(entry: Mapping[str, Any]) -> list[str]:
    shown = [
        (name, _text(value)) for name, value in entry.items() if value not in (None, "", [], {})
    ]
    return [*table(shown), ""]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name or '(empty)'} = {_text(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def command() -> Any:
    return make(
        explain,
        shared=(options.output,),
        examples=(
            "microsip-config explain audioCodecs",
            "microsip-config explain Account.transport",
        ),
    )
