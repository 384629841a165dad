"""Replacing a file on Windows in one step, with what the old one had: see ``inherit``."""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from pathlib import Path

assert sys.platform == "win32"

from . import win32  # noqa: E402
from .bounded import bounded, is_among_others  # noqa: E402
from .opening import open_file, set_attributes  # noqa: E402

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_BINARY | os.O_NOINHERIT
_KEPT_ATTRIBUTES = win32.ATTRIBUTE_HIDDEN | 0x4 | 0x20 | 0x2000  # system, archive, not indexed


def create_like(path: Path, like: Path | None = None) -> int:
    """Nobody can open it who cannot open the file ``like``.

    What is put into it may be a password, which the folder's own rights might show to more. What
    is encrypted stays so.
    """
    if like is None:
        return os.open(path, _CREATE, 0o600)
    from .inherit import rights_for_now

    descriptor = rights_for_now(like)
    attributes = None
    if descriptor is not None:
        size, address = ctypes.sizeof(win32.SecurityAttributes), ctypes.addressof(descriptor)
        attributes = ctypes.byref(win32.SecurityAttributes(size, address, False))
    encrypted = os.lstat(like).st_file_attributes & win32.ATTRIBUTE_ENCRYPTED
    handle = open_file(
        path,
        win32.GENERIC_READ | win32.GENERIC_WRITE,
        win32.SHARE_READ_WRITE,
        win32.CREATE_NEW,
        encrypted or win32.ATTRIBUTE_NORMAL,
        attributes,
    )
    return msvcrt.open_osfhandle(handle, os.O_RDWR | os.O_BINARY | os.O_NOINHERIT)


def adopt(descriptor: int, temporary: Path, target: Path, info: os.stat_result) -> None:
    """Rights, owner, streams and creation time; attributes follow when it is swapped."""
    from .inherit import inherit

    inherit(descriptor, temporary, target, info)


def swap(temporary: Path, target: Path, existing: os.stat_result | None) -> None:
    """Where ``existing`` is None, a target that comes up meanwhile is an error."""
    if existing is None:
        temporary.rename(target)
        return
    attributes = existing.st_file_attributes & _KEPT_ATTRIBUTES
    set_attributes(temporary, attributes or win32.ATTRIBUTE_NORMAL)
    try:
        _move(temporary, target)
    except OSError as error:
        if error.winerror == win32.ACCESS_DENIED:
            _require_right(target)
            raise ctypes.WinError(win32.SHARING_VIOLATION) from None
        raise


def _move(temporary: Path, target: Path) -> None:
    """Another user who keeps the target must not keep this one waiting; see ``bounded``."""
    if is_among_others():
        bounded(lambda: temporary.replace(target), lambda _: None)
    else:
        temporary.replace(target)


def _require_right(target: Path) -> None:
    """Raise what the system says if this user may not remove the target, or another program keeps
    it from all. Of an open file Windows says only that access is denied when it is replaced."""
    flags = win32.ATTRIBUTE_NORMAL | win32.OPEN_REPARSE_POINT
    handle = open_file(target, win32.DELETE, win32.SHARE_ALL, win32.OPEN_EXISTING, flags)
    win32.CloseHandle(handle)


def flush_folder(folder: Path) -> None:
    """Folders cannot be flushed; NTFS keeps the order of changes in its own log."""
    del folder
