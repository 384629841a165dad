"""Which executable is meant, and which ini it reads, on any host."""

from __future__ import annotations

import ntpath
import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..errors import TargetError
from ..results import Target
from .decision import Decision, Facts, decide, exe_folder, ini_places
from .executable import file_version, word_size
from .host import Host
from .request import Found


class _Candidate(NamedTuple):
    """An executable (Windows path) that exists, and the ini it reads."""

    exe: str
    found: Found


def by_exe(host: Host, exe: str) -> Found:
    """The ini that the executable (a host path) reads, by the whole of MicroSIP's rule."""
    path = host.windows_path(exe)
    if not path:
        raise TargetError(
            f"{exe} is on no drive of {host.name}",
            hint="name the prefix it runs in with --wine-prefix, or its file with --ini",
        )
    return _explained(host, path)


def by_default(host: Host, *, create: bool) -> Found:
    """The ini of this user's phone: running, else registered, else in a usual folder.

    Raises ``TargetError`` when one of these steps has several answers, or none has any.
    """
    passed_over: list[str] = []
    for reason, executables in _steps(host):
        candidates = [_Candidate(exe, _explained(host, exe)) for exe in executables]
        if candidates:
            chosen = _the_one(candidates, reason)
            return _with_reason(host, chosen, reason)
        passed_over.append(reason)
    return _without_exe(host, create=create)


