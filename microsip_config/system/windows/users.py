"""Users and this machine, on Windows."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

assert sys.platform == "win32"

from . import win32  # noqa: E402

_MOST = 64  # privileges of a token; Windows knows 36
# Whoever holds one of these gets at the files of others, whatever group they are in. Switched off
# they count as well: their holder can switch them on.
_POWERS = (
    "SeBackupPrivilege",
    "SeRestorePrivilege",
    "SeTakeOwnershipPrivilege",
    "SeDebugPrivilege",
    "SeTcbPrivilege",
    "SeCreateTokenPrivilege",
    "SeLoadDriverPrivilege",
)


def elevated() -> bool:
    """With more rights than an ordinary user: an administrator, SYSTEM, a backup operator."""
    return _administrator() or _powerful()


@cache
def _administrator() -> bool:
    return bool(win32.IsUserAnAdmin())


@cache
def _powerful() -> bool:
    return not held_privileges().isdisjoint(filter(None, map(_number, _POWERS)))


def held_privileges() -> frozenset[int]:
    """The privileges of this process, switched on or not, by their numbers on this machine."""
    token, needed = win32.HANDLE(), win32.DWORD()
    buffer = ctypes.create_string_buffer(4 + _MOST * 12)
    process = win32.GetCurrentProcess()
    if not win32.OpenProcessToken(process, win32.TOKEN_QUERY, ctypes.byref(token)):
        return frozenset()
    try:
        if not win32.GetTokenInformation(
            token, win32.TOKEN_PRIVILEGES, buffer, len(buffer), ctypes.byref(needed)
        ):
            return frozenset()
    finally:
        win32.CloseHandle(token)
    data = buffer.raw
    count = int.from_bytes(data[:4], sys.byteorder)
    starts = range(4, 4 + count * 12, 12)  # LUID_AND_ATTRIBUTES
    return frozenset(int.from_bytes(data[at : at + 8], sys.byteorder) for at in starts)


def switch_privilege(name: str, enabled: bool) -> None:
    """Switch a privilege on or off; nothing happens where this process does not hold it."""
    token = win32.HANDLE()
    process = win32.GetCurrentProcess()
    rights = win32.TOKEN_ADJUST_PRIVILEGES | win32.TOKEN_QUERY
    if not win32.OpenProcessToken(process, rights, ctypes.byref(token)):
        return
    try:
        number = _number(name)
        if number is not None:
            state = win32.PRIVILEGE_ENABLED if enabled else 0
            wanted = win32.TokenPrivilege(1, number, state)
            win32.AdjustTokenPrivileges(token, False, ctypes.byref(wanted), 0, None, None)
    finally:
        win32.CloseHandle(token)


def _number(privilege: str) -> int | None:
    number = ctypes.c_int64()
    known = win32.LookupPrivilegeValueW(None, privilege, ctypes.byref(number))
    return number.value if known else None


def user_name(uid: int) -> str:
    """Windows does not number its users."""
    return str(uid)


def current_user_name() -> str:
    return os.getlogin()


def other_owner(paths: Iterable[Path | None]) -> str | None:
    """Not known: in whose profile a path is tells more than who made it."""
    del paths
    return None


def owns(path: Path) -> bool:
    """Not known, as for :func:`other_owner`."""
    del path
    return False


def shell_expands() -> bool:
    """See ``api.System.shell_expands``: neither cmd.exe nor PowerShell does it for a program."""
    return False


def codepage() -> str | None:
    return str(win32.GetACP())


def description() -> str:
    return f"{sys.platform} {sys.getwindowsversion()[:3]}"
