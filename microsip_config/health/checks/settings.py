"""What is worth knowing about settings that are in order one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...schema import SECTIONS, lookup
from ...schema.codecs import KNOWN
from ...schema.password import Password, is_blob, is_improbable_blob, is_old_binary_form
from ...secret import revealed
from ..findings import Finding, finding
from .keys import live
from .view import KeyLine, View, folded

if TYPE_CHECKING:
    from ...schema.effective import Effective
    from ...schema.key import Key

_BLOCK = 16  # characters of a plain text that fill the blocks of the phone's cipher
_WITHOUT_BINARY_FORM = "3.21.6"  # the first version that does not decode it any more
_USER_IN_URL = re.compile(r"%s|\{username\}")
_NEEDS_TWO_CALLS = frozenset({"conference", "attendedTransfer"})


def values(view: View) -> Iterator[Finding]:
    """Passwords, commands, the directory, codecs: values that are read rightly and still matter."""
    for here, key in live(view):
        if key.kind == "secret" and here.raw:
            yield from _password(view, here, revealed(key.read(here.raw).value) or "")
        for code in _of_value(here, key) if here.raw else ():
            yield finding(code, here.line, here.section, here.spelling)


def _of_value(here: KeyLine, key: Key) -> list[str]:
    codes: list[str] = []
    if key.kind == "command":
        codes = _command(key.name, here.raw)
    elif key.name == "usersDirectory" and here.raw.lower().startswith("http://"):
        codes = ["directory-user-in-clear"] if _USER_IN_URL.search(here.raw) else []
    elif key.kind == "codecs":
        listed = key.read(here.raw).value
        codes = ["no-codec"] if listed and not set(listed) & set(KNOWN) else []
    return codes


def _password(view: View, here: KeyLine, text: str) -> Iterator[Finding]:
    place = (here.line, here.section, here.spelling)
    if is_old_binary_form(text, view.profile.get(here.section, "passwordSize")):
        if not view.phone.is_known_before(_WITHOUT_BINARY_FORM):
            yield finding("old-password-form", *place)
        return
    if is_blob(text) and not is_improbable_blob(text):
        return
    message = ""
    if is_blob(text):
        message = (
            f"{len(text)} hexadecimal digits are more likely a plain password than the stored form "
            "of a very short one"
        )
    yield finding("plain-password", *place, message=message)
    if len(text) % _BLOCK in {0, _BLOCK - 1} and len(text) <= Password.LONGEST:
        yield finding("password-ambiguous", *place)


def _command(name: str, raw: str) -> list[str]:
    codes = ["command-for-any-caller"] if name == "cmdIncomingCall" else []
    if "{password}" in raw or "{md5_password}" in raw:
        codes.append("command-leaks-password")
    return codes


def surprises(view: View) -> Iterator[Finding]:
    """Settings that are in order, but surprise on another machine or on a bad day."""

    def value(key: str) -> object:
        return view.effective.value("Settings", key)

    if value("minimized"):
        yield _setting(view, "starts-hidden", "minimized")
    if value("enableLog"):
        yield _setting(view, "log-file", "enableLog")
    port = value("sourcePort")
    if isinstance(port, int) and port > 0:
        yield _setting(view, "fixed-port", "sourcePort")
    if value("singleMode") and (value("AC") or _wants_two_calls(view.effective)):
        yield _setting(view, "second-call-blocked", "singleMode")


def _setting(view: View, code: str, key: str, effect: str = "") -> Finding:
    return finding(code, view.line_of.get(folded("Settings", key)), "Settings", key, effect=effect)


def _wants_two_calls(effective: Effective) -> bool:
    shortcuts = (
        effective.value("Shortcuts", name)
        for name in effective.names("Shortcuts")
        if lookup("Shortcuts", name) is not None
    )
    return any(shortcut and shortcut.type in _NEEDS_TWO_CALLS for shortcut in shortcuts)


def machine_specific(view: View) -> Iterator[Finding]:
    """Devices and folders that only this machine has."""
    named = [
        name
        for name, key in SECTIONS["Settings"].items()
        if key.is_machine_specific(view.effective.raw("Settings", name) or "")
    ]
    if named:
        effect = f"on another machine they do not exist: {', '.join(named)}"
        yield _setting(view, "machine-specific", named[0], effect)
