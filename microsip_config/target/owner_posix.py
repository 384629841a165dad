"""Whose file it is, where users have numbers: off Windows."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    raise ImportError("not on Windows")

import os
import pwd
from pathlib import Path

from .hosts.wine import prefix_of


def user_name(uid: int) -> str:
    """The name of a user of this system, the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def owner_of(path: Path) -> str | None:
    """The other user that a prefix belongs to, else the file in no prefix; None: it is ours."""
    for place in (prefix_of(path), path, path.parent):
        try:
            uid = place.stat().st_uid if place else None
        except OSError:
            continue
        if uid is not None:
            return None if uid == os.geteuid() else user_name(uid)
    return None
