"""What is wrong with, or worth knowing about, settings that are in order one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ...schema import SECTIONS, lookup
from ...schema.codecs import KNOWN
from ...schema.password import Password, is_blob
from ...schema.rules import violations
from ...secret import revealed
from ..findings import Edit, Finding, finding
from .keys import Place, canonical

if TYPE_CHECKING:
    from ...schema.effective import Effective
    from ...schema.rules import Violation

Found = Callable[..., Finding]

_BLOCK = 16  # characters of a plain text that fill the blocks of the phone's cipher
_LAST_CALL = 999
_USER_IN_URL = re.compile(r"%s|\{username\}")
_NEEDS_TWO_CALLS = frozenset({"conference", "attendedTransfer"})


def of_key(place: Place) -> Iterator[Finding]:
    """Passwords, commands, the directory, codecs: values that are read rightly and still matter."""
    key = lookup(place.section, place.name)
    if key is None or not place.raw:
        return
    codes: list[str] = []
    if key.kind == "secret":
        codes = _password(revealed(key.read(place.raw).value) or "")
    elif key.kind == "command":
        codes = _command(key.name, place.raw)
    elif key.name == "usersDirectory" and place.raw.lower().startswith("http://"):
        codes = ["directory-user-in-clear"] if _USER_IN_URL.search(place.raw) else []
    elif key.kind == "codecs":
        listed = key.read(place.raw).value
        codes = ["no-codec"] if listed and not set(listed) & set(KNOWN) else []
    for code in codes:
        yield finding(code, place.line, place.section, key.name)


def _password(text: str) -> list[str]:
    if is_blob(text):
        return []
    ambiguous = len(text) % _BLOCK in {0, _BLOCK - 1} and len(text) <= Password.LONGEST
    return ["plain-password"] + (["password-ambiguous"] if ambiguous else [])


def _command(name: str, raw: str) -> list[str]:
    codes = ["command-for-any-caller"] if name == "cmdIncomingCall" else []
    if "{password}" in raw or "{md5_password}" in raw:
        codes.append("command-leaks-password")
    return codes


def of_rules(effective: Effective, places: Sequence[Place]) -> Iterator[Finding]:
    """The rules of the schema for the whole configuration, as findings."""
    lines = _lines(places)
    for violation in violations(effective):
        present = [names for names in violation.keys if _name(*names) in lines]
        section, key = next(iter(present or violation.keys), ("", ""))
        yield finding(
            violation.code,
            lines.get(_name(section, key)),
            section,
            key,
            effect=violation.message,
            fix=violation.hint,
            severity=violation.severity,
            edits=_edits(violation, places),
        )


def _edits(violation: Violation, places: Sequence[Place]) -> tuple[Edit, ...]:
    if violation.code == "calls-last-key-huge":
        last = max((int(place.name) for place in places if _is_call(place)), default=-1)
        # After key 999 the phone begins again at 0: then the last call is not the highest number.
        return (("Settings", "callsLastKey", str(last), False),) if last < _LAST_CALL else ()
    return tuple((section, key, text, False) for section, key, text in violation.fix)


def _is_call(place: Place) -> bool:
    in_calls = canonical(place.section) == "Calls"
    return in_calls and lookup("Calls", place.name) is not None


def _lines(places: Sequence[Place]) -> Mapping[tuple[str, str], int]:
    return {_name(place.section, place.name): place.line for place in places}


def _name(section: str, key: str) -> tuple[str, str]:
    return section.lower(), key.lower()


def of_settings(effective: Effective, places: Sequence[Place]) -> Iterator[Finding]:
    """Settings that are in order, but surprise on another machine or on a bad day."""
    lines = _lines(places)

    def found(code: str, key: str, effect: str = "") -> Finding:
        line = lines.get(_name("Settings", key))
        return finding(code, line, "Settings", key, effect=effect)

    def value(key: str) -> object:
        return effective.value("Settings", key)

    if value("minimized"):
        yield found("starts-hidden", "minimized")
    if value("enableLog"):
        yield found("log-file", "enableLog")
    port = value("sourcePort")
    if isinstance(port, int) and port > 0:
        yield found("fixed-port", "sourcePort")
    if value("singleMode") and (value("AC") or _wants_two_calls(effective)):
        yield found("second-call-blocked", "singleMode")
    yield from _machine_specific(effective, found)


def _wants_two_calls(effective: Effective) -> bool:
    shortcuts = (
        effective.value("Shortcuts", name)
        for name in effective.names("Shortcuts")
        if lookup("Shortcuts", name) is not None
    )
    return any(shortcut and shortcut.type in _NEEDS_TWO_CALLS for shortcut in shortcuts)


def _machine_specific(effective: Effective, found: Found) -> Iterator[Finding]:
    named = [
        name
        for name, key in SECTIONS["Settings"].items()
        if key.is_machine_specific(effective.raw("Settings", name) or "")
    ]
    if named:
        effect = f"on another machine they do not exist: {', '.join(named)}"
        yield found("machine-specific", named[0], effect)
