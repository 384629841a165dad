"""What microsip.ini may contain: every key that a supported version of the phone reads.

The facts of a key are with its field (``settings_*``, ``accounts``, ``entries``); everything
else, the pydantic models included, is derived from there. Importing this package costs no pydantic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from ..errors import UnknownKey
from ..text import nearest
from .accounts import LEGACY, LOCAL_LABEL, Account
from .accounts import RETIRED as _RETIRED_ACCOUNT
from .entries import CALLS, CONTACTS, DIALED, Entry
from .key import INT_MAX, Key, Notice, Reading
from .settings import RETIRED as _RETIRED_SETTINGS
from .settings import Settings
from .settings_global import Global
from .shortcuts import SHORTCUTS

__all__ = [
    "LEGACY",
    "NAMED",
    "PHONES_OWN",
    "RECORDS",
    "RETIRED",
    "SECTIONS",
    "Key",
    "Notice",
    "Reading",
    "account_number",
    "all_keys",
    "canonical_section",
    "find_key",
    "lookup",
    "owners",
    "section_kind",
    "section_spelling",
]

SECTIONS: Mapping[str, Mapping[str, Key]] = MappingProxyType(
    {
        "Settings": Settings.keys,
        "Account": Account.keys,
        **{
            key.section: MappingProxyType({key.name: key})
            for key in (SHORTCUTS, DIALED, CALLS, CONTACTS)
        },
        "Global": Global.keys,
    }
)
"""Section kind -> exact key name -> key. A numbered list has one key, its name is the range."""

RECORDS = frozenset({"Dialed", "Calls", "Contacts"})
"""Section kinds that the phone writes for itself: its history, not its configuration."""

RETIRED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **{("Settings", name): text for name, text in _RETIRED_SETTINGS.items()},
        **{("Account", name): text for name, text in _RETIRED_ACCOUNT.items()},
    }
)
"""(section kind, key name) -> what to use instead, for keys that no supported version reads."""

PHONES_OWN: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("Global", "instance"): "an identification of this installation",
        ("Settings", "crashReport"): "whether crashes are reported",
    }
)
"""(section kind, key name) -> what it is, for keys that only official programs write and read."""

NAMED = frozenset({"Settings", "Account", "Global"})
"""Section kinds whose keys have names; the others are numbered lists."""

_SINGLE = {kind.lower(): kind for kind in SECTIONS if kind != "Account"}
_BY_LOWER = {
    kind: {name.lower(): key for name, key in keys.items()} for kind, keys in SECTIONS.items()
}
_LEGACY_BY_LOWER = {name.lower(): key for name, key in LEGACY.items()}


def account_number(section_name: str) -> int | None:
    """N of [AccountN] (0 .. 2147483647, in any case, no leading zeros); None for other names."""
    name = section_name.lower()
    digits = name.removeprefix("account")
    if digits == name or not (digits.isascii() and digits.isdigit()) or len(digits) > 10:
        return None
    number = int(digits)
    return number if str(number) == digits and number <= INT_MAX else None


@lru_cache(maxsize=256)
def section_kind(section_name: str) -> str | None:
    """The kind of a section by its name in the file; None for one that the phone does not read."""
    if account_number(section_name) is not None:
        return "Account"
    return _SINGLE.get(section_name.lower())


def canonical_section(section_name: str) -> str:
    """The spelling that the phone uses (``account1`` gives ``Account1``).

    Raises ``UnknownKey`` for a section that the phone does not read.
    """
    number = account_number(section_name)
    if number is not None:
        return f"Account{number}"
    try:
        return _SINGLE[section_name.lower()]
    except KeyError:
        raise _unknown_section(section_name, "") from None


def section_spelling(name: str) -> str:
    """The phone's spelling of a section's name; the name itself where it reads no such section."""
    return name if section_kind(name) is None else canonical_section(name)


def lookup(section_name: str, key_name: str) -> Key | None:
    """The key that MicroSIP reads under these names of a file (letter case does not matter).

    Account fields in [Settings] are found as ``legacy`` keys; None is a key the phone ignores.
    """
    kind = section_kind(section_name)
    if kind is None:
        return None
    key = _BY_LOWER[kind].get(key_name.lower())
    if isinstance(key, Entry) or (key is None and kind not in NAMED):
        return _entry(kind, key_name, reading=True)
    if key is None and kind == "Settings":
        return _LEGACY_BY_LOWER.get(key_name.lower())
    if key is not None and key.name == "label" and account_number(section_name) == 0:
        return key.replace(default=LOCAL_LABEL)
    return key


def find_key(section_name: str, key_name: str, where: str = "") -> Key:
    """The key that may be written under exactly this name.

    ``section_name`` is a section (``Account1``, in any case) or a section kind (``Account``). The
    error ``UnknownKey`` carries ``where`` and the likely name, or the section the key belongs to.
    """
    kind = section_name if section_name in SECTIONS else section_kind(section_name)
    if kind is None:
        raise _unknown_section(section_name, where)
    key = SECTIONS[kind].get(key_name)
    if isinstance(key, Entry) or (key is None and kind not in NAMED):
        entry = _entry(kind, key_name)
        if entry is not None:
            return entry
    elif key is not None:
        if key.name == "label" and account_number(section_name) == 0:
            return key.replace(default=LOCAL_LABEL)
        return key
    raise _unknown_key(kind, section_name, key_name, where)


def owners(key_name: str) -> list[str]:
    """``Settings.key`` and ``Account1.key``: where a key of this name may be, in its own spelling.

    Letter case does not matter; where no key has the name, the nearest ones are taken.
    """
    named = [(key.section, key) for key in all_keys() if key.section in NAMED]
    word = key_name.lower()
    if word not in {key.name.lower() for _, key in named}:
        word = nearest(key_name, [key.name for _, key in named]).lower()
    return [
        f"{'Account1' if section == 'Account' else section}.{key.name}"
        for section, key in named
        if key.name.lower() == word
    ]


def all_keys() -> Iterator[Key]:
    """Every key, section by section, in the order of declaration."""
    for keys in SECTIONS.values():
        yield from keys.values()


def _entry(kind: str, name: str, *, reading: bool = False) -> Key | None:
    key = next(iter(SECTIONS[kind].values()))
    if isinstance(key, Entry) and key.holds(name, reading=reading):
        return key.replace(name=name)
    return None


def _unknown_section(name: str, where: str) -> UnknownKey:
    lower = name.lower()
    if lower == "account" or (lower.startswith("account") and lower[7:].strip("0123456789 ") == ""):
        hint = "accounts are [Account1], [Account2] ...; [Account0] is the local account"
    else:
        likely = nearest(name, [*_SINGLE.values(), "Account1"])
        hint = (
            f"did you mean [{likely}]?"
            if likely
            else "sections: " + ", ".join([*_SINGLE.values(), "Account1, Account2 ..."])
        )
    return UnknownKey(f"MicroSIP does not read a section [{name}]", hint=hint, where=where)


def _unknown_key(kind: str, section: str, name: str, where: str) -> UnknownKey:
    message = f"unknown key {name!r} in [{section}]"
    key = next(iter(SECTIONS[kind].values()))
    if isinstance(key, Entry):
        return UnknownKey(message, hint=f"the keys of [{kind}] are {key.name}", where=where)
    cased = _BY_LOWER[kind].get(name.lower())
    if cased is not None:
        return UnknownKey(message, hint=f"did you mean {cased.name!r}?", where=where)
    for (retired_kind, retired_name), instead in RETIRED.items():
        if retired_kind == kind and retired_name.lower() == name.lower():
            return UnknownKey(message, hint=instead, where=where)
    for (own_kind, own_name), what in PHONES_OWN.items():
        if own_kind == kind and own_name.lower() == name.lower():
            hint = f"the phone writes it for itself: {what}"
            return UnknownKey(message, hint=hint, where=where)
    other = "Settings" if kind == "Account" else "Account"
    moved = _BY_LOWER[other].get(name.lower())
    if moved is not None:
        home = "[AccountN]" if other == "Account" else "[Settings]"
        return UnknownKey(message, hint=f"{moved.name!r} belongs in {home}", where=where)
    return UnknownKey(message, hint=_suggestion(kind, name), where=where)


def _suggestion(kind: str, name: str) -> str:
    likely = nearest(name, [*SECTIONS[kind]])
    if likely:
        return f"did you mean {likely!r}?"
    other = "Settings" if kind == "Account" else "Account"
    likely = nearest(name, [*SECTIONS[other]])
    if likely:
        return f"did you mean {likely!r} in {'[AccountN]' if other == 'Account' else '[Settings]'}?"
    return "'microsip-config explain' lists every key"
