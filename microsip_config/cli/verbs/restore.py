"""``restore``: put a backup back."""

from __future__ import annotations

from ...job.operations import OPERATIONS
from ..invocation import Invocation
from ..present import outcome
from ..verb import Verb


def restore(invocation: Invocation) -> None:
    invocation.run(outcome)


VERB = Verb(
    "restore",
    restore,
    OPERATIONS["restore"].summary,
    "restore",
    examples=("microsip-config restore", "microsip-config restore --original"),
)
