"""Windows: open a file with what the C runtime does not offer, and with the true error.

``os.open`` shares no deletion, and of a file that another program holds it says only that access is
denied, without the number that tells it is in use.
"""

from __future__ import annotations

import msvcrt
import os
import sys
from pathlib import Path

assert sys.platform == "win32"

from . import win32  # noqa: E402


def open_file(
    path: Path, access: int, share: int, how: int, flags: int, attributes: object = None
) -> int:
    """CreateFileW's handle. Raises OSError."""
    handle = win32.CreateFileW(str(path), access, share, attributes, how, flags, None)
    if handle is None or handle == win32.INVALID_HANDLE:
        raise win32.last_error(path)
    assert isinstance(handle, int)
    return handle


def open_existing(path: Path) -> int:
    """A descriptor for reading, shared with all."""
    return _descriptor(path, win32.GENERIC_READ, win32.ATTRIBUTE_NORMAL)


open_followed = open_existing
"""Links are followed unless :func:`open_itself` is asked."""


def open_itself(path: Path) -> int:
    """As :func:`open_existing`, but of a link, not of what it points to."""
    return _descriptor(path, win32.GENERIC_READ, win32.OPEN_REPARSE_POINT)


def open_folder(path: Path) -> int:
    """A folder itself, whose rights can then be asked for."""
    flags = win32.OPEN_REPARSE_POINT | win32.BACKUP_SEMANTICS
    return _descriptor(path, win32.READ_CONTROL, flags)


def _descriptor(path: Path, access: int, flags: int) -> int:
    handle = open_file(path, access, win32.SHARE_ALL, win32.OPEN_EXISTING, flags)
    return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)
