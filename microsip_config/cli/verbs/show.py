"""``show``: effective values, and where each comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import in_quotes
from .. import options
from ..changing import configurator
from ..present import table
from ..run import Run
from ..verb import command as make

if TYPE_CHECKING:
    from ...operations.show import Row


def show(
    run: Run,
    selection: Annotated[
        str | None, typer.Argument(metavar="[SECTION[.KEY]]", help="Such as Account1.server.")
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only keys that differ from the phone's defaults.")
    ] = False,
) -> None:
    """Show the values as the phone takes them; secrets are masked."""
    rows = configurator(run).show(selection, result=run.result)
    if changed:
        rows = [row for row in rows if row.origin != "default"]
    run.result.data = [row._asdict() for row in rows]
    for section in dict.fromkeys(row.section for row in rows):
        shown = [row for row in rows if row.section == section]
        run.say(f"[{section}]", *table([_cells(row) for row in shown]))


def _cells(row: Row) -> tuple[str, str, str]:
    stored = row.secret and row.value is None
    value = "<secret>" if stored else _words(row.value)
    told = [] if row.origin == "file" else [row.origin]
    if row.raw is not None and (row.notices or row.origin not in {"file", "default"}):
        told.append(f"the file has {in_quotes(row.raw)}")
    told += row.notices
    return row.key, f"= {value}", f"; {'; '.join(told)}" if told else ""


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


def command() -> Any:
    return make(
        show,
        shared=(options.target, options.output),
        examples=(
            "microsip-config show Settings --changed",
            "microsip-config show Account1.server",
        ),
    )
