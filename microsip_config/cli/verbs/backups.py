"""``backups``: what can be put back."""

from __future__ import annotations

from collections.abc import Iterator

from ...job.operations import OPERATIONS
from ...results import Result
from ..invocation import Invocation
from ..present import not_covered, table
from ..verb import Verb


def backups(invocation: Invocation) -> None:
    invocation.run(_lines)


def _lines(result: Result) -> Iterator[str]:
    from datetime import datetime

    if not result.data:
        yield "no backups yet"
        return
    rows = [("ID", "WHEN", "BYTES", "RUN", "")]
    for row in result.data:
        when = datetime.fromisoformat(row["when"]).astimezone()
        damaged = "" if row["intact"] else "damaged"
        rows.append(
            (row["id"], f"{when:%Y-%m-%d %H:%M:%S %z}", str(row["size"]), row["run"] or "", damaged)
        )
    yield from table(rows)
    yield from not_covered(result.data[-1]["not_covered"])


VERB = Verb(
    "backups",
    backups,
    OPERATIONS["backups"].summary,
    "backups",
    examples=("microsip-config backups",),
)
