"""Removes the escapes of a text, layer by layer, and keeps track of where each character was.

What the usual encoders make of a character is undone in one table, whatever the mixture: escapes of
Python, JSON and C, percent signs of URLs, references of XML and HTML. A text that was escaped twice
has two layers. Quotes and backslashes that CSV, shells and JSON add are not removed here, but they
may stand within a reference that a shell is to pass on (see `skeleton`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

MOST_LAYERS = 6
"""How often a text is unescaped; each layer costs time in proportion to its length."""

_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BACKSLASH = (
    r"(?<!\\)(?P<slashes>(?>\\+))"
    r"(?:u(?P<u>[0-9A-Fa-f]{4})|u\\*\{+(?P<braces>[0-9A-Fa-f]{1,6})\\*\}+|U(?P<U>[0-9A-Fa-f]{8})"
    r"|x(?P<x>[0-9A-Fa-f]{2})|(?P<octal>[0-3][0-7]{2}))"
)
# A shell passes on a sign after one of these, a format one that is doubled.
_SHELL = r"(?:(?<![\\^`])(?>[\\^`]+))?"
_PERCENT = rf"{_SHELL}(?<!%)(?>%+)(?:(?P<percent>[0-9A-Fa-f]{{2}})|u(?P<units>[0-9A-Fa-f]{{4}}))"
_REFERENCE = (
    rf"{_SHELL}&"
    r"(?>\\*)(?:#(?P<decimal>[0-9]{1,10})|#[xX](?P<hex>[0-9A-Fa-f]{1,10})"
    r"|(?P<name>amp|lt|gt|quot|apos))(?>\\*);"
)
_FAMILIES = (_BACKSLASH, _PERCENT, _REFERENCE)
_ANY = "|".join(_FAMILIES)
_BASES = {
    "u": 16, "braces": 16, "U": 16, "x": 16, "octal": 8,
    "percent": 16, "units": 16, "decimal": 10, "hex": 16,
}  # fmt: skip
_SLASHED = ("u", "braces", "U", "x", "octal")
_LAST = 0x10FFFF


class Layer(NamedTuple):
    """A text, and for each of its characters where it begins and ends in the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def layers(text: str) -> Iterator[Layer]:
    """``text`` itself, then without its outermost escapes, then without the next ones ..."""
    layer: Layer | None = _whole(text)
    for _ in range(1 + MOST_LAYERS):
        if layer is None:
            return
        yield layer
        layer = _peeled(layer, _ANY)


def mixed_layers(text: str) -> Iterator[Layer]:
    """``text`` without the escapes of one family (backslash, percent, reference), then of another.

    As many as three in any order: a secret that itself looks like an escape of one family is as it
    was in one of them.
    """
    found = [_whole(text)]
    for _ in _FAMILIES:
        found = [
            peeled
            for layer in found
            for family in _FAMILIES
            if (peeled := _peeled(layer, family)) is not None
        ]
        yield from found


def _whole(text: str) -> Layer:
    return Layer(text, range(len(text)), range(1, len(text) + 1))


def unescaped(text: str) -> str:
    """``text`` as its last layer shows it."""
    for layer in layers(text):
        text = layer.text
    return text


def _peeled(layer: Layer, family: str) -> Layer | None:
    """One layer of a family of escapes less; None if there is none."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in _compiled(family).finditer(layer.text):
        begin, end = found.span()
        meant = _meaning(found)
        pieces += (layer.text[done:begin], meant)
        starts += layer.starts[done:begin]
        ends += layer.ends[done:begin]
        starts += [layer.starts[begin]] * len(meant)
        ends += [layer.ends[end - 1]] * len(meant)
        done = end
    if not pieces:
        return None
    pieces.append(layer.text[done:])
    starts += layer.starts[done:]
    ends += layer.ends[done:]
    return Layer("".join(pieces), starts, ends)


@cache
def _compiled(family: str) -> re.Pattern[str]:
    """Compiled when a text may contain a secret, which is seldom."""
    return re.compile(family)


def _meaning(found: re.Match[str]) -> str:
    """The character that an escape means.

    Of several backslashes one is kept: it may be a character of its own before the escaped one.
    """
    kind = found.lastgroup or ""
    if kind == "name":
        return _NAMED[found["name"]]
    point = int(found[kind], _BASES[kind])
    kept = "\\" if kind in _SLASHED and len(found["slashes"]) > 1 else ""
    return kept + (chr(point) if point <= _LAST else "")
