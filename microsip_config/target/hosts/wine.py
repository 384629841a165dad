"""A Wine prefix: its drives, its user's folders and what its registry files say.

Read from the files alone; Wine itself is not started. See ``registry_file`` for the delay with
which a running Wine writes them.
"""

from __future__ import annotations

import ntpath
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from ...errors import TargetError
from ..host import Account, Folders, Registered
from ..places import entry
from ..registry_file import RegistryFile, Value

_PRODUCT = "Software\\MicroSIP"
_PRODUCT_32 = "Software\\Wow6432Node\\MicroSIP"
_RUN = "Software\\Microsoft\\Windows\\CurrentVersion\\Run"
_EXPLORER = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
_PROFILES = "Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
_INSTALLER = "Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData"


class Prefix:
    """The prefix in the folder ``root``, seen by the user that its registry belongs to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def name(self) -> str:
        return f"the Wine prefix {self.root}"

    @property
    def exists(self) -> bool:
        """Whether the folder looks like a prefix at all."""
        return is_prefix(self.root)

    @cached_property
    def registered(self) -> Registered:
        wide = self._machine.text(_PRODUCT)
        narrow = self._machine.text(_PRODUCT_32)
        if "#arch=win32" in self._machine.head:
            narrow = wide
        autostart = self._user.text(_RUN, "MicroSIP")
        return Registered(self._user.text(_PRODUCT), wide, narrow, autostart)

    @cached_property
    def folders(self) -> Folders:
        return Folders(
            self._shell_folder("AppData", "AppData\\Roaming"),
            self._shell_folder("Local AppData", "AppData\\Local"),
            ("C:\\Program Files", "C:\\Program Files (x86)"),
        )

    @cached_property
    def profile(self) -> str:
        """The profile folder of the user that the registry belongs to, as Windows text."""
        sid = self._user.head.partition("REGISTRY\\\\User\\\\")[2].partition("\n")[0].strip()
        image = self._machine.value(f"{_PROFILES}\\{sid}", "ProfileImagePath") if sid else None
        if image:
            return image.text
        users = self.users()
        return f"C:\\users\\{users[0].name if users else 'user'}"

    def users(self) -> list[Path]:
        """The profile folders, newest first, without the public one."""
        try:
            folders = [item for item in self.host_path("C:\\users").iterdir() if item.is_dir()]
        except OSError:
            return []
        folders = [folder for folder in folders if folder.name.lower() != "public"]
        return sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)

    def msi_locations(self) -> tuple[str, ...]:
        products = [
            key
            for key in self._machine.keys_below(_INSTALLER)
            if key.endswith("\\installproperties")
            and self._machine.text(key, "DisplayName").lower() == "microsip"
        ]
        return tuple(self._machine.text(key, "InstallLocation") for key in products)

    def running(self) -> tuple[str, ...]:
        """None: windows are seen from inside Wine only."""
        return ()

    def host_path(self, path: str) -> Path:
        drive, rest = ntpath.splitdrive(path)
        place = self._drives.get(drive.lower())
        if place is None:
            raise TargetError(
                f"{path} is not on a drive of {self.name}",
                hint=f"its drives are {', '.join(sorted(self._drives))}",
            )
        for part in filter(None, rest.replace("/", "\\").split("\\")):
            place = entry(place, part) or place / part
        return place

    def windows_path(self, host_path: Path) -> str:
        for path in (host_path, host_path.resolve()):
            roots = [
                (root, drive)
                for drive, target in self._drives.items()
                for root in (target, target.resolve())
                if path.is_relative_to(root)
            ]
            if roots:
                root, drive = max(roots, key=lambda item: len(item[0].parts))
                return "\\".join((drive.upper(), *path.relative_to(root).parts))
        return ""

    @cached_property
    def _drives(self) -> dict[str, Path]:
        """Drives by name ("c:") and their folders; in a prefix without links the two usual ones."""
        folder = self.root / "dosdevices"
        try:
            links = [link for link in folder.iterdir() if len(link.name) == 2]
        except OSError:
            links = []
        found = {link.name: _target(link) for link in links if link.name.endswith(":")}
        return found or {"c:": self.root / "drive_c", "z:": Path("/")}

    def _shell_folder(self, name: str, usual: str) -> str:
        for key in ("User Shell Folders", "Shell Folders"):
            if value := self._user.value(f"{_EXPLORER}\\{key}", name):
                return expanded(value, self.profile).rstrip("\\")
        return f"{self.profile}\\{usual}"

    @cached_property
    def _user(self) -> RegistryFile:
        return self._read("user.reg")

    @cached_property
    def _machine(self) -> RegistryFile:
        return self._read("system.reg")

    def _read(self, name: str) -> RegistryFile:
        path = self.root / name
        try:
            return RegistryFile(path.read_bytes())
        except FileNotFoundError:
            return RegistryFile(b"")
        except OSError as error:
            raise TargetError(
                f"cannot read the registry of {self.name}: {error.strerror}",
                hint="run as the user that owns the prefix, or name the file with --ini",
                where=str(path),
                code="unreadable",
            ) from error


def expanded(value: Value, profile: str) -> str:
    """A shell folder with %USERPROFILE% filled in."""
    head, percent, rest = value.text.partition("%")
    variable, closing, tail = rest.partition("%")
    if value.expandable and percent and closing and variable.lower() == "userprofile":
        return head + profile + tail
    return value.text


def is_prefix(folder: Path) -> bool:
    """Whether ``folder`` holds what every Wine prefix holds."""
    return any((folder / name).exists() for name in ("system.reg", "drive_c", "dosdevices"))


def prefix_of(path: Path) -> Path | None:
    """The prefix that a host path lies in."""
    return next((folder for folder in path.parents if (folder / "drive_c").is_dir()), None)


def _target(link: Path) -> Path:
    """Where a drive leads, one step, not through further links: as Wine names it."""
    try:
        return Path(os.path.normpath(link.parent / link.readlink()))
    except OSError:
        return link


def accounts_of(prefix: Prefix) -> Iterator[Account]:
    """The profiles in a prefix; its one registry belongs to one of them."""
    own: Path | None = None
    try:
        mine = prefix.host_path(prefix.profile)
        roaming = prefix.host_path(prefix.folders.roaming)
        local = prefix.host_path(prefix.folders.local)
    except TargetError as error:
        remark = error.message
    else:
        own = mine
        remark = f"the registry of {prefix.name} belongs to {own.name}"
        yield Account(own.name, own, roaming, local, prefix, own=True)
    for profile in sorted(prefix.users()):
        if profile != own:
            data = entry(profile, "AppData") or profile / "AppData"
            yield Account(profile.name, profile, data / "Roaming", data / "Local", None, remark)
