"""``check``: is the file healthy, and does it match the template."""

from __future__ import annotations

from ...job.operations import OPERATIONS
from ...job.options import TEMPLATES
from ..invocation import Invocation
from ..present import diff, findings
from ..verb import Verb


def check(invocation: Invocation) -> None:
    result = invocation.run(templates=invocation.values["templates"] or ())
    found = result.data or []
    shown = [each for each in found if not (invocation.quiet and each["severity"] == "info")]
    invocation.say(*findings(shown), aloud=True)
    if not result.errors:
        invocation.say(*diff(result.changes))
        if not result.differs and result.target:
            invocation.say(f"healthy: {result.target.ini}")


VERB = Verb(
    "check",
    check,
    OPERATIONS["check"].summary,
    "check",
    arguments=(
        TEMPLATES._replace(
            help="Compare with these templates as well.",
            metavar="[TEMPLATE]...",
            required=False,
        ),
    ),
    examples=("microsip-config check", "microsip-config check base --json"),
)
