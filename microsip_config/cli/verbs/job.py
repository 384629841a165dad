"""``job``: what engines call."""

from __future__ import annotations

from ...limits import REQUEST_BYTES
from ..invocation import Invocation, read_stdin
from ..verb import Verb


def job(invocation: Invocation) -> None:
    from ...job.json_request import parse

    invocation.answer(lambda: parse(read_stdin(REQUEST_BYTES + 1)))


VERB = Verb(
    "job",
    job,
    "Run one JSON request. It is read from stdin; one JSON object is printed, as --json does.",
    shown=(),
    examples=(
        """echo '{"operation": "plan", "templates": ["base"]}' | microsip-config job""",
        "microsip-config schema --for job",
    ),
)
