"""The health check: everything a file shows of how it would break or misconfigure the phone.

A check is a function from a :class:`View` to findings, with an entry in ``CHECKS``; a new code has
its row in ``codes``. A rule about several keys belongs in ``schema.rules``, so that ``apply``
obeys it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ...schema import section_spelling
from ..findings import Finding
from . import file, keys, settings
from .rules import rules
from .view import View, folded

if TYPE_CHECKING:
    from ...ini.file import Source

Check = Callable[[View], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    file.encoding,
    file.control_characters,
    file.appended_text,
    file.headers,
    file.unread,
    keys.sections,
    keys.names,
    keys.legacy,
    keys.values,
    settings.values,
    rules,
    settings.surprises,
    settings.machine_specific,
)
"""Every check; of findings on the same line, those of an earlier check come first."""

_SAYS_MORE = {
    "outside-range": frozenset({"calls-last-key-huge", "account-id-negative"}),
    "cut": frozenset({"value-wraps"}),
    "starts-hidden": frozenset({"hidden-phone"}),
    "directory-user-in-clear": frozenset({"directory-password-in-clear"}),
    "odd-character": frozenset({"control-character"}),
    "password-too-long": frozenset({"old-password-form"}),
    "retired-key": frozenset({"old-password-form"}),
    "command-present": frozenset({"command-for-any-caller"}),
}
"""Where a key has one of the codes on the right, the one on the left says nothing new."""


def examine(source: Source) -> list[Finding]:
    """Every finding about a file, by physical line; those without a line first.

    Reads nothing but ``source``. No finding contains a secret.
    """
    view = View(source)
    found = [finding for check in CHECKS for finding in check(view)]
    return sorted(_without_echoes(found), key=lambda finding: finding.line or 0)


def _without_echoes(found: list[Finding]) -> list[Finding]:
    present = {(_name(finding), finding.code) for finding in found}
    return [
        finding
        for finding in found
        if not any((_name(finding), more) in present for more in _SAYS_MORE.get(finding.code, ()))
    ]


def _name(finding: Finding) -> tuple[str, str]:
    return folded(section_spelling(finding.section), finding.key)
