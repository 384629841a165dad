"""The one switch: which operating system this is.

``from .current import system`` and ``system.may_become()`` ask the system that this process runs
on. What every system offers is in ``api``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if sys.platform == "win32":
    from . import windows as system
else:
    from . import posix as system

if TYPE_CHECKING:
    from .api import System

    _: System = system

__all__ = ["system"]
