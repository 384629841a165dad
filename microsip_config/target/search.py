"""Which executable is meant, and which ini it reads, on any ``Host``."""

from __future__ import annotations

import ntpath
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..errors import TargetError
from ..results import Target
from .decision import Facts, decide, exe_folder, ini_paths
from .executable import file_version, word_size
from .hosts.api import Host
from .paths import same_path
from .request import Found


class _Candidate(NamedTuple):
    """An executable (Windows path) that exists, and the ini it reads."""

    exe: str
    found: Found


def by_exe(host: Host, exe: Path) -> Found:
    """The ini that the executable (a host path) reads, by MicroSIP's complete rule."""
    path = host.windows_path(exe)
    if not path:
        raise TargetError(
            f"{exe} is not on a drive of {host.name}",
            hint="name the prefix that it runs in with --wine-prefix, or its file with --ini",
        )
    return explained(host, path)


def by_default(host: Host, *, create: bool) -> Found:
    """The ini of this user's phone: the running one, else a registered one, else a usual folder's.

    Raises ``TargetError`` if one of these steps has several answers, or none has any.
    """
    for reason, executables in _steps(host):
        candidates = [_Candidate(exe, explained(host, exe)) for exe in executables]
        if candidates:
            return _with_reason(host, _the_one(candidates, reason), reason)
    return _without_exe(host, create=create)


def reader_of(host: Host, ini: Path) -> str:
    """The first executable of the search that reads this host file; "" if none does.

    Not necessarily the one that the search would choose: another phone may be running too.
    """
    for _, executables in _steps(host):
        for exe in executables:
            with suppress(TargetError):  # it is somewhere that this run does not look
                target = explained(host, exe).target
                if same_path(Path(target.ini), ini):
                    return target.exe
    return ""


def exe_of_folder(folder: Path) -> Path | None:
    """The phone in a host folder: MicroSIP.exe, else the one with an ini, else the only one.

    None if there is none; raises ``TargetError`` if that leaves several.
    """
    try:
        names = sorted(item.name for item in folder.iterdir())
    except OSError as error:
        raise TargetError(f"cannot read {folder}: {error.strerror}", code="unreadable") from error
    lower = {name.lower() for name in names}
    programs = [name for name in names if name.lower().endswith(".exe")]
    programs = [name for name in programs if name.lower() != "uninstall.exe"]
    usual = [name for name in programs if name.lower() == "microsip.exe"]
    with_ini = [name for name in programs if f"{name.lower()[:-4]}.ini" in lower]
    for group in (usual, with_ini, programs if "microsip.ini" not in lower else []):
        if len(group) == 1:
            return folder / group[0]
        if group:
            raise TargetError(
                f"several phones in {folder}: {', '.join(group)}",
                hint="say which one with --exe PATH",
                code="ambiguous-target",
            )
    return None


def usual_folders(host: Host) -> list[str]:
    """Where installers put MicroSIP: for this user, and for all users."""
    local = host.folders.local
    parents = (local, f"{local}\\Programs", *host.folders.programs)
    return [f"{parent}\\MicroSIP" for parent in parents]


def autostart_exe(command: str) -> str:
    """The program of an autostart command line, which quotes it if it contains spaces."""
    command = command.strip()
    if command.startswith('"'):
        return command[1:].partition('"')[0]
    return command.partition(" /")[0].strip()


def gather(host: Host, exe: str) -> Facts:
    """Everything the rule may need about ``exe`` except what is slow to get: MSI and version."""
    registered, folders = host.registered, host.folders
    paths = ini_paths(exe, folders.roaming, folders.local)
    texts = {registered.hkcu, registered.hklm, registered.hklm32} - {""}
    return Facts(
        exe,
        folders.roaming,
        folders.local,
        registered.hkcu,
        registered.hklm,
        registered.hklm32,
        bits=word_size(host.host_path(exe)) if registered.hklm != registered.hklm32 else 0,
        present=frozenset(path for path in paths if _is_file(host, path)),
        aliases=frozenset(text for text in texts if _same_folder(host, text, exe_folder(exe))),
    )


def explained(host: Host, exe: str) -> Found:
    """The decision for an executable (a Windows path), given in host paths."""
    facts = gather(host, exe)
    decision = decide(facts)
    if decision.needs_msi:
        facts = facts._replace(msi=host.msi_locations())
    # The version is read from the whole file, so only where versions differ in their rule.
    if facts.msi or decision.moves_to:
        facts = facts._replace(version=file_version(host.host_path(exe)))
    if facts.msi is not None or facts.version:
        decision = decide(facts)
    target = Target(
        str(host.host_path(decision.ini)),
        str(host.host_path(exe)),
        decision.mode,
        decision.decided_by,
    )
    moves_to = str(host.host_path(decision.moves_to)) if decision.moves_to else ""
    return Found(target, decision.notes, decision.otherwise, moves_to)


