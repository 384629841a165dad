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
    from ...history.calls import Call, CallsFile


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
            help="Append to this CSV file the calls that it does not have yet.",
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Go on: tell each call when it ends, until Ctrl-C. With --out those that ended "
            "before are added first. With --json each is an object on a line of its own, and "
            "errors go to stderr.",
        ),
    ] = False,
    interval: Annotated[
        float, typer.Option("--interval", metavar="S", min=0.2, help="Seconds between two looks.")
    ] = 2.0,
) -> None:
    """List the calls that the phone noted in [Calls], the newest last."""
    from ...history import calls as history

    def load() -> list[history.Call]:
        return history.entries(configurator(run).load().profile)

    as_csv = (csv or out is not None) if follow else (csv and out is None)
    if as_csv and run.options["json"]:
        raise UsageError("--csv and --json do not fit together")
    if out is not None:
        run.refuse_own_files(out, "--out")
    file = None if out is None else history.CallsFile(out)
    if follow:
        _follow(run, load, interval, csv, file)
        return
    found = load()
    run.result.data = [call._asdict() for call in found]
    if file is not None:
        file.add(found)
        run.wrote = True
    elif csv:
        write(history.csv_text(found))
    else:
        rows = [(c.time, c.type, c.number, c.name, str(c.duration), c.info) for c in found]
        run.say(*table([("TIME", "TYPE", "NUMBER", "NAME", "SECONDS", "INFO"), *rows]))


def _follow(
    run: Run,
    load: Callable[[], list[Call]],
    interval: float,
    csv: bool,
    file: CallsFile | None,
) -> None:
    import gc

    from ...history import calls as history

    gc.enable()  # this one runs for days
    run.streams = True
    told = None
    if file is not None:
        told = [call for call in load() if call.finished]
        file.add(told)
    elif csv:
        write(history.csv_text(()))
    for call in history.follow(load, lambda: time.sleep(interval), told):
        if file is not None:
            file.add([call])
        elif csv:
            write(history.csv_text([call], header=False))
        elif run.options["json"]:
            write_json(call._asdict())
        else:
            say([f"{call.time}  {call.type}  {call.number}  {call.name}  {call.duration} s"])


def command() -> Any:
    return make(
        calls,
        examples=("microsip-config calls --csv", "microsip-config calls --follow --out calls.csv"),
    )
