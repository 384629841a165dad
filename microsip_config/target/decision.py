"""MicroSIP's own rule for the place of its ini, as a pure function of facts.

Every path here is Windows text and is compared as MicroSIP compares it; nothing is looked up.
The rule is that of versions 3.19.17 to 3.22.3.
"""

from __future__ import annotations

import ntpath
from typing import Literal, NamedTuple

PRODUCT = "MicroSIP"
REGISTRY_KEY = "Software\\MicroSIP"
READ_LIMIT = 255  # characters of a registry value that MicroSIP has room for
CURRENT_RULE = (3, 21, 6)  # from here: MSI also when a value differs, and Local moves to Roaming

Mode = Literal["installed", "portable"]


class Facts(NamedTuple):
    """What the rule depends on.

    ``exe`` is the absolute path as the phone is started, ``roaming`` and ``local`` the AppData
    shell folders. ``hkcu``, ``hklm`` (64-bit view) and ``hklm32`` (32-bit view) are the default
    values of ``Software\\MicroSIP``, "" when absent. ``bits`` of the executable is 32, 64 or 0
    (unknown), ``version`` may be empty (unknown: the current rule). ``msi`` holds the
    INSTALLLOCATION of each MSI product named MicroSIP in the order Windows lists them, None when
    nobody looked. ``present`` are the files of ``ini_places`` that exist, ``aliases`` the
    registry texts that lead to the folder of the executable under another name.
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


class Places(NamedTuple):
    """The three places an ini of this executable can be in."""

    roaming: str
    local: str
    beside: str


class Decision(NamedTuple):
    """The outcome: ``ini`` holds what the phone will have read after its next start.

    ``moves_to`` is where the phone will have moved that file by then ("" = it stays).
    ``needs_msi``: the rule got as far as the MSI products and nobody had looked; look and ask
    again. ``notes`` and ``otherwise`` as in ``Found``.
    """

    ini: str
    mode: Mode
    decided_by: str
    notes: tuple[str, ...] = ()
    otherwise: str = ""
    moves_to: str = ""
    needs_msi: bool = False


class _Registered(NamedTuple):
    """The value that counts and where it stood."""

    text: str
    hive: str


def same_text(one: str, other: str) -> bool:
    """Equal without regard to case, one character at a time, as Windows compares."""
    return one == other or (len(one) == len(other) and _folded(one) == _folded(other))


def exe_folder(exe: str) -> str:
    """The folder of an executable as the phone cuts it: the text before the last backslash."""
    return exe.rpartition("\\")[0]


def ini_places(exe: str, roaming: str, local: str) -> Places:
    """Where the ini of ``exe`` is in installed mode, was before that, and in portable mode."""
    name = ntpath.splitext(ntpath.basename(exe))[0] + ".ini"
    return Places(
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
    if msi_counts and facts.msi:
        location = facts.msi[0].rstrip("\\")
        if not location:
            reason = "an MSI product MicroSIP without an install location makes any folder count"
            return _installed(facts, reason, "a location in that product would be compared", notes)
        if same_text(location, folder):
            reason = "the install location of the MSI product MicroSIP is the executable's folder"
            return _installed(facts, reason, "without that product: portable mode", notes)
        notes += (f"the MSI product MicroSIP is in {location}, not in {folder}",)
    decision = _portable(facts, registered, folder, notes)
    return decision._replace(needs_msi=msi_counts and facts.msi is None)


def _folded(text: str) -> str:
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in text)


def _unless_changed(hive: str) -> str:
    if hive.startswith("HKCU"):
        return f"with any other text in {hive}: portable mode"
    return f"any text in HKCU\\{REGISTRY_KEY} would hide this value; another folder: portable mode"


def _registered(facts: Facts, folder: str) -> tuple[_Registered, tuple[str, ...]]:
    """The registry value that counts: HKCU, and only when that is empty HKLM."""
    notes: tuple[str, ...] = ()
    hkcu = _Registered(facts.hkcu, f"HKCU\\{REGISTRY_KEY}")
    hklm, view_notes = _machine_value(facts, folder)
    for value in (hkcu, hklm):
        if len(value.text) > READ_LIMIT:
            excess = f"has {len(value.text)} characters, of which MicroSIP reads {READ_LIMIT}"
            notes += (f"{value.hive} {excess}: taken as empty",)
        elif value.text:
            return value, notes + (view_notes if value is hklm else ())
    return _Registered("", ""), notes + view_notes


def _machine_value(facts: Facts, folder: str) -> tuple[_Registered, tuple[str, ...]]:
    """The HKLM value that an executable of this kind sees, and what is odd about it."""
    wide = _Registered(facts.hklm, f"HKLM\\{REGISTRY_KEY}")
    narrow = _Registered(facts.hklm32, "HKLM\\Software\\WOW6432Node\\MicroSIP")
    if same_text(wide.text, narrow.text):
        return (narrow if facts.bits == 32 else wide), ()
    if facts.bits:
        seen, unseen = (narrow, wide) if facts.bits == 32 else (wide, narrow)
        if unseen.text and same_text(unseen.text, folder):
            return seen, (
                f"{unseen.hive} names this folder, but a {facts.bits}-bit phone does not see it",
            )
        return seen, ()
    ranked = sorted((wide, narrow), key=lambda value: not same_text(value.text, folder))
    seen = ranked[0] if ranked[0].text else ranked[1]
    bits = 32 if seen is narrow else 64
    return seen, (f"{seen.hive} counts only if the phone is a {bits}-bit build",)


def _near_misses(value: _Registered, folder: str, aliases: frozenset[str]) -> tuple[str, ...]:
    """Why a value that a person would call right is not: MicroSIP compares the bare text."""
    text = value.text
    if same_text(text.rstrip("\\"), folder):
        fault = "has a trailing backslash"
    elif same_text(text.strip().strip('"').strip(), folder):
        fault = "has quotes or blanks around the folder"
    elif same_text(text.replace("/", "\\").rstrip("\\"), folder):
        fault = "is written with forward slashes"
    elif same_text(ntpath.dirname(text), folder):
        fault = "names a file instead of its folder"
    elif text in aliases:
        fault = f"is the same folder under another name ({text}: a short name, link or share)"
    elif "%" in text:
        fault = "holds %variables%, which MicroSIP does not expand"
    else:
        return ()
    return (f"{value.hive} {fault}: MicroSIP does not take it for {folder}",)


def _hidden(facts: Facts, value: _Registered, folder: str) -> tuple[str, ...]:
    """An HKLM value that is right, but never looked at."""
    if not value.hive.startswith("HKCU"):
        return ()
    machine, _ = _machine_value(facts, folder)
    if machine.text and same_text(machine.text, folder):
        return (f"{value.hive} hides {machine.hive}, which names this folder",)
    return ()


def _installed(facts: Facts, reason: str, otherwise: str, notes: tuple[str, ...]) -> Decision:
    places = ini_places(facts.exe, facts.roaming, facts.local)
    present = {_folded(path) for path in facts.present}
    ini, moves_to = places.roaming, ""
    if _folded(places.roaming) not in present and _folded(places.local) in present:
        if facts.version and facts.version < CURRENT_RULE:
            notes += (f"{places.local} is not read by this version; newer ones move it",)
        else:
            ini, moves_to = places.local, places.roaming
            notes += (f"MicroSIP moves {places.local} to {places.roaming} at its next start",)
    if _folded(places.beside) in present and not same_text(places.beside, ini):
        notes += (f"{places.beside} is not read: the phone runs in installed mode",)
    return Decision(ini, "installed", reason, notes, otherwise, moves_to)


def _portable(
    facts: Facts, registered: _Registered, folder: str, notes: tuple[str, ...]
) -> Decision:
    places = ini_places(facts.exe, facts.roaming, facts.local)
    present = {_folded(path) for path in facts.present}
    if registered.text:
        reason = f"{registered.hive} names {registered.text}, not the folder of the executable"
    else:
        reason = f"no value of {REGISTRY_KEY} names a folder, so the executable's own counts"
    if _folded(places.roaming) in present and not same_text(places.roaming, places.beside):
        notes += (f"{places.roaming} is not read: the phone runs in portable mode",)
    if _under_program_files(folder):
        notes += (f"users may not write in {folder}: a portable phone there saves nothing",)
    hive = f"HKCU\\{REGISTRY_KEY}"
    otherwise = f"with {folder} as the default value of {hive} it would be {places.roaming}"
    return Decision(places.beside, "portable", reason, notes, otherwise)


def _under_program_files(folder: str) -> bool:
    parts = ntpath.splitdrive(folder)[1].split("\\")
    return len(parts) > 1 and parts[1].lower() in ("program files", "program files (x86)")
