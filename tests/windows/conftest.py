"""The Windows lane: tests/windows/inside runs in the rig's Python, the rest here, beside Wine."""

from __future__ import annotations

import sys

# Those tests need winreg, msvcrt and ctypes.windll.
collect_ignore = [] if sys.platform == "win32" else ["inside"]
