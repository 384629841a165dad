"""Users and this machine, on Windows."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows


def elevated() -> bool:
    """Whether this process runs with an administrator's full rights, or as SYSTEM."""
    return bool(ctypes.windll.shell32.IsUserAnAdmin())


def user_name(uid: int) -> str:
    """Windows does not number its users."""
    return str(uid)


def current_user_name() -> str:
    """The name of the user that is logged on. Raises ``OSError``."""
    return os.getlogin()


def other_owner(paths: Iterable[Path | None]) -> str | None:
    """Not known: in whose profile a path is tells more than who made it."""
    del paths
    return None


def codepage() -> str | None:
    """The ANSI code page of this Windows, as a number."""
    return str(ctypes.windll.kernel32.GetACP())


def description() -> str:
    """The system and its version, for the report of a bug."""
    return f"{sys.platform} {sys.getwindowsversion()[:3]}"
