"""``backups``: what can be put back."""

from __future__ import annotations

from typing import Any

from ..changing import configurator
from ..present import table
from ..run import Run
from ..verb import command as make


def backups(run: Run) -> None:
    """List the kept backups of the target, the newest last."""
    found = [(backup, backup.is_intact()) for backup in configurator(run).backups()]
    run.result.data = [
        # No hash of the file: it would let passwords in it be guessed at full speed.
        {"id": b.id, "when": b.when.isoformat(), "size": b.size, "intact": intact}
        for b, intact in found
    ]
    heading = ("ID", "WHEN", "BYTES", "")
    rows = [
        (b.id, f"{b.when.astimezone():%Y-%m-%d %H:%M:%S %z}", str(b.size), "" if ok else "damaged")
        for b, ok in found
    ]
    run.say(*(table([heading, *rows]) if rows else ["no backups yet"]))


def command() -> Any:
    return make(backups, examples=("microsip-config backups",))
