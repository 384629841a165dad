"""``restore``: put a backup back."""

from __future__ import annotations

from collections.abc import Iterator

from ...job.operations import OPERATIONS
from ...results import Result
from ..invocation import Invocation
from ..present import Line, not_covered, outcome
from ..verb import Verb


def restore(invocation: Invocation) -> None:
    invocation.run(_lines)


def _lines(result: Result) -> Iterator[Line]:
    yield from outcome(result)
    yield from not_covered((result.data or {}).get("not_covered", ()))


VERB = Verb(
    "restore",
    restore,
    OPERATIONS["restore"].summary,
    "restore",
    examples=("microsip-config restore", "microsip-config restore --original"),
)
