"""A whole configuration as the phone takes it at its next start."""

from __future__ import annotations

from typing import Any, Protocol

from ..errors import UnknownKey
from . import account_number, find_key, lookup
from .key import Key, Reading
from .versions import UNKNOWN, Phone


class Source(Protocol):
    """What the values are read from; ``ini.profile.Profile`` is one."""

    def get(self, section: str, key: str) -> str | None:
        """The text of a key as the profile API delivers it; None if the key is absent."""

    def sections(self) -> list[str]:
        """The names of the sections as written."""

    def keys(self, section: str) -> list[str]:
        """The names of the keys of a section as written."""


class Effective:
    """The effective values of ``source``, as ``phone`` takes them. Reads on demand."""

    def __init__(self, source: Source, phone: Phone = UNKNOWN) -> None:
        self._source = source
        self.phone = phone

    def raw(self, section: str, key_name: str) -> str | None:
        """The text in the file, or None."""
        return self._source.get(section, key_name)

    def reading(self, section: str, key_name: str) -> Reading:
        """The effective value with its origin and notices; ``UnknownKey`` if there is no such key.

        Names are those of the file, so that letter case does not matter.
        """
        return _key(section, key_name).of(self.phone).read(self._source.get(section, key_name))

    def value(self, section: str, key_name: str) -> Any:
        """The effective value of a key, typed; ``UnknownKey`` if there is no such key."""
        return self.reading(section, key_name).value

    def names(self, section: str) -> list[str]:
        """The names of the keys in ``section``, as written; empty if it does not exist."""
        return self._source.keys(section)

    def account_numbers(self) -> list[int]:
        """N of every [AccountN] that exists, ascending, [Account0] included."""
        numbers = {account_number(name) for name in self._source.sections()}
        return sorted(number for number in numbers if number is not None)

    def migrates(self) -> bool:
        """Whether the phone will move an account from [Settings] to [Account1] at its start."""
        return self.value("Settings", "accountId") is None and bool(self.raw("Settings", "domain"))

    def loads(self, number: int) -> bool:
        """Whether [AccountN] loads: it has a domain. [Account0] always does."""
        if number == 0 or (number == 1 and self.migrates()):
            return True
        return number > 0 and bool(self.raw(f"Account{number}", "domain"))

    def accounts(self) -> list[int]:
        """The accounts that the phone lists: 1, 2 ... up to the first that does not load."""
        numbers: list[int] = []
        while self.loads(len(numbers) + 1):
            numbers.append(len(numbers) + 1)
        return numbers

    def active_account(self) -> int:
        """The account in use after the next start; 0 is none, a negative number is kept as it is.

        An absent accountId selects the account migrated from [Settings] or none at all; 0 without
        the local account becomes 1; a number whose account does not load becomes 0.
        """
        number = self.value("Settings", "accountId")
        if number is None:
            return 1 if self.migrates() else 0
        if number == 0 and not self.value("Settings", "enableLocalAccount"):
            number = 1
        return int(number) if number <= 0 or self.loads(number) else 0


def _key(section: str, name: str) -> Key:
    key = lookup(section, name)
    if key is None:
        find_key(section, name)  # says what is wrong with the name
        raise UnknownKey(f"MicroSIP does not read a key {name!r} in [{section}]")
    return key
