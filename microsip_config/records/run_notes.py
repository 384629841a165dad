"""The notes of the runs that changed a target: which backup holds what was there before each.

They are what lets a run be undone by its id, or the file be as it was at a time, and they alone
know that a run made the file. Kept apart from the backups, which are few; without any value.
"""

from __future__ import annotations

import json
from datetime import datetime

from ..errors import WriteError
from ..named_tuple import NamedTuple
from ..results import Issue
from ..system.private import read_private, write_private
from .folder import RecordsFolder

NO_FILE = "-"
"""Instead of the id of a backup: that there was no file."""

_MOST = 500  # notes; the first one stays
_LIMIT = 1 << 20  # bytes
_FORMAT = 1


class RunNote(NamedTuple):
    """One run that changed the file.

    ``when`` is ISO 8601 (UTC). ``before`` and ``restored`` are ids of backups, or :data:`NO_FILE`:
    what was there before, and what a restore has put there ('' for any other run).
    """

    id: str
    when: str
    command: str
    before: str
    restored: str = ""

    @property
    def made_the_file(self) -> bool:
        return self.before == NO_FILE and self.command != "restore"

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.when)


def read(folder: RecordsFolder) -> tuple[list[RunNote], tuple[Issue, ...]]:
    """The notes, the newest last; none and a warning where they cannot be used."""
    try:
        data = read_private(folder.runs, _LIMIT)
        return ([] if data is None else _parse(data)), ()
    except OSError as error:
        why = error.strerror or type(error).__name__
    except ValueError:
        why = "it is damaged"
    message = f"the notes of earlier runs cannot be used ({why})"
    hint = "backups can still be restored by their ids, which 'backups' lists"
    return [], (Issue("runs-unusable", message, hint, str(folder.runs)),)


def begin(folder: RecordsFolder, note: RunNote) -> None:
    """Note a run, under the lock and before its first write. Raises ``WriteError``."""
    notes, _ = read(folder)
    _write(folder, [*notes, note])


def finish(folder: RecordsFolder, run: str, restored: str) -> None:
    """Note that the last run has put ``restored`` back. Raises ``WriteError``."""
    notes, _ = read(folder)
    if notes and notes[-1].id == run:
        _write(folder, [*notes[:-1], notes[-1]._replace(restored=restored)])


def withdraw(folder: RecordsFolder, run: str) -> None:
    """The last run has written nothing. Raises ``WriteError``."""
    notes, _ = read(folder)
    if notes and notes[-1].id == run:
        _write(folder, notes[:-1])


def _write(folder: RecordsFolder, notes: list[RunNote]) -> None:
    kept = notes if len(notes) <= _MOST else [notes[0], *notes[1 - _MOST :]]
    data = {"format": _FORMAT, "runs": [list(note) for note in kept]}
    folder.secure()
    try:
        write_private(folder.runs, json.dumps(data).encode("ascii"))
    except OSError as error:
        raise WriteError(
            f"the note of this run cannot be written: {error.strerror}", where=str(folder.runs)
        ) from error


def _parse(data: bytes) -> list[RunNote]:
    """Raises ``ValueError`` for what is not such a file."""
    try:
        found = json.loads(data)
        notes = [RunNote(*row) for row in found["runs"]]
        texts = [text for note in notes for text in note]
        whole = found["format"] == _FORMAT and all(type(text) is str for text in texts)
        whole = whole and all(note.time.tzinfo is not None for note in notes)
    except (TypeError, KeyError, RecursionError):
        whole = False
    if not whole:
        raise ValueError("it is damaged")
    return notes
