"""What a run never writes its output to: the configuration itself, and the data folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import UsageError


def refuse(path: str | Path, option: str, targets: Iterable[str], kept: Path | None) -> None:
    """Raise ``UsageError`` if ``path``, given with ``option``, must not be written to.

    :param targets: the configuration that the run is about; other spellings, links and hard links
        of it count, and so does one that is still to be made.
    :param kept: the folder of records and backups; None: not known.
    """
    if any(same_file(path, target) for target in targets):
        raise UsageError(
            f"{option} names the configuration itself", hint="name another file", where=str(path)
        )
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
