"""What GetPrivateProfileString sees in an ini text: the judge of every write.

It follows Windows, not Wine, where the two differ (first ``]`` ends a section name, a header
needs no ``]``, ``[]`` is a section, text before the first section and ``;`` lines are never found).
Its line logic is written without regard to ``document``, whose work it checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..named_tuple import NamedTuple
from ..text import utf16_cut, utf16_units
from .names import BLANKS, fold

LENGTH_MODULUS = 65536
"""Windows returns a value's length modulo this: 65537 characters are read as one."""
_LONG = LENGTH_MODULUS // 2  # characters, which may be two units each

Why = Literal["before-section", "no-equals", "duplicate-key", "duplicate-section"]


class Unread(NamedTuple):
    """A line that looks as if it said something, but is never found by name."""

    line: int  # 1-based
    why: Why
    section: str
    key: str  # "" where the line has none


class _Section:
    __slots__ = ("lines", "name", "names", "values")

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[str, str] = {}  # by folded key
        self.names: list[str] = []  # in the order of the values
        self.lines: dict[str, int] = {}


class Profile:
    """An ini text (decoded, without byte-order mark) as the Windows profile API reads it.

    Look-ups ignore case and spaces around the given names (a tab there finds nothing, as on
    Windows). Of sections or keys that appear twice only the first is seen.
    """

    __slots__ = ("_first", "_order", "_unread")

    def __init__(self, text: str) -> None:
        self._first: dict[str, _Section] = {}
        self._order: list[str] = []
        self._unread: list[Unread] = []
        self._parse(text)

    def _parse(self, text: str) -> None:
        section: _Section | None = None
        values: dict[str, str] = {}
        has_nul = "\0" in text
        physical = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for number, untrimmed in enumerate(physical, 1):
            line = untrimmed.strip(BLANKS)
            if not line or line[0] == ";":
                continue
            if line[0] == "[":
                section = self._enter(_until_nul(line[1:].partition("]")[0].strip(BLANKS)), number)
                values = section.values if section else {}
                continue
            key, equals, value = line.partition("=")
            key, value = key.rstrip(BLANKS), value.lstrip(BLANKS)
            if has_nul:
                key, value = _until_nul(key), _until_nul(value)
            folded = key.lower() if key.isascii() else fold(key)
            if section is None or not equals or folded in values:
                self._pass_over(number, section, key, equals)
                continue
            if len(value) > 1:
                if value[0] in "\"'" and value[0] == value[-1]:
                    value = value[1:-1]
                if len(value) >= _LONG:
                    value = _as_returned(value)
            values[folded] = value
            section.names.append(key)
            section.lines[folded] = number

    def _enter(self, name: str, number: int) -> _Section | None:
        """The section that a header opens; None if it appeared before: nothing of it is read."""
        self._order.append(name)
        if fold(name) in self._first:
            self._unread.append(Unread(number, "duplicate-section", name, ""))
            return None
        section = self._first[fold(name)] = _Section(name)
        return section

    def _pass_over(self, number: int, section: _Section | None, key: str, equals: str) -> None:
        why: Why = "duplicate-key"
        if not equals:
            why = "no-equals"
        elif section is None:
            why = "duplicate-section" if self._order else "before-section"
        where = section.name if section else self._order[-1] if self._order else ""
        self._unread.append(Unread(number, why, where, key))

    def get(self, section: str, key: str) -> str | None:
        """The value as read: outer blanks and one pair of equal quotes gone; None when absent."""
        found = self._first.get(fold(section.strip(" ")))
        return None if found is None else found.values.get(fold(key.strip(" ")))

    def sections(self) -> list[str]:
        """Section names as written, trimmed, in file order, repeats included."""
        return list(self._order)

    def keys(self, section: str) -> list[str]:
        """The keys of a section that can be read, as written, in file order, each once."""
        found = self._first.get(fold(section.strip(" ")))
        return [] if found is None else list(found.names)

    def items(self, section: str) -> list[tuple[str, str]]:
        """Pairs of key as written and value, in file order."""
        found = self._first.get(fold(section.strip(" ")))
        return [] if found is None else list(zip(found.names, found.values.values(), strict=True))

    def line_of(self, section: str, key: str) -> int | None:
        """The 1-based physical line that is read for a key (CR LF, LF and CR end lines)."""
        found = self._first.get(fold(section.strip(" ")))
        return None if found is None else found.lines.get(fold(key.strip(" ")))

    def unread(self) -> list[Unread]:
        """Lines that are never found by name: duplicates, text before the first section, no ``=``.

        Comments and blank lines are not among them.
        """
        return list(self._unread)

    def snapshot(self) -> Mapping[str, Mapping[str, str]]:
        """Everything that can be read: folded section -> folded key -> value. Not to be changed."""
        return {name: section.values for name, section in self._first.items()}


def _until_nul(text: str) -> str:
    return text.partition("\0")[0]


def _as_returned(value: str) -> str:
    """A very long value as Windows returns it, counted in UTF-16 units."""
    units = utf16_units(value)
    return value if units < LENGTH_MODULUS else utf16_cut(value, units % LENGTH_MODULUS)
