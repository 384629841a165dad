"""Copies of a file as it was before a run changed it: few, whole, and for their owner alone.

A backup is named for its time (UTC) and the SHA-256 of its content, so that it proves itself. The
names tell the order, too: a later one never has an earlier time, even if the clock was set back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ..errors import TargetError, WriteError
from ..system import files
from ..system.patience import attempt, cannot_read, cannot_write
from ..system.staging import discard, stage, sweep

KEPT = 20
"""Backups kept for one file unless told otherwise."""

_SIZE_LIMIT = 64 << 20
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
        from hashlib import sha256

        with suppress(OSError):
            return sha256(_content(self.path)).hexdigest() == self.sha256
        return False


def entries(folder: Path) -> list[Backup]:
    """The backups in a folder, the newest last; other files and links there are passed over."""
    found = []
    for name in attempt(lambda: files.list_names(folder), cannot_read, folder):
        match = _NAME.fullmatch(name)
        if match:
            backup = _inspected(folder / name, match)
            if backup is not None:
                found.append((backup.when, int(match["nth"] or 1), backup))
    return [backup for _, _, backup in sorted(found, key=lambda entry: entry[:2])]


def _inspected(path: Path, match: re.Match[str]) -> Backup | None:
    import stat

    try:
        when = datetime.strptime(match["when"], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    # An error here must not make an older backup pass for the newest.
    info = attempt(lambda: files.inspect(path), cannot_read, path)
    if info is None or not stat.S_ISREG(info.st_mode):
        return None
    return Backup(match["id"], path, when, info.st_size, match["sha256"])


def keep(folder: Path, data: bytes, when: datetime) -> str:
    """Keeps ``data`` as of ``when`` (naive: local time) and returns the id of the backup.

    The backup is the newest from then on: where the clock was ahead once, it takes the time of
    the newest one so far and the next number behind it.

    What the newest backup already holds is not kept twice: its id is returned. Nothing is removed,
    see ``rotate``. Raises WriteError; what was kept before is then still there.
    """
    from hashlib import sha256

    from ..system.private import private_folder

    private_folder(folder)
    digest = sha256(data).hexdigest()
    try:
        kept = entries(folder)
    except TargetError as error:
        raise WriteError(
            f"no backup can be made: {error.message}", hint=error.hint, where=error.where
        ) from error
    if kept and kept[-1].sha256 == digest and kept[-1].is_intact():
        return kept[-1].id
    name = _next_id(kept, when)
    _put(folder / f"{name}.{digest}.ini", data)
    return name


def _next_id(kept: Sequence[Backup], when: datetime) -> str:
    """An id behind all others. A free one is not enough: rotation frees those of the oldest."""
    stamp = when.astimezone(UTC).strftime(_TIME)
    newest, _, nth = kept[-1].id.partition("-") if kept else ("", "", "")
    return stamp if stamp > newest else f"{newest}-{int(nth or 1) + 1}"


def rotate(folder: Path, keep: int = KEPT, spare: Collection[str] = ()) -> None:
    """Removes the oldest backups beyond ``keep``, but none whose id or SHA-256 is in ``spare``.

    To be called under the target's lock, when the change for which a backup was kept is done:
    until then any of them may be the one that is put back. What cannot be removed stays until the
    next time.
    """
    with suppress(TargetError):
        kept = entries(folder)
        for backup in kept[: max(0, len(kept) - keep)]:
            if backup.id not in spare and backup.sha256 not in spare:
                discard(backup.path)
        sweep(folder, alone=True)


def _put(path: Path, data: bytes) -> None:
    staged = attempt(lambda: stage(path, data), cannot_write, path)
    try:
        attempt(lambda: files.swap(staged, path, None), cannot_write, path)
    except BaseException:
        discard(staged)
        raise


def _content(path: Path) -> bytes:
    descriptor = files.open_existing(path)
    try:
        return files.read(descriptor, _SIZE_LIMIT)
    finally:
        files.close(descriptor)


def read(folder: Path, name: str) -> bytes:
    """The content of the backup with the id ``name``, proven by its checksum.

    Raises TargetError (codes ``no-backup``, ``damaged-backup``, or that of the system's error).
    """
    from hashlib import sha256

    backup = next((backup for backup in entries(folder) if backup.id == name), None)
    if backup is None:
        raise TargetError(
            f"there is no backup {name}",
            hint="choose one from the list of backups",
            where=str(folder),
            code="no-backup",
        )
    path = backup.path
    data = attempt(lambda: _content(path), cannot_read, path)
    if sha256(data).hexdigest() != backup.sha256:
        raise TargetError(
            f"the backup {name} is damaged",
            hint="choose another one from the list of backups",
            where=str(path),
            code="damaged-backup",
        )
    return data
