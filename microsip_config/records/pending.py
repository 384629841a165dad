"""The note that a run leaves before it stops the phone, so that the next can finish its work.

A run that is killed between stop and start cannot start the phone. The note says which phone
that was, and is removed only when the phone is running again.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import WriteError
from ..named_tuple import NamedTuple
from ..results import Issue
from ..system.patience import retry
from ..system.private import read_private, write_private

_LIMIT = 64 * 1024  # bytes


class Note(NamedTuple):
    """What was pending: the phone to start, whether hidden, and the verb that stopped it.

    ``pid`` and ``since`` (ISO 8601, UTC) tell which run it was; for people, not for decisions.
    """

    exe: str
    was_hidden: bool
    command: str
    pid: int
    since: str


class Pending:
    """The note of one target, ``RecordsFolder.pending``. To be used under its lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.warnings: tuple[Issue, ...] = ()  # what :meth:`read` found wrong

    def begin(self, exe: str, was_hidden: bool, command: str) -> None:
        """Leave the note; an earlier one is replaced. No argument may hold a secret.

        Raises ``WriteError``: without a note the phone should not be stopped.
        """
        import json
        from datetime import UTC, datetime

        since = datetime.now(UTC).isoformat(timespec="seconds")
        note = Note(str(exe), was_hidden, command, os.getpid(), since)
        try:
            write_private(self._path, json.dumps(note._asdict()).encode("ascii"))
        except OSError as error:
            raise WriteError(
                f"the note for the next run cannot be written: {error.strerror}",
                where=str(self._path),
            ) from error

    def finish(self) -> None:
        """Remove the note, if there is one. Raises ``WriteError`` if it cannot be removed."""
        try:
            retry(lambda: self._path.unlink(missing_ok=True))
        except OSError as error:
            raise WriteError(
                f"the note for the next run cannot be removed: {error.strerror}",
                hint="remove it by hand, or the next run starts the phone",
                where=str(self._path),
            ) from error

    def read(self) -> Note | None:
        """The note of an interrupted run; ``None`` if there is none or it cannot be understood.

        In the latter case ``warnings`` says so.
        """
        self.warnings = ()
        try:
            data = read_private(self._path, _LIMIT)
            return None if data is None else _parse(data)
        except OSError as error:
            why = error.strerror or type(error).__name__
        except ValueError as error:
            why = str(error)
        self.warnings = (
            Issue(
                "note-unusable",
                f"an earlier run was interrupted, and its note cannot be used ({why})",
                "start the phone by hand if it is not running, and remove the note",
                str(self._path),
            ),
        )
        return None


def _parse(data: bytes) -> Note:
    import json

    try:
        note = Note(**json.loads(data))
    except (TypeError, ValueError, RecursionError):
        raise ValueError("it is damaged") from None
    kinds = (str, bool, str, int, str)
    if not all(type(value) is kind for value, kind in zip(note, kinds, strict=True)):
        raise ValueError("it is damaged")
    if not note.exe or "\0" in note.exe:
        raise ValueError("it does not name a phone")
    return note
