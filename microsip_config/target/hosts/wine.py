"""A Wine prefix: its drives, its user's folders and its registry.

Everything is read from files, and of the registry of a running Wine, which writes its files late,
the keys that matter are asked of Wine itself.
"""

from __future__ import annotations

import ntpath
import os
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from ...errors import TargetError
from ...limits import REGISTRY_BYTES
from ...results import Target
from ...system import files
from ...system.current import system
from ...system.files import read_regular
from ..decision import REGISTRY_KEY
from ..paths import absolute, entry, resolved
from ..registry_file import RegistryFile, Value
from ..request import World
from . import wine_server
from .api import Folders, Registered, UserProfile

_PRODUCT_32 = "Software\\Wow6432Node\\MicroSIP"
_RUN = "Software\\Microsoft\\Windows\\CurrentVersion\\Run"
_EXPLORER = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
_PROFILES = "Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
_INSTALLER = "Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData"
_MOST_PRODUCTS = 5_000  # of MSI; a prefix has some dozen
_HOME_PREFIXES = (
    ".wine",
    ".local/share/wineprefixes/*",
    ".local/share/bottles/bottles/*",
    ".var/app/com.usebottles.bottles/data/bottles/bottles/*",
    ".PlayOnLinux/wineprefix/*",
    ".local/share/Steam/steamapps/compatdata/*/pfx",
    "Games/*",
)


class Prefix:
    """The prefix in the folder ``root``, as the user sees it that its registry belongs to."""

    def __init__(self, root: Path) -> None:
        if system.is_foreign(root):  # its registry and its links would lead root
            raise TargetError(
                f"the Wine prefix {root} is another user's, where root does not work by itself",
                hint="run this as that user",
                where=str(root),
                code="foreign-folder",
            )
        self.root = root

    @property
    def name(self) -> str:
        return f"the Wine prefix {self.root}"

    @property
    def exists(self) -> bool:
        """Whether the folder is a prefix."""
        return is_prefix(self.root)

    @cached_property
    def registered(self) -> Registered:
        wide = self._machine.text(REGISTRY_KEY)
        narrow = self._machine.text(_PRODUCT_32)
        if "#arch=win32" in self._machine.head:
            narrow = wide
        autostart = self._user.text(_RUN, "MicroSIP")
        return Registered(self._user.text(REGISTRY_KEY), wide, narrow, autostart)

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
        installed = (
            key
            for key in self._machine.keys_below(_INSTALLER)
            if key.endswith("\\installproperties")
        )
        return tuple(
            self._machine.text(key, "InstallLocation")
            for key in islice(installed, _MOST_PRODUCTS)
            if self._machine.text(key, "DisplayName").lower() == "microsip"
        )

    def running(self) -> tuple[str, ...]:
        """Always empty: windows can be seen only from inside Wine."""
        return ()

    def host_path(self, path: str) -> Path:
        drive, rest = ntpath.splitdrive(path)
        found = self._drives.get(drive.lower())
        if found is None:
            raise TargetError(
                f"{path} is not on a drive of {self.name}",
                hint=f"its drives are {', '.join(sorted(self._drives))}",
            )
        for part in filter(None, rest.replace("/", "\\").split("\\")):
            found = entry(found, part) or found / part
        return found

    def windows_path(self, host_path: Path) -> str:
        for path in (host_path, resolved(host_path)):
            roots = [
                (root, drive)
                for drive, target in self._drives.items()
                for root in (target, resolved(target))
                if path.is_relative_to(root)
            ]
            if roots:
                root, drive = max(roots, key=lambda item: len(item[0].parts))
                return "\\".join((drive.upper(), *path.relative_to(root).parts))
        return ""

    @cached_property
    def _drives(self) -> dict[str, Path]:
        """Drives by name ("c:") and their folders; the two usual ones if there are no links."""
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
        return self._read("user.reg", f"HKCU\\{REGISTRY_KEY}", f"HKCU\\{_RUN}")

    @cached_property
    def _machine(self) -> RegistryFile:
        keys = (REGISTRY_KEY, _PRODUCT_32, _INSTALLER)
        return self._read("system.reg", *(f"HKLM\\{key}" for key in keys))

    @cached_property
    def _server(self) -> int | None:
        return wine_server.server_of(self.root)

    def _read(self, name: str, *asked: str) -> RegistryFile:
        path = self.root / name
        try:
            data = read_regular(path, REGISTRY_BYTES)
            return RegistryFile(data if self._server is None else self._as_of_now(data, *asked))
        except FileNotFoundError:
            return RegistryFile(b"")
        except OSError as error:
            raise TargetError(
                f"cannot read the registry of {self.name}: {error.strerror}",
                hint="run this as the user that owns the prefix, or name the file with --ini",
                where=str(path),
                code="unreadable",
            ) from error

    def _as_of_now(self, data: bytes, *asked: str) -> bytes:
        """The content of a registry file, in front of which are the keys as Wine has them now."""
        assert self._server is not None
        now = wine_server.exported(self.root, self._server, asked, self.windows_path)
        if now is None:
            raise TargetError(
                f"{self.name} is in use, and Wine could not be asked for its registry",
                hint="end its programs, or name the file with --ini",
                where=str(self.root),
                code="unreadable",
            )
        head, _, rest = data.partition(b"\n[")
        return b"\n".join((head, now, b"[" + rest if rest else b""))


