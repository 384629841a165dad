"""Copies of a file as it was before a run changed it: few, whole, and for their owner alone.

A backup is named for its time (UTC) and the SHA-256 of its content, so that it proves itself. The
names tell the order, too: a later one never has an earlier time, even if the clock was set back.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ..errors import TargetError, WriteError
from ..limits import INI_BYTES
from ..system import atomic, files
from ..system.patience import attempt, cannot_read, cannot_write
from .folder import RecordsFolder

_NAME = re.compile(
    r"(?P<id>(?P<when>\d{8}T\d{6}Z)(?:-(?P<nth>[1-9]\d*))?)\.(?P<sha256>[0-9a-f]{64})\.ini"
)
_TIME = "%Y%m%dT%H%M%SZ"


class Backup(NamedTuple):
    """One backup: ``size`` in bytes, ``sha256`` of what it should hold.

    ``when`` is aware (UTC): when it was kept, or the time of the one before if that is later.
    """

    id: str
    path: Path
    when: datetime
    size: int
    sha256: str

    def is_intact(self) -> bool:
        """Whether it can be read and holds what was kept."""
        with suppress(OSError):
            return sha256(_content(self.path)).hexdigest() == self.sha256
        return False


class _Named(NamedTuple):
    """What the name of a backup says. They compare by age."""

    when: datetime
    nth: int
    id: str
    sha256: str
    name: str


def entries(folder: RecordsFolder | Path) -> list[Backup]:
    """The backups in a folder, the newest last; other files and links there are passed over."""
    return list(reversed(list(_newest_first(_backups_in(folder)))))


def keep(folder: RecordsFolder | Path, data: bytes, when: datetime) -> str:
    """Keeps ``data`` as of ``when`` (naive: local time) and returns the id of the backup.

    The backup is the newest from then on: where the clock was ahead once, it takes the time of
    the newest one so far and the next number behind it.

    What the newest backup already holds is not kept twice: its id is returned. Nothing is removed,
    see ``rotate``. Raises WriteError; what was kept before is then still there.
    """
    folder = _of(folder)
    path = folder.secure_backups()
    digest = sha256(data).hexdigest()
    try:
        newest = next(_newest_first(path), None)
    except TargetError as error:
        raise WriteError(
            f"no backup can be made: {error.message}", hint=error.hint, where=error.where
        ) from error
    if newest is not None and newest.sha256 == digest and newest.is_intact():
        return newest.id
    name = _next_id(newest, when)
    backup = path / f"{name}.{digest}.ini"
    try:
        atomic.replace(backup, data)
    except OSError as error:
        raise cannot_write(error, backup) from error
    return name


def _next_id(newest: Backup | None, when: datetime) -> str:
    """An id behind all others. A free one is not enough: rotation frees those of the oldest."""
    stamp = when.astimezone(UTC).strftime(_TIME)
    last, _, nth = newest.id.partition("-") if newest else ("", "", "")
    return stamp if stamp > last else f"{last}-{int(nth or 1) + 1}"


def rotate(
    folder: RecordsFolder | Path,
    keep: int,
    spare: Collection[str] = (),
    *,
    spare_first: bool = False,
) -> None:
    """Removes the oldest backups beyond ``keep``, but none whose id or SHA-256 is in ``spare``, and
    with ``spare_first`` not the very first: the file as it was before all changes.

    To be called under the target's lock, when the change for which a backup was kept is done:
    until then any of them may be the one that is put back. What cannot be removed stays until the
    next time.
    """
    path = _backups_in(folder)
    with suppress(TargetError):
        if len(_named(path)) > keep:
            kept = entries(path)
            for backup in kept[int(spare_first) : max(0, len(kept) - keep)]:
                if backup.id not in spare and backup.sha256 not in spare:
                    atomic.discard(backup.path)
        atomic.sweep(path, alone=True)


def read(folder: RecordsFolder | Path, name: str) -> bytes:
    """The content of the backup with the id ``name``, proven by its checksum.

    Raises TargetError (codes ``no-backup``, ``damaged-backup``, or that of the system's error).
    """
    path = _backups_in(folder)
    backup = next((backup for backup in _newest_first(path) if backup.id == name), None)
    if backup is None:
        raise TargetError(
            f"there is no backup {name}",
            hint="'microsip-config backups' lists them",
            where=str(path),
            code="no-backup",
        )
    data = attempt(lambda: _content(backup.path), cannot_read, backup.path)
    if sha256(data).hexdigest() != backup.sha256:
        raise TargetError(
            f"the backup {name} is damaged",
            hint="choose another one; 'microsip-config backups' lists them",
            where=str(backup.path),
            code="damaged-backup",
        )
    return data


def _newest_first(path: Path) -> Iterator[Backup]:
    for named in sorted(_named(path), reverse=True):
        file = path / named.name
        # An error here must not make an older backup pass for the newest.
        info = attempt(partial(files.inspect, file), cannot_read, file)
        if info is not None and stat.S_ISREG(info.st_mode):
            yield Backup(named.id, file, named.when, info.st_size, named.sha256)


def _named(path: Path) -> list[_Named]:
    """The names in a folder that backups have, in any order."""
    found = []
    for name in attempt(lambda: files.list_names(path), cannot_read, path):
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        with suppress(ValueError):  # no such time
            when = datetime.fromisoformat(match["when"])
            nth, sha = int(match["nth"] or 1), match["sha256"]
            found.append(_Named(when, nth, match["id"], sha, name))
    return found


def _content(path: Path) -> bytes:
    descriptor = files.open_existing(path)
    try:
        return files.read(descriptor, INI_BYTES)
    finally:
        files.close(descriptor)


def _of(folder: RecordsFolder | Path) -> RecordsFolder:
    """``folder`` may be named by the path of the backups themselves."""
    return folder if isinstance(folder, RecordsFolder) else RecordsFolder.at(folder.parent)


def _backups_in(folder: RecordsFolder | Path) -> Path:
    return _of(folder).backups
