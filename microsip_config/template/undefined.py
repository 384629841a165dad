"""What an expression gets for a name, an entry or an item that is not there.

It has no text, as Jinja2's ``StrictUndefined``; only a default and a test for it take it. What is
looked up in it is not there either, so that ``{{ site.door.code | default("") }}`` needs no table.
"""

from __future__ import annotations

from jinja2 import StrictUndefined, UndefinedError


class Undefined(StrictUndefined):
    """Has its whole dotted name, and nothing else."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class MisfitError(UndefinedError):
    """A part was used that a value does not have; its message says what is wrong."""


class Misfit(Undefined):
    """A part that a value does not have: an item of a shorter list, an entry of a text."""

    def __init__(self, message: str) -> None:
        super().__init__(name=message, exc=MisfitError)


def part_of(missing: Undefined, part: str) -> Undefined:
    """What is looked up in something that is not there itself."""
    if isinstance(missing, Misfit):
        return missing
    return Undefined(name=f"{missing._undefined_name}{part}")
