"""A user of this system, for a run that works as one."""

from __future__ import annotations

from typing import NamedTuple

NO_NUMBER = -1
"""Windows does not number its users."""


class Account(NamedTuple):
    """Numbers, all groups, name and home folder, as the account database has them.

    A number without an account has its number as name, and as home the outermost folder that it
    owns on the way to the target, "" if there is none. Windows has a security identifier, ``sid``,
    in the place of numbers and groups; the home is the profile there.
    """

    uid: int
    gid: int
    groups: tuple[int, ...]
    name: str
    home: str
    sid: str = ""


class NotStartedError(Exception):
    """A process of another user could not be started, and this one may do its work itself."""
