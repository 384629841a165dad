"""``plan``: what ``apply`` would do."""

from __future__ import annotations

from ...job.operations import OPERATIONS
from ...job.options import TEMPLATES
from ..invocation import Invocation
from ..present import outcome
from ..verb import Verb


def plan(invocation: Invocation) -> None:
    invocation.run(outcome, templates=invocation.values["templates"])


VERB = Verb(
    "plan",
    plan,
    OPERATIONS["plan"].summary,
    "plan",
    arguments=(TEMPLATES,),
    examples=(
        "microsip-config plan base --json",
        "microsip-config plan office --vars desk.toml --secret sip=env:SIP_PASSWORD",
    ),
)
