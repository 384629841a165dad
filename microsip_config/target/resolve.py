"""From the target options to the one ini that a verb works on."""

from __future__ import annotations

from pathlib import Path

from ..errors import TargetError, UsageError
from ..results import Target
from ..system.current import system
from .paths import absolute, entry, same_path
from .request import Found, TargetRequest, World


def resolve(request: TargetRequest, world: World) -> Target:
    """The configuration that ``request`` means; paths are absolute host paths.

    Raises ``UsageError`` for options that cannot be combined and ``TargetError`` if nothing or
    more than one is found, or if the ini is missing and ``create`` is off.
    """
    return find(request, world).target


def find(request: TargetRequest, world: World) -> Found:
    """Like ``resolve``, with the notes on how it was decided. Raises the same errors."""
    _check_options(request, world)
    try:
        if system.may_become():
            _refuse_foreign(request)
        return _find(request, world)
    except OSError as error:
        raise TargetError(
            f"cannot look for the ini: {error.strerror or error}",
            hint="check the disk and the folders' permissions, or name the file with --ini PATH",
            where=str(error.filename or ""),
            code="unreadable",
        ) from error


def _refuse_foreign(request: TargetRequest) -> None:
    """Root does not even look at what is where another user could lead it away."""
    for path in (request.ini, request.exe, request.portable, request.wine_prefix):
        if path:
            system.secure_path(absolute(path) / "within")


def _find(request: TargetRequest, world: World) -> Found:
    if request.ini:
        found = _given(absolute(request.ini), request, world)
    elif request.portable:
        found = _portable(absolute(request.portable), world)
    else:
        found = _searched(request, world)
    return _checked(found, request.create)


def owner_of(target: Target, world: World) -> str | None:
    """The other user whose profile or prefix the file of ``target`` is in.

    "" if that user is not known; None if the file is this user's own, or not in any profile. A
    security identifier on Windows, a name elsewhere.
    """
    from .hosts import current

    return current.owner_of(target, world)


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
            f"{' and '.join(given)} cannot be used together",
            hint="give only one; --exe can be combined with --ini or --wine-prefix",
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


def _searched(request: TargetRequest, world: World) -> Found:
    from .hosts import current
    from .search import by_default, by_exe

    if request.exe:
        exe = _existing(request.exe)
        return by_exe(current.host_for(world, request.wine_prefix, exe), exe)
    return by_default(current.host_for(world, request.wine_prefix), create=request.create)


def _reader_of(ini: Path, world: World) -> str:
    """The executable that reads this ini, "" if none is found.

    Without it, a running phone that uses a file in AppData would not be noticed.
    """
    from .hosts import current
    from .search import reader_of

    try:
        host = current.host_around(world, ini)
        return reader_of(host, ini) if host else ""
    except TargetError:
        return ""


def _portable(folder: Path, world: World) -> Found:
    from .hosts import current
    from .search import by_exe, exe_of_folder

    if not folder.is_dir():
        raise TargetError(
            f"{folder} is not a folder", hint="--portable takes the folder that the phone is in"
        )
    exe = exe_of_folder(folder)
    name = f"{exe.stem}.ini" if exe else "MicroSIP.ini"
    ini = entry(folder, name) or folder / name
    if not exe:
        reason = "--portable names the folder, which contains no phone"
        return Found(Target(str(ini), "", "portable", reason))
    target = Target(str(ini), str(exe), "portable", f"--portable names the folder of {exe.name}")
    try:
        actual = by_exe(current.host_for(world, None, exe), exe)
    except TargetError as error:
        return Found(target, (f"cannot tell which ini this phone itself reads: {error.message}",))
    if same_path(Path(actual.target.ini), ini):
        return Found(target, actual.notes, actual.otherwise)
    reason = actual.target.decided_by
    note = f"this phone itself reads {actual.target.ini}, not {ini}: {reason}"
    return Found(target, (note,), actual.otherwise)


def _checked(found: Found, create: bool) -> Found:
    """``found`` itself; raises ``TargetError`` if its ini cannot be worked on."""
    target = found.target
    ini = Path(target.ini)
    if ini.is_file():
        return found
    if ini.exists():
        raise TargetError(f"{ini} is not a file", hint="name the ini file itself", where=str(ini))
    if not create:
        reason = "" if target.mode == "given" else f" ({target.decided_by})"
        raise TargetError(
            f"{ini} does not exist{reason}",
            hint="start the phone once, or let 'apply --create' or 'restore --create' make it"
            + _elsewhere(ini.parent),
            where=str(ini),
        )
    if target.mode == "given":  # its folders are made with it
        return found
    # An installed phone creates its AppData folder at its first start, so it may be missing.
    needed = ini.parent.parent if target.mode == "installed" else ini.parent
    if not needed.is_dir():
        raise TargetError(
            f"the folder {needed} does not exist",
            hint="name the file itself with --ini to have its folders made",
            where=str(ini),
        )
    return found


def _elsewhere(folder: Path) -> str:
    """A remark on the other ini files in the folder."""
    try:
        names = sorted(item.name for item in folder.iterdir() if item.suffix.lower() == ".ini")
    except OSError:
        return "; its folder does not exist either"
    return f"; the folder contains {', '.join(names[:5])}" if names else ""


def _existing(exe: str | Path) -> Path:
    path = absolute(exe)
    if not path.is_file():
        raise TargetError(
            f"the executable {path} does not exist",
            hint="--exe takes the path of the phone's program, such as MicroSIP.exe",
            where=str(path),
        )
    return path
