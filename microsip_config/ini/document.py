"""Edits an ini text so that only the lines of a change differ.

ConfigUpdater places, replaces and removes the options, behind a guard. Of a section that
really changes it is given the lines of the change alone, cleaned, with every run of other lines
as one opaque comment; what it gives back is laid over the physical lines of the file. So nothing
it would misread (continuation lines, ``:``, duplicates, junk, a preamble, odd line ends) reaches
it, and a line that is not part of a change stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .names import BLANKS, fold
from .writable import check_key, check_section, check_value, protected

if TYPE_CHECKING:
    from .engine import Line

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_OUTER = BLANKS + "\r\n"
_LINE_END = re.compile(r"[\r\n]")
_KEPT_PREFIX = re.compile(r"[ \t\v]*[^=\0\f\x1a]*=[ \t\v]*")


class _Edit(NamedTuple):
    key: str
    value: str | None  # None: remove
    quoted: bool


class _Span(NamedTuple):
    """A section of the text: its header line and all up to the next header."""

    name: str  # folded
    start: int
    end: int


class Document:
    """An ini text (decoded, without byte-order mark) to be changed.

    Edits are collected and take effect in ``render``; of several for one key the last counts. They
    go to the section and the key that Windows reads: the first of that name, in any case.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._edits: dict[str, dict[str, _Edit]] = {}
        self._names: dict[str, str] = {}
        self._dropped: set[str] = set()

    def set(self, section: str, key: str, value: str, quoted: bool = False) -> None:
        """Let Windows read ``value`` for a key; with ``quoted`` a written value gets quotes.

        A key that already reads so is not touched. Raises ValueRefused for names or values that
        would not be read back exactly.
        """
        check_value(section, key, value)
        self._note(section, _Edit(key, value, quoted))

    def remove(self, section: str, key: str) -> None:
        """Remove a key, its duplicates in the same section included; no error if it is absent."""
        self._note(section, _Edit(key, None, False))

    def _note(self, section: str, edit: _Edit) -> None:
        check_section(section)
        check_key(section, edit.key)
        folded = fold(section)
        self._names.setdefault(folded, section)
        self._edits.setdefault(folded, {})[fold(edit.key)] = edit

    def remove_section(self, section: str) -> None:
        """Remove every section of this name, earlier edits in it too.

        Its comments and blank lines stay, as when Windows itself deletes a section.
        """
        check_section(section)
        self._dropped.add(fold(section))
        self._edits.pop(fold(section), None)
        self._names.pop(fold(section), None)

    def render(self) -> str:
        """The text with all edits: the very same text when none of them changes what is read."""
        if not self._edits and not self._dropped:
            return self._text
        line_end = _usual_line_end(self._text)
        waiting = dict(self._edits)
        pieces: list[str] = []
        position = 0
        for span in _spans(self._text):
            edits = {} if span.name in self._dropped else waiting.pop(span.name, {})
            if not edits and span.name not in self._dropped:
                continue
            pieces.append(self._text[position : span.start])
            section = self._text[span.start : span.end]
            pieces.append(
                _edited(section, edits, line_end)
                if edits
                else "".join(filter(_is_remark, _LINE.findall(section)))
            )
            position = span.end
        pieces.append(self._text[position:])
        text = "".join(pieces)
        for folded, edits in waiting.items():
            if any(edit.value is not None for edit in edits.values()):
                text = _with_line_end(text, line_end)
                text += _edited(f"[{self._names[folded]}]{line_end}", edits, line_end)
        return text


def _spans(text: str) -> list[_Span]:
    """The sections as Windows divides the text: a header needs no ``]`` and may be indented."""
    starts: list[tuple[str, int]] = []
    bracket = text.find("[")
    while bracket >= 0:
        start = bracket
        while start and text[start - 1] in BLANKS:
            start -= 1
        line_end = _LINE_END.search(text, bracket)
        end = line_end.start() if line_end else len(text)
        if not start or text[start - 1] in "\r\n":
            name = text[bracket + 1 : end].split("]", 1)[0].strip(BLANKS).split("\0", 1)[0]
            starts.append((fold(name), start))
        bracket = text.find("[", end)
    starts.append(("", len(text)))
    return [_Span(name, start, end) for (name, start), (_, end) in pairwise(starts)]


def _is_remark(line: str) -> bool:
    """A comment or a blank line; ``# text`` is one to the eye, but with ``=`` it is a key."""
    line = line.strip(_OUTER)
    return not line or line[0] == ";" or (line[0] == "#" and "=" not in line)


def _usual_line_end(text: str) -> str:
    """The line end that most lines have; CR LF where there is none."""
    pairs = text.count("\r\n")
    counts = {"\r\n": pairs, "\n": text.count("\n") - pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=lambda end: counts[end]) if any(counts.values()) else "\r\n"


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _with_line_end(text: str, line_end: str) -> str:
    return text + line_end if text and text[-1] not in "\r\n" else text


