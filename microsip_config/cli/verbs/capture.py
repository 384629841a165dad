"""``capture``: make a template of a configured phone."""

from __future__ import annotations

from collections.abc import Iterable

from ...job.operations import OPERATIONS
from ...results import Result
from ..invocation import Invocation
from ..present import Paint
from ..verb import Verb


def capture(invocation: Invocation) -> None:
    result = invocation.run(_lines)
    invocation.wrote = bool(result.data and result.data["file"])


def _lines(result: Result, _: Paint) -> Iterable[str]:
    file, text = result.data["file"], result.data["template"]
    return [f"wrote {file}"] if file else text.splitlines()


VERB = Verb(
    "capture",
    capture,
    OPERATIONS["capture"].summary,
    "capture",
    examples=("microsip-config capture --out desk.ini --parametrise",),
)
