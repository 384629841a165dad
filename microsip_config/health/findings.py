"""What a health check finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..codes.register import CODES
from ..codes.row import Severity

Edit = tuple[str, str, str | None, bool]
"""``(section, key, logical text or None to remove it, written in quotes)``."""


class Finding(NamedTuple):
    """One way in which a file would break or misconfigure the phone. Never contains a secret.

    ``line`` is the physical line (from 1), ``None`` for what has no line: an absent key, the
    bytes of the file. ``effect`` is what the phone does, ``fix`` what to do about it, both in
    words. ``certain``: ``edits`` (or, with ``rewrite``, rewriting the file as UTF-16) fix it
    without a decision by anybody.
    """

    code: str
    severity: Severity
    line: int | None
    section: str
    key: str
    message: str
    effect: str
    fix: str = ""
    certain: bool = False
    edits: tuple[Edit, ...] = ()
    rewrite: bool = False

    @property
    def where(self) -> str:
        """The key as ``Section.key``, or the section, or nothing for the whole file."""
        return f"{self.section}.{self.key}" if self.key else self.section

    def reworded(self, reword: Callable[[str], str]) -> Finding:
        """The finding with its words changed, as to take secrets out."""
        words = (self.message, self.effect, self.fix)
        message, effect, fix = map(reword, words)
        return self._replace(message=message, effect=effect, fix=fix)

    def as_json(self) -> dict[str, Any]:
        """The finding in terms of JSON; without the edits that fix it."""
        return {name: value for name, value in self._asdict().items() if name != "edits"}


def finding(
    code: str,
    line: int | None = None,
    section: str = "",
    key: str = "",
    *,
    message: str = "",
    effect: str = "",
    fix: str = "",
    severity: Severity | None = None,
    certain: bool = False,
    edits: tuple[Edit, ...] = (),
    rewrite: bool = False,
) -> Finding:
    """A finding; what is not given is that of the register's row for ``code``."""
    row = CODES[code]
    return Finding(
        code,
        severity or row.severity,
        line,
        section,
        key,
        message or row.meaning,
        effect or row.effect,
        fix or row.fix,
        certain or bool(edits),
        edits,
        rewrite,
    )
