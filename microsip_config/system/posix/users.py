"""Users and this machine, on POSIX systems."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

if sys.platform == "win32":
    raise ImportError("not on Windows")


def may_become() -> bool:
    """Whether this process can become another user, and therefore must not act for one itself."""
    return os.geteuid() == 0


@lru_cache(maxsize=64)  # a directory server may be asked
def user_name(uid: int) -> str:
    """The name of a user of this system, the number if it has no name."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def current_user_name() -> str:
    """The name of the user that this process runs as."""
    return user_name(os.geteuid())


def other_owner(paths: Iterable[Path | None]) -> str | None:
    """The name of the user that owns the first of ``paths`` that can be looked at.

    None: this user owns it, or none of them can be looked at.
    """
    for path in paths:
        try:
            uid = path.stat().st_uid if path else None
        except OSError:
            continue
        if uid is not None:
            return None if uid == os.geteuid() else user_name(uid)
    return None


def owns(path: Path) -> bool:
    """Whether this user owns what is at ``path``."""
    try:
        return path.stat().st_uid == os.geteuid()
    except OSError:
        return False


def shell_expands() -> bool:
    """See ``api.System.shell_expands``."""
    return True


def codepage() -> str | None:
    """No ANSI code page is known here."""
    return None


def description() -> str:
    """The system and its version, for the report of a bug."""
    return f"{sys.platform} {os.uname().release}"
