"""Facts about text that every room shares: how Windows counts it, what is invisible, what is near.

Importing this module costs nothing beyond ``re``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

CONTROL_CLASS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""The inside of a character class: C0 and C1 controls and DEL (every line end is among them), the
separators U+2028 and U+2029, and halves of surrogate pairs. None of them can be in an ini value."""


@cache
def control() -> re.Pattern[str]:
    """One character that would end or spoil a line of an ini file, a log or a comment.

    Compiled when it is first asked for: that costs half a millisecond.
    """
    return re.compile(f"[{CONTROL_CLASS}]")


_INVISIBLE_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_INVISIBLE_CLASS = (
    "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    f"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f{_INVISIBLE_LETTERS}"
)
"""Zero-width characters, marks and controls of the writing direction, fillers and tags."""
_LOOKS_ESCAPED = ("\\x", "\\u0", "\\u1", "\\u2", "\\u3", "\\ud", "\\uf", "\\U000")

HIDDEN_CLASS = "\x01-\x08\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff"
"""The inside of a character class: what Windows keeps within a line although no editor shows it. A
byte-order mark is one of them; NUL, which ends the line, tab and line ends are not."""

_SHORTEST = 3  # letters; shorter words are near to far too many others
_LONGEST = 64  # letters; no name is longer, and difflib's time grows with the square
_LETTERS_A_SLIP = 4
_MOST_SLIPS = 3


def utf16_units(text: str) -> int:
    """The length of ``text`` in UTF-16 code units, as Windows and MicroSIP count it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_cut(text: str, limit: int) -> str:
    """The first ``limit`` UTF-16 code units of ``text``: what fits in a buffer of Windows.

    A pair that is split leaves its first half, a lone surrogate.
    """
    if len(text) * 2 <= limit or utf16_units(text) <= limit:
        return text
    head = text.encode("utf-16-le", "surrogatepass")[: 2 * limit]
    return head.decode("utf-16-le", "surrogatepass")


def escape_controls(text: str) -> str:
    """``text`` as one harmless line of a terminal or log: what it would obey or hide is escaped.

    Control characters, line ends, zero-width characters, those that change the writing direction,
    and lone surrogates become ``\\x1b``, ``\\u202e`` or ``\\U000e0041``. No two texts look the
    same: backslashes before one, or before text that looks like an escape of one, are doubled.
    """
    if text.isprintable() and not any(
        sign in text for sign in (*_INVISIBLE_LETTERS, *_LOOKS_ESCAPED)
    ):
        return text
    return _escaped().sub(_escape, text)


@cache
def _escaped() -> re.Pattern[str]:
    unseen = f"[{CONTROL_CLASS}{_INVISIBLE_CLASS}]"
    digits = "x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})"
    # The look behind lets a long row of backslashes cost no more than one look at each.
    return re.compile(rf"(?<!\\)(?>\\+)(?={unseen}|{digits})|{unseen}")


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] != "\\":
        point = ord(text)
        wide = f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
        return f"\\x{point:02x}" if point < 0x100 else wide
    digits = found[1] or found[2] or found[3]
    if digits and not (int(digits, 16) <= sys.maxunicode and _unseen(chr(int(digits, 16)))):
        return text
    return text * 2


def _unseen(character: str) -> bool:
    return _escaped().fullmatch(character) is not None


def in_quotes(text: str) -> str:
    """``text`` as a message repeats it: backslashes as they are, control characters escaped."""
    return repr(text).replace("\\\\", "\\")


def one_of(words: Sequence[str]) -> str:
    """ "a, b or c"."""
    return ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]


def nearest(word: str, choices: Iterable[str]) -> str:
    """The choice that ``word`` most likely means, or ''; see :func:`similar`."""
    return next(iter(similar(word, choices, 1)), "")


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The hint ``did you mean 'x'?`` or, where nothing is near, ''."""
    near = nearest(word, choices)
    return f"did you mean '{near}'?" if near else ""


def similar(word: str, choices: Iterable[str], most: int = 3) -> list[str]:
    """Up to ``most`` choices that ``word`` may mean, the nearest first. The one rule of nearness.

    Letter case does not matter. A word is near if it is a slip of the pen: one letter wrong,
    missing, added or swapped for every four letters of the longer word, but at least one and three
    at most. Or if it is an abbreviation: the same first letter and then letters of the choice in
    their order, at least six tenths of them (``volRng`` for ``volumeRing``). A word of one or two
    letters, or of more than 64, is near to itself only. Of equally near choices the first one wins.
    """
    word = word.lower()
    letters = frozenset(word)
    lengths = range(len(word) - _MOST_SLIPS, max(len(word) + _MOST_SLIPS, 10 * len(word) // 6) + 1)
    ranked = []
    for position, (choice, lower, theirs) in enumerate(_folded(tuple(choices))):
        if len(lower) not in lengths:  # most are out here, the others at their letters
            continue
        if word == lower:
            ranked.append((0, position, choice))
        elif _SHORTEST <= len(word) <= _LONGEST:
            slips = min(
                max(1, len(word) // _LETTERS_A_SLIP, len(lower) // _LETTERS_A_SLIP), _MOST_SLIPS
            )
            if len(letters ^ theirs) <= 2 * slips:
                distance = _slips(word, lower)
                if distance <= slips:
                    ranked.append((distance, position, choice))
                    continue
            if letters <= theirs and _abbreviates(word, lower):
                ranked.append((len(lower), position, choice))
    return list(dict.fromkeys(choice for _, _, choice in sorted(ranked)))[:most]


@lru_cache(maxsize=8)
def _folded(choices: tuple[str, ...]) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Each choice, its lower case and its letters; kept, as the same few lists are asked again."""
    return tuple((choice, choice.lower(), frozenset(choice.lower())) for choice in choices)


def _abbreviates(word: str, choice: str) -> bool:
    if word[0] != choice[0] or not 6 * len(choice) <= 10 * len(word) <= 10 * len(choice):
        return False
    rest = iter(choice)
    return all(letter in rest for letter in word)


def _slips(one: str, other: str) -> int:
    """Letters of the longer word that are in no run that both words have, as difflib finds them."""
    from difflib import SequenceMatcher  # a run without a mistake does not need it

    runs = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return max(len(one), len(other)) - sum(run.size for run in runs)
