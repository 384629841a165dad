"""The facts on Windows: registry, known folders, MSI products, running phones.

Each fact is looked up when it is first needed, and only once.
"""

from __future__ import annotations

import ntpath
import os
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from ...errors import TargetError
from ...results import Target
from ..decision import PRODUCT, REGISTRY_KEY
from ..request import World
from .api import Folders, Registered, UserProfile

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

import winreg  # noqa: E402

from ...system.windows import processes as win32  # noqa: E402
from ...system.windows.owners import profile_owner  # noqa: E402
from ...system.windows.paths import real_path  # noqa: E402
from ...system.windows.profiles import profile_list  # noqa: E402
from ...system.windows.registry import read_text  # noqa: E402
from .msi import msi_locations  # noqa: E402

_RUN = "Software\\Microsoft\\Windows\\CurrentVersion\\Run"
_SHELL_FOLDERS = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders"
_PERSONS = ("S-1-5-21-", "S-1-12-1-")  # accounts of the machine or a domain; of Entra ID
_VIEW_64, _VIEW_32 = winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY


class Windows:
    """This Windows as the current user's programs see it."""

    name = "this Windows account"

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def registered(self) -> Registered:
        return _registered(winreg.HKEY_CURRENT_USER, "")

    @cached_property
    def folders(self) -> Folders:
        # Shell folders, not variables: redirected ones count, and services lack the variables.
        from platformdirs import PlatformDirs

        roaming = PlatformDirs(PRODUCT, appauthor=False, roaming=True).user_data_path.parent
        local = PlatformDirs(PRODUCT, appauthor=False).user_data_path.parent
        return Folders(str(roaming), str(local), program_folders(self._world))

    def msi_locations(self) -> tuple[str, ...]:
        return self._msi_locations

    @cached_property
    def _msi_locations(self) -> tuple[str, ...]:
        return msi_locations(PRODUCT)

    def running(self) -> tuple[str, ...]:
        return self._running

    @cached_property
    def _running(self) -> tuple[str, ...]:
        session = win32.session_of(os.getpid())
        found: dict[str, str] = {}
        for window in win32.top_windows():
            if window.class_name != PRODUCT or window.owned:
                continue
            if win32.session_of(window.pid) != session:
                continue
            with win32.opened(window.pid, win32.QUERY_LIMITED) as process:
                # Another user's window on this desktop must not decide what this user runs.
                mine = process is not None and win32.user_of(process) == win32.own_user()
                path = win32.image_path(process) if process and mine else ""
            if path:
                found.setdefault(path.lower(), path)
        return tuple(found.values())

    def host_path(self, path: str) -> Path:
        return Path(f"{path}\\" if path.endswith(":") else path)

    def windows_path(self, host_path: Path) -> str:
        return str(host_path)


class OtherUser(Windows):
    """The same Windows as another user's programs would see it; that user's hive is loaded."""

    def __init__(self, world: World, sid: str, folders: Folders) -> None:
        super().__init__(world)
        self._sid = sid
        self._other_folders = folders

    @cached_property
    def registered(self) -> Registered:
        return _registered(winreg.HKEY_USERS, f"{self._sid}\\")

    @cached_property
    def folders(self) -> Folders:
        return self._other_folders

    def running(self) -> tuple[str, ...]:
        """Running programs of the usual name: windows can be seen in their own session only."""
        return self._running

    @cached_property
    def _running(self) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for seen in win32.processes():
            if not self._sid or seen.name.lower() != f"{PRODUCT}.exe".lower():
                continue
            with win32.debugging(), win32.opened(seen.pid, win32.QUERY_LIMITED) as process:
                theirs = process is not None and win32.user_of(process) == self._sid
                path = win32.image_path(process) if process and theirs else ""
            if path:
                found.setdefault(path.lower(), path)
        return tuple(found.values())

    def host_path(self, path: str) -> Path:
        # Anyone may own the share, and would be sent this user's credentials.
        if path.startswith(("\\\\", "//")):
            raise TargetError(
                f"{path} is on a network share, which is not accessed for another user"
            )
        return super().host_path(path)


def program_folders(world: World) -> tuple[str, ...]:
    """The folders of programs for all users, each once."""
    names = ("ProgramW6432", "ProgramFiles", "ProgramFiles(x86)")
    found = {
        path.lower(): path for name in names if (path := world.environ.get(name, "").rstrip("\\"))
    }
    return tuple(found.values())


