"""``job``: what engines call."""

from __future__ import annotations

import sys

from ..invocation import Invocation
from ..verb import Verb


def job(invocation: Invocation) -> None:
    from ...job.json_request import LIMIT, parse

    data = b"" if sys.stdin is None else sys.stdin.buffer.read(LIMIT + 1)
    invocation.answer(lambda: parse(data))


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
