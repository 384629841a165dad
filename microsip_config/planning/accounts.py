"""Which [AccountN] a selector of a template means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..schema import SECTIONS, account_number, canonical_section
from ..schema.kinds import Text
from ..secret import revealed
from .overlay import Overlay, Readable

if TYPE_CHECKING:
    from ..schema.key import Key
    from ..template.model import Assignment, Selector

_Identity = tuple[Any, ...]

_NAMED = 10  # accounts in a message


class AccountResolver:
    """Maps selectors to sections; each selector keeps the section that it got first.

    Sections that are named come first (:meth:`claim`): an account that is found by its identity
    must neither be found in what [AccountN] is now nor be put where [AccountN] will be. Then come
    the identities (:meth:`place`), each with what the template says of it, so that two of them can
    mean one account that is still to be added.
    """

    def __init__(self, profile: Readable) -> None:
        self.sections: dict[Selector, str] = {}
        self._claimed = Overlay(profile)  # with what the template says of sections so far
        numbers = map(account_number, profile.sections())
        self._order = sorted({number for number in numbers if number})  # then as they are added
        self._known = set(self._order)
        self._taken: set[str] = set()
        self._indexes: dict[tuple[str, ...], AccountIndex] = {}
        self._free = 1  # every lower number is in use

    def resolve(self, selector: Selector, where: str) -> str:
        """The section of ``selector``: found, or the first free one for an identity without one.

        Raises ``InputError`` where two accounts have the identity.
        """
        if selector in self.sections:
            return self.sections[selector]
        if selector.kind == "section":
            section = canonical_section(selector.name)
            return self._settle(selector, section, account_number(section))
        number = self._find(selector, where) or self._first_free()
        return self._settle(selector, f"Account{number}", number)

    def _settle(self, selector: Selector, section: str, number: int | None) -> str:
        self.sections[selector] = section
        self._taken.add(section)
        if number and number not in self._known:
            self._known.add(number)
            self._order.append(number)
        return section

    def claim(self, assignment: Assignment) -> None:
        """Take into account what the template says of a section whose place is known."""
        section, key = self.resolve(assignment.selector, assignment.where), assignment.key.name
        if not assignment.only_if_absent or self._claimed.get(section, key) is None:
            self._claimed.put(section, key, revealed(assignment.text))
            number = account_number(section)
            for index in self._indexes.values() if number else ():
                index.renew(number or 0)
            self._free = 1 if key == "domain" else self._free

    def place(self, assignments: Sequence[Assignment]) -> None:
        """Find the accounts that are named by their identities; then add those not found.

        Raises as :meth:`resolve`.
        """
        groups: dict[Selector, list[Assignment]] = {}
        for assignment in assignments:
            if assignment.selector.kind == "by":
                groups.setdefault(assignment.selector, []).append(assignment)
        found = {
            selector: number
            for selector, wishes in groups.items()
            if (number := self._find(selector, wishes[0].where))
        }
        for selector, number in found.items():
            self._settle(selector, f"Account{number}", number)
        for selector in sorted(groups, key=lambda selector: selector not in found):
            for wish in groups[selector]:
                self.claim(wish)

    def targets(self, selector: Selector) -> list[str]:
        """The sections that an assignment is for."""
        if selector.kind == "every":
            return [f"Account{number}" for number in self.numbers()]
        return [self.sections[selector]]

    def numbers(self) -> list[int]:
        """N of every [AccountN] of the file or the template, ascending, without [Account0]."""
        return sorted(self._known)

    def _find(self, selector: Selector, where: str) -> int | None:
        keys = tuple(key for key, _ in selector.match)
        index = self._indexes.setdefault(keys, AccountIndex(keys))
        found = index.find(self._order, self._claimed, tuple(text for _, text in selector.match))
        if len(found) > 1:
            raise ambiguous(found, keys, where)
        return next(iter(found), None)

    def _first_free(self) -> int:
        """The first number that does not load: the phone's enumeration stops there.

        What is left in its section stays: nobody named it.
        """
        number = self._free
        while f"Account{number}" in self._taken or self._claimed.get(f"Account{number}", "domain"):
            number += 1
        self._free = number
        return number


class AccountIndex:
    """Accounts by the effective values of ``keys``; reads each account once, unless told to."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = [SECTIONS["Account"][key] for key in keys]
        self._numbers: dict[_Identity, dict[int, None]] = {}
        self._identities: dict[int, _Identity] = {}
        self._stale: set[int] = set()
        self._read = 0  # so many accounts of the order are in it

    def renew(self, number: int) -> None:
        """What is known of the account is no longer so."""
        self._stale.add(number)

    def find(self, order: list[int], source: Readable, texts: tuple[str, ...]) -> list[int]:
        """All numbers in ``order`` whose values MicroSIP takes as it takes ``texts``, ascending."""
        for number in [*self._stale.intersection(self._identities), *order[self._read :]]:
            section = f"Account{number}"
            old = self._identities.get(number)
            if old is not None:
                self._numbers[old].pop(number, None)
            new = self._identity([source.get(section, key.name) for key in self._keys])
            self._identities[number] = new
            self._numbers.setdefault(new, {})[number] = None
        self._stale.clear()
        self._read = len(order)
        return sorted(self._numbers.get(self._identity(texts), ()))

    def _identity(self, texts: list[str | None] | tuple[str, ...]) -> _Identity:
        pairs = zip(self._keys, texts, strict=True)
        return tuple(_taken_as(key, text) for key, text in pairs)


def ambiguous(numbers: Sequence[int], keys: Sequence[str], where: str) -> InputError:
    """The error of several accounts with one identity."""
    names = [f"[Account{number}]" for number in numbers]
    shown = ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
    return InputError(
        f"{len(numbers)} accounts have this {' and '.join(keys)}: {shown}",
        hint="find the account by more keys, such as [Account by username, domain], name it by "
        "its number, or remove the one too many",
        where=where,
        code="ambiguous-account",
    )


def _taken_as(key: Key, raw: str | None) -> Any:
    """What MicroSIP takes ``raw`` for: equal for two texts that ``key.same`` finds alike."""
    if raw is not None and isinstance(key, Text) and key.caseless:
        raw = raw.lower()
    return _hashable(key.read(raw).value)


def _hashable(value: Any) -> Any:
    """``value`` for a look-up; lists of equal values stay equal."""
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
