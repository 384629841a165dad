"""``repair``: fix what ``check`` found, where the fix is certain."""

from __future__ import annotations

from ...job.operations import OPERATIONS
from ..invocation import Invocation
from ..present import outcome
from ..verb import Verb


def repair(invocation: Invocation) -> None:
    invocation.run(outcome)


VERB = Verb(
    "repair",
    repair,
    OPERATIONS["repair"].summary,
    "repair",
    examples=("microsip-config repair --dry-run", "microsip-config repair --json"),
)
