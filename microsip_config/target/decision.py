"""MicroSIP's own rule for where its ini is, as a pure function of facts.

Every path here is Windows text and is compared as MicroSIP compares it; no file is read.
The rule is that of versions 3.19.17 to 3.22.16.
"""

from __future__ import annotations

import ntpath
from typing import Literal, NamedTuple

PRODUCT = "MicroSIP"
REGISTRY_KEY = "Software\\MicroSIP"
READ_LIMIT = 255  # characters of a registry value; MicroSIP treats a longer one as empty
CURRENT_RULE = (3, 21, 6)  # since then: MSI counts even if a value differs; Local moves to Roaming
WITHOUT_MSI = (3, 22, 4)  # since then only the registry value counts

Mode = Literal["installed", "portable"]


class Facts(NamedTuple):
    """What the rule depends on.

    ``exe`` is the absolute path as the phone is started, ``roaming`` and ``local`` the AppData
    shell folders. ``hkcu``, ``hklm`` (64-bit view) and ``hklm32`` (32-bit view) are the default
    values of ``Software\\MicroSIP``, "" when absent. ``bits`` of the executable is 32, 64 or 0
    (unknown), ``version`` may be empty (unknown: the current rule). ``msi`` holds the
    INSTALLLOCATION of each MSI product named MicroSIP in the order Windows lists them, None if
    not looked up yet. ``present`` are the files of ``ini_paths`` that exist, ``aliases`` the
    registry texts that lead to the folder of the executable by another name.
    """

    exe: str
    roaming: str
    local: str
    hkcu: str = ""
    hklm: str = ""
    hklm32: str = ""
    bits: int = 0
    version: tuple[int, ...] = ()
    msi: tuple[str, ...] | None = None
    present: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()


class IniPaths(NamedTuple):
    """The three files that an executable may use as its ini."""

    roaming: str
    local: str
    portable: str


class Decision(NamedTuple):
    """The outcome: ``ini`` is the file whose content the phone reads at its next start.

    ``moves_to`` is where the phone moves that file at that start ("" = it stays).
    ``needs_msi``: the answer depends on the MSI products; look them up and decide again.
    ``notes`` and ``otherwise`` as in ``Found``.
    """

    ini: str
    mode: Mode
    decided_by: str
    notes: tuple[str, ...] = ()
    otherwise: str = ""
    moves_to: str = ""
    needs_msi: bool = False


class _Registered(NamedTuple):
    """The value that counts, and the registry key it comes from."""

    text: str
    hive: str


def same_text(one: str, other: str) -> bool:
    """Whether two texts are equal in any case, compared character by character, as Windows does."""
    return one == other or (len(one) == len(other) and _folded(one) == _folded(other))


def exe_folder(exe: str) -> str:
    """The folder of an executable as MicroSIP computes it: the text before the last backslash."""
    return exe.rpartition("\\")[0]


def ini_paths(exe: str, roaming: str, local: str) -> IniPaths:
    """The ini of ``exe`` in installed mode, in older versions' installed mode, in portable mode."""
    name = ntpath.splitext(ntpath.basename(exe))[0] + ".ini"
    return IniPaths(
        f"{roaming}\\{PRODUCT}\\{name}",
        f"{local}\\{PRODUCT}\\{name}",
        f"{exe_folder(exe)}\\{name}",
    )


def decide(facts: Facts) -> Decision:
    """Apply the rule."""
    folder = exe_folder(facts.exe)
    registered, notes = _registered(facts, folder)
    if registered.text and same_text(registered.text, folder):
        reason = f"the default value of {registered.hive} is the folder of the executable"
        otherwise = _unless_changed(registered.hive)
        return _installed(facts, reason, otherwise, notes)
    if registered.text:
        notes += _near_misses(registered, folder, facts.aliases)
        notes += _hidden(facts, registered, folder)
    msi_counts = not (registered.text and facts.version and facts.version < CURRENT_RULE)
    if facts.version >= WITHOUT_MSI:
        msi_counts = False
        notes += _without_msi(facts, folder)
    if msi_counts and facts.msi:
        location = facts.msi[0].rstrip("\\")
        if not location:
            reason = "an MSI product MicroSIP has no install location, so any folder counts"
            return _installed(
                facts,
                reason,
                "if that product had a location, it would be compared with the executable's folder",
                notes,
            )
        if same_text(location, folder):
            reason = "the MSI product MicroSIP is installed in the executable's folder"
            return _installed(
                facts, reason, "without that product, the phone would run in portable mode", notes
            )
        notes += (f"the MSI product MicroSIP is installed in {location}, not in {folder}",)
    decision = _portable(facts, registered, folder, notes)
    return decision._replace(needs_msi=msi_counts and facts.msi is None)


def _without_msi(facts: Facts, folder: str) -> tuple[str, ...]:
    """A note where the Windows Installer would say otherwise."""
    if not any(same_text(each.rstrip("\\"), folder) for each in facts.msi or ()):
        return ()
    note = (
        f"the MSI product MicroSIP is installed in {folder}, but since 3.22.4 the phone does not "
        f"ask the Windows Installer: only a value in {REGISTRY_KEY} makes it installed"
    )
    return (note,)


def _folded(text: str) -> str:
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in text)


