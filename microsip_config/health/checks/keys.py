"""What is wrong with single keys: their names, and values that are not taken as written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...codes.keys import FORMS
from ...codes.register import CODES
from ...ini.names import BLANKS, fold
from ...ini.profile import LENGTH_MODULUS
from ...ini.writable import protected
from ...schema import PHONES_OWN, RETIRED, SECTIONS, lookup, section_kind, section_spelling
from ...schema.versions import NEWEST
from ...text import utf16_units
from ..findings import Edit, Finding, finding
from .view import KeyLine, View

if TYPE_CHECKING:
    from ...schema.key import Key, Notice

_SHORTEST_MISSPELT = 4
_NAMED = frozenset({"Settings", "Account"})  # sections whose keys people write
_IN_WORDS = {"Account1": "[AccountN]", "Settings": "[Settings]"}
_ACCOUNTS = frozenset({"account", "acount", "accounts", "acc"})


def sections(view: View) -> Iterator[Finding]:
    """Sections that the phone does not read."""
    seen = set()
    for number, content in view.headers:
        name = content[1:].partition("]")[0].strip(BLANKS)
        if fold(name) in seen or section_kind(name) is not None:
            continue
        seen.add(fold(name))
        if not view.profile.keys(name):
            continue
        near = _near_section(view, name)
        if near:
            fix = f"did you mean [{near}]?"
            yield finding("misspelt-section", number, name, fix=fix)
        else:
            yield finding("unread-section", number, name)


def _near_section(view: View, name: str) -> str:
    squeezed = "".join(char for char in name if char.isalnum())
    digits = squeezed[len(squeezed.rstrip("0123456789")) :]
    if digits and squeezed.lower().removesuffix(digits) in _ACCOUNTS:
        return f"Account{int(digits[:9])}"
    return view.guess(name, "", [kind for kind in SECTIONS if kind != "Account"] + ["Account1"])


def names(view: View) -> Iterator[Finding]:
    """Keys that MicroSIP does not read: misspelt, misplaced, retired or strangers."""
    for here in view.key_lines:
        kind = section_kind(here.section) if here.key is None else None
        if kind is not None:
            own = _OWN.get((kind, here.name.lower()))
            code, fix = _unknown(view, here.name, kind) if own is None else ("phones-own-key", "")
            yield finding(code, here.line, here.section, here.name, message=own or "", fix=fix)


def _unknown(view: View, name: str, kind: str) -> tuple[str, str]:
    """The code for a name that MicroSIP does not read in this kind of section, and its fix."""
    code = "unknown-key"
    retired = _RETIRED.get((kind, name.lower()))
    if retired is not None:
        code = "retired-key"
        return code, retired
    if kind == "Global":
        return "phones-own-key", ""
    if kind not in _NAMED:
        return code, ""
    vendors = _of_vendor(name, kind)
    if vendors:
        return "vendor-key", f"it looks like {vendors} with a vendor's addition"
    other = "Account1" if kind == "Settings" else "Settings"
    if lookup(other, name) is not None:
        code = "wrong-section"
        return code, f"move it to {_IN_WORDS[other]}"
    near = view.guess(name, kind, SECTIONS[kind])
    # Three letters are near to too much, and what newer phones write is not known yet.
    if near and len(name) >= _SHORTEST_MISSPELT and not view.phone.is_known_after(NEWEST):
        code = "misspelt-key"
    return code, f"did you mean {near}?" if near else ""


def _of_vendor(name: str, kind: str) -> str:
    """The key that ``name`` is with something behind it, as ``audioInputDevice_1``."""
    base, _, rest = name.lower().partition("_")
    numbered = name.lower().rstrip("0123456789")
    known = _SPELT[kind]
    if rest and base in known:
        return known[base]
    return known.get(numbered, "") if numbered != name.lower() else ""


_SPELT = {kind: {name.lower(): name for name in keys} for kind, keys in SECTIONS.items()}
_OWN = {(kind, name.lower()): what for (kind, name), what in PHONES_OWN.items()}
_RETIRED = {(kind, name.lower()): instead for (kind, name), instead in RETIRED.items()}


def legacy(view: View) -> Iterator[Finding]:
    """Account fields in [Settings], which the phone only reads while accountId is absent."""
    if view.effective.raw("Settings", "accountId"):
        fix = f"move it to {_IN_WORDS['Account1']}"
        for here in view.key_lines:
            if here.key is not None and here.key.legacy:
                yield finding("wrong-section", here.line, here.section, here.key.name, fix=fix)


def values(view: View) -> Iterator[Finding]:
    """What the phone makes of a value, wherever that is not what is written."""
    for here, key in live(view):
        if not key.read_by(view.phone):
            yield from _of_another_version(view, here, key)
            continue
        yield from _ends(view, here, key)
        for notice in key.notices(here.raw):
            yield _noticed(here, key, notice)


def _of_another_version(view: View, here: KeyLine, key: Key) -> Iterator[Finding]:
    if key.until and not view.phone.is_known_before(key.since):
        fix = f"{key.until} was the last version that read it"
        yield finding("retired-key", here.line, here.section, here.spelling, fix=fix)
    elif not key.own:  # what a newer phone has left there is in nobody's way
        message = f"{view.phone.name} does not read it; {key.since} added it"
        yield finding("key-too-new", here.line, here.section, here.spelling, message=message)


def live(view: View) -> Iterator[tuple[KeyLine, Key]]:
    """The keys that the phone reads. Not among them: account fields in [Settings] that are dead."""
    moved = bool(view.effective.raw("Settings", "accountId"))
    for here in view.key_lines:
        if here.key is not None and not (here.key.legacy and moved):
            yield here, here.key


def _noticed(here: KeyLine, key: Key, notice: Notice) -> Finding:
    edits: tuple[Edit, ...] = ()
    words = notice.hint or CODES[notice.code].fix
    if notice.fix is not None:
        spelt = protected(notice.fix, key.quoted)
        words = f"write {spelt}" if notice.fix else "leave it empty"
        # A fixed command runs a program that did not run before: nobody but an admin starts that.
        if key.kind not in {"command", "secret"}:
            edits = ((section_spelling(here.section), here.spelling, notice.fix, key.quoted),)
    fault, effect = (notice.effect, "") if notice.code in FORMS else ("", notice.effect)
    return finding(
        notice.code,
        here.line,
        here.section,
        here.spelling,
        message=fault,
        effect=effect,
        fix=words,
        edits=edits,
    )


def _ends(view: View, here: KeyLine, key: Key) -> Iterator[Finding]:
    """Blanks and quotes that Windows removes although they may belong to the value."""
    if key.kind not in {"text", "secret"} and len(view.lines[here.line - 1]) < LENGTH_MODULUS // 2:
        return
    written = view.written(here).lstrip(BLANKS)
    bare = written.rstrip(BLANKS)
    if utf16_units(bare.strip("\"'")) >= LENGTH_MODULUS:
        yield finding("value-wraps", here.line, here.section, here.spelling)
    if key.kind not in {"text", "secret"}:
        return
    quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'"
    inner = bare[1:-1] if quoted else bare
    needed = key.quoted or inner != inner.strip(BLANKS) or inner[:1] in {'"', "'"}
    if (written != bare and bare) or (quoted and inner and not needed):
        code = "password-trimmed" if key.kind == "secret" else "value-trimmed"
        yield finding(code, here.line, here.section, here.spelling)
