"""Which [AccountN] a selector of a template means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..schema import SECTIONS, account_number, canonical_section, lookup
from ..schema.kinds import Text
from ..secret import revealed
from .overlay import Overlay, Readable

if TYPE_CHECKING:
    from ..schema.key import Key
    from ..template.model import Assignment, Selector

Leftover = Callable[[str, "Key", str], None]
_Identity = tuple[Any, ...]


class AccountResolver:
    """Maps selectors to sections; each selector keeps the section that it got first.

    Sections that are named come first (:meth:`claim`): an account that is found by its identity
    must neither be found in what [AccountN] is now nor be put where [AccountN] will be.

    :param leftover: called with section, key and reason for each key that has to go because a new
        account gets a section with leftovers of one that does not load.
    """

    def __init__(self, profile: Readable, leftover: Leftover) -> None:
        self.sections: dict[Selector, str] = {}
        self._profile = profile
        self._leftover = leftover
        self._claimed = Overlay(profile)  # with what the template says of sections by their name
        numbers = map(account_number, profile.sections())
        self._order = sorted({number for number in numbers if number})  # then as they are added
        self._known = set(self._order)
        self._taken: set[str] = set()
        self._indexes: dict[tuple[str, ...], _Index] = {}
        self._free = 1  # every lower number is in use

    def resolve(self, selector: Selector, where: str) -> str:
        """The section of ``selector``: found, or the first free one for an identity without one."""
        if selector in self.sections:
            return self.sections[selector]
        if selector.kind == "section":
            section = canonical_section(selector.name)
            number = account_number(section)
        else:
            number = self._find(selector) or self._first_free(where)
            section = f"Account{number}"
        self.sections[selector] = section
        self._taken.add(section)
        if number and number not in self._known:
            self._known.add(number)
            self._order.append(number)
        return section

    def claim(self, assignment: Assignment) -> None:
        """Take into account what the template says of a section by its name."""
        section, key = self.resolve(assignment.selector, assignment.where), assignment.key.name
        if not assignment.only_if_absent or self._claimed.get(section, key) is None:
            self._claimed.put(section, key, revealed(assignment.text))
            self._indexes.clear()
            self._free = 1

    def targets(self, selector: Selector) -> list[str]:
        """The sections that an assignment is for."""
        if selector.kind == "every":
            return [f"Account{number}" for number in self.numbers()]
        return [self.sections[selector]]

    def numbers(self) -> list[int]:
        """N of every [AccountN] of the file or the template, ascending, without [Account0]."""
        return sorted(self._known)

    def _find(self, selector: Selector) -> int | None:
        keys = tuple(key for key, _ in selector.match)
        index = self._indexes.setdefault(keys, _Index(keys))
        return index.find(self._order, self._claimed, tuple(text for _, text in selector.match))

    def _first_free(self, where: str) -> int:
        """The first number that does not load: the phone's enumeration stops there."""
        number = self._free
        while f"Account{number}" in self._taken or self._claimed.get(f"Account{number}", "domain"):
            number += 1
        self._free = number
        section = f"Account{number}"
        for name in self._profile.keys(section):
            key = lookup(section, name)
            if key is not None:
                reason = f"{where}: left over from an account that does not load"
                self._leftover(section, key, reason)
        return number


class _Index:
    """Accounts by the effective values of ``keys``; reads each account once."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = [SECTIONS["Account"][key] for key in keys]
        self._numbers: dict[_Identity, int] = {}
        self._read = 0  # so many accounts of the order are in it

    def find(self, order: list[int], source: Overlay, texts: tuple[str, ...]) -> int | None:
        """The first number in ``order`` whose values MicroSIP takes as it takes ``texts``."""
        for number in order[self._read :]:
            section = f"Account{number}"
            raw = [source.get(section, key.name) for key in self._keys]
            self._numbers.setdefault(self._identity(raw), number)
        self._read = len(order)
        return self._numbers.get(self._identity(texts))

    def _identity(self, texts: list[str | None] | tuple[str, ...]) -> _Identity:
        pairs = zip(self._keys, texts, strict=True)
        return tuple(_taken_as(key, text) for key, text in pairs)


def _taken_as(key: Key, raw: str | None) -> Any:
    """What MicroSIP takes ``raw`` for: equal for two texts that ``key.same`` finds alike."""
    if raw is not None and isinstance(key, Text) and key.caseless:
        raw = raw.lower()
    return _hashable(key.read(raw).value)


def _hashable(value: Any) -> Any:
    """``value`` for a look-up; lists of equal values stay equal."""
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
