"""Windows: no link on the way through another user's profile; long paths with their prefix."""

from __future__ import annotations

import os
import sys
from pathlib import Path

assert sys.platform == "win32"

from ..links import profile_of, refuse_links, without_prefix  # noqa: E402
from . import profiles  # noqa: E402
from .users import elevated  # noqa: E402

_LONGEST_PLAIN_PATH = 200  # a temporary name next to it must fit as well


class SecurePath:
    """See ``api.SecurePath``."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def check_again(self) -> None:
        secure_path(self.path)

    def __enter__(self) -> SecurePath:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def secure_path(path: Path) -> SecurePath | None:
    """An administrator follows no link below another user's profile, nor below a share."""
    if elevated():
        plain = Path(without_prefix(str(path)))
        profile = profile_of(plain, *profiles.own_and_other_profiles())
        if profile is not None and plain != profile:
            refuse_links(plain.parent, profile)
    return SecurePath(reachable(path))


def is_own_link(link: os.stat_result, end: os.stat_result | None) -> bool:
    del link, end
    return not elevated()


def reachable(path: Path) -> Path:
    """The path as the system's calls take it: near MAX_PATH (260) with the prefix that lifts it."""
    text = str(path)
    if len(text) < _LONGEST_PLAIN_PATH or text.startswith(("\\\\?\\", "\\\\.\\")):
        return path
    text = os.path.abspath(text)  # noqa: PTH100 - behind the prefix ".." is a name like any
    unc = text.startswith("\\\\")
    return Path("\\\\?\\UNC\\" + text[2:] if unc else "\\\\?\\" + text)
