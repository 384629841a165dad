"""Text that another program appended to a UTF-16 file in another encoding.

``echo DND=1>>MicroSIP.ini`` writes one byte a letter. In a UTF-16 file two of them make one
character, so that nobody finds the line by its name, and most are Chinese to the eye.
"""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple

_LINE = re.compile(r"[^\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_PRINTABLE = frozenset((*b"\t\r\n", *range(0x20, 0x7F)))
_SAYS_SOMETHING = re.compile(r"\s*(?:\[[^\[\]\r\n]*\]|\w[\w.]+ *=)", re.ASCII)


class Appended(NamedTuple):
    """One run of such characters, at the end of the physical line ``line`` (from 1).

    ``start`` and ``end`` are its place in the text, ``said`` is what was meant to be there.
    """

    line: int
    start: int
    end: int
    said: str

    @property
    def said_as_read(self) -> str:
        """The characters as they are in the text."""
        return self.said.encode("ascii").decode("utf-16-le")

    @property
    def names(self) -> list[str]:
        """The keys and sections that it names, without any value."""
        lines = (line.partition("=")[0].strip() for line in self.said.splitlines())
        return [name for name in lines if name]


def appended(text: str) -> list[Appended]:
    """Every such run in ``text``, which was read as UTF-16LE."""
    if text.isascii():
        return []
    found = []
    number, position = 1, 0
    for match in _LINE.finditer(text):
        if match.group().isascii():
            continue
        run = _run(match.group())
        if run:
            number += len(_LINE_END.findall(text, position, match.start()))
            position = match.start()
            start = match.end() - len(run)
            said = run.encode("utf-16-le").decode("ascii")
            found.append(Appended(number, start, match.end(), said))
    return found


def without_appended(text: str) -> str:
    """``text`` without these runs; a line that is nothing else goes as a whole."""
    pieces, position = [], 0
    for run in appended(text):
        end = run.end
        if run.start == 0 or text[run.start - 1] in "\r\n":
            line_end = _LINE_END.match(text, end)
            end = line_end.end() if line_end else end
        pieces.append(text[position : run.start])
        position = end
    return "".join((*pieces, text[position:]))


def _run(line: str) -> str:
    """The longest end of ``line`` that is ASCII text in pairs, if that says something."""
    start = len(line)
    while start and _is_pair(ord(line[start - 1])):
        start -= 1
    run = line[start:]
    said = run.encode("utf-16-le").decode("ascii")
    return run if _SAYS_SOMETHING.match(said) else ""


def _is_pair(point: int) -> bool:
    return point >> 8 in _PRINTABLE and point & 0xFF in _PRINTABLE
