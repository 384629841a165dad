"""``calls``: the call history."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import UsageError
from ...job.operations import OPERATIONS
from ...job.options import Option
from ...limits import SECONDS
from ...results import Result
from ..invocation import Invocation
from ..output import say, write, write_json
from ..present import Paint, table
from ..verb import Verb

if TYPE_CHECKING:
    from ...history.csv_file import CallsFile
    from ...history.ring import LoggedCall
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
            invocation.raw = _csv_of(result)


def _refuse(_: JobRun) -> None:
    raise UsageError("--csv and --json cannot be used together")


def _lines(result: Result, _: Paint) -> Iterator[str]:
    names = ("time", "type", "number", "name", "duration", "info")
    rows = [tuple(str(row[name]) for name in names) for row in result.data]
    yield from table([("TIME", "TYPE", "NUMBER", "NAME", "SECONDS", "INFO"), *rows])


def _csv_of(result: Result) -> str:
    from ...history.csv_file import csv_text
    from ...history.ring import LoggedCall

    return csv_text([LoggedCall(**row) for row in result.data])


def _follow(run: JobRun, invocation: Invocation) -> None:
    from ...history.csv_file import CallsFile, csv_text
    from ...history.follow import follow
    from ...history.ring import entries

    gc.enable()  # this one runs for days
    values = invocation.values
    seen = None
    file = None
    if values["out"] is not None:
        run.refuse_own_files(values["out"], "--out")
        file = CallsFile(Path(values["out"]))

    def load() -> list[LoggedCall]:
        return entries(run.configurator().load().profile)

    if file is not None:
        seen = [call for call in load() if call.finished]
        file.add(seen)
    elif values["csv"]:
        write(csv_text(()))
    report = _reporter(invocation, file)
    for call in follow(load, lambda: time.sleep(values["interval"]), seen):
        report(call)


def _reporter(invocation: Invocation, file: CallsFile | None) -> Callable[[LoggedCall], object]:
    """What is done with each call as it ends."""
    from ...history.csv_file import csv_text

    if file is not None:
        return lambda call: file.add([call])
    if invocation.values["csv"]:
        return lambda call: write(csv_text([call], header=False))
    if invocation.json:
        return lambda call: write_json(call.as_json())
    return lambda call: say(
        [f"{call.time}  {call.type}  {call.number}  {call.name}  {call.duration} s"]
    )


VERB = Verb(
    "calls",
    calls,
    OPERATIONS["calls"].summary,
    "calls",
    own=(_CSV, _FOLLOW, _INTERVAL),
    examples=("microsip-config calls --csv", "microsip-config calls --follow --out calls.csv"),
)
