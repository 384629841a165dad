"""The accounts of this system, for root that becomes one of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ...errors import TargetError
from ..account import Account

assert sys.platform != "win32"

_NOBODYS_GROUP = 65534


def named(text: str) -> Account:
    """The account of a name or number. Raises ``TargetError`` for a name that there is not."""
    import pwd

    try:
        return _account(pwd.getpwnam(text))
    except (KeyError, ValueError):
        pass
    if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) < 2**32 - 1:
        try:
            return _account(pwd.getpwuid(int(text)))
        except KeyError:
            return Account(int(text), _NOBODYS_GROUP, (), text, "")
    raise TargetError(
        f"there is no user {text!r} on this machine",
        hint="give --as-user a name or number that 'getent passwd' knows",
        code="no-user",
    )


def account_of(state: os.stat_result, folder: Path) -> Account:
    """The account of the owner of ``folder``, whose state this is."""
    import pwd

    try:
        account = _account(pwd.getpwuid(state.st_uid))
    except KeyError:
        group = state.st_gid or _NOBODYS_GROUP
        return Account(state.st_uid, group, (), str(state.st_uid), str(folder))
    return account if _is_home(account) else account._replace(home=str(folder))


def _is_home(account: Account) -> bool:
    """Service accounts have a home that does not exist or is not theirs."""
    try:
        return os.lstat(account.home).st_uid == account.uid
    except (OSError, ValueError):
        return False


def _account(entry: object) -> Account:
    import pwd

    assert isinstance(entry, pwd.struct_passwd)
    groups = tuple(os.getgrouplist(entry.pw_name, entry.pw_gid))
    return Account(entry.pw_uid, entry.pw_gid, groups, entry.pw_name, entry.pw_dir)


def is_private_group(gid: int, uid: int) -> bool:
    """Whether a group has no member but the user ``uid``, as far as the group itself says."""
    import grp
    import pwd

    if gid == 0:
        return True
    try:
        user, group = pwd.getpwuid(uid), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and not set(group.gr_mem) - {user.pw_name}


def root_home() -> str:
    """The home of root as the account database has it: its environment may name another one."""
    import pwd

    try:
        return pwd.getpwuid(0).pw_dir
    except KeyError:
        return "/root"
