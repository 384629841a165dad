"""``calls``: the call history."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import UsageError
from ..changing import append_csv, configurator
from ..present import say, table, write_json
from ..run import Run
from ..verb import command as make


def calls(
    run: Run,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV (RFC 4180).")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Append the CSV there.")
    ] = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Go on: tell each call when it ends, until Ctrl-C. With --json each is an object "
            "on a line of its own, and errors go to stderr.",
        ),
    ] = False,
    interval: Annotated[
        float, typer.Option("--interval", metavar="S", min=0.2, help="Seconds between two looks.")
    ] = 2.0,
) -> None:
    """List the calls that the phone noted in [Calls], the newest last."""
    from ... import calls as history

    def load() -> list[history.Call]:
        return history.entries(configurator(run).load().profile)

    if csv and out is None and run.options["json"]:
        raise UsageError("--csv and --json do not fit together")
    if follow:
        _follow(run, history.follow(load, lambda: time.sleep(interval)), csv or bool(out), out)
        return
    found = load()
    run.result.data = [call._asdict() for call in found]
    if csv or out:
        _write_csv(found, out)
        return
    rows = [(c.time, c.type, c.number, c.name, str(c.duration), c.info) for c in found]
    run.say(*table([("TIME", "TYPE", "NUMBER", "NAME", "SECONDS", "INFO"), *rows]))


def _follow(run: Run, ended: Any, csv: bool, out: Path | None) -> None:
    import gc

    gc.enable()  # this one runs for days
    if csv and run.options["json"]:
        raise UsageError("--csv and --json do not fit together")
    run.streams = True
    if csv:
        _write_csv((), out)
    for call in ended:
        if run.options["json"]:
            write_json(call._asdict())
        elif csv:
            _write_csv([call], out, header=False)
        else:
            say([f"{call.time}  {call.type}  {call.number}  {call.name}  {call.duration} s"])
        sys.stdout.flush()


def _write_csv(calls: Iterable[Any], out: Path | None, *, header: bool = True) -> None:
    from ...calls import csv_text

    if out is not None:
        append_csv(out, lambda is_new: csv_text(calls, header=is_new))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(csv_text(calls, header=header).encode("utf-8"))


def command() -> Any:
    return make(
        calls,
        examples=("microsip-config calls --csv", "microsip-config calls --follow --out calls.csv"),
    )
