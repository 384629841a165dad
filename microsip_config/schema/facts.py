"""Everything about one key as plain data: what ``explain`` and generated references show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from . import SECTIONS
from .key import Key
from .versioned import Versioned


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The facts of one key.

    ``default`` is the value while the key is absent; where there is none, ``absent`` says what that
    means. ``reads`` is how the phone takes what is written, ``empty`` what present but empty means.
    ``machine``: a value may only make sense on one machine. ``per_user``: the name of a variable
    for a value that differs from user to user. ``older``: how older versions take it, where that
    differs.
    """

    section: str
    key: str
    kind: str
    doc: str
    expects: str
    reads: str
    default: Any
    absent: str
    empty: str
    choices: dict[str, str]
    minimum: int | None
    maximum: int | None
    unit: str
    limit: int
    quoted: bool
    group: str
    volatile: bool
    since: str
    until: str
    history: str
    example: str
    machine: bool
    per_user: str
    older: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The facts in terms of JSON, by their names."""
        return asdict(self)


def key_facts(key: Key) -> KeyFacts:
    """The facts of ``key`` with an example of a good value."""
    return KeyFacts(
        section="AccountN" if key.section == "Account" else key.section,
        key=key.name,
        kind=key.kind,
        doc=key.doc,
        expects=key.expects,
        reads=key.reads,
        default=key.plain(key.default),
        absent=key.absent,
        empty=key.when_empty,
        choices=dict(key.choices),
        minimum=key.minimum,
        maximum=key.maximum,
        unit=key.unit,
        limit=key.limit,
        quoted=key.quoted,
        group=key.group,
        volatile=key.volatile,
        since=key.since,
        until=key.until,
        history=key.history,
        example=example(key),
        machine=key.machine,
        per_user=key.per_user,
        older=older_form(key),
    )


def older_form(key: Key) -> dict[str, Any]:
    """How older versions take a key, and which; empty where it is as in newer ones."""
    if not isinstance(key, Versioned):
        return {}
    older = key.older
    return {
        "until": key.last,
        "kind": older.kind,
        "expects": older.expects,
        "reads": older.reads,
        "default": older.plain(older.default),
    }


def all_facts() -> list[KeyFacts]:
    """The facts of every key, section by section, in the order of declaration."""
    return [key_facts(key) for keys in SECTIONS.values() for key in keys.values()]


def example(key: Key) -> str:
    """A value as a template may have it, and not the default."""
    if key.example:
        return key.example
    if key.kind == "bool":
        return "no" if key.default else "yes"
    if key.choices:
        return next((word for word in key.choices if word and word != str(key.default)), "")
    return str(min(100, key.maximum or 100)) if key.kind == "int" else ""
