"""``job``: what engines call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..invocation import Invocation
from ..verb import Verb

if TYPE_CHECKING:
    from ...job.request import Job


def job(invocation: Invocation) -> None:
    from ...job.json_request import LIMIT, parse

    def request() -> Job:
        return parse(b"" if sys.stdin is None else sys.stdin.buffer.read(LIMIT + 1))

    invocation.answer(request)


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
