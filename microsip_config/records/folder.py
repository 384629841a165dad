"""The data folder of one target: the only place that knows what is where in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..system.private import private_folder, target_id


class RecordsFolder:
    """``<data folder>/targets/<id of the ini>``: lock, backups, passwords, and the pending note.

    Making the object makes nothing on the disk. ``path`` is the folder itself, ``backups``,
    ``state`` (fingerprints of passwords) and ``pending`` (the note of a run that stopped the
    phone) are what is in it. One object serves one run, whose folder is checked once.
    """

    __slots__ = ("_secured", "path")

    def __init__(self, data_dir: str | os.PathLike[str], ini: str | os.PathLike[str]) -> None:
        self.path = Path(data_dir, "targets", target_id(os.fspath(ini)))
        self._secured = False

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> RecordsFolder:
        """The data folder whose own path is known."""
        folder = cls.__new__(cls)
        folder.path = Path(path)
        folder._secured = False
        return folder

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def state(self) -> Path:
        return self.path / "state.json"

    @property
    def pending(self) -> Path:
        return self.path / "pending.json"

    def secure(self) -> Path:
        """Make the folder if it is missing, for its owner only; return its path.

        Checked once for each object. Raises ``WriteError`` (code ``unsafe-folder`` or
        ``not-written``) if it cannot be made, is a link, or belongs to another user.
        """
        if not self._secured:
            private_folder(self.path)
            self._secured = True
        return self.path

    @contextmanager
    def locked(self, timeout: float) -> Iterator[None]:
        """Hold the lock of the target; see :func:`.lock.locked`. ``timeout`` is in seconds."""
        from .lock import locked

        self.secure()
        with locked(self.path, timeout):
            yield
