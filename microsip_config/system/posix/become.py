"""From root to another user, for good."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from ..account import Account

assert sys.platform != "win32"


# linux/prctl.h, linux/capability.h
_SET_DUMPABLE, _SET_NO_NEW_PRIVILEGES, _AMBIENT, _CLEAR_ALL = 4, 38, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522


def become(account: Account) -> None:
    """Be this user from now on: no way back, no capability, no set-user-ID program gains any.

    The process cannot be traced or read by other processes of that user. Raises ``OSError`` if
    one of these cannot be had; the process must then end.
    """
    import ctypes
    import resource

    if account.uid == 0:
        raise PermissionError("not to root")
    libc = ctypes.CDLL(None, use_errno=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.setgroups(account.groups)
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)
    libc.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
    _call(libc.prctl, _SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _call(libc.prctl, _AMBIENT, _CLEAR_ALL, 0, 0, 0)
    _call(libc.prctl, _SET_DUMPABLE, 0, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _call(libc.capset, header, (ctypes.c_uint32 * 6)())
    if os.getresuid() != (account.uid,) * 3 or os.getresgid() != (account.gid,) * 3:
        raise PermissionError("the user has not changed")
    try:
        os.setuid(0)
    except PermissionError:
        return
    raise PermissionError("root can be had back")


def can_read(account: Account, folders: Iterable[Path]) -> bool:
    """Whether that user can list all of these folders; for root that is still root afterwards."""
    mine = os.getgroups()
    os.setgroups(account.groups)
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        return all(map(_can_list, folders))
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(mine)


def _can_list(folder: Path) -> bool:
    try:
        return bool(os.listdir(folder))  # noqa: PTH208 - no paths are wanted
    except OSError:
        return False


def _call(function: Callable[..., int], *arguments: object) -> None:
    import ctypes

    if function(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
