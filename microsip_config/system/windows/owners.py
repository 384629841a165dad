"""Windows: this process does not become another user."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ...errors import TargetError
from ..account import Account

assert sys.platform == "win32"

from .opening import open_itself  # noqa: E402
from .users import current_user_name  # noqa: E402

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


def create_output(path: Path) -> int:
    """A descriptor for writing of a new file; ``FileExistsError`` if anything is there."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN)


def open_update(path: Path) -> int:
    """A descriptor for reading, whose every write goes to the end; the file is made if missing."""
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _PLAIN)


def open_given(
    path: Path, caller: int | None, *, follow: bool = True, anybodys: bool = False
) -> int:
    """Open for reading a file that whoever runs this has named."""
    del caller, anybodys
    if not follow:
        return open_itself(path)
    return os.open(path, os.O_RDONLY | _PLAIN)
