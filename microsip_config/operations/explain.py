"""Help while writing templates and reading output: what a key takes, what a code means."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from ..codes.register import CODES
from ..errors import UnknownKey
from ..schema import RETIRED, SECTIONS, account_number, find_key, section_kind
from ..schema.facts import KeyFacts, all_facts, key_facts
from ..text import one_of, similar


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What a code means: an error, a warning or a finding of ``check``."""

    code: str
    severity: str
    meaning: str
    effect: str
    fix: str

    def as_json(self) -> dict[str, Any]:
        """The facts in terms of JSON, by their names."""
        return asdict(self)


Facts = KeyFacts | CodeFacts


def overview() -> list[KeyFacts]:
    """Every key that a supported phone reads, section by section."""
    return all_facts()


def codes() -> list[CodeFacts]:
    """Every code that the program can give, by name."""
    return [CodeFacts(name, *CODES[name]) for name in sorted(CODES)]


def explain(name: str) -> list[Facts]:
    """What is known under ``name``: a key, ``Section.key``, a section, or a code.

    Letter case does not matter here. A key name that several sections have gives several facts.

    :raises UnknownKey: nothing is; the hint has the likely name.
    """
    found = [
        key_facts(key)
        for keys in SECTIONS.values()
        for key in keys.values()
        if key.name.lower() == name.lower()
    ]
    section, dot, key = name.partition(".")
    if dot and not found:
        return [_of_section(section, key, name)]
    if name.lower() in CODES:
        return [CodeFacts(name.lower(), *CODES[name.lower()])]
    kind = _kind(name)
    if kind is not None:
        return [key_facts(one) for one in SECTIONS[kind].values()]
    if found:
        return list(found)
    raise UnknownKey(f"no key or code named '{name}'", hint=_hint(name))


def search(text: str) -> list[Facts]:
    """The keys and codes in whose names, descriptions or values all words of ``text`` are.

    Letter case does not matter. In a name a word may be anywhere, in a description it begins a
    word. Keys come before codes, each kind with names before descriptions.
    """
    words = re.findall(r"\w+", text.lower())
    if not words:
        return []
    patterns = [re.compile(rf"\b{re.escape(word)}") for word in words]

    def rank(name: str, description: str) -> int:
        """0: in the name; 1: in name or description; 2: not at all."""
        if all(word in name.lower() for word in words):
            return 0
        both = f"{name} {description}".lower()
        return 1 if all(pattern.search(both) for pattern in patterns) else 2

    keys = [(rank(each.key, _described(each)), each) for each in overview()]
    others = [(rank(c.code, f"{c.meaning} {c.effect} {c.fix}"), c) for c in codes()]
    found = [each for wanted in (0, 1) for number, each in keys if number == wanted]
    return [*found, *(c for wanted in (0, 1) for number, c in others if number == wanted)]


def _described(facts: KeyFacts) -> str:
    words = " ".join([*facts.choices, *facts.choices.values()])
    return f"{facts.section} {facts.doc} {facts.expects} {words}"


def _kind(section: str) -> str | None:
    return "Account" if section.lower() in {"account", "accountn"} else section_kind(section)


def _of_section(section: str, key: str, name: str) -> KeyFacts:
    kind = _kind(section)
    keys = SECTIONS.get(kind or "", {})
    spelling = {known.lower(): known for known in keys}
    if key.lower() in spelling and ".." in key:  # a numbered list, as it is listed
        return key_facts(keys[spelling[key.lower()]])
    number = account_number(section)
    owner = section if kind is None or number is not None else kind
    return key_facts(find_key(owner, spelling.get(key.lower(), key), name))


def _hint(name: str) -> str:
    for (section, key), instead in RETIRED.items():
        if key.lower() == name.lower():
            return f"[{'AccountN' if section == 'Account' else section}] {key}: {instead}"
    near = similar(name, [*(key for keys in SECTIONS.values() for key in keys), *CODES])
    if near:
        return f"did you mean {one_of(near)}?"
    return (
        "no name or description has it; without a name, 'explain' lists every key; "
        "'explain --codes' every code"
    )
