"""Every configuration of the machine: all user profiles, and portable copies in usual places."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import TargetError
from ..system.links import refuse_links
from .host import Account, Host
from .places import absolute, entry
from .request import World

_HOME_PREFIXES = (
    ".wine",
    ".local/share/wineprefixes/*",
    ".local/share/bottles/bottles/*",
    ".var/app/com.usebottles.bottles/data/bottles/bottles/*",
    ".PlayOnLinux/wineprefix/*",
    ".local/share/Steam/steamapps/compatdata/*/pfx",
    "Games/*",
)
_PERSONAL_PLACES = ("Desktop", "Downloads", "Documents")


class Place(NamedTuple):
    """A configuration, or a profile without one.

    ``mode`` is "installed" or "portable" when ``exe`` reads the file, "unused" when no phone
    that was found does, "none" for a profile without a configuration (``ini`` is where an
    installed phone would make it). ``problem`` says why the file cannot be read, or "".
    """

    ini: str
    exe: str
    mode: str
    user: str
    decided_by: str
    readable: bool
    problem: str = ""


def every(world: World) -> list[Place]:
    """The configurations of all profiles that can be seen, in a stable order.

    Never fails because of one profile: what cannot be read is reported in ``problem``. Links in
    other users' profiles are reported and not followed. On Windows the profiles are those of the
    machine, elsewhere those of this user's Wine prefixes.
    """
    found: dict[str, Place] = {}
    for account in _accounts(world):
        try:
            places = list(places_of(account))
        except (TargetError, OSError) as error:
            problem = error.message if isinstance(error, TargetError) else str(error)
            places = [_nothing(account, problem)]
        for place in places or [_nothing(account)]:
            key = os.path.normcase(place.ini or place.exe)
            # A copy for all users shows up in each profile: the first one that uses it counts.
            if key not in found or (found[key].mode == "unused" and place.mode != "unused"):
                found[key] = place
    return list(found.values())


def _accounts(world: World) -> Iterator[Account]:
    if sys.platform == "win32" and world.platform == "win32":
        from .hosts.windows import accounts

        yield from accounts(world)
        return
    from .hosts.wine import Prefix, accounts_of

    for root in wine_prefixes(world):
        yield from accounts_of(Prefix(root))


def wine_prefixes(world: World) -> list[Path]:
    """The Wine prefixes of this user: Wine's own choice first, then where managers make them."""
    from .hosts.wine import is_prefix

    home = Path(world.home)
    given = world.environ.get("WINEPREFIX", "")
    candidates = [absolute(given)] if given else []
    for pattern in _HOME_PREFIXES:
        candidates += sorted(home.glob(pattern))
    found: dict[Path, Path] = {}
    for folder in candidates:
        if is_prefix(folder):
            found.setdefault(folder.resolve(), folder)
    return list(found.values())


def places_of(account: Account) -> Iterator[Place]:
    """The configurations of one profile; a file is named once."""
    seen: set[str] = set()
    for place in (*_read_by_phones(account), *_in_app_data(account), *_portable_copies(account)):
        key = os.path.normcase(place.ini or place.exe)
        if key not in seen:
            seen.add(key)
            yield place


def _read_by_phones(account: Account) -> Iterator[Place]:
    """What the phones read that the user's registry and the usual folders lead to."""
    if account.host is None:
        return
    from .search import explained, known_phones

    for exe in known_phones(account.host):
        try:
            target = explained(account.host, exe).target
        except TargetError as error:
            yield Place("", exe, "unused", account.user, "", False, error.message)
            continue
        yield _place(account, Path(target.ini), target.exe, target.mode, target.decided_by)


def _in_app_data(account: Account) -> Iterator[Place]:
    """Files in the folders of installed phones that none of the phones found reads."""
    for parent in (account.roaming, account.local):
        folder = parent / "MicroSIP"
        for ini in _inis(account, folder):
            reason = account.remark or "no phone was found that reads it"
            yield _place(account, ini, "", "unused", reason)


def _portable_copies(account: Account) -> Iterator[Place]:
    """Folders with a phone and its ini on the desktop, among downloads and documents."""
    for name in _PERSONAL_PLACES:
        parent = account.profile / name
        for folder in (parent, *_subfolders(account, parent)):
            for ini in _inis(account, folder):
                twin = entry(folder, f"{ini.stem}.exe")
                if not twin or "microsip" not in f"{folder.name}/{ini.stem}".lower():
                    continue
                mode, reason = _reading_of(account.host, twin, ini)
                yield _place(account, ini, str(twin), mode, reason)


def _reading_of(host: Host | None, exe: Path, ini: Path) -> tuple[str, str]:
    """Whether the executable beside an ini reads it, and why."""
    from .search import by_exe

    if host is None:
        return "portable", "it lies beside its executable; the user's registry cannot be read"
    target = by_exe(host, exe).target
    if os.path.normcase(target.ini) == os.path.normcase(ini):
        return target.mode, target.decided_by
    return "unused", f"its executable reads {target.ini}"


def _place(account: Account, ini: Path, exe: str, mode: str, reason: str) -> Place:
    problem = _problem(account, ini)
    if not problem and not ini.exists():
        return Place(str(ini), exe, mode, account.user, reason, False, "not there yet")
    return Place(str(ini), exe, mode, account.user, reason, not problem, problem)


def _nothing(account: Account, problem: str = "") -> Place:
    ini = account.roaming / "MicroSIP" / "MicroSIP.ini"
    return Place(str(ini), "", "none", account.user, account.remark, False, problem)


def _problem(account: Account, path: Path) -> str:
    """Why a file is not to be read, "" when it can be."""
    try:
        _refuse_foreign_links(account, path)
        if path.exists():
            with path.open("rb") as file:
                file.read(1)
    except TargetError as error:
        return error.message
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def _refuse_foreign_links(account: Account, path: Path) -> None:
    """Raise ``TargetError`` when another user could lead us elsewhere by this path."""
    if account.own:
        return
    if str(path).startswith("\\\\"):
        raise TargetError(f"{path} is on a share, which is not contacted for another user")
    bases = (account.profile, account.roaming, account.local, Path(path.anchor))
    refuse_links(path, next(base for base in bases if path.is_relative_to(base)))


def _inis(account: Account, folder: Path) -> list[Path]:
    return [item for item in _items(account, folder) if item.suffix.lower() == ".ini"]


def _subfolders(account: Account, folder: Path) -> Iterable[Path]:
    names = (item for item in _items(account, folder) if "microsip" in item.name.lower())
    return [item for item in names if item.is_dir()]


def _items(account: Account, folder: Path) -> list[Path]:
    """The entries of a folder; none when it is missing, an error when it may not be read."""
    try:
        _refuse_foreign_links(account, folder)
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise TargetError(f"cannot read {folder}: {error.strerror}", code="unreadable") from error
