"""Windows: open a file without following a link, and read the access control list of what is open.

Asked of the handle, not of the name, so nobody can change the file in between.
"""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from ctypes import wintypes

from ..acl import Ace, Acl

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

_GENERIC_READ = 0x80000000
_SHARE_ALL = 0x7
_OPEN_EXISTING = 3
_OPEN_REPARSE_POINT = 0x00200000
_BACKUP_SEMANTICS = 0x02000000  # without it no folder can be opened
_READ_CONTROL = 0x20000
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_SE_FILE_OBJECT = 1
_OWNER_AND_DACL = 0x1 | 0x4
_TOKEN_QUERY = 0x8
_TOKEN_USER = 1
# Entries whose SID stands right behind the mask: allowed, denied, audit, alarm, and "callback".
_SID_FOLLOWS = frozenset({0, 1, 2, 3, 9, 10, 13, 14})

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)


class _AclHeader(ctypes.Structure):
    _fields_ = (
        ("revision", ctypes.c_ubyte),
        ("zero", ctypes.c_ubyte),
        ("size", ctypes.c_ushort),
        ("count", ctypes.c_ushort),
        ("zero2", ctypes.c_ushort),
    )


class _AceHeader(ctypes.Structure):
    _fields_ = (
        ("kind", ctypes.c_ubyte),
        ("flags", ctypes.c_ubyte),
        ("size", ctypes.c_ushort),
        ("mask", ctypes.c_uint32),
    )


_kernel32.CreateFileW.restype = ctypes.c_void_p
_kernel32.CreateFileW.argtypes = (
    wintypes.LPCWSTR,
    wintypes.DWORD,
    wintypes.DWORD,
    ctypes.c_void_p,
    wintypes.DWORD,
    wintypes.DWORD,
    ctypes.c_void_p,
)
_kernel32.LocalFree.argtypes = (ctypes.c_void_p,)
_kernel32.CloseHandle.argtypes = (ctypes.c_void_p,)
_kernel32.GetCurrentProcess.restype = ctypes.c_void_p
_advapi32.GetSecurityInfo.argtypes = (
    ctypes.c_void_p,
    ctypes.c_int,
    wintypes.DWORD,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
)
_advapi32.GetAce.argtypes = (ctypes.c_void_p, wintypes.DWORD, ctypes.c_void_p)
_advapi32.ConvertSidToStringSidW.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
_advapi32.OpenProcessToken.argtypes = (ctypes.c_void_p, wintypes.DWORD, ctypes.c_void_p)
_advapi32.GetTokenInformation.argtypes = (
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_void_p,
    wintypes.DWORD,
    ctypes.c_void_p,
)


def open_without_following(path: str, *, folder: bool = False) -> int:
    """A descriptor for reading; a link is opened itself, not what it points to. ``OSError``.

    ``folder``: of a folder, whose rights can then be asked for.
    """
    access, flags = _GENERIC_READ, _OPEN_REPARSE_POINT
    if folder:
        access, flags = _READ_CONTROL, flags | _BACKUP_SEMANTICS
    handle = _kernel32.CreateFileW(path, access, _SHARE_ALL, None, _OPEN_EXISTING, flags, None)
    if handle == _INVALID_HANDLE:
        raise ctypes.WinError(ctypes.get_last_error(), path)
    return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)


def access_control(descriptor: int) -> Acl:
    """Owner and list of the open file. Raises ``OSError``."""
    owner, dacl, whole = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    error = _advapi32.GetSecurityInfo(
        msvcrt.get_osfhandle(descriptor),
        _SE_FILE_OBJECT,
        _OWNER_AND_DACL,
        ctypes.byref(owner),
        None,
        ctypes.byref(dacl),
        None,
        ctypes.byref(whole),
    )
    if error:
        raise ctypes.WinError(error)
    try:
        return Acl(_sid_text(owner), _entries(dacl) if dacl else None)
    finally:
        _kernel32.LocalFree(whole)


def current_user() -> str:
    """The SID of the user that this process runs as. Raises ``OSError``."""
    token = ctypes.c_void_p()
    if not _advapi32.OpenProcessToken(
        _kernel32.GetCurrentProcess(), _TOKEN_QUERY, ctypes.byref(token)
    ):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        buffer = ctypes.create_string_buffer(256)  # TOKEN_USER: two words and one SID of <= 68
        needed = wintypes.DWORD()
        if not _advapi32.GetTokenInformation(
            token, _TOKEN_USER, buffer, len(buffer), ctypes.byref(needed)
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        return _sid_text(ctypes.c_void_p.from_buffer(buffer))
    finally:
        _kernel32.CloseHandle(token)


def _entries(dacl: ctypes.c_void_p) -> tuple[Ace, ...]:
    header = ctypes.cast(dacl, ctypes.POINTER(_AclHeader)).contents
    found = []
    for index in range(header.count):
        address = ctypes.c_void_p()
        if not _advapi32.GetAce(dacl, index, ctypes.byref(address)):
            raise ctypes.WinError(ctypes.get_last_error())
        ace = ctypes.cast(address, ctypes.POINTER(_AceHeader)).contents
        sid = "an entry of an unknown kind"
        if ace.kind in _SID_FOLLOWS:
            sid = _sid_text(ctypes.c_void_p((address.value or 0) + ctypes.sizeof(_AceHeader)))
        found.append(Ace(ace.kind, ace.flags, ace.mask, sid))
    return tuple(found)


def _sid_text(sid: ctypes.c_void_p) -> str:
    text = ctypes.c_wchar_p()
    if not _advapi32.ConvertSidToStringSidW(sid, ctypes.byref(text)):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        return text.value or ""
    finally:
        _kernel32.LocalFree(text)
