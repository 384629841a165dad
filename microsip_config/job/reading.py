"""The operations that change nothing of a configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from ..errors import TargetError, UsageError, WriteError
from ..operations.own_files import not_in_backups
from ..results import Issue
from ..system.files import write_new
from .changing import wanted
from .flags import DocumentedFlags

if TYPE_CHECKING:
    from ..history.ring import LoggedCall
    from ..operations.call_history import CallHistory
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
    version = run.version()
    run.ledger.found(found.target._replace(version=version.text, version_from=version.origin))
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
    flags = DocumentedFlags(run)
    if run.job.templates or run.job.desired is not None or run.job.edits or flags.edits:
        wish = flags.on_top_of(wanted(run))
        configured.plan(wish, **run.passwords(), ledger=run.ledger)
    else:
        run.inputs.tell_unused(None)


def capture(run: JobRun) -> None:
    """Print a template made from this phone. It has the keys that differ from the defaults, and
    neither runtime state nor secrets."""
    parametrise = bool(run.options.get("parametrise"))
    text = run.configurator().capture(parametrise=parametrise, ledger=run.ledger)
    run.ledger.answer({"template": text, "file": None})


def write_template(run: JobRun, out: Path, answer: Any) -> None:
    """Write what was captured to a new file."""
    try:
        write_new(out, answer["template"].replace("\n", "\r\n").encode("utf-8"))
    except FileExistsError:
        raise UsageError(f"{out} already exists", hint="name another file with --out") from None
    except OSError as error:
        raise WriteError(f"cannot write the template: {error.strerror}", where=str(out)) from None
    run.ledger.answer({**answer, "file": str(out)})


def backups(run: JobRun) -> None:
    """List the backups of the target, newest last, each with the run that kept it."""
    others = not_in_backups(run.target().ini)
    configured = run.configurator()
    runs = {note.before: note.id for note in reversed(configured.runs())}
    run.ledger.answer(
        [
            # No hash of the file: it would let passwords in it be guessed at full speed.
            {
                "id": b.id,
                "when": b.when.isoformat(),
                "size": b.size,
                "intact": b.is_intact(),
                "run": runs.get(b.id),
                "not_covered": others,
            }
            for b in configured.backups()
        ]
    )


def calls(run: JobRun) -> None:
    """List the call history of the phone, newest last. It is in call_log.db beside the ini, up to
    MicroSIP 3.22.4 in [Calls]."""
    history = run.call_history()
    if run.options.get("follow"):
        _follow_calls(run, history)
    else:
        run.ledger.answer([call.as_json() for call in history.calls()])
        run.ledger.warn(*history.odd)


def _follow_calls(run: JobRun, history: CallHistory) -> None:
    """Give each call as it ends. For a file, those that have ended before come first, and with
    each new one again: it takes what it does not have."""
    from ..history.follow import follow

    first = history.calls()
    run.ledger.warn(*history.odd)
    ended = [call for call in first if call.finished]
    to_file = bool(run.options.get("out") or run.options.get("earlier"))
    if to_file:
        run.emit([call.as_json() for call in ended])

    def load() -> list[LoggedCall]:
        nonlocal ended
        ended = [call for call in history.calls() if call.finished]
        return ended

    for call in follow(load, lambda: sleep(run.options["interval"]), ended):
        run.emit([each.as_json() for each in (ended if to_file else [call])])


def add_calls(_: JobRun, out: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Append calls, as their JSON is, to a CSV file; how many it did not have yet."""
    from ..history.csv_file import CallsFile
    from ..history.ring import LoggedCall

    return CallsFile(out).add([LoggedCall.from_json(row) for row in rows])
