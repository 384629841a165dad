"""The rules of the schema for a whole configuration, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...schema import section_spelling
from ...schema.rules import violations
from ..findings import Edit, Finding, finding
from .view import KeyLine, View, folded

if TYPE_CHECKING:
    from ...schema.violation import Violation

_LAST_CALL = 999


def rules(view: View) -> Iterator[Finding]:
    """Keys that spoil or disable each other, each rule at the first of its keys that is there."""
    for violation in violations(view.effective):
        present = [names for names in violation.keys if folded(*names) in view.line_of]
        section, key = next(iter(present or violation.keys), ("", ""))
        yield finding(
            violation.code,
            view.line_of.get(folded(section, key)),
            section,
            key,
            effect=violation.message,
            fix=violation.hint,
            severity=violation.severity,
            edits=_edits(violation, view),
        )


def _edits(violation: Violation, view: View) -> tuple[Edit, ...]:
    if violation.code == "calls-last-key-huge":
        last = max((int(here.name) for here in view.key_lines if _is_call(here)), default=-1)
        # After key 999 the phone begins again at 0: then the last call is not the highest number.
        return (("Settings", "callsLastKey", str(last), False),) if last < _LAST_CALL else ()
    return tuple((section, key, text, False) for section, key, text in violation.fix)


def _is_call(here: KeyLine) -> bool:
    return here.key is not None and section_spelling(here.section) == "Calls"
