"""Wine's registry files (``user.reg``, ``system.reg``): reading single keys out of them.

The running Wine server holds the registry in memory and writes these files some seconds after a
change and when it ends, so a value set a moment ago may not be here yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEADER = re.compile(r"^\[(.*)\](?:[ \t]+[0-9]+)?[ \t]*\r?$", re.MULTILINE)
_VALUE = re.compile(r'(?:@|"((?:[^"\\]|\\.)*)")=(.*)', re.DOTALL)
_TEXT = re.compile(r'(?:str(?:\((\d+)\))?:)?"((?:[^"\\]|\\.)*)"')
_BYTES = re.compile(r"hex(?:\(([0-9a-fA-F]+)\))?:(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
_CONTROLS = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_CONTROLS["e"] = "\x1b"
_TEXT_TYPES = (1, 2)  # REG_SZ, REG_EXPAND_SZ


class Value(NamedTuple):
    """A text value; ``expandable`` is REG_EXPAND_SZ (its %variables% are not expanded here)."""

    text: str
    expandable: bool = False


class RegistryFile:
    """The keys of one file; names are compared without regard to case."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: dict[str, tuple[int, int]] = {}
        previous = ""
        start = 0
        for match in _HEADER.finditer(text):
            if previous:
                self._spans.setdefault(previous, (start, match.start()))
            previous, start = _unescape(match[1]).lower(), match.end()
        if previous:
            self._spans.setdefault(previous, (start, len(text)))

    @property
    def head(self) -> str:
        """The lines before the first key."""
        return self._text[: self._text.find("\n[") + 1]

    def keys_below(self, key: str) -> Iterator[str]:
        """The names (lower case, whole path) of all keys under ``key``, at any depth."""
        prefix = key.lower() + "\\"
        return (name for name in self._spans if name.startswith(prefix))

    def value(self, key: str, name: str = "") -> Value | None:
        """The text value ``name`` of ``key`` ("" = the default value); None when there is none.

        Values of other types than REG_SZ and REG_EXPAND_SZ are not text, so None as well.
        """
        span = self._spans.get(key.lower())
        if span is None:
            return None
        for line in _logical_lines(self._text[slice(*span)]):
            match = _VALUE.fullmatch(line)
            if match and _unescape(match[1] or "").lower() == name.lower():
                return _read(match[2])
        return None

    def text(self, key: str, name: str = "") -> str:
        """Like ``value``, but the bare text, "" when there is none."""
        value = self.value(key, name)
        return value.text if value else ""


def _logical_lines(block: str) -> Iterator[str]:
    """Lines with the continuations of hex data joined."""
    joined = ""
    for line in block.split("\n"):
        joined += line.strip() if joined else line.rstrip()
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        yield joined
        joined = ""
    if joined:
        yield joined


def _read(data: str) -> Value | None:
    if match := _TEXT.fullmatch(data.strip()):
        kind = int(match[1] or 1)
        return Value(_until_nul(_unescape(match[2])), kind == 2) if kind in _TEXT_TYPES else None
    if match := _BYTES.fullmatch(data.strip()):
        kind = int(match[1] or "3", 16)
        if kind not in _TEXT_TYPES:
            return None
        try:
            raw = bytes.fromhex(match[2].replace(",", " "))
        except ValueError:
            return None
        return Value(_until_nul(raw.decode("utf-16-le", "replace")), kind == 2)
    return None


def _until_nul(text: str) -> str:
    return text.split("\0", 1)[0]


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    units = _ESCAPE.sub(_replace, text)
    # Wine writes one escape per UTF-16 unit: two of them make one character.
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _replace(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    if match[2]:
        return chr(int(match[2], 8))
    return _CONTROLS.get(match[3], match[3])
