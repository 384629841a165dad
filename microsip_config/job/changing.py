"""The operations that change a configuration, and ``plan``, which says what they would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError, UsageError
from ..operations.own_files import not_in_backups
from ..secret import Secret
from .flags import DocumentedFlags
from .options import MOMENTS

if TYPE_CHECKING:
    from datetime import datetime

    from ..template.model import Desired
    from .job_run import JobRun


def plan(run: JobRun) -> None:
    """Show what apply would change. Changes nothing; exit 1 if there are differences."""
    wish = DocumentedFlags(run).on_top_of(wanted(run))
    run.configurator().plan(wish, **run.passwords(), ledger=run.ledger)


def apply(run: JobRun) -> None:
    """Apply templates. If something must change, the phone is stopped and started again."""
    flags = DocumentedFlags(run)
    wish = flags.on_top_of(wanted(run))
    flags.prepare()
    run.configurator().apply(wish, **run.passwords(), ledger=run.ledger)
    flags.act()


def set_keys(run: JobRun) -> None:
    """Set keys. The values are checked as in a template; the phone is handled as by apply."""
    desired = edited(run)
    flags = DocumentedFlags(run)
    stored = bool(run.job.edits or flags.edits)
    if not (stored or flags.actions):
        raise UsageError("nothing to set", hint="name a SECTION.KEY=VALUE or a flag")
    wish = flags.on_top_of(desired)
    flags.prepare()
    if stored:
        run.configurator().apply(wish, **run.passwords(), ledger=run.ledger)
    flags.act()


def unset(run: JobRun) -> None:
    """Remove keys: the phone's own defaults apply then."""
    from ..operations.edits import edits

    removed = [edit._replace(value=None) for edit in run.job.edits]
    run.configurator().apply(edits(removed), ledger=run.ledger)


def repair(run: JobRun) -> None:
    """Fix what check found. Only certain fixes are made; everything else is left for you to
    decide."""
    configured = run.configurator()
    configured.repair(dry_run=bool(run.options.get("dry_run")), ledger=run.ledger)
    try:
        left = [found for found in configured.check() if found.severity != "info"]
    except MicrosipConfigError as error:  # what was fixed stays fixed
        run.ledger.warn(error.as_issue())
    else:
        run.ledger.answer({"findings_left": len(left)})


def restore(run: JobRun) -> None:
    """Restore a backup, byte for byte. What it replaces is kept as a backup, too; a file that a run
    made is removed again."""
    given = [name for name in ("backup", *MOMENTS) if run.options.get(name)]
    if len(given) > 1:
        raise UsageError(
            "a backup, --run, --before and --original exclude each other", hint="give one of them"
        )
    for name in ("backup", "run"):
        if run.options.get(name) == "":
            what = "--run" if name == "run" else "the id of the backup"
            raise UsageError(f"{what} is empty", hint="is a variable not set?")
    run.configurator().restore(
        run.options.get("backup"),
        run_id=run.options.get("run"),
        before=_time(run.options.get("before")),
        original=bool(run.options.get("original")),
        ledger=run.ledger,
    )
    others = not_in_backups(run.target().ini)
    if others:
        run.ledger.answer({"not_covered": others})


def _time(text: str | None) -> datetime | None:
    """A time in ISO 8601; local where it has no zone."""
    if text is None:
        return None
    from datetime import datetime

    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            "--before: this is not a time in ISO 8601",
            hint="such as 2026-03-09, 2026-03-09T08:30 or 2026-03-09T07:30Z",
        ) from None


def wanted(run: JobRun) -> Desired:
    """The rendered templates of the job, and its single changes on top of them."""
    if not run.job.templates and run.job.desired is None:
        run.inputs.tell_unused(None)
        return edited(run)
    desired = run.inputs.rendered()
    if not run.job.edits:
        return desired
    return desired._replace(assignments=(*desired.assignments, *edited(run).assignments))


def edited(run: JobRun) -> Desired:
    """The single changes of the job, whose passwords are secrets from now on."""
    from ..operations.edits import edits

    allow = bool(run.options.get("allow_commands"))
    desired = run.inputs.register_secrets(edits(run.job.edits, allow_commands=allow))
    pairs = zip(run.job.edits, desired.assignments, strict=True)
    if any(isinstance(edit.value, str) and isinstance(wish.text, Secret) for edit, wish in pairs):
        from ..phone.documented import PASSWORD_VISIBLE

        run.ledger.warn(PASSWORD_VISIBLE)
    if not run.options.get("ignore_secrets"):
        return desired
    kept = [wish for wish in desired.assignments if not isinstance(wish.text, Secret)]
    return desired._replace(assignments=tuple(kept))
