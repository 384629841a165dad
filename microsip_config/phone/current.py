"""The one switch of this room: the phone of Windows, or the phone under Wine elsewhere."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from .windows import WindowsPhone as CurrentPhone
else:
    from .wine import WinePhone as CurrentPhone

__all__ = ["CurrentPhone"]
