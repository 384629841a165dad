"""Windows: no link on the way through another user's profile; long paths with their prefix."""

from __future__ import annotations

import sys
from pathlib import Path

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

from .replace import elevated, reachable  # noqa: E402


class Reach:
    """How a file is reached while this is open (``with``).

    ``path`` is what the system's calls take. ``foreign`` is None here: owners are not compared.
    """

    __slots__ = ("foreign", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.foreign = None

    def __enter__(self) -> Reach:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def reach(path: Path) -> Reach | None:
    """The way to the absolute ``path``.

    With an administrator's rights no link is followed below another user's profile, nor below a
    share. Raises TargetError (code ``link``). The last component is not looked at.
    """
    if elevated():
        from ..links import profile_of, refuse_links, without_prefix
        from . import profiles

        plain = Path(without_prefix(str(path)))
        profile = profile_of(plain, *profiles.own_and_other_profiles())
        if profile is not None and plain != profile:
            refuse_links(plain.parent, profile)
    return Reach(reachable(path))
