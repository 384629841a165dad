"""The effective configuration: what the phone makes of the file, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UnknownKey
from ..ini.names import BLANKS
from ..schema import (
    NAMED,
    RECORDS,
    SECTIONS,
    account_number,
    lookup,
    section_kind,
    section_spelling,
)
from ..stray_secrets import holds_password, looks_secret
from ..text import did_you_mean

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..ini.profile import Profile
    from ..schema.key import Key
    from ..schema.versions import Phone


class Row(NamedTuple):
    """One key as the phone takes it.

    ``value`` is typed and ready for JSON; ``raw`` is the text in the file (``None``: absent). Both
    are ``None`` for a ``secret`` that is stored, while an empty one is shown as what it is.
    ``origin`` is ``file``, ``default``, ``clamped``, ``cut``, ``ignored`` or ``unknown`` (a key
    that MicroSIP does not read).
    """

    section: str
    key: str
    value: Any
    origin: str
    raw: str | None
    secret: bool
    notices: tuple[str, ...]
    doc: str
    group: str = ""
    volatile: bool = False
    line: int | None = None


def effective(source: Source, selection: str | None = None) -> list[Row]:
    """The effective values of a file.

    :param selection: ``Section`` or ``Section.key``; none for all of the configuration (without
        the phone's own lists of calls, which have to be named).
    :raises UnknownKey: the selection names nothing that MicroSIP reads or the file holds.
    """
    profile = source.profile
    if not selection:
        return [row for section in _sections(profile) for row in _section_rows(source, section)]
    named, dot, key_name = selection.partition(".")
    section = _find_section(profile, named, selection)
    if not dot:
        return list(_section_rows(source, section))
    return [_find_row(source, section, key_name)]


def _sections(profile: Profile) -> list[str]:
    """[Settings] even if absent, the accounts, [Shortcuts], then what nobody reads."""
    present = _unique(section_spelling(name) for name in profile.sections())
    known = [name for name in present if section_kind(name) not in {None, "Settings", *RECORDS}]
    accounts = sorted(filter(_is_account, known), key=lambda name: account_number(name) or 0)
    others = [name for name in known if not _is_account(name)]
    unknown = [name for name in present if section_kind(name) is None]
    return ["Settings", *accounts, *others, *unknown]


def _is_account(section: str) -> bool:
    return account_number(section) is not None


def _unique(names: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.lower(), name)
    return list(seen.values())


def _section_rows(source: Source, section: str) -> Iterator[Row]:
    """Every key of the schema (numbered ones only if present), then the unknown ones."""
    kind = section_kind(section)
    declared = SECTIONS.get(kind, {}) if kind in NAMED else {}
    named = {name: key for name, key in declared.items() if key.read_by(source.phone)}
    for name in named:
        yield _row(source, section, name, lookup(section, name))
    for name in _unique(source.profile.keys(section)):
        found = lookup(section, name)
        if found is None or found.name not in named:
            yield _row(source, section, found.name if found else name, found)


def _row(source: Source, section: str, name: str, declared: Key | None) -> Row:
    profile, phone = source.profile, source.phone
    raw = profile.get(section, name)
    line = profile.line_of(section, name)
    key = _as_read(declared, phone)
    holds = raw is not None and holds_password(raw)
    if key is None:
        secret = holds or looks_secret(name, raw or name)  # an empty one by its name alone
        shown = None if secret and raw else raw
        notices = () if declared is None else (f"{phone.name} does not read it",)
        return Row(section, name, shown, "unknown", shown, secret, notices, "", line=line)
    reading = key.read(raw)
    secret = holds or key.kind == "secret"
    value = None if holds else key.plain(reading.value)
    if key.kind == "command" and raw and not holds:  # its quotes decide what is run
        raw = value = _written(source, line) or raw
    return Row(
        section,
        name,
        "" if secret and not raw else value,
        reading.origin,
        None if secret and raw else raw,
        secret,
        tuple(notice.effect for notice in reading.notices),
        key.doc,
        key.group,
        key.volatile,
        line,
    )


def _written(source: Source, line: int | None) -> str:
    """What is right of the '=' in a line, with all its quotes."""
    if line is None:
        return ""
    lines = source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[line - 1].partition("=")[2].strip(BLANKS)


def _as_read(key: Key | None, phone: Phone) -> Key | None:
    """The key as the phone reads it; None if it certainly does not."""
    if key is None or (phone.number and not key.read_by(phone)):
        return None
    return key.of(phone)


def _find_section(profile: Profile, named: str, selection: str) -> str:
    present = {
        section_spelling(name).lower(): section_spelling(name) for name in profile.sections()
    }
    section = present.get(named.lower(), section_spelling(named))
    always = {"Settings", "Global", "Shortcuts", *RECORDS}
    if section.lower() in present or section_kind(section) in always:
        return section
    if section_kind(section) == "Account":
        raise UnknownKey(
            f"there is no [{section}] in the file", hint=_one_of(present), where=selection
        )
    owners = [
        f"{'Account1' if kind == 'Account' else kind}.{named}"
        for kind, keys in SECTIONS.items()
        if named in keys
    ]
    if owners:
        raise UnknownKey(
            f"'{named}' is a key, not a section",
            hint=f"did you mean '{owners[0]}'?",
            where=selection,
        )
    raise UnknownKey(
        f"unknown section '{named}'",
        hint=did_you_mean(named, [*present.values(), *SECTIONS]) or _one_of(present),
        where=selection,
    )


def _one_of(present: dict[str, str]) -> str:
    return f"the file has {', '.join(present.values())}" if present else "the file has no section"


def _find_row(source: Source, section: str, name: str) -> Row:
    profile = source.profile
    key = lookup(section, name)
    if key is not None:
        return _row(source, section, key.name, key)
    if profile.get(section, name) is not None:
        return _row(source, section, name, None)
    kind = section_kind(section)
    known = [*SECTIONS.get(kind or "", {}), *profile.keys(section)]
    raise UnknownKey(
        f"unknown key '{name}' in [{section}]",
        hint=did_you_mean(name, known) or f"'show {section}' lists its keys",
        where=f"{section}.{name}",
    )
