"""``calls``: the call history."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ...job.operations import OPERATIONS
from ...job.options import Option
from ...limits import SECONDS
from ...results import Result
from ..invocation import Invocation
from ..output import say, write, write_json
from ..present import table
from ..verb import Verb

if TYPE_CHECKING:
    from ...job.job_run import JobRun

_CSV = Option("csv", "flag", "As CSV (RFC 4180).", ("--csv",), default=False)
_FOLLOW = Option(
    "follow",
    "flag",
    "Keep running and report each call as it ends, until Ctrl-C. With --out, calls that ended "
    "before are added first. With --json, each call is an object on a line of its own, and errors "
    "go to stderr.",
    ("--follow",),
    default=False,
)
_INTERVAL = Option(
    "interval",
    "number",
    "Polling interval in seconds.",
    ("--interval",),
    "S",
    default=2.0,
    minimum=0.2,
    maximum=SECONDS,
)


def calls(invocation: Invocation) -> None:
    values = invocation.values
    out = values["out"]
    as_csv = (values["csv"] and out is None) or (values["follow"] and (values["csv"] or out))
    if as_csv and invocation.json:
        invocation.perform(_refuse)
    elif values["follow"]:
        invocation.streams = True
        invocation.perform(lambda run: _follow(run, invocation))
    else:
        result = invocation.run(None if values["csv"] or out else _lines)
        invocation.wrote = out is not None
        if as_csv and not result.errors:
            invocation.raw = _csv_of(result.data)


def _refuse(_: JobRun) -> None:
    raise UsageError("--csv and --json cannot be used together")


def _lines(result: Result) -> Iterator[str]:
    names = ("time", "type", "number", "name", "duration", "info")
    shown = ({**row, "info": row["info"] or "(no end yet)"} for row in result.data)
    rows = [tuple(str(row[name]) for name in names) for row in shown]
    yield from table([("TIME", "TYPE", "NUMBER", "NAME", "SECONDS", "INFO"), *rows])


def _csv_of(rows: Iterable[Mapping[str, Any]], *, header: bool = True) -> str:
    from ...history.csv_file import csv_text
    from ...history.ring import LoggedCall

    return csv_text([LoggedCall.from_json(row) for row in rows], header=header)


def _follow(run: JobRun, invocation: Invocation) -> None:
    gc.enable()  # this one runs for days
    values = invocation.values
    if values["csv"] and values["out"] is None:
        from ...history.csv_file import csv_text

        write(csv_text(()))
    run.listener = _listener(invocation)
    run.carry_out()


def _listener(invocation: Invocation) -> Callable[[Sequence[Mapping[str, Any]]], None]:
    """What is done with calls as they end."""
    if invocation.values["csv"]:
        return lambda rows: write(_csv_of(rows, header=False))
    if invocation.json:
        return lambda rows: write_json(*rows)
    return lambda rows: say(
        "{time}  {type}  {number}  {name}  {duration} s".format_map(row) for row in rows
    )


VERB = Verb(
    "calls",
    calls,
    OPERATIONS["calls"].summary,
    "calls",
    own=(_CSV, _FOLLOW, _INTERVAL),
    examples=("microsip-config calls --csv", "microsip-config calls --follow --out calls.csv"),
)
