"""Windows: the profile folders of the users of this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

import winreg  # noqa: E402

from .acl import current_user  # noqa: E402
from .registry import read_text  # noqa: E402

_PROFILES = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"


def profile_list() -> Iterator[tuple[str, Path]]:
    """The security identifier and the folder of every profile that Windows lists."""
    view = winreg.KEY_WOW64_64KEY
    access = winreg.KEY_READ | view
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _PROFILES, 0, access) as key:
            count = winreg.QueryInfoKey(key)[0]
            sids = [winreg.EnumKey(key, index) for index in range(count)]
    except OSError:
        return
    for sid in sids:
        path = read_text(winreg.HKEY_LOCAL_MACHINE, f"{_PROFILES}\\{sid}", "ProfileImagePath", view)
        if path:
            yield sid, Path(winreg.ExpandEnvironmentStrings(path))


def own_and_other_profiles() -> tuple[Path | None, list[Path]]:
    """The profile of the user that this process runs as (None: not listed), and all others."""
    listed = dict(profile_list())
    return listed.pop(current_user(), None), list(listed.values())