def _edited(section: str, edits: dict[str, _Edit], line_end: str) -> str:
    """One section's text with its edits: the text itself if they change nothing."""
    lines = _Lines(_LINE.findall(section), edits)
    edits = {name: edit for name, edit in edits.items() if lines.reads(name) != edit.value}
    return lines.edited(edits, line_end) if edits else section


class _Lines:
    """The physical lines of one section, header first, and which of them say what is edited."""

    def __init__(self, lines: list[str], names: Container[str]) -> None:
        """``names``: the folded keys that are edited; of the others only the last line counts."""
        self._lines = lines
        self._keys: dict[int, str] = {}
        self._places: dict[str, list[int]] = {}
        self._bare: dict[str, int] = {}
        last, last_key = 0, ""
        for index in range(1, len(lines)):
            content = lines[index].strip(_OUTER)
            key, equals, _ = content.partition("=")
            key = key.rstrip(BLANKS)
            if "\0" in key:
                key = key.partition("\0")[0]
            name = key.lower() if key.isascii() else fold(key)
            if equals:
                if content[0] == ";":
                    continue
                last, last_key = index, key
                if name in names:
                    self._keys[index] = key
                    self._places.setdefault(name, []).append(index)
            elif name in names:
                self._bare.setdefault(name, index)
        if last:
            self._keys[last] = last_key

    def reads(self, name: str) -> str | None:
        """The value that is read for a folded key."""
        places = self._places.get(name)
        if not places:
            return None
        raw = self._lines[places[0]].partition("=")[2].strip(_OUTER).split("\0", 1)[0]
        is_pair = len(raw) > 1 and raw[0] == raw[-1] and raw[0] in ("'", '"')
        return raw[1:-1] if is_pair else raw

    def edited(self, edits: dict[str, _Edit], line_end: str) -> str:
        """All lines with ``edits`` (folded key -> edit, none of them idle) carried out."""
        from . import engine

        values = {
            name: protected(edit.value, edit.quoted)
            for name, edit in edits.items()
            if edit.value is not None
        }
        for name in values:
            self._claim(name)
        added = {edits[name].key: text for name, text in values.items() if name not in self._places}
        shown = [index for name in edits for index in self._places.get(name, ())]
        last_key = max(self._keys, default=None)
        if added and last_key is not None:
            shown.append(last_key)
        aliases = {index: self._alias(index) for index in sorted(set(shown))}
        result = engine.edit(
            self._cleaned(aliases),
            {aliases[self._places[n][0]]: text for n, text in values.items() if n in self._places},
            [aliases[i] for n in edits if n not in values for i in self._places[n]],
            added,
            None if last_key is None else aliases.get(last_key),
        )
        return self._laid_over(result, {alias: i for i, alias in aliases.items()}, line_end)

    def _claim(self, name: str) -> None:
        """Let a line that is the bare name of a key, without ``=``, become the key's line.

        Wine finds such a line first and then reads nothing further down; Windows is not known.
        """
        bare = self._bare.get(name)
        places = self._places.get(name, [])
        if bare is not None and (not places or bare < places[0]):
            self._places[name] = [bare, *places]
            self._keys[bare] = self._lines[bare].strip(_OUTER).split("\0", 1)[0].rstrip(BLANKS)

    def _alias(self, index: int) -> str:
        """What a line's key is called before the engine: itself where that is safe.

        Otherwise (a duplicate, an odd name) something with a NUL, which no key that is added has.
        """
        key = self._keys[index]
        is_first = self._places.get(fold(key), [0])[0] == index
        return key if is_first and _PLAIN_KEY.fullmatch(key) else f"\0{index}"

    def _cleaned(self, aliases: dict[int, str]) -> list[str]:
        """The section's body for the engine: the lines in ``aliases``, all others as ``;from-to``.

        The value shown is empty: the engine keeps or replaces it, but never needs to read it.
        """
        shown = []
        start = 1
        for index, alias in aliases.items():
            if start < index:
                shown.append(f";{start}-{index}")
            shown.append(f"{alias}=")
            start = index + 1
        if start < len(self._lines):
            shown.append(f";{start}-{len(self._lines)}")
        return shown

    def _laid_over(self, result: Iterable[Line], places: dict[str, int], line_end: str) -> str:
        """The physical lines again, in the engine's order and with its changes."""
        text = [self._lines[0]]
        for line in result:
            if line.key is None:
                start, stop = map(int, line.text[1:].split("-"))
                text.extend(self._lines[start:stop])
            elif line.key not in places:
                end = _line_end(text[-1])
                text[-1] += "" if end else line_end
                text.append(line.text + (end or line_end))
            else:
                index = places[line.key]
                old = self._lines[index]
                text.append(old if line.value is None else self._changed(index, line.value))
        return "".join(text)

    def _changed(self, index: int, value: str) -> str:
        """A line with another value: indentation, key, spacing around ``=`` and line end stay."""
        line = self._lines[index]
        prefix = _KEPT_PREFIX.match(line)
        start = prefix.group() if prefix else f"{self._keys[index]}="
        return start + value + _line_end(line)