def expanded(value: Value, profile: str) -> str:
    """A shell folder with %USERPROFILE% filled in."""
    head, percent, rest = value.text.partition("%")
    variable, closing, tail = rest.partition("%")
    if value.expandable and percent and closing and variable.lower() == "userprofile":
        return head + profile + tail
    return value.text


def is_prefix(folder: Path) -> bool:
    """Whether ``folder`` contains what every Wine prefix contains."""
    names = ("system.reg", "drive_c", "dosdevices")
    return any(os.path.exists(folder / name) for name in names)  # noqa: PTH110 - pathlib's raises


def prefix_of(path: Path) -> Path | None:
    """The prefix that a host path is in; None if it is not in one."""
    return next((folder for folder in path.parents if files.is_folder(folder / "drive_c")), None)


def _target(link: Path) -> Path:
    """The folder that a drive's link names, without following further links, as Wine does."""
    try:
        return Path(os.path.normpath(link.parent / link.readlink()))
    except OSError:
        return link


def host_for(
    world: World, wine_prefix: str | Path | None = None, path: Path | None = None
) -> Prefix:
    """The prefix given, else the one around ``path``, else the usual one.

    Without a ``path`` it must exist; with one, a missing prefix counts as one whose registry is
    empty.
    """
    around = prefix_of(path) if path else None
    source = "--wine-prefix"
    if wine_prefix:
        root = absolute(wine_prefix)
    elif around:
        root = around
    else:
        root, source = usual_prefix(world)
    prefix = Prefix(root)
    if not prefix.exists and (wine_prefix or not path):
        raise TargetError(
            f"{root} is not a Wine prefix ({source})",
            hint="name the prefix with --wine-prefix DIR, or the file with --ini PATH",
            where=str(root),
        )
    return prefix


def host_around(_world: World, path: Path) -> Prefix | None:
    """The prefix that a path is in; None if it is not in one."""
    root = prefix_of(path)
    return Prefix(root) if root else None


def usual_prefix(world: World) -> tuple[Path, str]:
    """The prefix that Wine itself would use, and where that is set."""
    given = world.environ.get("WINEPREFIX", "")
    if given:
        return absolute(given), "from the variable WINEPREFIX"
    return Path(world.home) / ".wine", "Wine's default"


def prefix_of_phone(target: Target, world: World) -> str:
    """The prefix that a phone is started in: its own, else that of its ini, else the usual one."""
    around = prefix_of(Path(target.exe)) or prefix_of(Path(target.ini))
    return str(around or usual_prefix(world)[0])


def owner_of(target: Target, _world: World) -> str | None:
    """See ``resolve.owner_of``."""
    ini = Path(target.ini)
    return system.other_owner((prefix_of(ini), ini, ini.parent))


def wine_prefixes(world: World) -> list[Path]:
    """The Wine prefixes of this user: Wine's own choice first, then those of other tools."""
    home = Path(world.home)
    given = world.environ.get("WINEPREFIX", "")
    candidates = [absolute(given)] if given else []
    for pattern in _HOME_PREFIXES:
        candidates += sorted(home.glob(pattern))
    found: dict[Path, Path] = {}
    for folder in candidates:
        if is_prefix(folder):
            found.setdefault(resolved(folder), folder)
    return list(found.values())


def user_profiles(world: World) -> Iterator[UserProfile]:
    """The profiles in all of this user's prefixes."""
    for root in wine_prefixes(world):
        yield from profiles_in(Prefix(root))


def profiles_in(prefix: Prefix) -> Iterator[UserProfile]:
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
        yield UserProfile(own.name, own, roaming, local, prefix, own=True)
    for profile in sorted(prefix.users()):
        if profile != own:
            data = entry(profile, "AppData") or profile / "AppData"
            yield UserProfile(profile.name, profile, data / "Roaming", data / "Local", None, remark)
