"""What is wrong with single keys: their names, and values that are not taken as written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...codes.keys import FORMS
from ...codes.register import CODES
from ...ini.names import BLANKS, fold
from ...ini.writable import protected
from ...schema import RETIRED, SECTIONS, canonical_section, lookup, section_kind
from ...text import nearest, utf16_units
from ..findings import Edit, Finding, finding

if TYPE_CHECKING:
    from ...ini.profile import Profile
    from ...schema.key import Key, Notice

WRAPS = 65536
_SHORTEST_MISSPELT = 4
_NAMED = frozenset({"Settings", "Account"})  # sections with named keys, not numbered ones
_IN_WORDS = {"Account1": "[AccountN]", "Settings": "[Settings]"}


class Place(NamedTuple):
    """A key that can be read, and where; ``section`` and ``name`` are spelt as in the file."""

    section: str
    name: str
    raw: str
    line: int
    written: str  # the text right of '=', with all its blanks and quotes


def canonical(section: str) -> str:
    """The phone's spelling of a section's name; the name itself where it reads no such section."""
    return section if section_kind(section) is None else canonical_section(section)


def places(profile: Profile, lines: Sequence[str]) -> Iterator[Place]:
    """Every key that the profile API finds, in file order."""
    seen = set()
    for section in profile.sections():
        if fold(section) in seen:
            continue
        seen.add(fold(section))
        for name, raw in profile.items(section):
            line = profile.line_of(section, name)
            if line is not None and name:
                yield Place(section, name, raw, line, lines[line - 1].partition("=")[2])


def sections(profile: Profile, lines: Sequence[str]) -> Iterator[Finding]:
    """Sections that the phone does not read."""
    seen = set()
    for number, line in enumerate(lines, 1):
        content = line.strip(BLANKS)
        if not content.startswith("["):
            continue
        name = content[1:].partition("]")[0].strip(BLANKS)
        if fold(name) in seen or section_kind(name) is not None:
            continue
        seen.add(fold(name))
        if not profile.keys(name):
            continue
        near = _near_section(name)
        if near:
            fix = f"did you mean [{near}]?"
            yield finding("misspelt-section", number, name, fix=fix)
        else:
            yield finding("unread-section", number, name)


def _near_section(name: str) -> str:
    squeezed = "".join(char for char in name if char.isalnum())
    digits = squeezed[len(squeezed.rstrip("0123456789")) :]
    if digits and squeezed.lower().removesuffix(digits) in {"account", "acount", "accounts", "acc"}:
        return f"Account{int(digits[:9])}"
    return nearest(name, [kind for kind in SECTIONS if kind != "Account"] + ["Account1"])


def names(place: Place) -> Iterator[Finding]:
    """A key that MicroSIP does not read: misspelt, misplaced, retired or a stranger."""
    kind = section_kind(place.section)
    if kind is None or lookup(place.section, place.name) is not None:
        return
    here = finding("unknown-key", place.line, place.section, place.name)
    retired = {name.lower(): text for (of, name), text in RETIRED.items() if of == kind}
    other = "Account1" if kind == "Settings" else "Settings"
    near = nearest(place.name, SECTIONS[kind])
    if place.name.lower() in retired:
        yield _as(here, "retired-key", fix=retired[place.name.lower()])
    elif kind in _NAMED and lookup(other, place.name) is not None:
        yield _as(here, "wrong-section", fix=f"move it to {_IN_WORDS[other]}")
    elif kind in _NAMED and near:
        # Three letters are near to too much for a warning.
        code = "misspelt-key" if len(place.name) >= _SHORTEST_MISSPELT else "unknown-key"
        yield _as(here, code, fix=f"did you mean {near}?")
    else:
        yield here


def dead_legacy(place: Place, key: Key) -> Iterator[Finding]:
    """An account field in [Settings], which the phone only reads while accountId is absent."""
    fix = f"move it to {_IN_WORDS['Account1']}"
    yield finding("wrong-section", place.line, place.section, key.name, fix=fix)


def _as(place: Finding, code: str, *, fix: str = "") -> Finding:
    return finding(code, place.line, place.section, place.key, fix=fix)


def values(place: Place, key: Key) -> Iterator[Finding]:
    """What the phone makes of a value, wherever that is not what is written."""
    if key.until:
        fix = f"{key.until} was the last version that read it"
        yield finding("retired-key", place.line, place.section, key.name, fix=fix)
    yield from _ends(place, key)
    for notice in key.read(place.raw).notices:
        yield _noticed(place, key, notice)


def _noticed(place: Place, key: Key, notice: Notice) -> Finding:
    edits: tuple[Edit, ...] = ()
    words = CODES[notice.code].fix
    if notice.fix is not None:
        spelt = protected(notice.fix, key.quoted)
        words = f"write {spelt}" if notice.fix else "leave it empty"
        # A fixed command runs a program that did not run before: nobody but an admin starts that.
        if key.kind not in {"command", "secret"}:
            edits = ((canonical(place.section), key.name, notice.fix, key.quoted),)
    fault, effect = (notice.effect, "") if notice.code in FORMS else ("", notice.effect)
    return finding(
        notice.code,
        place.line,
        place.section,
        key.name,
        message=fault,
        effect=effect,
        fix=words,
        edits=edits,
    )


def _ends(place: Place, key: Key) -> Iterator[Finding]:
    """Blanks and quotes that Windows takes off although they may belong to the value."""
    written = place.written.lstrip(BLANKS)
    bare = written.rstrip(BLANKS)
    if utf16_units(bare.strip("\"'")) >= WRAPS:
        yield finding("value-wraps", place.line, place.section, key.name)
    if key.kind not in {"text", "secret"}:
        return
    quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'"
    inner = bare[1:-1] if quoted else bare
    needed = key.quoted or inner != inner.strip(BLANKS) or inner[:1] in {'"', "'"}
    if (written != bare and bare) or (quoted and inner and not needed):
        code = "password-trimmed" if key.kind == "secret" else "value-trimmed"
        yield finding(code, place.line, place.section, key.name)
