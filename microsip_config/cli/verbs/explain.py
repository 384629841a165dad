"""``explain``: what a key or a code means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...errors import UnknownKey, UsageError
from ...job.options import RECORDS, Option
from ...results import Result
from ..invocation import Invocation
from ..present import table
from ..verb import Verb

if TYPE_CHECKING:
    from ...job.job_run import JobRun


def explain(invocation: Invocation) -> None:
    name, every_code = invocation.values["name"], invocation.values["codes"]
    lines = _codes if every_code else _one if name else _all
    searched: list[bool] = []
    result = invocation.perform(lambda run: _explain(run, name, every_code, searched))
    if not result.errors:
        invocation.say(*(_hits if searched else lines)(result))


def _explain(run: JobRun, name: str | None, every_code: bool, searched: list[bool]) -> None:
    """``searched`` gets an entry if the answer is what a search has found."""
    from ...operations.explain import codes, explain, overview, search

    if name and every_code:
        raise UsageError("--codes lists every code", hint="give either a name or --codes")
    try:
        found = codes() if every_code else explain(name) if name else overview()
    except UnknownKey:
        found = [] if "." in str(name) else search(str(name))
        if not found:
            raise
        searched.append(True)
    run.ledger.answer([facts.as_json() for facts in found])


def _hits(result: Result) -> Iterator[str]:
    yield from table(
        [
            (f"{facts['section']}.{facts['key']}", facts["doc"])
            if "key" in facts
            else (facts["code"], f"{facts['severity']}: {facts['meaning']}")
            for facts in result.data
        ]
    )


def _codes(result: Result) -> Iterator[str]:
    yield from table([(row["code"], row["severity"], row["meaning"]) for row in result.data])


def _all(result: Result) -> Iterator[str]:
    yield from table(
        [(f"{facts['section']}.{facts['key']}", facts["doc"]) for facts in result.data]
    )


def _one(result: Result) -> Iterator[str]:
    for facts in result.data:
        yield from table(
            [(name, _text(value)) for name, value in facts.items() if value not in _NOTHING]
        )
        yield ""


_NOTHING: tuple[Any, ...] = (None, "", [], {}, ())


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name or '(empty)'} = {_text(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


VERB = Verb(
    "explain",
    explain,
    "Explain a key of microsip.ini or a code. What is neither is searched for in the names and "
    "descriptions of both. Without a name, list all keys.",
    groups=(RECORDS,),
    arguments=(
        Option(
            "name",
            "text",
            "A key, Section.Key, the code of an error, warning or finding, or words to search.",
            metavar="[KEY]",
            positional=True,
            completes="explained",
        ),
    ),
    own=(
        Option(
            "codes",
            "flag",
            "List every code with its severity and meaning.",
            ("--codes",),
            default=False,
        ),
    ),
    examples=(
        "microsip-config explain audioCodecs",
        "microsip-config explain Account.transport",
        "microsip-config explain password-drift",
        "microsip-config explain BLF",
        "microsip-config explain --codes",
    ),
)
