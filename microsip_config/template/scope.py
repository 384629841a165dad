"""Looks up the names in expressions, and records whether one of them was a secret."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from ..errors import VariableError
from ..limits import TEXT
from ..secret import Secret

CONSTANTS = frozenset(("true", "false", "none", "True", "False", "None", "not", "self"))
"""Words that mean something else than a variable in an expression."""
BUILT_IN = frozenset(("env", "user", "host", "secret", "absent"))
"""First names that ``--var`` and ``--vars`` cannot give."""


class UndefinedName(Exception):
    """A signal inside this room: a name without a value; ``args[0]`` is the whole dotted name."""


class Absent:
    """The value of ``absent``."""

    __slots__ = ()

    def __str__(self) -> str:
        raise VariableError(
            "'absent' removes the key and cannot be part of a longer value",
            hint="write {{ absent }} as the whole value",
        )


ABSENT = Absent()


class Namespace:
    """A table of variables, as an expression sees it: its names, no attributes of Python."""

    __slots__ = ("entries", "path")

    def __init__(self, entries: Mapping[str, Any], path: str) -> None:
        self.entries = entries
        self.path = path

    def __str__(self) -> str:
        inside = sorted(str(name) for name in self.entries)[:3] if self.path != "env" else []
        hint = f"such as {self.path}.{inside[0]}" if inside else ""
        raise VariableError(f"'{self.path}' is a table, not a value: name one entry", hint=hint)


class Scope:
    """The variables and secrets of one rendering.

    ``tainted`` turns True as soon as a secret is looked up; the caller resets it for each value.
    """

    __slots__ = ("_cache", "_root", "tainted")

    def __init__(self, variables: Mapping[str, Any], secrets: Mapping[str, Secret]) -> None:
        self._root = Namespace({**variables, "secret": secrets, "absent": ABSENT}, "")
        self._cache: dict[str, Any] = {}
        self.tainted = False

    def find(self, dotted: str) -> Any:
        """The value of ``site.stun``: a text, number, bool, list, table or `ABSENT`.

        :raises UndefinedName: there is no such name.
        :raises VariableError: a part of the name is not a table, or the value has an unusable type.
        """
        value: Any = self._root
        try:
            for name in dotted.split("."):
                value = self.member(value, name)
        except UndefinedName:
            value = self
        if value is self:
            raise UndefinedName(dotted)
        return value

    def member(self, table: Any, name: str) -> Any:
        """The entry ``name`` of ``table``; raises as `find`."""
        if not isinstance(table, Namespace):
            raise VariableError(f"'.{name}' looks up an entry of something that is not a table")
        path = f"{table.path}.{name}" if table.path else name
        value = table.entries.get(name, self)
        if value is self:
            raise UndefinedName(path)
        if callable(value):
            # Facts such as the user's full name cost time, so they come as functions.
            if path not in self._cache:
                self._cache[path] = value()
            value = self._cache[path]
        return self._plain(value, path)

    def _plain(self, value: Any, path: str) -> Any:
        if isinstance(value, Secret):
            self.tainted = True
            value = value.reveal()
        if isinstance(value, str):
            if len(value) > TEXT:
                raise VariableError(f"variable '{path}' is longer than {TEXT} characters")
            return str(value)
        if isinstance(value, float) and not isfinite(value):
            raise VariableError(f"variable '{path}' is not a number that a key can have")
        if isinstance(value, (bool, int, float, Absent)):
            return value
        if isinstance(value, Mapping):
            return Namespace(value, path)
        if isinstance(value, (list, tuple)):
            return tuple(self._plain(item, path) for item in value)
        if value is None:
            raise VariableError(f"variable '{path}' has no value (null)")
        raise VariableError(f"variable '{path}' has a type that no key can have")


def as_text(value: Any) -> str:
    """The text of a value in a template: ``true``/``false`` for a bool, ``a, b`` for a
    list that was given as a variable, digits for a number.

    :raises VariableError: whatever else an expression can make has no text.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > 10**18:
            raise VariableError("a number is out of range")
        return str(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise VariableError("a number is out of range")
        return str(value)
    if isinstance(value, tuple):
        if any(isinstance(item, (tuple, list, Namespace)) for item in value):
            raise VariableError("a list may contain only texts and numbers")
        return ", ".join(as_text(item) for item in value)
    if isinstance(value, list):
        raise VariableError(
            "a list that is written in an expression has no text of its own",
            hint="join it, such as {{ codecs | join(',') }}",
        )
    if value is None:
        raise VariableError(
            "'none' has no text", hint='write {{ absent }} to remove the key, or "" for no text'
        )
    str(value)  # an undefined name, a table or ``absent`` says itself what is wrong
    raise VariableError("a value of this kind has no text", hint="use a text or a number")


def is_literal(source: str) -> bool:
    """Whether a value contains no expression at all."""
    return "{" not in source or not ("{{" in source or "{%" in source or "{#" in source)


def is_absent(source: str) -> bool:
    """Whether a value is ``{{ absent }}`` and nothing else."""
    return simple_parts(source) == ["", "absent", ""]


def is_name(text: str) -> bool:
    """Whether ``text`` is a variable's name such as ``extension`` or ``site.stun``."""
    return text.isascii() and all(
        part.isidentifier() and part[0] != "_" for part in text.split(".")
    )


def split_expressions(source: str) -> list[str]:
    """``a {{ b }} c`` as [a , {{ b }},  c]: text and expressions in turn, as far as braces tell."""
    parts: list[str] = []
    at = 0
    while (start := source.find("{{", at)) >= 0 and (end := source.find("}}", start + 2)) >= 0:
        parts += (source[at:start], source[start : end + 2])
        at = end + 2
    return [*parts, source[at:]]


def without_expressions(source: str) -> str:
    """The literal text of a value, well enough to count the quotes or fields in it."""
    return "".join(split_expressions(source)[::2])


def simple_parts(source: str) -> list[str] | None:
    """``text {{ a.b }} text`` as [text, name, text ...]; None if Jinja2 has to read the value.

    The result must be what Jinja2 would make of it, so everything doubtful is left to Jinja2.
    """
    first, *rest = source.split("{{")
    parts = [first]
    for piece in rest:
        inside, end, text = piece.partition("}}")
        name = inside.strip(" \t")
        if not end or not is_name(name) or name.split(".", 1)[0] in CONSTANTS:
            return None
        parts += (name, text)
    return parts if all(is_literal(text) for text in parts[::2]) else None
