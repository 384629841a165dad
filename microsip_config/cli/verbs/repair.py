"""``repair``: fix what ``check`` found, where the fix is certain."""

from __future__ import annotations

from collections.abc import Iterator

from ...job.operations import OPERATIONS
from ...results import Result
from ..invocation import Invocation
from ..present import Line, outcome
from ..verb import Verb


def repair(invocation: Invocation) -> None:
    invocation.run(_lines)


def _lines(result: Result) -> Iterator[Line]:
    left = (result.data or {}).get("findings_left")
    if result.changed or result.differs or not left:
        yield from outcome(result)
    if left and not result.differs:
        findings = "finding is" if left == 1 else "findings are"
        yield f"{left} {findings} left that need a decision: see 'microsip-config check'"


VERB = Verb(
    "repair",
    repair,
    OPERATIONS["repair"].summary,
    "repair",
    examples=("microsip-config repair --dry-run", "microsip-config repair --json"),
)
