"""``calls``: the call history."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import UsageError
from ..changing import configurator
from ..present import say, table, write, write_json
from ..run import Run
from ..verb import command as make

if TYPE_CHECKING:
    from ...history.csv_file import CallsFile
    from ...history.ring import LoggedCall


def calls(
    run: Run,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV (RFC 4180).")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            readable=False,
            help="Append the calls that this CSV file does not have yet.",
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Keep running and report each call as it ends, until Ctrl-C. With --out, calls "
            "that ended before are added first. With --json, each call is an object on a line of "
            "its own, and errors go to stderr.",
        ),
    ] = False,
    interval: Annotated[
        float, typer.Option("--interval", metavar="S", min=0.2, help="Polling interval in seconds.")
    ] = 2.0,
) -> None:
    """List the call history of the phone, [Calls], newest last."""
    from ...history.csv_file import CallsFile, csv_text
    from ...history.ring import entries

    def load() -> list[LoggedCall]:
        return entries(configurator(run).load().profile)

    as_csv = (csv or out is not None) if follow else (csv and out is None)
    if as_csv and run.options["json"]:
        raise UsageError("--csv and --json do not go together")
    if out is not None:
        run.refuse_own_files(out, "--out")
    file = None if out is None else CallsFile(out)
    if follow:
        _follow(run, load, interval, csv, file)
        return
    found = load()
    run.result.data = [call.as_json() for call in found]
    if file is not None:
        file.add(found)
        run.wrote = True
    elif csv:
        write(csv_text(found))
    else:
        rows = [(c.time, c.type, c.number, c.name, str(c.duration), c.info) for c in found]
        run.say(*table([("TIME", "TYPE", "NUMBER", "NAME", "SECONDS", "INFO"), *rows]))


def _follow(
    run: Run,
    load: Callable[[], list[LoggedCall]],
    interval: float,
    csv: bool,
    file: CallsFile | None,
) -> None:
    import gc

    from ...history.csv_file import csv_text
    from ...history.follow import follow

    gc.enable()  # this one runs for days
    run.streams = True
    reported = None
    if file is not None:
        reported = [call for call in load() if call.finished]
        file.add(reported)
    elif csv:
        write(csv_text(()))
    for call in follow(load, lambda: time.sleep(interval), reported):
        if file is not None:
            file.add([call])
        elif csv:
            write(csv_text([call], header=False))
        elif run.options["json"]:
            write_json(call.as_json())
        else:
            say([f"{call.time}  {call.type}  {call.number}  {call.name}  {call.duration} s"])


def command() -> Any:
    return make(
        calls,
        examples=("microsip-config calls --csv", "microsip-config calls --follow --out calls.csv"),
    )
