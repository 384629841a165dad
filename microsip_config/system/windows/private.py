"""Windows: a folder for its owner only, and files whose every write goes to the end."""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import wintypes

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

# Protected from inheritance; full access for SYSTEM, Administrators and the user, also within. The
# user is named: what an elevated process makes would else belong to Administrators, and its user
# would be kept out when not elevated.
_OWNER_ONLY = "O:{user}D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{user})"
_SDDL_REVISION = 1
_SE_FILE_OBJECT = 1
_DACL, _PROTECTED = 0x4, 0x80000000
_FILE_APPEND_DATA = 0x4
_SYNCHRONIZE = 0x100000
_FILE_READ_ATTRIBUTES = 0x80
_SHARE_ALL = 0x7
_OPEN_ALWAYS = 4
_FILE_ATTRIBUTE_NORMAL = 0x80
_INVALID_HANDLE = ctypes.c_void_p(-1).value


class _SecurityAttributes(ctypes.Structure):
    _fields_ = (
        ("length", wintypes.DWORD),
        ("descriptor", ctypes.c_void_p),
        ("inherit", wintypes.BOOL),
    )


def create_owner_folder(path: str) -> None:
    """Create one folder that only its owner, SYSTEM and Administrators can enter.

    The rights are part of the creation, so there is no moment at which others could get in.
    (``os.mkdir(mode=0o700)`` does so only since Python 3.11.10 and 3.12.4.) Raises ``OSError``.
    """
    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel32.CreateDirectoryW.argtypes = (wintypes.LPCWSTR, ctypes.POINTER(_SecurityAttributes))
    with _owner_only() as descriptor:
        attributes = _SecurityAttributes(ctypes.sizeof(_SecurityAttributes), descriptor, False)
        if not kernel32.CreateDirectoryW(path, ctypes.byref(attributes)):
            raise ctypes.WinError(ctypes.get_last_error())


def close_to_others(path: str) -> bool:
    """Narrow an existing folder, and what is in it, to those of :func:`create_owner_folder`.

    False if it belongs to somebody whom that would not keep out. A file system without rights
    (FAT) is taken as it is: there, every file is everybody's. Raises ``OSError``.
    """
    from ..acl import ADMINISTRATORS, EVERYONE, SYSTEM, strangers
    from .acl import access_control, current_user, open_without_following

    folder = open_without_following(path, folder=True)
    try:
        acl, user = access_control(folder), current_user()
    finally:
        os.close(folder)
    if acl.entries is None and acl.owner == EVERYONE:
        return True
    if acl.owner not in (user, SYSTEM, ADMINISTRATORS):
        return False
    if strangers(acl, user) or user not in {ace.sid for ace in acl.entries or ()}:
        _narrow(path)
    return True


def _narrow(path: str) -> None:
    """By two calls: the first passes it on to what is in the folder, but does nothing in Wine."""
    advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    present, defaulted, dacl = wintypes.BOOL(), wintypes.BOOL(), ctypes.c_void_p()
    with _owner_only() as descriptor:
        if not advapi32.GetSecurityDescriptorDacl(
            descriptor, ctypes.byref(present), ctypes.byref(dacl), ctypes.byref(defaulted)
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        error = advapi32.SetNamedSecurityInfoW(
            ctypes.c_wchar_p(path), _SE_FILE_OBJECT, _PROTECTED | _DACL, None, None, dacl, None
        )
        if error:
            raise ctypes.WinError(error)
        if not advapi32.SetFileSecurityW(ctypes.c_wchar_p(path), _DACL, descriptor):
            raise ctypes.WinError(ctypes.get_last_error())


@contextmanager
def _owner_only() -> Iterator[ctypes.c_void_p]:
    advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel32.LocalFree.argtypes = (ctypes.c_void_p,)
    from .acl import current_user

    descriptor = ctypes.c_void_p()
    wanted = _OWNER_ONLY.format(user=current_user())
    if not advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        ctypes.c_wchar_p(wanted), _SDDL_REVISION, ctypes.byref(descriptor), None
    ):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        yield descriptor
    finally:
        kernel32.LocalFree(descriptor)


def open_append(path: str) -> int:
    """A descriptor whose every write is put at the end by the system, also on a share.

    The C runtime's ``O_APPEND`` seeks and then writes, which lets two processes overwrite each
    other's lines; append access alone cannot. Others may read, write, rename. Raises ``OSError``.
    """
    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel32.CreateFileW.restype = ctypes.c_void_p
    kernel32.CreateFileW.argtypes = (
        wintypes.LPCWSTR,
        wintypes.DWORD,
        wintypes.DWORD,
        ctypes.c_void_p,
        wintypes.DWORD,
        wintypes.DWORD,
        ctypes.c_void_p,
    )
    handle = kernel32.CreateFileW(
        path,
        _FILE_APPEND_DATA | _FILE_READ_ATTRIBUTES | _SYNCHRONIZE,
        _SHARE_ALL,
        None,
        _OPEN_ALWAYS,
        _FILE_ATTRIBUTE_NORMAL,
        None,
    )
    if handle == _INVALID_HANDLE:
        raise ctypes.WinError(ctypes.get_last_error())
    return msvcrt.open_osfhandle(handle, os.O_WRONLY | os.O_BINARY | os.O_NOINHERIT)
