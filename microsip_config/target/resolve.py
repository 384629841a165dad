"""From the target options to the one ini that a verb works on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import TargetError, UsageError
from ..results import Target
from .places import absolute, entry, same_path
from .request import Found, TargetRequest, World

if TYPE_CHECKING:
    from .host import Host


def resolve(request: TargetRequest, world: World) -> Target:
    """The configuration that ``request`` means; paths are absolute host paths.

    Raises ``UsageError`` for options that do not fit together and ``TargetError`` when nothing
    is found, several are found, or the ini is missing and ``create`` is off.
    """
    return find(request, world).target


def find(request: TargetRequest, world: World) -> Found:
    """``resolve`` with the notes on how it was decided. Raises the same errors."""
    _check_options(request, world)
    try:
        return _find(request, world)
    except OSError as error:
        raise TargetError(
            f"the search for the ini failed: {error.strerror or error}",
            hint="check the disk and the rights on the way to it, or name it with --ini PATH",
            where=str(error.filename or ""),
            code="unreadable",
        ) from error


def _find(request: TargetRequest, world: World) -> Found:
    if request.ini:
        found = _given(absolute(request.ini), request, world)
    elif request.portable:
        found = _portable(absolute(request.portable), world)
    else:
        from .search import by_default, by_exe

        if request.exe:
            exe = _existing(request.exe)
            found = by_exe(host_for(world, request.wine_prefix, exe), exe)
        else:
            found = by_default(host_for(world, request.wine_prefix), create=request.create)
    return _checked(found, request.create)


def host_for(world: World, wine_prefix: str | Path | None = None, path: Path | None = None) -> Host:
    """The system to ask: this Windows, or the Wine prefix given, around ``path`` or usual.

    The usual prefix is ``$WINEPREFIX``, else ``~/.wine``. Without a ``path`` it must exist;
    with one, a missing prefix counts as one whose registry is empty.
    """
    if sys.platform == "win32" and world.platform == "win32":
        from .hosts.windows import Windows

        return Windows(world)
    from .hosts.wine import Prefix, prefix_of

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
            f"no Wine prefix in {root} ({source})",
            hint="name one with --wine-prefix DIR, or the file itself with --ini PATH",
            where=str(root),
        )
    return prefix


def usual_prefix(world: World) -> tuple[Path, str]:
    """The prefix that Wine itself would use, and what says so."""
    given = world.environ.get("WINEPREFIX", "")
    if given:
        return absolute(given), "the variable WINEPREFIX"
    return Path(world.home) / ".wine", "where Wine has it by default"


def owner_of(target: Target, world: World) -> str | None:
    """The other user in whose profile or prefix the file of ``target`` lies.

    "" when it is not known who that is; None when it is ours, or nobody's in particular. On Windows
    a security identifier, elsewhere a name.
    """
    ini = Path(target.ini)
    if sys.platform == "win32":
        from .hosts.windows import owner_of as owner_on_windows

        # What our own registry leads to is ours, wherever our folders are redirected to.
        return None if target.mode == "installed" else owner_on_windows(world, ini)
    else:  # noqa: RET505 - mypy reads the platform from it
        from ..system.posix.users import other_owner
        from .hosts.wine import prefix_of

        return other_owner((prefix_of(ini), ini, ini.parent))


def _check_options(request: TargetRequest, world: World) -> None:
    options = {
        "--ini": request.ini,
        "--exe": request.exe,
        "--portable": request.portable,
        "--wine-prefix": request.wine_prefix,
    }
    given = [option for option, value in options.items() if value]
    if len(given) > 1 and given not in (["--ini", "--exe"], ["--exe", "--wine-prefix"]):
        raise UsageError(
            f"{' and '.join(given)} do not fit together",
            hint="give one of them; --exe may go with --ini or with --wine-prefix",
        )
    if request.wine_prefix and world.platform == "win32":
        raise UsageError(
            "--wine-prefix is for systems that run MicroSIP under Wine, not for Windows",
            hint="leave it out, or name the phone with --exe PATH",
        )


def _given(ini: Path, request: TargetRequest, world: World) -> Found:
    if request.exe:
        exe = _existing(request.exe)
        reason = "--ini names the file, --exe the phone"
        return Found(Target(str(ini), str(exe), "given", reason))
    twin = entry(ini.parent, f"{ini.stem}.exe")
    phone = str(twin) if twin else ""
    if not twin and ini.parent.name.lower() == "microsip":
        phone = _reader_of(ini, world)
    return Found(Target(str(ini), phone, "given", "--ini names the file"))


def _reader_of(ini: Path, world: World) -> str:
    """The executable that reads this ini, "" when none is found.

    Without it a phone that runs on a file in AppData would not be noticed.
    """
    if world.platform != "win32":
        from .hosts.wine import prefix_of

        if not prefix_of(ini):
            return ""
    from .search import reader_of

    try:
        return reader_of(_host_around(world, ini), ini)
    except TargetError:
        return ""


def _host_around(world: World, ini: Path) -> Host:
    """The Windows that the ini belongs to, as the user sees it in whose profile it lies."""
    if sys.platform == "win32" and world.platform == "win32":
        from .hosts.windows import host_around

        return host_around(world, ini)
    return host_for(world, path=ini)


def _portable(folder: Path, world: World) -> Found:
    from .search import by_exe, exe_of_folder

    if not folder.is_dir():
        raise TargetError(
            f"there is no folder {folder}", hint="--portable takes the folder of the phone"
        )
    exe = exe_of_folder(folder)
    name = f"{exe.stem}.ini" if exe else "MicroSIP.ini"
    ini = entry(folder, name) or folder / name
    if not exe:
        reason = "--portable names the folder; no phone is in it"
        return Found(Target(str(ini), "", "portable", reason))
    target = Target(str(ini), str(exe), "portable", f"--portable names the folder of {exe.name}")
    try:
        actual = by_exe(host_for(world, path=exe), exe)
    except TargetError as error:
        return Found(target, (f"not known where this phone itself reads: {error.message}",))
    if same_path(Path(actual.target.ini), ini):
        return Found(target, actual.notes, actual.otherwise)
    reason = actual.target.decided_by
    note = f"this phone itself reads {actual.target.ini}, not {ini}: {reason}"
    return Found(target, (note,), actual.otherwise)


def _checked(found: Found, create: bool) -> Found:
    """The same, unless its ini cannot be worked on."""
    target = found.target
    ini = Path(target.ini)
    if ini.is_file():
        return found
    if ini.exists():
        raise TargetError(f"{ini} is not a file", hint="name the ini itself", where=str(ini))
    if not create:
        reason = "" if target.mode == "given" else f" ({target.decided_by})"
        raise TargetError(
            f"there is no {ini}{reason}",
            hint="start the phone once, or make the file with --create" + _elsewhere(ini.parent),
            where=str(ini),
        )
    # An installed phone makes its AppData folder at its first start, so that one may be missing.
    needed = ini.parent.parent if target.mode == "installed" else ini.parent
    if not needed.is_dir():
        raise TargetError(
            f"there is no folder {needed}",
            hint="--create makes the file, not the folders above it",
            where=str(ini),
        )
    return found


def _elsewhere(folder: Path) -> str:
    """A remark on other files that the folder holds."""
    try:
        names = sorted(item.name for item in folder.iterdir() if item.suffix.lower() == ".ini")
    except OSError:
        return "; its folder is not there either"
    return f"; the folder holds {', '.join(names[:5])}" if names else ""


def _existing(exe: str | Path) -> Path:
    path = absolute(exe)
    if not path.is_file():
        raise TargetError(
            f"there is no executable {path}",
            hint="--exe takes the path of the phone's program file, such as MicroSIP.exe",
            where=str(path),
        )
    return path