def _is_file(host: Host, path: str) -> bool:
    try:
        return host.host_path(path).is_file()
    except (TargetError, OSError, ValueError):
        return False


def _same_folder(host: Host, one: str, other: str) -> bool:
    try:
        return host.host_path(one).samefile(host.host_path(other))
    except (TargetError, OSError, ValueError):
        return False


def _steps(host: Host) -> Iterator[tuple[str, list[str]]]:
    """The steps of the search, each taken only if those before found nothing: reason, programs."""
    registered = host.registered
    yield "it is running", list(host.running())
    yield "HKCU\\Software\\MicroSIP names its folder", _phones_in(host, [registered.hkcu])
    machine = [registered.hklm, registered.hklm32]
    yield "HKLM\\Software\\MicroSIP names its folder", _phones_in(host, machine)
    command = autostart_exe(registered.autostart)
    yield "its autostart entry names it", [command] if command and _is_file(host, command) else []
    yield (
        "the MSI product MicroSIP is installed in its folder",
        _phones_in(host, host.msi_locations()),
    )
    yield "it is in a usual folder", _phones_in(host, usual_folders(host))


def _phones_in(host: Host, folders: Iterable[str]) -> list[str]:
    """The phones in these folders as Windows paths, each once."""
    found: dict[str, str] = {}
    for folder in folders:
        cleaned = folder.strip().rstrip("\\")
        if not ntpath.isabs(cleaned + "\\"):
            continue
        try:
            path = host.host_path(cleaned)
            exe = exe_of_folder(path) if path.is_dir() else None
        except TargetError as error:
            if error.code == "ambiguous-target":
                raise
            continue
        except OSError:  # in another user's profile: this user runs no phone from there
            continue
        if exe:
            windows = f"{cleaned}\\{exe.name}"
            found.setdefault(windows.lower(), windows)
    return list(found.values())


def _the_one(candidates: list[_Candidate], reason: str) -> Found:
    """The candidate, if all read one ini; a missing ini counts only if all are missing."""
    with_ini = [item.found for item in candidates if Path(item.found.target.ini).is_file()]
    rest = with_ini or [item.found for item in candidates]
    if len({os.path.normcase(found.target.ini) for found in rest}) == 1:
        return rest[0]
    listed = "; ".join(f"{found.target.exe} reads {found.target.ini}" for found in rest)
    raise TargetError(
        f"more than one phone was found, each because {reason}: {listed}",
        hint="say which one with --exe PATH or --ini PATH",
        code="ambiguous-target",
    )


def _with_reason(host: Host, found: Found, reason: str) -> Found:
    """``found`` with the reason for its executable, and notes on other copies that exist."""
    others = []
    for exe in known_phones(host):
        other = explained(host, exe).target
        differs = os.path.normcase(other.ini) != os.path.normcase(found.target.ini)
        if differs and Path(other.ini).is_file():
            others.append(
                f"another copy, {other.exe}, reads {other.ini}; {found.target.exe} was chosen"
                f" because {reason}"
            )
    name = ntpath.basename(found.target.exe.replace("/", "\\"))
    target = found.target._replace(
        decided_by=f"{name} was chosen because {reason}; {found.target.decided_by}"
    )
    return found._replace(target=target, notes=found.notes + tuple(others))


def known_phones(host: Host) -> list[str]:
    """The phones of the registry and the usual folders, as Windows paths, each once."""
    registered = host.registered
    folders = (registered.hkcu, registered.hklm, registered.hklm32, *usual_folders(host))
    found: dict[str, str] = {}
    for folder in folders:
        try:
            found.update((exe.lower(), exe) for exe in _phones_in(host, [folder]))
        except TargetError:
            continue
    return list(found.values())


def _without_exe(host: Host, *, create: bool) -> Found:
    """The result without any executable: an ini in AppData, which an installed phone would read."""
    folders = host.folders
    roaming, local, _ = ini_paths("\\MicroSIP.exe", folders.roaming, folders.local)
    reason = "no executable was found; an installed MicroSIP.exe would read this file"
    for path, moves_to in ((roaming, ""), (local, roaming)):
        if _is_file(host, path):
            target = Target(str(host.host_path(path)), "", "installed", reason)
            return Found(target, moves_to=str(host.host_path(moves_to)) if moves_to else "")
    if create:
        return Found(Target(str(host.host_path(roaming)), "", "installed", reason))
    looked = ["running phones", "HKCU and HKLM\\Software\\MicroSIP", "the autostart entry"]
    looked += ["MSI products", *usual_folders(host), roaming, local]
    raise TargetError(
        f"no MicroSIP found in {host.name}",
        hint="name it with --exe PATH, --portable DIR or --ini PATH, or use --create to prepare "
        f"the file for a phone that is not installed yet; looked at: {', '.join(looked)}",
    )
