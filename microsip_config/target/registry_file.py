"""Wine's registry files (``user.reg``, ``system.reg``): reads single keys of them.

The running Wine server keeps the registry in memory and writes these files some seconds after a
change and when it exits, so a value set a moment ago may not be here yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_VALUE = re.compile(r'(?:@|"((?:[^"\\]|\\.)*)")=(.*)', re.DOTALL)
_TEXT = re.compile(r'(?:str(?:\((\d+)\))?:)?"((?:[^"\\]|\\.)*)"')
_BYTES = re.compile(r"hex(?:\(([0-9a-fA-F]+)\))?:(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
_CONTROLS = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_CONTROLS["e"] = "\x1b"
_LONGEST = 65_536  # characters of a value; more is neither a path nor a name
_TEXT_TYPES = (1, 2)  # REG_SZ, REG_EXPAND_SZ


class Value(NamedTuple):
    """A text value; ``expandable`` is REG_EXPAND_SZ (its %variables% are not expanded here)."""

    text: str
    expandable: bool = False


class RegistryFile:
    """The keys of one file by their names in any case; asked for by ASCII names only.

    Nothing is parsed in advance: a handful of some 15,000 keys is needed.
    """

    def __init__(self, data: bytes) -> None:
        self._data = b"\n" + data
        self._folded = self._data.lower()  # bytes: ASCII only, and of the same length
        self._index: dict[bytes, int] | None = None

    @property
    def head(self) -> str:
        """The lines before the first key."""
        return self._data.partition(b"\n[")[0].decode("utf-8", "replace").replace("\r", "")

    def keys_below(self, key: str) -> Iterator[str]:
        """The names (lower case, whole path) of all keys under ``key``, at any depth."""
        self._find_headers()  # there may be many, and their values are asked for next
        start = b"\n[" + _escaped(key) + b"\\\\"
        position = self._folded.find(start)
        while position >= 0:
            end = self._folded.find(b"\n", position + 1)
            line = self._folded[position + 2 : end].decode("utf-8", "replace")
            yield _unescape(line.rpartition("]")[0])
            position = self._folded.find(start, position + 1)

    def value(self, key: str, name: str = "") -> Value | None:
        """The text value ``name`` of ``key`` ("" = the default value); None if there is none.

        Values of types other than REG_SZ and REG_EXPAND_SZ are not text: None too.
        """
        header = b"\n[" + _escaped(key) + b"]"
        start = self._start(header)
        if start < 0:
            return None
        end = self._data.find(b"\n[", start + 1)
        block = self._data[start + len(header) : end if end >= 0 else None]
        for line in _logical_lines(block.decode("utf-8", "replace")):
            if len(line) > _LONGEST:
                continue
            match = _VALUE.fullmatch(line)
            if match and _unescape(match[1] or "").lower() == name.lower():
                return _read(match[2])
        return None

    def _start(self, header: bytes) -> int:
        """Where a key begins; -1: nowhere."""
        return self._folded.find(header) if self._index is None else self._index.get(header, -1)

    def _find_headers(self) -> None:
        if self._index is not None:
            return
        self._index = {}
        position = self._folded.find(b"\n[")
        while position >= 0:
            end = self._folded.find(b"\n", position + 1)
            line = self._folded[position : end if end >= 0 else None]
            self._index.setdefault(line.rpartition(b"]")[0] + b"]", position)
            position = self._folded.find(b"\n[", position + 1)

    def text(self, key: str, name: str = "") -> str:
        """Like ``value``, but only the text, "" if there is none."""
        value = self.value(key, name)
        return value.text if value else ""


def _logical_lines(block: str) -> Iterator[str]:
    """The lines, with continuation lines of hex data joined."""
    parts: list[str] = []
    for line in block.split("\n"):
        part = line.strip() if parts else line.rstrip()
        if part.endswith("\\"):
            parts.append(part[:-1])
            continue
        yield "".join((*parts, part))
        parts = []
    if parts:
        yield "".join(parts)


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


def _escaped(key: str) -> bytes:
    """A key's name as it is written in a header, in lower case."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", key).lower().encode("ascii")


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
