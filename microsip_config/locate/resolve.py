"""From the target options to the one ini that a verb works on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ..errors import TargetError, UsageError
from ..results import Target
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
    if request.ini:
        found = _given(request, world)
    elif request.portable:
        found = _portable(request, world)
    else:
        from .search import by_default, by_exe

        if request.exe:
            exe = os.path.abspath(request.exe)
            _need_exe(exe)
            found = by_exe(host_for(world, request.wine_prefix, exe), exe)
        else:
            found = by_default(host_for(world, request.wine_prefix, ""), create=request.create)
    return _checked(found, request.create)


def host_for(world: World, wine_prefix: str, path: str) -> Host:
    """The system to ask: this Windows, or the Wine prefix given, around ``path`` or usual.

    The usual prefix is ``$WINEPREFIX``, else ``~/.wine``. A prefix that was named must exist.
    """
    if world.platform == "win32":
        assert sys.platform == "win32"
        from .windows import Windows

        return Windows(world)
    from .wine import Prefix, prefix_of

    root = wine_prefix or prefix_of(path)
    named = "--wine-prefix" if wine_prefix else ""
    if not root:
        root, named = usual_prefix(world)
    prefix = Prefix(root)
    if not prefix.exists and not path:
        source = named or "the usual place"
        raise TargetError(
            f"no Wine prefix in {prefix.root} ({source})",
            hint="name one with --wine-prefix DIR, or the file itself with --ini PATH",
            where=prefix.root,
        )
    return prefix


def usual_prefix(world: World) -> tuple[str, str]:
    """The prefix that Wine itself would use, and the name of the variable that says so."""
    given = world.environ.get("WINEPREFIX", "")
    return (given, "WINEPREFIX") if given else (os.path.join(world.home, ".wine"), "")


def _check_options(request: TargetRequest, world: World) -> None:
    given = [
        option
        for option, value in (
            ("--ini", request.ini),
            ("--exe", request.exe),
            ("--portable", request.portable),
            ("--wine-prefix", request.wine_prefix),
        )
        if value
    ]
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


def _given(request: TargetRequest, world: World) -> Found:
    ini = os.path.abspath(request.ini)
    if request.exe:
        exe = os.path.abspath(request.exe)
        _need_exe(exe)
        return Found(Target(ini, exe, "given", "--ini names the file, --exe the phone"))
    folder = os.path.dirname(ini)
    stem = os.path.splitext(os.path.basename(ini))[0]
    exe = _entry(folder, f"{stem}.exe")
    if not exe and os.path.basename(folder).lower() == "microsip":
        exe = _reader_of(ini, world)
    return Found(Target(ini, exe, "given", "--ini names the file"))


def _reader_of(ini: str, world: World) -> str:
    """The executable that a search would have found for this ini, "" when there is none.

    Without it a phone that runs on a file in AppData would not be noticed.
    """
    from .search import by_default

    if world.platform != "win32":
        from .wine import prefix_of

        if not prefix_of(ini):
            return ""
    try:
        target = by_default(host_for(world, "", ini), create=True).target
    except TargetError:
        return ""
    same = os.path.normcase(os.path.realpath(target.ini)) == os.path.normcase(os.path.realpath(ini))
    return target.exe if same else ""


def _portable(request: TargetRequest, world: World) -> Found:
    from .search import by_exe, exe_of_folder

    folder = os.path.abspath(request.portable)
    if not os.path.isdir(folder):
        raise TargetError(
            f"no such folder: {folder}", hint="--portable takes the folder of the phone"
        )
    exe = exe_of_folder(folder)
    if not exe:
        ini = _entry(folder, "MicroSIP.ini") or os.path.join(folder, "MicroSIP.ini")
        return Found(Target(ini, "", "portable", "--portable names the folder, no phone is in it"))
    stem = os.path.splitext(os.path.basename(exe))[0]
    ini = _entry(folder, f"{stem}.ini") or os.path.join(folder, f"{stem}.ini")
    target = Target(ini, exe, "portable", f"--portable names the folder of {exe}")
    actual = by_exe(host_for(world, "", exe), exe)
    if actual.target.mode == "portable":
        return Found(target, actual.notes, actual.otherwise)
    reason = actual.target.decided_by
    note = f"this phone itself reads {actual.target.ini}, not {ini}: {reason}"
    return Found(target, (note,), actual.otherwise)


def _checked(found: Found, create: bool) -> Found:
    """The same, unless its ini cannot be worked on."""
    ini = found.target.ini
    if os.path.isfile(ini):
        return found
    if os.path.lexists(ini):
        raise TargetError(f"{ini} is not a file", hint="name the ini itself", where=ini)
    folder = os.path.dirname(ini)
    if not create:
        raise TargetError(
            f"there is no {ini}" + _because(found.target),
            hint="start the phone once, or make the file with --create" + _elsewhere(ini),
            where=ini,
        )
    # An installed phone makes its AppData folder at its first start, so that one may be missing.
    if not os.path.isdir(folder if found.target.mode != "installed" else os.path.dirname(folder)):
        raise TargetError(
            f"there is no folder {folder}", hint="--create makes the file, not folders", where=ini
        )
    return found


def _because(target: Target) -> str:
    return f" ({target.decided_by})" if target.mode != "given" else ""


def _elsewhere(ini: str) -> str:
    """A remark on other files that the folder holds."""
    try:
        names = [name for name in os.listdir(os.path.dirname(ini)) if name.lower().endswith(".ini")]
    except OSError:
        return "; its folder is not there either"
    return f"; the folder holds {', '.join(sorted(names)[:5])}" if names else ""


def _need_exe(exe: str) -> None:
    if not os.path.isfile(exe):
        raise TargetError(
            f"no such executable: {exe}",
            hint="--exe takes the path of the phone's program file, such as MicroSIP.exe",
        )


def _entry(folder: str, name: str) -> str:
    """The file of that name in any case, "" when there is none."""
    exact = os.path.join(folder, name)
    if os.path.isfile(exact):
        return exact
    try:
        names = os.listdir(folder)
    except OSError:
        return ""
    folded = name.lower()
    return next((os.path.join(folder, entry) for entry in names if entry.lower() == folded), "")
