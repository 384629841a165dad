"""A file as the checks look at it: read once, shared by all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ...ini.appended import Appended, appended
from ...ini.names import BLANKS, fold
from ...schema import SECTIONS, lookup, section_kind
from ...schema.effective import Effective
from ...schema.entries import Entry
from ...text import nearest

if TYPE_CHECKING:
    from ...ini.file import Source
    from ...schema.key import Key
    from ...schema.versions import Phone

_LINE_END = re.compile(r"\r\n|\n|\r")
_GUESSES = 1000  # names; in a file with more unknown ones nobody reads what each may have meant


class KeyLine(NamedTuple):
    """A key that can be read, and where; ``section`` and ``name`` are spelt as in the file.

    ``key`` is None for one that MicroSIP does not read. That of a numbered list stands for all of
    its entries, so that its name is the range.
    """

    section: str
    name: str
    raw: str
    line: int
    key: Key | None

    @property
    def spelling(self) -> str:
        """The key's name as the phone spells it."""
        return self.name if self.key is None or isinstance(self.key, Entry) else self.key.name


class View:
    """The lines, keys and effective values of ``source``; reads nothing else."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.profile = source.profile
        self.phone = source.phone
        self.effective = Effective(source.profile, source.phone)
        self._guessed: dict[tuple[str, str], str] = {}

    @cached_property
    def lines(self) -> Sequence[str]:
        """The physical lines without their ends; CR LF, LF and CR each end one."""
        return _LINE_END.split(self.source.text)

    @cached_property
    def appended(self) -> Sequence[Appended]:
        """What was appended in another encoding."""
        return appended(self.source.text) if self.source.encoding == "utf-16-le" else ()

    @cached_property
    def headers(self) -> Sequence[tuple[int, str]]:
        """``(line, trimmed text)`` of every line that begins with ``[``."""
        candidates = (
            (n, line.strip(BLANKS)) for n, line in enumerate(self.lines, 1) if "[" in line
        )
        return [(number, content) for number, content in candidates if content.startswith("[")]

    @cached_property
    def key_lines(self) -> Sequence[KeyLine]:
        """Every key that the profile API finds, in file order."""
        return list(self._key_lines())

    def _key_lines(self) -> Iterator[KeyLine]:
        seen = set()
        for section in self.profile.sections():
            if fold(section) in seen:
                continue
            seen.add(fold(section))
            entry = _numbered(section, self.phone)
            for name, raw in self.profile.items(section):
                line = self.profile.line_of(section, name)
                if line is None or not name:
                    continue
                if entry is None:
                    key = lookup(section, name)
                    key = None if key is None else key.of(self.phone)
                    yield KeyLine(section, name, raw, line, key)
                else:
                    known = entry if entry.holds(name, reading=True) else None
                    yield KeyLine(section, name, raw, line, known)

    @cached_property
    def line_of(self) -> Mapping[tuple[str, str], int]:
        """The line of every key, by the lower-case names of section and key."""
        return {folded(here.section, here.name): here.line for here in self.key_lines}

    def written(self, here: KeyLine) -> str:
        """What is right of the ``=``, with all its blanks and quotes."""
        return self.lines[here.line - 1].partition("=")[2]

    def guess(self, name: str, kind: str, choices: Iterable[str]) -> str:
        """The choice that ``name`` most likely means, or ''; ``kind`` says which choices these are.

        Each name is only looked at once, and no more than ``_GUESSES`` of them.
        """
        asked = (kind, name.lower())
        if asked not in self._guessed:
            if len(self._guessed) >= _GUESSES:
                return ""
            self._guessed[asked] = nearest(name, choices)
        return self._guessed[asked]


def _numbered(section: str, phone: Phone) -> Entry | None:
    """The key of all entries, if the section is a numbered list."""
    first = next(iter(SECTIONS.get(section_kind(section) or "", {}).values()), None)
    read = None if first is None else first.of(phone)
    return read if isinstance(read, Entry) else None


def folded(section: str, key: str) -> tuple[str, str]:
    """The names of a key as dictionaries here have them."""
    return section.lower(), key.lower()


def shown(name: str) -> str:
    """A name that is safe to print: the control characters of a broken line are not."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
