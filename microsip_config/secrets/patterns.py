"""Patterns that find a secret in whatever form it may turn up.

There are two kinds of forms. *Character by character*: quotes and backslashes between the
characters, as CSV, shells, JSON and Python add them; other escapes are taken off before (see
`escapes`), and a pattern is only needed for a secret that has little else (see `skeleton`). *As a
whole*: base64, hex, and bytes read as text in the wrong encoding.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from itertools import groupby

from .escapes import unescaped

SHORT = 4
"""Characters; shorter secrets are looked for as words only."""
LONG = 128
"""Characters; of longer secrets fewer mixtures are looked for, as each takes time to compile: hex
only as an unbroken run of digits."""
NOISE = "\\'\"\0`^"
"""Characters that encoders put around those of a secret: the quotes and escape signs of languages
and shells. UTF-16 read as bytes has a NUL after each character."""

_BYTE_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_MISREAD_AS = ("latin-1", "cp1252", "cp437", "cp1251")
# All groups are atomic or fixed: no text can make matching explode. No possessive quantifiers of
# groups: before Python 3.11.5 they match wrongly (python/cpython#106052).
_BETWEEN = r"(?>[\\\x00`^]*)"
_ANY_NOISE = f"[{re.escape(NOISE)}]"
_NOT_AFTER_NOISE = f"(?<!{_ANY_NOISE})"
# Forms that are neither an escape nor a quote: a space in a form of the web, a tab in Python.
_OTHER_FORMS = {" ": "[ +]", "\t": r"(?:\t|(?<=\\)t)"}
_HEX_SEPARATOR = r"(?:[ :,-]|,? ?0x|\\{1,4}x)?"
_HEX_LETTERS = re.compile("[a-f]")
_ALPHANUMERIC = re.compile("[A-Za-z0-9]+")
_TELLING = 3  # characters
# Signs of an escape, or of four bytes in hex.
_OCTET = "[0-9A-Fa-f]{2}"
_DRESSED = re.compile(
    rf"[\0%&]|\\(?:x|u{_OCTET}){_OCTET}|u\\*\{{|\\[0-7]{{3}}|(?:{_OCTET}{_HEX_SEPARATOR}){{4}}"
)
_BASE64_DIGIT = "[A-Za-z0-9+/_-]"


def exact(secret: str) -> str:
    """The source of a pattern for ``secret`` (not empty) as a whole: every form of which the
    beginning and the end are known."""
    wholes = sorted({*_standard(secret), *_misread(secret)}, key=len, reverse=True)
    return "|".join([*wholes, *_base64(secret), *_hex(secret)])


def loose(secret: str) -> str:
    """The source of a pattern for ``secret`` with quotes and backslashes between its characters.

    It may match quotes before and after the secret, too, if the secret begins or ends with one.
    """
    found = [_characters(text) for text in as_units(secret)]
    # A secret that looks escaped itself is unescaped with the escapes around it.
    plain = unescaped(secret)
    if plain != secret and len(plain.strip()) >= SHORT:
        found.append(_characters(plain))
    return "|".join(found)


def bare(secret: str) -> str:
    """A pattern for a secret too short to be looked for inside of words: only as a word."""
    return rf"(?<!\w){_characters(secret)}(?!\w)"


def _standard(secret: str) -> Iterator[str]:
    """What the standard library makes of it."""
    import json

    yield re.escape(secret)
    for text in (repr(secret), ascii(secret), json.dumps(secret)):
        yield re.escape(text[1:-1])
    yield re.escape(json.dumps(secret, ensure_ascii=False)[1:-1])


def as_units(secret: str) -> Iterator[str]:
    """The secret as characters, as UTF-16 units, and as bytes that count as a character each."""
    texts = {secret: None}
    if not secret.isascii():
        units = secret.encode("utf-16-be", "surrogatepass")
        pairs = (units[at : at + 2] for at in range(0, len(units), 2))
        texts["".join(chr(int.from_bytes(pair)) for pair in pairs)] = None
        for encoding in _BYTE_ENCODINGS:
            texts[secret.encode(encoding, "surrogatepass").decode("latin-1")] = None
    return iter(texts)


def _characters(secret: str) -> str:
    """The characters in their order, with what encoders put between them."""
    between = _BETWEEN if len(secret) <= LONG else ""
    parts: list[str] = []
    joint = ""  # what comes before the next character
    letters = sum(character not in NOISE for character in secret)
    for noise, run in groupby(secret, NOISE.__contains__):
        text = "".join(run)
        if noise:
            joint = _noise(text, none_at_all=letters > 1)
            continue
        for character in text:
            parts.append(joint + (_OTHER_FORMS.get(character) or re.escape(character)))
            joint = between
    if secret[-1] in NOISE:
        parts.append(joint)
    before = _NOT_AFTER_NOISE if secret[0] in NOISE else ""
    return before + "".join(parts)


def _noise(text: str, *, none_at_all: bool) -> str:
    """A run of quotes, backslashes and NULs of the secret itself: no encoder makes it shorter, but
    for backslashes, which may have escaped what follows.

    :param none_at_all: whether the rest of the secret is telling enough for all of them to be gone.
    """
    least = sum(text.count(sign) for sign in "'\"`^") or int(not none_at_all)
    return f"(?>{_ANY_NOISE}{{{least},}})"


def _either_case(digits: str) -> str:
    """Hex digits as a pattern for both cases; cheaper to compile than the flag for it."""
    return _HEX_LETTERS.sub(lambda letter: f"[{letter[0]}{letter[0].upper()}]", digits)


def _hex(secret: str) -> Iterator[str]:
    for encoding in _BYTE_ENCODINGS:
        octets = secret.encode(encoding, "surrogatepass")
        if len(secret) > LONG:
            yield from (octets.hex(), octets.hex().upper())
        else:
            yield _HEX_SEPARATOR.join(map(_either_case, octets.hex(" ").split()))


def _base64(secret: str) -> Iterator[str]:
    """Standard and URL-safe, wherever the secret begins within the groups of three bytes."""
    for before, core, behind in _base64_cores(secret):
        either = "".join({"+": "[+-]", "/": r"\\{0,8}[/_]"}.get(digit, digit) for digit in core)
        yield f"{_BASE64_DIGIT * before}{either}{_BASE64_DIGIT * behind}=*"


def _base64_cores(secret: str) -> Iterator[tuple[bool, str, bool]]:
    """The digits that hold bits of the secret alone; is there one before, behind, that mixes?"""
    for encoding in _BYTE_ENCODINGS:
        data = secret.encode(encoding, "surrogatepass")
        for offset in range(3):
            digits = b2a_base64(bytes(offset) + data, newline=False).decode("ascii").rstrip("=")
            bits = (offset + len(data)) * 8
            yield offset > 0, digits[(offset * 8 + 5) // 6 : bits // 6], bits % 6 > 0


class Screen:
    """A quick look that clears most ordinary lines, since building the patterns takes longer.

    Without escapes and runs of hex digits in a text, a secret can only be in it with its longest
    run of ASCII letters and digits as it is, or as base64.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._needles: list[str] | None = []
        for secret in secrets:
            run = max(_ALPHANUMERIC.findall(secret), key=len, default="")
            if len(run) < _TELLING:
                self._needles = None  # too little to look for: no text is cleared
                return
            self._needles.append(run)
            self._needles += [core for _, core, _ in _base64_cores(secret)]

    def clears(self, text: str) -> bool:
        """Is it certain that no secret is in ``text``, in whatever form?"""
        if self._needles is None or _DRESSED.search(text):
            return False
        standard = text.replace("\\", "").replace("-", "+").replace("_", "/")
        return not any(needle in text or needle in standard for needle in self._needles)


def _misread(secret: str) -> Iterator[str]:
    """The secret's bytes shown as text of another encoding, as in a console or a bad decode."""
    for encoding in _BYTE_ENCODINGS:
        data = secret.encode(encoding, "surrogatepass")
        for wrong in _MISREAD_AS:
            text = data.decode(wrong, "replace")
            if text != secret and not text.isspace():
                yield re.escape(text)
                yield re.escape(repr(text)[1:-1])
        yield re.escape(repr(data)[2:-1])
