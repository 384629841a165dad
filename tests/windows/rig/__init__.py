"""A real Windows CPython and Win32 API on a Linux box: built by build_rig.py, used through run.py.

Both are scripts of the standard library alone, so that they run before anything is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
RIG = ROOT / ".rig"
BIN = RIG / "bin"

BUILD = (sys.executable, str(HERE / "build_rig.py"))
RUN = (sys.executable, str(HERE / "run.py"))


def windows_path(path: Path) -> str:
    """How a program under Wine names a file of the Linux side."""
    return "Z:" + str(path).replace("/", "\\")
