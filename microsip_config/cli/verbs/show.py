"""``show``: effective values, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...job.operations import OPERATIONS
from ...results import Result
from ...secret import PLACEHOLDER
from ...text import in_quotes
from ..invocation import Invocation
from ..present import table
from ..verb import Verb


def show(invocation: Invocation) -> None:
    invocation.run(_lines)


def _lines(result: Result) -> Iterator[str]:
    target = result.target
    if target is not None and target.version:
        yield f"; as MicroSIP {target.version} reads it ({target.version_from})"
    sections: dict[str, list[tuple[str, str, str]]] = {}
    for row in result.data:
        sections.setdefault(row["section"], []).append(_cells(row))
    for section, rows in sections.items():
        yield f"[{section}]"
        yield from table(rows)


def _cells(row: Mapping[str, Any]) -> tuple[str, str, str]:
    stored = row["secret"] and row["value"] is None
    value = PLACEHOLDER if stored else _words(row["value"])
    notes = [] if row["origin"] == "file" else [row["origin"]]
    if row["raw"] is not None and (row["notices"] or row["origin"] not in {"file", "default"}):
        notes.append(f"the file has {in_quotes(row['raw'])}")
    notes += row["notices"]
    return row["key"], f"= {value}", f"; {'; '.join(notes)}" if notes else ""


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if isinstance(value, dict):  # an entry of a list, its fields as the phone separates them
        return ";".join(
            str(+field if isinstance(field, bool) else field) for field in value.values()
        )
    return "" if value is None else str(value)


VERB = Verb(
    "show",
    show,
    OPERATIONS["show"].summary,
    "show",
    examples=("microsip-config show Settings --changed", "microsip-config show Account1.server"),
)
