"""The filters and tests of template expressions: few, pure, and with bounded results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Undefined

from ..limits import TEXT
from .scope import as_text
from .undefined import Misfit

MAX_NUMBER = 10**15


class NotAllowed(Exception):
    """A signal inside this room: an expression does something that is not allowed.

    Neither text ever contains a value.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def bounded_text(text: str) -> str:
    """``text``, if it is not too long for any key."""
    if len(text) > TEXT:
        raise NotAllowed(f"the value has more than {TEXT} characters")
    return text


def bounded_number(number: int) -> int:
    """``number``, if no port, second or count could be larger."""
    if abs(number) > MAX_NUMBER:
        raise NotAllowed("a number is out of range")
    return number


def _replace(value: Any, old: Any, new: Any) -> str:
    text, before, after = as_text(value), as_text(old), as_text(new)
    # Counted before it is made: two texts of some thousand characters could become megabytes.
    grown = len(text) + text.count(before) * (len(after) - len(before))
    if grown > TEXT:
        raise NotAllowed(f"'replace' would make more than {TEXT} characters")
    return bounded_text(text.replace(before, after))


def _default(value: Any, default: Any = "", boolean: bool = False) -> Any:
    missing = isinstance(value, Undefined)
    return default if missing or (boolean and not value) else value


def _int(value: Any, default: Any = None) -> Any:
    if isinstance(value, (int, float)):
        return bounded_number(int(value))
    text = as_text(value).strip()
    if len(text) < 20 and text.lstrip("+-").isdecimal():
        return bounded_number(int(text))
    if default is None:
        raise NotAllowed("'int' got a text that is not a whole number", "give a default: int(0)")
    return default


def _items(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else as_text(value)


def _first(value: Any) -> Any:
    items = _items(value)
    if not items:
        return Misfit("'first' got an empty value")
    return items[0]


def _last(value: Any) -> Any:
    items = _items(value)
    if not items:
        return Misfit("'last' got an empty value")
    return items[-1]


def _join(value: Any, separator: Any = "") -> str:
    between = as_text(separator)
    texts = [as_text(item) for item in _items(value)]
    if sum(map(len, texts)) + len(texts) * len(between) > 2 * TEXT:
        raise NotAllowed(f"'join' would make more than {TEXT} characters")
    return bounded_text(between.join(texts))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "capitalize": lambda value: as_text(value).capitalize(),
    "d": _default,
    "default": _default,
    "first": _first,
    "int": _int,
    "join": _join,
    "last": _last,
    "length": lambda value: len(_items(value)),
    "lower": lambda value: as_text(value).lower(),
    "replace": _replace,
    "string": as_text,
    "title": lambda value: as_text(value).title(),
    "trim": lambda value: as_text(value).strip(),
    "upper": lambda value: bounded_text(as_text(value).upper()),
}

TESTS: Mapping[str, Callable[..., Any]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "undefined": lambda value: isinstance(value, Undefined),
    "equalto": lambda value, other: value == other,
    "in": lambda value, items: value in items,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
}