def user_profiles(world: World) -> Iterator[UserProfile]:
    """The profiles that Windows lists, and the folders next to them that it does not list."""
    own = Path(world.home)
    profiles = dict(profile_list())
    listed = {str(path).lower() for path in profiles.values()}
    for sid, profile in profiles.items():
        if str(profile).lower() == str(own).lower():
            yield _own_profile(world, own)
        elif sid.startswith(_PERSONS) or _may_hold(profile / "AppData/Roaming" / PRODUCT):
            yield _other_profile(world, sid, profile)
    if str(own).lower() not in listed:
        yield _own_profile(world, own)
    parents = {profile.parent for sid, profile in profiles.items() if sid.startswith(_PERSONS)}
    for folder in sorted(parents):
        for profile in _folders_in(folder):
            known = str(profile).lower() in listed or profile == own
            if not known and _may_hold(profile / "AppData"):
                yield _left_over(profile)


def _may_hold(folder: Path) -> bool:
    """Whether the folder exists or may exist; without permission to look, it may."""
    try:
        return folder.is_dir()
    except OSError:
        return True


def host_for(
    world: World, _wine_prefix: str | Path | None = None, _path: Path | None = None
) -> Windows:
    """This Windows, which is the only one."""
    return Windows(world)


def prefix_of_phone(_target: Target, _world: World) -> str:
    """Always empty: Windows has no Wine prefixes."""
    return ""


def owner_of(target: Target, world: World) -> str | None:
    """See ``resolve.owner_of``."""
    if target.mode == "installed":
        return None  # what this user's registry leads to, wherever folders are redirected to
    return owner_of_path(world, Path(target.ini))


def owner_of_path(world: World, path: Path) -> str | None:
    """The other user whose profile a path is in: a security identifier, "" if unknown."""
    return profile_owner(path, Path(world.home))


def host_around(world: World, path: Path) -> Windows:
    """The view of the user whose folders a path is in, or what is known of another's view."""
    path = real_path(path)
    for profile in user_profiles(world):
        within = (profile.folder, profile.roaming, profile.local)
        if profile.own or not any(path.is_relative_to(folder) for folder in within):
            continue
        if isinstance(profile.host, Windows):
            return profile.host
        folders = Folders(str(profile.roaming), str(profile.local), program_folders(world))
        return OtherUser(world, "", folders)  # the facts of the machine are known even so
    return Windows(world)


def _own_profile(world: World, profile: Path) -> UserProfile:
    host = Windows(world)
    folders = host.folders
    user = world.environ.get("USERNAME") or profile.name
    return UserProfile(user, profile, Path(folders.roaming), Path(folders.local), host, own=True)


def _other_profile(world: World, sid: str, profile: Path) -> UserProfile:
    usual = profile / "AppData" / "Roaming", profile / "AppData" / "Local"
    if not _loaded(sid):
        remark = "the user is not logged on, so the user's registry cannot be read"
        return UserProfile(profile.name, profile, *usual, None, remark)
    roaming = _shell_folder(sid, "AppData", profile) or str(usual[0])
    local = _shell_folder(sid, "Local AppData", profile) or str(usual[1])
    host = OtherUser(world, sid, Folders(roaming, local, program_folders(world)))
    return UserProfile(profile.name, profile, Path(roaming), Path(local), host)


def _left_over(profile: Path) -> UserProfile:
    data = profile / "AppData"
    remark = "the folder does not belong to a known user, so there is no registry to read"
    return UserProfile(profile.name, profile, data / "Roaming", data / "Local", None, remark)


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(item for item in folder.iterdir() if item.is_dir())
    except OSError:
        return []


def _loaded(sid: str) -> bool:
    try:
        winreg.OpenKey(winreg.HKEY_USERS, sid).Close()
    except OSError:
        return False
    return True


def _shell_folder(sid: str, name: str, profile: Path) -> str:
    """Another user's shell folder, "" if it is not set or depends on that user's variables."""
    text = read_text(winreg.HKEY_USERS, f"{sid}\\{_SHELL_FOLDERS}", name)
    head, variable, tail = text.lower().partition("%userprofile%")
    if variable:
        text = text[: len(head)] + str(profile) + text[len(text) - len(tail) :]
    return text.rstrip("\\") if ntpath.isabs(text) and "%" not in text else ""


def _registered(hive: int, prefix: str) -> Registered:
    return Registered(
        read_text(hive, prefix + REGISTRY_KEY),
        read_text(winreg.HKEY_LOCAL_MACHINE, REGISTRY_KEY, "", _VIEW_64),
        read_text(winreg.HKEY_LOCAL_MACHINE, REGISTRY_KEY, "", _VIEW_32),
        read_text(hive, prefix + _RUN, PRODUCT),
    )
