"""What a health check found that can be fixed without a decision by anybody.

Fixed is what can only have been meant in one way: the encoding, a known word in the wrong letter
case or of an older version, ``true`` for ``1``, a codec list with commas, ``sip:`` in front of a
server, a number that the phone replaces anyway, the missing ``accountId``.

A fix makes the phone do what the file says, which may be a change for its user: ``autoAnswer=All``
did nothing before and answers every call afterwards. Each fix carries a reason to show.

Everything else is left for the administrator to decide, and ``check`` reports it: which of two
lines for one key is meant; a value that is too long; anything in a command, because fixing it
starts a program that did not run before; a password; names that are nearly right.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .findings import Finding


class Fix(NamedTuple):
    """One edit: ``text`` is the logical value, None removes the key."""

    section: str
    key: str
    text: str | None
    reason: str


class Repair(NamedTuple):
    """What fixes a file: edits in order, and why it must be rewritten ('' if not); whether it is
    without what was appended in another encoding."""

    fixes: tuple[Fix, ...] = ()
    rewrite: str = ""
    cut_appended: bool = False


def repair(findings: Iterable[Finding]) -> Repair:
    """The certain fixes of ``findings``; of two for one key the first one counts."""
    fixes: dict[tuple[str, str], Fix] = {}
    rewrite, appended = "", False
    for finding in findings:
        if not finding.certain:
            continue
        if finding.rewrite:
            rewrite = rewrite or finding.message
        appended = appended or finding.code == "appended-text"
        for section, key, text, _ in finding.edits:
            fix = Fix(section, key, text, finding.effect)
            fixes.setdefault((section.lower(), key.lower()), fix)
    return Repair(tuple(fixes.values()), rewrite, appended)
