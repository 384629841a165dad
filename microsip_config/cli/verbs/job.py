"""``job``: what engines call."""

from __future__ import annotations

from ...job.request import Job
from ...limits import REQUEST_BYTES
from ..invocation import Invocation, read_stdin
from ..verb import Verb


def job(invocation: Invocation) -> None:
    from ...job.json_request import parse, target_options

    def read() -> Job:
        data = read_stdin(REQUEST_BYTES + 1)
        invocation.given = target_options(data)
        return parse(data)

    invocation.answer(read)


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
