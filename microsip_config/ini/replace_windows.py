"""Replacing a file on Windows: ReplaceFileW keeps DACL, attributes, streams and creation time."""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from pathlib import Path

assert sys.platform == "win32"

_LONGEST_PLAIN_PATH = 200  # a temporary name beside it must fit as well
_DELETE, _SHARE_ALL, _OPEN_EXISTING = 0x10000, 0x7, 3
_GENERIC_READ, _OPEN_REPARSE_POINT = 0x80000000, 0x00200000
_LOCK_EXCLUSIVE_AT_ONCE, _LOCK_VIOLATION = 0x2 | 0x1, 33
_BEYOND = 1 << 62
_GENERIC_WRITE, _SHARE_READ_WRITE, _CREATE_NEW, _ATTRIBUTE_NORMAL = 0x40000000, 0x3, 1, 0x80
_DACL, _DACL_PROTECTED = 0x4, 0x1000
_BUFFER_TOO_SMALL, _NO_RIGHTS_THERE = 122, (1, 50)  # invalid function, not supported
_UNABLE_TO_MOVE = (1176, 1177)
_KEPT_ATTRIBUTES = 0x2 | 0x4 | 0x20 | 0x2000  # hidden, system, archive, not content indexed


class _Overlapped(ctypes.Structure):
    _fields_ = (
        ("internal", ctypes.c_size_t),
        ("internal_high", ctypes.c_size_t),
        ("offset", ctypes.c_uint32),
        ("offset_high", ctypes.c_uint32),
        ("event", ctypes.c_void_p),
    )


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
    if len(text) < _LONGEST_PLAIN_PATH or text.startswith("\\\\?\\"):
        return path
    unc = text.startswith("\\\\")
    return Path("\\\\?\\UNC\\" + text[2:] if unc else "\\\\?\\" + text)


def create_like(path: Path, like: Path) -> int:
    """A descriptor of a new file that nobody can open who cannot open the file ``like``.

    What is put into it may be a password, which the folder's own rights might show to more.
    ReplaceFileW gives it the rights of the file once more, with their marks of inheritance.
    """
    kernel32 = _kernel32()
    descriptor = _rights(like)
    attributes = None
    if descriptor is not None:
        attributes = ctypes.byref(
            _SecurityAttributes(
                ctypes.sizeof(_SecurityAttributes), ctypes.addressof(descriptor), False
            )
        )
    access = _GENERIC_READ | _GENERIC_WRITE
    handle = kernel32.CreateFileW(
        str(path), access, _SHARE_READ_WRITE, attributes, _CREATE_NEW, _ATTRIBUTE_NORMAL, None
    )
    if handle is None or handle == ctypes.c_void_p(-1).value:
        raise ctypes.WinError(ctypes.get_last_error())
    return msvcrt.open_osfhandle(handle, os.O_RDWR | os.O_BINARY | os.O_NOINHERIT)


def _rights(path: Path) -> ctypes.Array[ctypes.c_char] | None:
    """The access control list of a file as a security descriptor; None where there is no such
    thing. It is marked as protected: what the folder of a new file gives is not added."""
    advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    needed = ctypes.c_ulong(1024)
    while True:
        buffer = ctypes.create_string_buffer(needed.value)
        if advapi32.GetFileSecurityW(
            ctypes.c_wchar_p(str(path)), _DACL, buffer, len(buffer), ctypes.byref(needed)
        ):
            break
        error = ctypes.get_last_error()
        if error in _NO_RIGHTS_THERE:
            return None
        if error != _BUFFER_TOO_SMALL or needed.value <= len(buffer):
            raise ctypes.WinError(error)
    control = ctypes.c_uint16.from_buffer(buffer, 2)  # SECURITY_DESCRIPTOR.Control
    control.value |= _DACL_PROTECTED
    return buffer


def adopt(descriptor: int, temporary: Path, target: Path, info: os.stat_result) -> None:
    """Nothing to do before the swap: ReplaceFileW carries everything over."""
    del descriptor, temporary, target, info


def give(what: int | Path, folder: os.stat_result) -> None:
    """Nothing to do: a new file inherits its folder's rights."""
    del what, folder


