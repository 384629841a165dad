"""Which state of a file a restore means: by a backup, a run, a time, or the very first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..errors import TargetError
from ..named_tuple import NamedTuple
from ..results import Issue
from .backups import Backup
from .run_notes import NO_FILE, RunNote

_SHOWN = 5  # ids in a message


class Moment(NamedTuple):
    """What a restore goes back to; the first that is given counts, none: before the last change.

    ``backup`` is the id of one, ``run`` that of a run (before it), ``before`` a time (aware),
    ``original``: before the first change.
    """

    backup: str | None = None
    run: str | None = None
    before: datetime | None = None
    original: bool = False

    @property
    def is_absolute(self) -> bool:
        """Whether it is the same state however often it is restored."""
        return bool(self.run or self.before or self.original)


class Past(NamedTuple):
    """A state of the file: the id of a backup, or ``NO_FILE``; '' for the file as it is."""

    state: str
    warnings: tuple[Issue, ...] = ()


def find(moment: Moment, kept: Sequence[Backup], notes: Sequence[RunNote]) -> Past:
    """The state that ``moment`` means. Raises ``TargetError``: it is not kept, or never was."""
    if moment.backup:
        if not kept:
            raise TargetError("there is no backup of this file")
        return Past(moment.backup)
    if moment.run:
        return _before_run(moment.run, kept, notes)
    if not (kept or notes):
        raise TargetError("there is no backup of this file")
    if moment.original:
        return Past(_kept(_changes(kept, notes)[0][1], kept))
    if moment.before:
        later = [state for when, state in _changes(kept, notes) if when >= moment.before]
        return Past(_kept(later[0], kept) if later else "")
    last = notes[-1] if notes else None
    if last and last.made_the_file and not (kept and kept[-1].when > last.time):
        return Past(NO_FILE)
    if not kept:
        raise TargetError("there is no backup of this file")
    return Past(kept[-1].id)


def already(moment: Moment, past: Past, notes: Sequence[RunNote]) -> RunNote | None:
    """The run that has restored this very state, if none has changed the file since.

    Only the phone, or another program, may have: going back once more would undo their work.
    """
    last = notes[-1] if notes and moment.is_absolute else None
    return last if last is not None and last.restored and last.restored == past.state else None


def _changes(kept: Sequence[Backup], notes: Sequence[RunNote]) -> list[tuple[datetime, str]]:
    """When the file was changed, and what it was before; the earliest first."""
    noted = {note.before for note in notes}
    found = [(note.time, note.before) for note in notes]
    found += [(backup.when, backup.id) for backup in kept if backup.id not in noted]
    return sorted(found, key=lambda change: change[0])


def _before_run(run: str, kept: Sequence[Backup], notes: Sequence[RunNote]) -> Past:
    number = next((number for number, note in enumerate(notes) if note.id == run), None)
    if number is None:
        raise TargetError(
            f"no run {run} has changed this file",
            hint="'backups' lists the runs; the id of a run is in its --json, as run.id",
            code="no-run",
        )
    later = [note.id for note in notes[number + 1 :] if note.id != run and not note.restored]
    warnings: tuple[Issue, ...] = ()
    if later:
        names = ", ".join(later[:_SHOWN]) + (" ..." if len(later) > _SHOWN else "")
        warnings = (
            Issue(
                "later-runs-undone",
                f"what later runs have changed is undone, too: {names}",
                "apply again what is still wanted",
            ),
        )
    return Past(_kept(notes[number].before, kept), warnings)


def _kept(state: str, kept: Sequence[Backup]) -> str:
    if state != NO_FILE and all(backup.id != state for backup in kept):
        raise TargetError(
            f"the backup {state} is not kept any more",
            hint="'backups' lists those that exist",
            code="no-backup",
        )
    return state
