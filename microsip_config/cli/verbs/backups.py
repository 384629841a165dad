"""``backups``: what can be put back."""

from __future__ import annotations

from typing import Any

from ..changing import configurator
from ..present import table
from ..run import Run
from ..verb import command as make


def backups(run: Run) -> None:
    """List the kept backups of the target, the newest last."""
    found = configurator(run).backups()
    run.result.data = [
        # No hash of the file: it would let passwords in it be guessed at full speed.
        {"id": b.id, "when": b.when.isoformat(), "size": b.size}
        for b in found
    ]
    rows = [
        (b.id, b.when.astimezone().strftime("%Y-%m-%d %H:%M:%S %z"), str(b.size)) for b in found
    ]
    run.say(*(table([("ID", "WHEN", "BYTES"), *rows]) if rows else ["no backups yet"]))


def command() -> Any:
    return make(backups, examples=("microsip-config backups",))
