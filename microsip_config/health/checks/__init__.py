"""The health check: everything a file shows of how it would break or misconfigure the phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...schema import lookup
from ...schema.effective import Effective
from ..findings import Finding
from . import file as file_level
from . import keys as key_level
from . import settings as whole
from .keys import Place, canonical

if TYPE_CHECKING:
    from ...ini.file import Source

# Where both are found at a key, the first says all that the second does, and more.
_SAYS_MORE = (
    ("calls-last-key-huge", "outside-range"),
    ("account-id-negative", "outside-range"),
    ("value-wraps", "cut"),
    ("hidden-phone", "starts-hidden"),
    ("directory-password-in-clear", "directory-user-in-clear"),
    ("command-for-any-caller", "command-present"),
)


def examine(source: Source) -> list[Finding]:
    """Every finding about a file, by physical line; those without a line first.

    Reads nothing but ``source``. No finding holds a secret.
    """
    lines = file_level.physical_lines(source.text)
    places = list(key_level.places(source.profile, lines))
    found = [
        *file_level.encoding(source),
        *file_level.control_characters(lines),
        *file_level.headers(lines),
        *file_level.unread(source.profile, lines),
        *key_level.sections(source.profile, lines),
    ]
    effective = Effective(source.profile)
    for place in places:
        found += _of_key(place, effective)
    found += whole.of_rules(effective, places)
    found += whole.of_settings(effective, places)
    return sorted(_without_echoes(found), key=lambda finding: finding.line or 0)


def _of_key(place: Place, effective: Effective) -> Iterator[Finding]:
    key = lookup(place.section, place.name)
    if key is None:
        yield from key_level.names(place)
    elif key.legacy and effective.raw("Settings", "accountId"):
        yield from key_level.dead_legacy(place, key)
    else:
        yield from key_level.values(place, key)
        yield from whole.of_key(place)


def _without_echoes(found: list[Finding]) -> list[Finding]:
    codes = {(_name(finding), finding.code) for finding in found}
    return [
        finding
        for finding in found
        if not any(
            finding.code == less and (_name(finding), more) in codes for more, less in _SAYS_MORE
        )
    ]


def _name(finding: Finding) -> tuple[str, str]:
    return canonical(finding.section).lower(), finding.key.lower()