def _unless_changed(hive: str) -> str:
    if hive.startswith("HKCU"):
        return f"with any other value in {hive}, the phone would run in portable mode"
    return (
        f"any value in HKCU\\{REGISTRY_KEY} would hide this one; with another folder in it, the"
        " phone would run in portable mode"
    )


def _registered(facts: Facts, folder: str) -> tuple[_Registered, tuple[str, ...]]:
    """The registry value that counts: HKCU, and only when that is empty HKLM."""
    notes: tuple[str, ...] = ()
    hkcu = _Registered(facts.hkcu, f"HKCU\\{REGISTRY_KEY}")
    hklm, view_notes = _machine_value(facts, folder)
    for value in (hkcu, hklm):
        if len(value.text) > READ_LIMIT:
            excess = f"has {len(value.text)} characters; MicroSIP reads at most {READ_LIMIT}"
            notes += (f"{value.hive} {excess} and treats it as empty",)
        elif value.text:
            return value, notes + (view_notes if value is hklm else ())
    return _Registered("", ""), notes + view_notes


def _machine_value(facts: Facts, folder: str) -> tuple[_Registered, tuple[str, ...]]:
    """The HKLM value that an executable of this word size sees, and notes about the other one."""
    wide = _Registered(facts.hklm, f"HKLM\\{REGISTRY_KEY}")
    narrow = _Registered(facts.hklm32, "HKLM\\Software\\WOW6432Node\\MicroSIP")
    if same_text(wide.text, narrow.text):
        return (narrow if facts.bits == 32 else wide), ()
    if facts.bits:
        seen, unseen = (narrow, wide) if facts.bits == 32 else (wide, narrow)
        if unseen.text and same_text(unseen.text, folder):
            return seen, (
                f"{unseen.hive} names this folder, but a {facts.bits}-bit phone cannot see it",
            )
        return seen, ()
    ranked = sorted((wide, narrow), key=lambda value: not same_text(value.text, folder))
    seen = ranked[0] if ranked[0].text else ranked[1]
    bits = 32 if seen is narrow else 64
    return seen, (f"{seen.hive} counts only if the phone is a {bits}-bit program",)


def _near_misses(value: _Registered, folder: str, aliases: frozenset[str]) -> tuple[str, ...]:
    """Why a value that looks right does not match: MicroSIP compares the plain text."""
    text = value.text
    if same_text(text.rstrip("\\"), folder):
        fault = "has a trailing backslash"
    elif same_text(text.strip().strip('"').strip(), folder):
        fault = "has quotes or spaces around the folder"
    elif same_text(text.replace("/", "\\").rstrip("\\"), folder):
        fault = "is written with forward slashes"
    elif same_text(ntpath.dirname(text), folder):
        fault = "names a file instead of its folder"
    elif text in aliases:
        fault = f"is another name of the same folder ({text}: a short name, a link or a share)"
    elif "%" in text:
        fault = "contains %variables%, which MicroSIP does not expand"
    else:
        return ()
    return (f"{value.hive} {fault}, so MicroSIP does not match it with {folder}",)


def _hidden(facts: Facts, value: _Registered, folder: str) -> tuple[str, ...]:
    """A note on an HKLM value that matches but is never read."""
    if not value.hive.startswith("HKCU"):
        return ()
    machine, _ = _machine_value(facts, folder)
    if machine.text and same_text(machine.text, folder):
        return (f"{value.hive} hides {machine.hive}, which names this folder",)
    return ()


def _installed(facts: Facts, reason: str, otherwise: str, notes: tuple[str, ...]) -> Decision:
    paths = ini_paths(facts.exe, facts.roaming, facts.local)
    present = {_folded(path) for path in facts.present}
    ini, moves_to = paths.roaming, ""
    if _folded(paths.roaming) not in present and _folded(paths.local) in present:
        if facts.version and facts.version < CURRENT_RULE:
            notes += (f"{paths.local} is not read by this version; newer versions move it",)
        else:
            ini, moves_to = paths.local, paths.roaming
            notes += (f"MicroSIP will move {paths.local} to {paths.roaming} at its next start",)
    if _folded(paths.portable) in present and not same_text(paths.portable, ini):
        notes += (f"{paths.portable} is not used: the phone runs in installed mode",)
    return Decision(ini, "installed", reason, notes, otherwise, moves_to)


def _portable(
    facts: Facts, registered: _Registered, folder: str, notes: tuple[str, ...]
) -> Decision:
    paths = ini_paths(facts.exe, facts.roaming, facts.local)
    present = {_folded(path) for path in facts.present}
    if registered.text:
        reason = f"{registered.hive} names {registered.text}, not the folder of the executable"
    else:
        reason = f"{REGISTRY_KEY} names no folder, so the phone uses the executable's folder"
    if _folded(paths.roaming) in present and not same_text(paths.roaming, paths.portable):
        notes += (f"{paths.roaming} is not used: the phone runs in portable mode",)
    if _under_program_files(folder):
        notes += (
            f"users cannot write to {folder}, so a portable phone there cannot save its settings",
        )
    hive = f"HKCU\\{REGISTRY_KEY}"
    otherwise = f"with {folder} as the default value of {hive}, the ini would be {paths.roaming}"
    return Decision(paths.portable, "portable", reason, notes, otherwise)


def _under_program_files(folder: str) -> bool:
    parts = ntpath.splitdrive(folder)[1].split("\\")
    return len(parts) > 1 and parts[1].lower() in ("program files", "program files (x86)")
