"""Small questions about paths, answered the same way on every system."""

from __future__ import annotations

import os
from pathlib import Path


def absolute(path: str | Path) -> Path:
    """The absolute path without ``.`` and ``..``; links are not followed."""
    return Path(os.path.normpath(Path(path).absolute()))


def resolved(path: Path) -> Path:
    """The path without links; where they lead in a circle, as far as that goes.

    ``Path.resolve`` has no answer for a circle before Python 3.13.
    """
    return Path(os.path.realpath(path))


def entry(folder: Path, name: str) -> Path | None:
    """The entry of a folder by its name in any case; None if it has none."""
    exact = folder / name
    if os.path.lexists(exact):
        return exact
    folded = name.lower()
    try:
        return next((found for found in folder.iterdir() if found.name.lower() == folded), None)
    except OSError:
        return None


def same_path(one: Path, other: Path) -> bool:
    """Whether two host paths lead to the same file, which need not exist."""
    return os.path.normcase(resolved(one)) == os.path.normcase(resolved(other))
