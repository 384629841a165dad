"""Every configuration on the machine: all user profiles, and portable copies in usual folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import TargetError
from ..system.files import open_regular
from ..system.links import refuse_links
from .hosts.api import Host, UserProfile
from .hosts.current import user_profiles
from .paths import entry
from .request import World
from .search import by_exe, explained, known_phones

_PERSONAL_FOLDERS = ("Desktop", "Downloads", "Documents")


class Configuration(NamedTuple):
    """A configuration, or a profile without one.

    ``mode`` is "installed" or "portable" if ``exe`` reads the file, "unused" if no phone that was
    found does, "none" for a profile without a configuration (``ini`` is where an installed phone
    would create it). ``problem`` says why the file cannot be read, or is "".
    """

    ini: str
    exe: str
    mode: str
    user: str
    decided_by: str
    readable: bool
    problem: str = ""


def every(world: World) -> list[Configuration]:
    """The configurations of all profiles that this user can see, in a stable order.

    One profile never makes the others fail: what cannot be read is reported in ``problem``. Links
    in other users' profiles are reported and not followed. On Windows the profiles are those of
    the machine, elsewhere those of this user's Wine prefixes.
    """
    found: dict[str, Configuration] = {}
    for profile in user_profiles(world):
        try:
            seen = list(configurations_of(profile))
        except (TargetError, OSError) as error:
            problem = error.message if isinstance(error, TargetError) else str(error)
            seen = [_nothing(profile, problem)]
        for each in seen or [_nothing(profile)]:
            key = os.path.normcase(each.ini or each.exe)
            # A copy for all users is found for each profile: the first one that uses it counts.
            if key not in found or (found[key].mode == "unused" and each.mode != "unused"):
                found[key] = each
    return list(found.values())


def configurations_of(profile: UserProfile) -> Iterator[Configuration]:
    """The configurations of one profile; a file is named once."""
    seen: set[str] = set()
    for each in (*_read_by_phones(profile), *_in_app_data(profile), *_portable_copies(profile)):
        key = os.path.normcase(each.ini or each.exe)
        if key not in seen:
            seen.add(key)
            yield each


def _read_by_phones(profile: UserProfile) -> Iterator[Configuration]:
    """What is read by the phones found through the user's registry and in the usual folders."""
    if profile.host is None:
        return
    for exe in known_phones(profile.host):
        try:
            target = explained(profile.host, exe).target
        except TargetError as error:
            yield Configuration("", exe, "unused", profile.user, "", False, error.message)
            continue
        yield _configuration(profile, Path(target.ini), target.exe, target.mode, target.decided_by)


def _in_app_data(profile: UserProfile) -> Iterator[Configuration]:
    """Files in the folders of installed phones; those that a phone reads were found before."""
    for parent in (profile.roaming, profile.local):
        folder = parent / "MicroSIP"
        for ini in _inis(profile, folder):
            reason = profile.remark or "none of the phones found reads it"
            yield _configuration(profile, ini, "", "unused", reason)


def _portable_copies(profile: UserProfile) -> Iterator[Configuration]:
    """Folders with a phone and its ini on the desktop, in the downloads and documents."""
    for name in _PERSONAL_FOLDERS:
        parent = profile.folder / name
        for folder in (parent, *_subfolders(profile, parent)):
            for ini in _inis(profile, folder):
                twin = entry(folder, f"{ini.stem}.exe")
                if not twin or "microsip" not in f"{folder.name}/{ini.stem}".lower():
                    continue
                mode, reason = _reading_of(profile.host, twin, ini)
                yield _configuration(profile, ini, str(twin), mode, reason)


def _reading_of(host: Host | None, exe: Path, ini: Path) -> tuple[str, str]:
    """Whether the executable in the same folder reads an ini, and why."""
    if host is None:
        return (
            "portable",
            "it is in the folder of its executable; the user's registry cannot be read",
        )
    target = by_exe(host, exe).target
    if os.path.normcase(target.ini) == os.path.normcase(ini):
        return target.mode, target.decided_by
    return "unused", f"its executable reads {target.ini}"


def _configuration(
    profile: UserProfile, ini: Path, exe: str, mode: str, reason: str
) -> Configuration:
    problem = _problem(profile, ini)
    if not problem and not ini.exists():
        return Configuration(str(ini), exe, mode, profile.user, reason, False, "does not exist yet")
    return Configuration(str(ini), exe, mode, profile.user, reason, not problem, problem)


def _nothing(profile: UserProfile, problem: str = "") -> Configuration:
    ini = profile.roaming / "MicroSIP" / "MicroSIP.ini"
    return Configuration(str(ini), "", "none", profile.user, profile.remark, False, problem)


def _problem(profile: UserProfile, path: Path) -> str:
    """Why a file cannot be read, "" if it can."""
    try:
        _refuse_foreign_links(profile, path)
        if path.exists():
            open_regular(path).close()
    except TargetError as error:
        return error.message
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def _refuse_foreign_links(profile: UserProfile, path: Path) -> None:
    """Raise ``TargetError`` if another user's links could lead this path elsewhere."""
    if profile.own:
        return
    if str(path).startswith("\\\\"):
        raise TargetError(f"{path} is on a network share, which is not accessed for another user")
    bases = (profile.folder, profile.roaming, profile.local, Path(path.anchor))
    refuse_links(path, next(base for base in bases if path.is_relative_to(base)))


def _inis(profile: UserProfile, folder: Path) -> list[Path]:
    return [item for item in _items(profile, folder) if item.suffix.lower() == ".ini"]


def _subfolders(profile: UserProfile, folder: Path) -> Iterable[Path]:
    names = (item for item in _items(profile, folder) if "microsip" in item.name.lower())
    return [item for item in names if item.is_dir()]


def _items(profile: UserProfile, folder: Path) -> list[Path]:
    """The entries of a folder, none if it is missing; ``TargetError`` if it cannot be read."""
    try:
        _refuse_foreign_links(profile, folder)
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise TargetError(f"cannot read {folder}: {error.strerror}", code="unreadable") from error
