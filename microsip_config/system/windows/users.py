"""Users and this machine, on Windows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

assert sys.platform == "win32"

from . import win32  # noqa: E402


def elevated() -> bool:
    """With an administrator's full rights, or as SYSTEM."""
    return bool(win32.IsUserAnAdmin())


def user_name(uid: int) -> str:
    """Windows does not number its users."""
    return str(uid)


def current_user_name() -> str:
    return os.getlogin()


def other_owner(paths: Iterable[Path | None]) -> str | None:
    """Not known: in whose profile a path is tells more than who made it."""
    del paths
    return None


def codepage() -> str | None:
    return str(win32.GetACP())


def description() -> str:
    return f"{sys.platform} {sys.getwindowsversion()[:3]}"
