"""A file as it would be after the changes, held against the rules of the whole model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..errors import InputError
from ..results import Change, Issue
from ..schema import canonical_section
from ..schema.versions import Phone


class Readable(Protocol):
    """What planning needs of a profile: the keys as MicroSIP reads them."""

    def get(self, section: str, key: str) -> str | None: ...
    def sections(self) -> list[str]: ...
    def keys(self, section: str) -> list[str]: ...


class Overlay:
    """A profile with planned changes on top of it; the file's own order first."""

    def __init__(self, profile: Readable) -> None:
        self._profile = profile
        self._planned: dict[str, dict[str, tuple[str, str | None]]] = {}

    def put(self, section: str, key: str, text: str | None) -> None:
        self._planned.setdefault(section.lower(), {})[key.lower()] = (key, text)

    def get(self, section: str, key: str) -> str | None:
        planned = self._planned.get(section.lower(), {})
        if key.lower() in planned:
            return planned[key.lower()][1]
        return self._profile.get(section, key)

    def sections(self) -> list[str]:
        names = self._profile.sections()
        known = {name.lower() for name in names}
        return names + [canonical_section(name) for name in self._planned if name not in known]

    def keys(self, section: str) -> list[str]:
        planned = self._planned.get(section.lower(), {})
        kept = [
            key
            for key in self._profile.keys(section)
            if planned.get(key.lower(), (key, ""))[1] is not None
        ]
        known = {key.lower() for key in kept}
        return kept + [
            key for key, text in planned.values() if text is not None and key.lower() not in known
        ]


def check(
    before: Readable, after: Readable, changes: Sequence[Change], phone: Phone
) -> list[Issue]:
    """Hold the outcome against the rules of the whole model.

    An error that was not there before is refused; what was wrong before is a warning.
    """
    from ..schema.effective import Effective
    from ..schema.rules import violations

    found = violations(Effective(after, phone))
    if not found:
        return []
    known = {(v.code, v.keys) for v in violations(Effective(before, phone))}
    touched = {(c.section.lower(), c.key.lower()) for c in changes}
    warnings, refused = [], []
    for violation in found:
        names = {(section.lower(), key.lower()) for section, key in violation.keys}
        where = ", ".join(f"{section}.{key}" for section, key in violation.keys)
        issue = Issue(violation.code, violation.message, violation.hint, where)
        fresh = (violation.code, violation.keys) not in known
        if violation.severity == "error" and fresh:
            refused.append(issue)
        elif names & touched or violation.severity == "error":
            warnings.append(issue)
    if refused:
        first = refused[0]
        raise InputError(first.message, hint=first.hint, where=first.where, code=first.code)
    return warnings