def _kernel32() -> ctypes.WinDLL:
    from ctypes import c_ulong, c_void_p, c_wchar_p

    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel32.ReplaceFileW.argtypes = [c_wchar_p, c_wchar_p, c_wchar_p, c_ulong, c_void_p, c_void_p]
    kernel32.SetFileAttributesW.argtypes = [c_wchar_p, c_ulong]
    kernel32.CreateFileW.argtypes = [
        c_wchar_p,
        c_ulong,
        c_ulong,
        c_void_p,
        c_ulong,
        c_ulong,
        c_void_p,
    ]
    kernel32.CreateFileW.restype = c_void_p
    kernel32.CloseHandle.argtypes = [c_void_p]
    kernel32.LockFileEx.argtypes = [c_void_p, c_ulong, c_ulong, c_ulong, c_ulong, c_void_p]
    return kernel32


def _require_free(kernel32: ctypes.WinDLL, target: Path) -> None:
    """Raise what the system says if the target may not be moved away just now.

    ReplaceFileW would say so too, but only after it has begun, and it can leave its own temporary
    files behind (Wine does).
    """
    handle = kernel32.CreateFileW(str(target), _DELETE, _SHARE_ALL, None, _OPEN_EXISTING, 0, None)
    if handle is None or handle == ctypes.c_void_p(-1).value:
        raise ctypes.WinError(ctypes.get_last_error())
    kernel32.CloseHandle(handle)


def swap(temporary: Path, target: Path, existing: os.stat_result | None) -> None:
    """Put a complete file in a target's place; ``existing`` as the target is now (None: not there).

    Should ReplaceFileW stop half-way, with the old file gone and the new one under its temporary
    name (errors 1176 and 1177), the new one is moved into place: a file is always there.
    """
    if existing is None:
        temporary.rename(target)
        return
    kernel32 = _kernel32()
    _require_free(kernel32, target)
    if not kernel32.ReplaceFileW(str(target), str(temporary), None, 0, None, None):
        error = ctypes.get_last_error()
        if error not in _UNABLE_TO_MOVE:
            raise ctypes.WinError(error)
        temporary.replace(target)
    attributes = existing.st_file_attributes & _KEPT_ATTRIBUTES
    if os.lstat(target).st_file_attributes & _KEPT_ATTRIBUTES != attributes:  # Wine loses hidden
        kernel32.SetFileAttributesW(str(target), attributes or 0x80)


def take_turn(target: Path) -> int:
    """Hold ``target`` against others of us. Raises BlockingIOError: one holds it, or has just
    put another file in its place.

    The byte that is locked lies beyond every end of file, so nobody else is held up. A file that
    is yet to come needs no lock: to rename onto an existing one fails. Raises another OSError
    where there is no file or no such lock.
    """
    kernel32 = _kernel32()
    handle = kernel32.CreateFileW(
        str(target), _GENERIC_READ, _SHARE_ALL, None, _OPEN_EXISTING, _OPEN_REPARSE_POINT, None
    )
    if handle is None or handle == ctypes.c_void_p(-1).value:
        raise ctypes.WinError(ctypes.get_last_error())
    descriptor = msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)
    try:
        _lock(kernel32, handle)
        replaced = os.fstat(descriptor).st_ino != os.lstat(target).st_ino
    except BaseException:
        os.close(descriptor)
        raise
    if replaced:
        os.close(descriptor)
        raise BlockingIOError
    return descriptor


def _lock(kernel32: ctypes.WinDLL, handle: int) -> None:
    where = _Overlapped(offset=_BEYOND & 0xFFFFFFFF, offset_high=_BEYOND >> 32)
    if not kernel32.LockFileEx(handle, _LOCK_EXCLUSIVE_AT_ONCE, 0, 1, 0, ctypes.byref(where)):
        error = ctypes.get_last_error()
        raise BlockingIOError if error == _LOCK_VIOLATION else ctypes.WinError(error)


def leave_turn(turn: int) -> None:
    """Let the next one in: closing gives up the lock."""
    os.close(turn)
