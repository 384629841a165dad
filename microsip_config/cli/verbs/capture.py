"""``capture``: make a template of a configured phone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import UsageError, WriteError
from ..changing import configurator
from ..run import Run
from ..verb import command as make


def capture(
    run: Run,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", readable=False, help="Write it there."),
    ] = None,
    parametrise: Annotated[
        bool,
        typer.Option("--parametrise", help="Make variables of what differs from user to user."),
    ] = False,
) -> None:
    """Print a template: only keys that differ from the defaults, no runtime state, no secrets."""
    if out is not None:
        run.refuse_own_files(out, "--out")
        if out.exists():
            raise UsageError(f"{out} exists already", hint="name another file with --out")
    text = configurator(run).capture(parametrise=parametrise, result=run.result)
    run.result.data = {"template": text, "file": str(out) if out else None}
    if out is None:
        run.say(*text.splitlines())
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\r\n")
    except OSError as error:
        raise WriteError(f"cannot write the template: {error.strerror}", where=str(out)) from None
    run.wrote = True
    run.say(f"wrote {out}")


def command() -> Any:
    return make(
        capture,
        examples=("microsip-config capture --out desk.ini --parametrise",),
    )