def exe_of_folder(folder: str) -> str:
    """The phone in a host folder: MicroSIP.exe, else the one with an ini, else the only one.

    "" when there is none; raises ``TargetError`` when that leaves several.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise TargetError(f"cannot read {folder}: {error.strerror}", code="unreadable") from error
    lower = {name.lower() for name in names}
    programs = [name for name in names if name.lower().endswith(".exe")]
    programs = [name for name in programs if name.lower() != "uninstall.exe"]
    usual = [name for name in programs if name.lower() == "microsip.exe"]
    with_ini = [name for name in programs if name.lower()[:-4] + ".ini" in lower]
    for group in (usual, with_ini, programs if "microsip.ini" not in lower else []):
        if len(group) == 1:
            return os.path.join(folder, group[0])
        if group:
            raise TargetError(
                f"several phones in {folder}: {', '.join(group)}",
                hint="say which one with --exe PATH",
                code="ambiguous-target",
            )
    return ""


def is_file(host: Host, path: str) -> bool:
    """Whether a Windows path leads to a file of the host; a path that leads nowhere does not."""
    try:
        return os.path.isfile(host.host_path(path))
    except TargetError:
        return False


def _explained(host: Host, exe: str) -> Found:
    """The decision for an executable, with the facts its rule asks for and host paths."""
    facts = gather(host, exe)
    decision = decide(facts)
    if decision.needs_msi:
        facts = facts._replace(msi=host.msi_locations())
        if facts.msi:
            facts = facts._replace(version=file_version(host.host_path(exe)))
        decision = decide(facts)
    if decision.moves_to and not facts.version:
        decision = decide(facts._replace(version=file_version(host.host_path(exe))))
    return _found(host, exe, decision)


def gather(host: Host, exe: str) -> Facts:
    """Everything the rule may ask about ``exe`` except the costly: MSI and version."""
    registered, folders = host.registered, host.folders
    places = ini_places(exe, folders.roaming, folders.local)
    texts = {registered.hkcu, registered.hklm, registered.hklm32} - {""}
    return Facts(
        exe,
        folders.roaming,
        folders.local,
        registered.hkcu,
        registered.hklm,
        registered.hklm32,
        bits=word_size(host.host_path(exe)) if registered.hklm != registered.hklm32 else 0,
        present=frozenset(path for path in places if is_file(host, path)),
        aliases=frozenset(text for text in texts if _same_folder(host, text, exe_folder(exe))),
    )


def _found(host: Host, exe: str, decision: Decision) -> Found:
    target = Target(
        host.host_path(decision.ini), host.host_path(exe), decision.mode, decision.decided_by
    )
    moves_to = host.host_path(decision.moves_to) if decision.moves_to else ""
    return Found(target, decision.notes, decision.otherwise, moves_to)


def _same_folder(host: Host, one: str, other: str) -> bool:
    try:
        return os.path.samefile(host.host_path(one), host.host_path(other))
    except (OSError, TargetError, ValueError):
        return False


def _steps(host: Host) -> Iterable[tuple[str, list[str]]]:
    """Where executables are looked for, in order; a step is taken only if those before failed."""
    yield "it is running", list(host.running())
    registered = host.registered
    yield "HKCU\\Software\\MicroSIP names its folder", _in_folders(host, [registered.hkcu])
    machine = [registered.hklm, registered.hklm32]
    yield "HKLM\\Software\\MicroSIP names its folder", _in_folders(host, machine)
    command = autostart_exe(registered.autostart)
    yield "it is in the autostart", [command] if command and is_file(host, command) else []
    locations = [location for location in host.msi_locations() if location]
    yield "it is the MSI product MicroSIP", _in_folders(host, locations)
    yield "it is in a usual folder", _in_folders(host, usual_folders(host))


def usual_folders(host: Host) -> list[str]:
    """Where installers put MicroSIP: for this user, and for all."""
    local = host.folders.local
    parents = (local, f"{local}\\Programs", *host.folders.programs)
    return [f"{parent}\\MicroSIP" for parent in parents]


def autostart_exe(command: str) -> str:
    """The program of an autostart command line, which quotes it when it has blanks."""
    command = command.strip()
    if command.startswith('"'):
        return command[1:].partition('"')[0]
    return command.partition(" /")[0].strip()


def _in_folders(host: Host, folders: Iterable[str]) -> list[str]:
    """The phones in those of the folders that have one, each once."""
    found: dict[str, str] = {}
    for folder in folders:
        cleaned = folder.strip().rstrip("\\")
        if not ntpath.isabs(cleaned + "\\"):
            continue
        try:
            path = host.host_path(cleaned)
            exe = exe_of_folder(path) if os.path.isdir(path) else ""
        except TargetError as error:
            if error.code == "ambiguous-target":
                raise
            continue
        if exe:
            windows = f"{cleaned}\\{os.path.basename(exe)}"
            found.setdefault(windows.lower(), windows)
    return list(found.values())


def _the_one(candidates: list[_Candidate], reason: str) -> _Candidate:
    """The only candidate by its ini; those without one count only if none has one."""
    with_ini = [item for item in candidates if os.path.isfile(item.found.target.ini)]
    rest = with_ini or candidates
    if len({os.path.normcase(item.found.target.ini) for item in rest}) == 1:
        return rest[0]
    listed = "; ".join(f"{item.found.target.exe} reads {item.found.target.ini}" for item in rest)
    raise TargetError(
        f"several phones, and nothing says which is meant ({reason}): {listed}",
        hint="say which one with --exe PATH or --ini PATH",
        code="ambiguous-target",
    )


def _with_reason(host: Host, chosen: _Candidate, reason: str) -> Found:
    """Say why this executable, and name other copies that were passed over."""
    found = chosen.found
    others = []
    for exe in _in_folders_quietly(host):
        ini = _explained(host, exe).target.ini
        if os.path.isfile(ini) and os.path.normcase(ini) != os.path.normcase(found.target.ini):
            others.append(f"another copy, {exe}, reads {ini}; it is not meant: {reason}")
    target = found.target._replace(
        decided_by=f"{found.target.exe} ({reason}): {found.target.decided_by}"
    )
    return found._replace(target=target, notes=found.notes + tuple(others))


def _in_folders_quietly(host: Host) -> list[str]:
    registered = host.registered
    places: list[Callable[[], list[str]]] = [
        lambda: _in_folders(host, [registered.hkcu, registered.hklm, registered.hklm32]),
        lambda: _in_folders(host, usual_folders(host)),
    ]
    found: dict[str, str] = {}
    for place in places:
        try:
            found.update((exe.lower(), exe) for exe in place())
        except TargetError:
            continue
    return list(found.values())


def _without_exe(host: Host, *, create: bool) -> Found:
    """No executable anywhere: an ini in AppData still tells what a phone will read."""
    folders = host.folders
    places = ini_places("\\MicroSIP.exe", folders.roaming, folders.local)[:2]
    reason = "no executable was found; this is where an installed MicroSIP.exe reads"
    for place in places:
        if is_file(host, place):
            moves_to = host.host_path(places[0]) if place != places[0] else ""
            target = Target(host.host_path(place), "", "installed", reason)
            return Found(target, moves_to=moves_to)
    if create:
        return Found(Target(host.host_path(places[0]), "", "installed", reason))
    looked = ["HKCU and HKLM\\Software\\MicroSIP", "the autostart entry", "MSI products"]
    looked += [*usual_folders(host), *places]
    raise TargetError(
        f"no MicroSIP found for {host.name}",
        hint="name it with --exe PATH, --portable DIR or --ini PATH, or prepare the file of an "
        f"installed phone with --create; looked at: {', '.join(looked)}",
    )
