"""A Wine prefix: its drives, its user's folders and what its registry files say.

Read from the files alone; Wine itself is not started. See ``registry_file`` for the delay with
which a running Wine writes them.
"""

from __future__ import annotations

import ntpath
import os
from functools import cached_property

from ..errors import TargetError
from .host import Folders, Registered
from .registry_file import RegistryFile, Value

_PRODUCT = "Software\\MicroSIP"
_PRODUCT_32 = "Software\\Wow6432Node\\MicroSIP"
_RUN = "Software\\Microsoft\\Windows\\CurrentVersion\\Run"
_EXPLORER = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
_PROFILES = "Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
_INSTALLER = "Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData"


class Prefix:
    """The prefix in the folder ``root``, seen by the user that its registry belongs to."""

    def __init__(self, root: str) -> None:
        self.root = os.path.abspath(root)

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
        return Registered(
            self._user.text(_PRODUCT), wide, narrow, self._user.text(_RUN, "MicroSIP")
        )

    @cached_property
    def folders(self) -> Folders:
        return Folders(
            self._shell_folder("AppData", "AppData\\Roaming"),
            self._shell_folder("Local AppData", "AppData\\Local"),
            ("C:\\Program Files", "C:\\Program Files (x86)"),
        )

    @cached_property
    def profile(self) -> str:
        """The user's profile folder, as in ``C:\\users\\name``."""
        sid = self._user.head.partition("REGISTRY\\\\User\\\\")[2].split("\n", 1)[0].strip()
        path = self._machine.value(f"{_PROFILES}\\{sid}", "ProfileImagePath") if sid else None
        if path:
            return self._expanded(path, "C:\\users")
        users = self.users()
        return f"C:\\users\\{users[0] if len(users) == 1 else os.path.basename(self._owner())}"

    def users(self) -> list[str]:
        """The names of the profile folders, without the public one."""
        try:
            names = os.listdir(self.host_path("C:\\users"))
        except OSError:
            return []
        return sorted(name for name in names if name.lower() != "public")

    def msi_locations(self) -> tuple[str, ...]:
        found = []
        for key in self._machine.keys_below(_INSTALLER):
            if not key.endswith("\\installproperties"):
                continue
            if self._machine.text(key, "DisplayName").lower() == "microsip":
                found.append(self._machine.text(key, "InstallLocation"))
        return tuple(found)

    def running(self) -> tuple[str, ...]:
        """None: windows are seen from inside Wine only."""
        return ()

    def host_path(self, path: str) -> str:
        drive, rest = ntpath.splitdrive(path)
        if len(drive) != 2 or not drive.endswith(":"):
            raise TargetError(
                f"{path} is not on a drive of {self.name}",
                hint="only paths that begin with a drive letter can be followed outside Wine",
            )
        link = os.path.join(self.root, "dosdevices", drive.lower())
        if drive.lower() == "c:" and not os.path.lexists(link):
            base = os.path.join(self.root, "drive_c")
        else:
            base = self._link_target(link)
        for part in filter(None, rest.replace("/", "\\").split("\\")):
            base = _child(base, part)
        return base

    def windows_path(self, host_path: str) -> str:
        literal = os.path.abspath(host_path)
        for path in (literal, os.path.realpath(literal)):
            best, best_root = "", ""
            for drive, target in self._drives():
                for root in {target, os.path.realpath(target)}:
                    inside = path == root or path.startswith(root.rstrip("/") + "/")
                    if inside and len(root) > len(best_root):
                        rest = path[len(root.rstrip("/")) :].replace("/", "\\")
                        best, best_root = f"{drive.upper()}{rest}", root
            if best:
                return best
        return ""

    def _drives(self) -> list[tuple[str, str]]:
        folder = os.path.join(self.root, "dosdevices")
        try:
            names = sorted(name for name in os.listdir(folder) if len(name) == 2 and name[1] == ":")
        except OSError:
            names = []
        drives = [(name, self._link_target(os.path.join(folder, name))) for name in names]
        return drives or [("c:", os.path.join(self.root, "drive_c"))]

    def _link_target(self, link: str) -> str:
        try:
            target = os.readlink(link)
        except OSError:
            return link
        return os.path.normpath(os.path.join(os.path.dirname(link), target))

    def _shell_folder(self, name: str, usual: str) -> str:
        for key in ("User Shell Folders", "Shell Folders"):
            if value := self._user.value(f"{_EXPLORER}\\{key}", name):
                return self._expanded(value, self.profile).rstrip("\\")
        return f"{self.profile}\\{usual}"

    def _expanded(self, value: Value, profile: str) -> str:
        head, percent, rest = value.text.partition("%")
        variable, closing, tail = rest.partition("%")
        if value.expandable and percent and closing and variable.lower() == "userprofile":
            return head + profile + tail
        return value.text

    def _owner(self) -> str:
        """The folder of the newest profile: all a damaged registry leaves to go by."""
        users = [self.host_path(f"C:\\users\\{name}") for name in self.users()]
        return max(users, key=lambda path: os.stat(path).st_mtime, default="user")

    @cached_property
    def _user(self) -> RegistryFile:
        return self._read("user.reg")

    @cached_property
    def _machine(self) -> RegistryFile:
        return self._read("system.reg")

    def _read(self, name: str) -> RegistryFile:
        path = os.path.join(self.root, name)
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                return RegistryFile(file.read())
        except FileNotFoundError:
            return RegistryFile("")
        except OSError as error:
            raise TargetError(
                f"cannot read the registry of {self.name}: {error.strerror}",
                hint="run as the user that owns the prefix, or give the file with --ini",
                where=path,
                code="unreadable",
            ) from error


def is_prefix(folder: str) -> bool:
    """Whether ``folder`` holds what every Wine prefix holds."""
    return any(
        os.path.exists(os.path.join(folder, name)) for name in ("system.reg", "drive_c", "dosdevices")
    )


def prefix_of(path: str) -> str:
    """The prefix that a host path lies in, "" when it lies in none."""
    folder = os.path.abspath(path)
    while (parent := os.path.dirname(folder)) != folder:
        folder = parent
        if os.path.isdir(os.path.join(folder, "drive_c")) and is_prefix(folder):
            return folder
    return ""


def _child(folder: str, name: str) -> str:
    """The entry of a folder by its name in any case; the name as given when there is none."""
    exact = os.path.join(folder, name)
    if os.path.lexists(exact):
        return exact
    try:
        names = os.listdir(folder)
    except OSError:
        return exact
    folded = name.lower()
    return next((os.path.join(folder, entry) for entry in names if entry.lower() == folded), exact)
