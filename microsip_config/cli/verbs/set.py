"""``set``: validated single changes."""

from __future__ import annotations

from collections.abc import Iterator

from ...job.operations import OPERATIONS
from ...job.options import Option
from ...job.request import split_assignment
from ...results import Result
from ..invocation import Invocation
from ..present import Line, also_done, outcome
from ..verb import Verb


def set_keys(invocation: Invocation) -> None:
    given = invocation.values["assignments"] or ()
    invocation.run(_lines, edits=lambda: [split_assignment(text) for text in given])


def _lines(result: Result) -> Iterator[Line]:
    if result.changed or result.changes or not result.data:
        yield from outcome(result)
    yield from also_done(result)


VERB = Verb(
    "set",
    set_keys,
    OPERATIONS["set"].summary,
    "set",
    arguments=(
        Option(
            "assignments",
            "text",
            "Such as Settings.enableSTUN=yes.",
            metavar="[SECTION.KEY=VALUE]...",
            many=True,
            positional=True,
        ),
    ),
    examples=(
        "microsip-config set Settings.audioCodecs=opus,G722,PCMA Settings.VAD=no",
        "microsip-config set --account 2 --dn 'Front desk' --domain sip.example.com",
    ),
)
