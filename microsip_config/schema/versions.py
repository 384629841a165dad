"""The versions of MicroSIP that are known, and which of them reads a file.

The schema and the command-line grammar were read off the sources of these versions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..named_tuple import NamedTuple

OLDEST = "3.19.17"
"""The oldest supported version: what a phone of unknown version surely knows."""

NEWEST = "3.22.16"
"""The newest version that is known; later ones are taken to be like it."""

CALL_LOG_SINCE = "3.22.5"
"""The first version that keeps its calls in ``call_log.db``, not in ``[Calls]``."""

EXCLUSIVE_SINCE = "3.22.4"
"""The first version that does not start with an ini that it cannot open, for itself alone and for
writing; and the first that ends its calls itself at exit, with their ``cmdCallEnd``."""

Number = tuple[int, ...]


def number_of(text: str) -> Number:
    """The first three numbers of ``"3.22.3.5"``; an empty tuple if it is not a version."""
    found = re.match(r"\s*(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?", text, re.ASCII)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


class Version(NamedTuple):
    """A version as three numbers, and where it was found; no numbers: it is not known."""

    number: Number = ()
    origin: str = ""

    @property
    def text(self) -> str:
        return ".".join(map(str, self.number))


class Phone:
    """The phone that reads a file. Its version is looked for when it first matters, and once."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], Version]) -> None:
        self._find = find
        self._found: Version | None = None

    @property
    def version(self) -> Version:
        if self._found is None:
            self._found = self._find()
        return self._found

    @property
    def number(self) -> Number:
        """Empty if the version is not known."""
        return self.version.number

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"MicroSIP {self.version.text}" if self.number else "MicroSIP"

    def is_known_before(self, version: str) -> bool:
        """Whether it is certainly older than ``version``."""
        return bool(self.number) and self.number < number_of(version)

    def is_known_after(self, version: str) -> bool:
        """Whether it is certainly newer than ``version``."""
        return bool(self.number) and self.number > number_of(version)


UNKNOWN = Phone(Version)


def phone_of(version: str, origin: str = "") -> Phone:
    """A phone of a version that is known."""
    return Phone(lambda: Version(number_of(version), origin))


def is_microsip(number: Number) -> bool:
    """Whether it can be a version of MicroSIP: vendor builds count their own from 1 or 2."""
    return number >= (3,)


def noted_version(get: Callable[[str, str], str | None]) -> Version | None:
    """The version that the phone has noted in its ini: since 3.22.4 .. 3.22.10 in [Global].

    :param get: reads the text of a key of a section.
    """
    for section in ("Global", "Settings"):
        number = number_of(get(section, "version") or "")
        if is_microsip(number):
            return Version(number, f"[{section}]")
    return None
