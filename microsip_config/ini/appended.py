"""Text that another program appended to a UTF-16 file in another encoding.

``echo DND=1>>MicroSIP.ini`` writes one byte a letter, or a few in UTF-8. In a UTF-16 file two of
them make one character, so that nobody finds the line by its name, and most are Chinese to the eye.
"""

from __future__ import annotations

import re
from contextlib import suppress

from ..named_tuple import NamedTuple

_LINE = re.compile(r"[^\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_PRINTABLE = frozenset((*b"\t\r\n", *range(0x20, 0x7F)))
_HIGH = frozenset(range(0x80, 0x100))  # of letters beyond ASCII, in UTF-8 or a code page
_SAYS_SOMETHING = re.compile(r"^\s*(?:\[[^\[\]\r\n]*\]|\w[\w.]+ *=)", re.MULTILINE)
# How much of it is ASCII: letters of another script, read as bytes, are not.
_MOSTLY = {"utf-8": 0.5, "cp1252": 0.75}


class Appended(NamedTuple):
    """One run of such characters, at the end of the physical line ``line`` (from 1).

    ``start`` and ``end`` are its place in the text, ``said`` is what was meant to be there, and
    ``said_as_read`` the characters as they are in the text.
    """

    line: int
    start: int
    end: int
    said: str
    said_as_read: str

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
        run, said = _run(match.group())
        if run:
            number += len(_LINE_END.findall(text, position, match.start()))
            position = match.start()
            found.append(Appended(number, match.end() - len(run), match.end(), said, run))
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


def _run(line: str) -> tuple[str, str]:
    """The longest end of ``line`` that is such text, if that says something, and what it says."""
    for bytes_of_text in (_PRINTABLE | _HIGH, _PRINTABLE):
        start = len(line)
        while start and _is_pair(line[start - 1], bytes_of_text):
            start -= 1
        said = _said(line[start:])
        if _SAYS_SOMETHING.search(said):
            return line[start:], said
    return "", ""


def _said(run: str) -> str:
    data = run.encode("utf-16-le", "surrogatepass")
    for codec, most in _MOSTLY.items():
        with suppress(UnicodeDecodeError):
            said = data.decode(codec)
            if sum(map(str.isascii, said)) >= most * len(said):
                return said
    return ""


def _is_pair(char: str, bytes_of_text: frozenset[int]) -> bool:
    point = ord(char)
    return point < 0x10000 and point >> 8 in bytes_of_text and point & 0xFF in bytes_of_text
