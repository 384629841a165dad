"""Windows: this process does not become another user."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ...errors import TargetError
from ..account import Account

assert sys.platform == "win32"

from .names import refuse_odd_name  # noqa: E402
from .opening import open_itself  # noqa: E402
from .paths import secure_path  # noqa: E402
from .users import current_user_name, elevated  # noqa: E402

_PLAIN = os.O_BINARY | os.O_NOINHERIT


def may_become() -> bool:
    """Never: an administrator works through handles that no link leads elsewhere."""
    return False


def target_owner(paths: Iterable[Path], as_user: str | None) -> Account | None:
    """Nobody to become. Raises ``TargetError`` for another user than this one."""
    del paths
    if as_user is not None and as_user.casefold() != current_user_name().casefold():
        raise TargetError(
            "on Windows a run does not become another user",
            hint="leave --as-user out and name the file with --ini",
            code="no-user",
        )
    return None


def become(account: Account) -> None:
    """Not on Windows."""
    raise NotImplementedError(account)


def can_read(account: Account, folders: Iterable[Path]) -> bool:
    """Not on Windows."""
    raise NotImplementedError(account, folders)


def check_way(path: Path) -> None:
    """Nothing: see ``secure_path``."""


def is_foreign(path: Path) -> bool:
    """Never: see ``may_become``."""
    del path
    return False


def root_home() -> str:
    """Not on Windows."""
    raise NotImplementedError


def open_given(
    path: Path, caller: int | None, *, follow: bool = True, anybodys: bool = False
) -> int:
    """Open for reading a file that whoever runs this has named.

    An administrator is not led elsewhere by links of another user, see ``secure_path``.
    """
    del caller, anybodys
    refuse_odd_name(path)
    if not elevated():
        return os.open(path, os.O_RDONLY | _PLAIN) if follow else open_itself(path)
    way = secure_path(path.absolute())
    if way is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with way:
        if way.foreign or not follow or not way.path.is_symlink():
            return open_itself(way.path)
        end = secure_path(Path(os.path.realpath(way.path)))
    if end is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with end:
        return open_itself(end.path)
