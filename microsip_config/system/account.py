"""A user of this system, for root that becomes one."""

from __future__ import annotations

from typing import NamedTuple


class Account(NamedTuple):
    """Numbers, all groups, name and home folder, as the account database has them.

    A number without an account has its number as name, and as home the outermost folder that it
    owns on the way to the target, "" if there is none.
    """

    uid: int
    gid: int
    groups: tuple[int, ...]
    name: str
    home: str
