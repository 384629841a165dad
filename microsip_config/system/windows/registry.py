"""Windows: texts in the registry."""

from __future__ import annotations

import sys

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

import winreg  # noqa: E402

_TEXT_TYPES = (winreg.REG_SZ, winreg.REG_EXPAND_SZ)


def read_text(hive: int, key: str, name: str = "", view: int = 0) -> str:
    """A text value as it is stored, "" if it is absent, of another type or not readable.

    ``hive`` is one of ``winreg.HKEY_...``, ``view`` 0 or one of ``winreg.KEY_WOW64_...``. No
    variable is expanded.
    """
    try:
        with winreg.OpenKey(hive, key, 0, winreg.KEY_READ | view) as opened:
            value, kind = winreg.QueryValueEx(opened, name)
    except OSError:
        return ""
    return value.split("\0", 1)[0] if kind in _TEXT_TYPES and isinstance(value, str) else ""
