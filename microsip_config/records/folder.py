"""The data folder of one target: the only module that knows what is where in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ..system.current import system
from ..system.private import private_folder


class RecordsFolder:
    """``<data folder>/targets/<id of the ini>``: lock, backups, passwords, and the notes of runs.

    Making the object makes nothing on the disk. One object serves one run, whose folder is
    checked once (:meth:`secure`).
    """

    __slots__ = ("_secured", "path")

    def __init__(self, data_dir: str | os.PathLike[str], ini: str | os.PathLike[str]) -> None:
        self.path = system.reachable(Path(data_dir, "targets", target_id(ini)))
        self._secured = False

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> RecordsFolder:
        """The data folder of a target, by its own path."""
        folder = cls.__new__(cls)
        folder.path = Path(path)
        folder._secured = False
        return folder

    def secure(self) -> Path:
        """Make the folder if it is missing, for its owner only (0700); return its path.

        On Windows owner, SYSTEM and Administrators get in. Checked once for each object. Raises
        ``WriteError``: code ``unsafe-folder`` if it is a link or belongs to another user,
        ``not-written`` if it cannot be made.
        """
        if not self._secured:
            private_folder(self.path)
            self._secured = True
        return self.path

    def secure_backups(self) -> Path:
        """As :meth:`secure`, for the folder of the backups in it."""
        self.secure()
        return private_folder(self.backups, way_is_safe=True)

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def state(self) -> Path:
        """The record of passwords."""
        return self.path / "state.json"

    @property
    def runs(self) -> Path:
        """The notes of the runs that changed the target."""
        return self.path / "runs.json"

    @property
    def pending(self) -> Path:
        """The note of a run that stopped the phone."""
        return self.path / "pending.json"

    @property
    def lock(self) -> Path:
        """The lock, in which its holder is named."""
        return self.path / "lock"


def target_id(ini: str | os.PathLike[str]) -> str:
    """The name of a target's data folder: 16 hex digits that stand for the resolved path."""
    try:
        real = os.path.realpath(ini)
    except OSError:  # a link that vanished between two looks at it
        real = os.path.abspath(ini)  # noqa: PTH100 - must not resolve
    resolved = os.path.normcase(real)
    digest: bytes = _sha256()(resolved.encode("utf-8", "surrogatepass")).digest()
    return digest[:8].hex()


@cache
def _sha256() -> Callable[[bytes], Any]:
    """SHA-256 without hashlib, which loads OpenSSL (2 ms). Once: a failing import is expensive."""
    for module in ("_sha2", "_sha256"):  # since Python 3.12; before
        with suppress(ImportError, AttributeError):
            found: Callable[[bytes], Any] = import_module(module).sha256
            return found
    from hashlib import sha256

    return sha256


def target_path(data_dir: str | Path, ini: str | Path) -> Path:
    """The path of a :class:`RecordsFolder`; nothing is made."""
    return RecordsFolder(data_dir, ini).path
