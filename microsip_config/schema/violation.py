"""What a rule for a whole configuration yields."""

from __future__ import annotations

from typing import NamedTuple

from ..codes.row import Severity
from ..codes.rules import CODES

Names = tuple[str, str]


class Violation(NamedTuple):
    """A rule that is broken: an ``error`` breaks the phone, a ``warning`` disables or exposes.

    ``message`` is the effect on the phone; ``keys`` are (section, key) pairs; ``fix`` are the
    (section, key, text or None for removal) that certainly fix it, empty if none is certain.
    The severity is the register's, unless this case is an ``exception``.
    """

    code: str
    message: str
    hint: str
    keys: tuple[Names, ...]
    fix: tuple[tuple[str, str, str | None], ...] = ()
    exception: Severity | None = None

    @property
    def severity(self) -> Severity:
        return self.exception or CODES[self.code].severity
