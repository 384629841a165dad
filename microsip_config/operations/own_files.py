"""The files beside the configuration, and what a run never writes its output to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import UsageError
from ..history import CALL_LOG
from ..system import files

_WORTH_KEEPING = (CALL_LOG, "Contacts.xml")
_PHONES = (*_WORTH_KEEPING, f"{CALL_LOG}-journal")


def not_in_backups(ini: str | Path) -> list[str]:
    """The names of the phone's other files beside its ini: no backup contains them."""
    return [name for name in _WORTH_KEEPING if files.is_file(Path(ini).with_name(name))]


def refuse(path: str | Path, option: str, targets: Iterable[str], kept: Path | None) -> None:
    """Raise ``UsageError`` if ``path``, given with ``option``, must not be written to.

    :param targets: the configuration that the run is about; other spellings, links and hard links
        of it count, and so does one that is still to be made, and the phone's files beside it.
    :param kept: the folder of records and backups; None: not known.
    """
    for target in targets:
        if same_file(path, target):
            what = "the configuration itself"
        elif any(same_file(path, Path(target).with_name(name)) for name in _PHONES):
            what = "a file that the phone maintains itself"
        else:
            continue
        raise UsageError(f"{option} names {what}", hint="name another file", where=str(path))
    if kept is not None and _real(path).is_relative_to(_real(kept)):
        raise UsageError(
            f"{option} points into microsip-config's data folder",
            hint="name another file",
            where=str(path),
        )


def same_file(one: str | Path, other: str | Path) -> bool:
    """Whether two names lead to one file, also to one that is not there yet."""
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):  # one is not there or out of sight; a NUL in it
        return _real(one) == _real(other)


def _real(path: str | Path) -> Path:
    try:
        return Path(os.path.normcase(os.path.realpath(path)))
    except (OSError, ValueError):
        return Path(path)
