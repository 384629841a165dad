"""``capture``: make a template of a configured phone."""

from __future__ import annotations

from ...job.operations import OPERATIONS
from ..invocation import Invocation
from ..verb import Verb


def capture(invocation: Invocation) -> None:
    result = invocation.run()
    data = result.data
    invocation.wrote = bool(data and data["file"])
    if result.errors:
        return
    if data["file"]:
        invocation.say(f"wrote {data['file']}")
    elif not invocation.quiet:
        invocation.raw = data["template"]


VERB = Verb(
    "capture",
    capture,
    OPERATIONS["capture"].summary,
    "capture",
    examples=("microsip-config capture --out desk.ini --parametrise",),
)
