"""Replacing a file on Windows in one step, with what the old one had: see ``inherit_windows``."""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from ctypes import wintypes
from pathlib import Path

from ..staged_names import beginning

assert sys.platform == "win32"

_LONGEST_PLAIN_PATH = 200  # a temporary name beside it must fit as well
_READ, _WRITE, _DELETE = 0x80000000, 0x40000000, 0x10000
_SHARE_READ_WRITE, _SHARE_DELETE = 0x3, 0x4
_CREATE_NEW, _OPEN_EXISTING, _OPEN_ALWAYS = 1, 3, 4
_DELETE_ON_CLOSE, _OPEN_REPARSE_POINT = 0x04000000, 0x00200000
_HIDDEN, _NORMAL, _ENCRYPTED = 0x2, 0x80, 0x4000
_KEPT_ATTRIBUTES = _HIDDEN | 0x4 | 0x20 | 0x2000  # system, archive, not content indexed
_ACCESS_DENIED, _SHARING_VIOLATION = 5, 32
_NO_HANDLE = ctypes.c_void_p(-1).value


class _SecurityAttributes(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_ulong),
        ("descriptor", ctypes.c_void_p),
        ("inherit", ctypes.c_int),
    )


def elevated() -> bool:
    """Whether this process runs with an administrator's full rights, or as SYSTEM."""
    return bool(ctypes.windll.shell32.IsUserAnAdmin())


def reachable(path: Path) -> Path:
    """The path as the system's calls take it: near MAX_PATH (260) with the prefix that lifts it."""
    text = str(path)
    if len(text) < _LONGEST_PLAIN_PATH or text.startswith(("\\\\?\\", "\\\\.\\")):
        return path
    text = os.path.abspath(text)  # noqa: PTH100 - behind the prefix ".." is a name like any
    unc = text.startswith("\\\\")
    return Path("\\\\?\\UNC\\" + text[2:] if unc else "\\\\?\\" + text)


def create_like(path: Path, like: Path) -> int:
    """A descriptor of a new file that nobody can open who cannot open the file ``like``.

    What is put into it may be a password, which the folder's own rights might show to more. What
    is encrypted stays so.
    """
    from .inherit import rights_for_now

    descriptor = rights_for_now(like)
    attributes = None
    if descriptor is not None:
        attributes = ctypes.byref(
            _SecurityAttributes(
                ctypes.sizeof(_SecurityAttributes), ctypes.addressof(descriptor), False
            )
        )
    kind = os.lstat(like).st_file_attributes & _ENCRYPTED or _NORMAL
    handle = _open(path, _READ | _WRITE, _SHARE_READ_WRITE, _CREATE_NEW, kind, attributes)
    return msvcrt.open_osfhandle(handle, os.O_RDWR | os.O_BINARY | os.O_NOINHERIT)


def adopt(descriptor: int, temporary: Path, target: Path, info: os.stat_result) -> None:
    """Give a new file rights, owner, streams and creation time of the file it will replace."""
    from .inherit import inherit

    inherit(descriptor, temporary, target, info)


def give(what: int | Path, folder: os.stat_result) -> None:
    """Nothing to do: a new file inherits its folder's rights."""
    del what, folder


def swap(temporary: Path, target: Path, existing: os.stat_result | None) -> None:
    """Put a complete file in a target's place in one step; ``existing`` as the target is now (None:
    not there, and one that comes up meanwhile is an error)."""
    if existing is None:
        temporary.rename(target)
        return
    attributes = existing.st_file_attributes & _KEPT_ATTRIBUTES
    if not _kernel32().SetFileAttributesW(str(temporary), attributes or _NORMAL):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        temporary.replace(target)
    except OSError as error:
        if error.winerror == _ACCESS_DENIED:
            _require_right(target)
            raise ctypes.WinError(_SHARING_VIOLATION) from None
        raise


def _require_right(target: Path) -> None:
    """Raise what the system says if this user may not remove the target, or another program keeps
    it from all. Of an open file Windows says only that access is denied when it is replaced."""
    share, plain = _SHARE_READ_WRITE | _SHARE_DELETE, _NORMAL | _OPEN_REPARSE_POINT
    handle = _open(target, _DELETE, share, _OPEN_EXISTING, plain)
    _kernel32().CloseHandle(handle)


def take_turn(target: Path) -> int:
    """Hold the place of ``target`` against others of us. Raises BlockingIOError: one holds it.

    An open file beside it that nobody else can open, and that is gone when it is closed, however
    this process ends; a lock on the file itself would be in the way of replacing it. What somebody
    puts in its place is not followed. Raises another OSError where it cannot be made.
    """
    place = target.with_name(f"{beginning(target)}.lock")
    flags = _DELETE_ON_CLOSE | _OPEN_REPARSE_POINT | _HIDDEN
    try:
        handle = _open(place, _READ | _DELETE, 0, _OPEN_ALWAYS, flags)
    except OSError as error:
        raise BlockingIOError if error.winerror == _SHARING_VIOLATION else error from None
    return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_NOINHERIT)


def leave_turn(turn: int) -> None:
    """Let the next one in: closing removes the file."""
    os.close(turn)


def _kernel32() -> ctypes.WinDLL:
    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    number = wintypes.DWORD
    kernel32.CloseHandle.argtypes = [ctypes.c_void_p]
    kernel32.SetFileAttributesW.argtypes = [wintypes.LPCWSTR, number]
    kernel32.CreateFileW.argtypes = [
        wintypes.LPCWSTR,
        number,
        number,
        ctypes.c_void_p,
        number,
        number,
        ctypes.c_void_p,
    ]
    kernel32.CreateFileW.restype = ctypes.c_void_p
    return kernel32


def _open(
    path: Path, access: int, share: int, how: int, flags: int, attributes: object = None
) -> int:
    """CreateFileW's handle. Raises OSError."""
    handle = _kernel32().CreateFileW(str(path), access, share, attributes, how, flags, None)
    if handle is None or handle == _NO_HANDLE:
        raise ctypes.WinError(ctypes.get_last_error())
    assert isinstance(handle, int)
    return handle
