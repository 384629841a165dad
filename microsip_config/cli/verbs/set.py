"""``set``: validated single changes."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import UsageError
from ...job.operations import OPERATIONS
from ...job.options import Option
from ...job.request import Edit
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


def split_assignment(text: str) -> Edit:
    """``Section.Key=value`` -> its three parts; the value may hold anything, ``=`` too."""
    name, equals, value = text.partition("=")
    section, dot, key = name.partition(".")
    # The text may be a password typed in the wrong place: it is not repeated.
    if not equals:
        raise UsageError("an assignment has no '='", hint="SECTION.KEY=VALUE")
    if not (section and dot and key):
        raise UsageError("the text before '=' is not SECTION.KEY", hint="SECTION.KEY=VALUE")
    return Edit(section, key, value)


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
