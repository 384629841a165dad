"""The operations that change nothing of a configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import TargetError, UsageError, WriteError
from ..results import Issue
from .changing import wanted

if TYPE_CHECKING:
    from .job_run import JobRun


def locate(run: JobRun) -> None:
    """Print which ini is in use and why."""
    if run.options.get("every"):
        from ..target import every

        found_here = every(run.world)
        run.ledger.answer([place._asdict() for place in found_here])
        if not found_here:
            raise TargetError("no MicroSIP configuration on this host", hint="name one with --ini")
        return
    found = run.found()
    run.ledger.answer({"otherwise": found.otherwise, "moves_to": found.moves_to})
    for note in found.notes:
        run.ledger.warn(Issue("note", note))


def show(run: JobRun) -> None:
    """Show the values as the phone reads them; secrets are masked."""
    rows = run.configurator().show(run.options.get("selection"), ledger=run.ledger)
    wanted = [row for row in rows if not run.options.get("changed") or row.origin != "default"]
    run.ledger.answer([row._asdict() for row in wanted])


def check(run: JobRun) -> None:
    """List what the phone would ignore, clamp, truncate or misread. Exit 1 if there is anything.
    With templates, also what they would change."""
    configured = run.configurator()
    found = configured.check(ledger=run.ledger)
    run.ledger.answer([finding.as_json() for finding in found])
    if any(finding.severity != "info" for finding in found):
        run.ledger.differ()
    if run.job.templates or run.job.edits:
        configured.plan(wanted(run), **run.passwords(), ledger=run.ledger)


def capture(run: JobRun) -> None:
    """Print a template made from this phone. It has the keys that differ from the defaults, and
    neither runtime state nor secrets."""
    given = run.options.get("out")
    out = Path(given) if given else None
    if out is not None:
        run.refuse_own_files(out, "--out")
        if os.path.lexists(out):
            raise UsageError(f"{out} already exists", hint="name another file with --out")
    parametrise = bool(run.options.get("parametrise"))
    text = run.configurator().capture(parametrise=parametrise, ledger=run.ledger)
    run.ledger.answer({"template": text, "file": str(out) if out else None})
    if out is None:
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\r\n")
    except OSError as error:
        raise WriteError(f"cannot write the template: {error.strerror}", where=str(out)) from None


def backups(run: JobRun) -> None:
    """List the backups of the target, newest last."""
    run.ledger.answer(
        [
            # No hash of the file: it would let passwords in it be guessed at full speed.
            {"id": b.id, "when": b.when.isoformat(), "size": b.size, "intact": b.is_intact()}
            for b in run.configurator().backups()
        ]
    )


def calls(run: JobRun) -> None:
    """List the call history of the phone, [Calls], newest last."""
    from ..history.csv_file import CallsFile
    from ..history.ring import entries

    out = run.options.get("out")
    if out is not None:
        run.refuse_own_files(out, "--out")
    found = entries(run.configurator().load().profile)
    run.ledger.answer([call.as_json() for call in found])
    if out is not None:
        CallsFile(Path(out)).add(found)
