"""``explain``: what a key or a code means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ...errors import UsageError
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
            help="A key, Section.Key, or the code of an error, warning or finding.",
            autocompletion=completion.explained,
        ),
    ] = None,
    every_code: Annotated[
        bool, typer.Option("--codes", help="List every code with its severity and meaning.")
    ] = False,
) -> None:
    """Explain a key of microsip.ini or a code; without a name list all keys."""
    from ...operations.explain import codes, overview
    from ...operations.explain import explain as facts_of

    if every_code:
        if name is not None:
            raise UsageError("--codes lists every code", hint="give either a name or --codes")
        rows = codes()
        run.result.data = [facts.as_json() for facts in rows]
        run.say(*table([(facts.code, facts.severity, facts.meaning) for facts in rows]))
        return
    if name is None:
        keys = overview()
        run.result.data = [facts.as_json() for facts in keys]
        run.say(*table([(f"{facts.section}.{facts.key}", facts.doc) for facts in keys]))
        return
    found = [facts.as_json() for facts in facts_of(name)]
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
            "microsip-config explain password-drift",
            "microsip-config explain --codes",
        ),
    )
