"""A pattern that finds a secret in whatever dress it may turn up.

Two ways of dressing are told apart. *Character by character*: each character may stand as itself
or escaped (Python, JSON, URL, XML, shell), independently of its neighbours, so one pattern holds
all mixtures. *As a whole*: base64, hex, and bytes taken for text in the wrong encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

_BYTE_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_MISREAD_AS = ("latin-1", "cp1252", "cp437", "cp1251")
_XML_NAMES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_SHORT_ESCAPES = {"\t": "t", "\n": "n", "\r": "r", "\b": "b", "\f": "f", "\v": "v", "\a": "a"}
LONG = 128  # characters
# UTF-16 shown as bytes has a NUL in every second place.
# Atomic groups, and possessive quantifiers of single characters only: before Python 3.11.5 those of
# groups match wrongly (python/cpython#106052), and Debian 12 has 3.11.2.
_NUL = r"(?>(?:\x00|(?<=\\)(?:x00|u0000))?)"
_BETWEEN = rf"\\*+{_NUL}\\*+"
_BACKSLASH = rf"(?:\\(?>(?:u005[cC]|x5[cC]|134)?){_NUL}|%5[cC]|&#0*92;|&#[xX]0*5[cC];)"
# Forms of a character that need no backslash: CSV doubles quotes, shells leave theirs.
_PLAIN = {'"': '""?', "'": r"""'"'"'|'\\''|''?""", " ": "[ +]"}
_HEX_SEPARATOR = r"(?:[ :,-]|,? ?0x|\\{1,4}x)?"
_HEX_LETTERS = re.compile("[a-f]")
_ALPHANUMERIC = re.compile("[A-Za-z0-9]+")
_TELLING = 3  # characters
# Signs of an escape, or of four bytes in hex.
_OCTET = "[0-9A-Fa-f]{2}"
_DRESSED = re.compile(
    rf"[\0%&]|\\(?:x|u{_OCTET}){_OCTET}|\\[0-7]{{3}}|(?:{_OCTET}{_HEX_SEPARATOR}){{4}}"
)
_BASE64_DIGIT = "[A-Za-z0-9+/_-]"


def dressed(secret: str) -> str:
    """The source of a regular expression that finds ``secret`` (not empty) in every dress.

    Compiling takes about half a millisecond a character, so one of more than ``LONG`` characters
    is looked for character by character only in the mixtures that the standard library makes.
    """
    if len(secret) > LONG:
        wholes = dict.fromkeys([*_standard(secret), *_base64(secret), *_misread(secret)])
        return "|".join(sorted(wholes, key=len, reverse=True))
    literal = sorted({*_standard(secret), *_misread(secret)}, key=len, reverse=True)
    return "|".join([_characters(secret), *literal, *_base64(secret), *_hex(secret)])


def bare(secret: str) -> str:
    """The same for a secret too short to be looked for inside of words: only as a word."""
    return rf"(?<!\w){_characters(secret)}(?!\w)"


def _standard(secret: str) -> Iterator[str]:
    """What the standard library makes of it."""
    import html
    import json
    from urllib.parse import quote, quote_plus

    octets = secret.encode("utf-8", "surrogatepass")
    yield re.escape(secret)
    for text in (repr(secret), ascii(secret), json.dumps(secret)):
        yield re.escape(text[1:-1])
    for text in (json.dumps(secret, ensure_ascii=False), json.dumps(repr(secret)[1:-1])):
        yield re.escape(text[1:-1])
    for text in (quote(octets), quote(octets, safe=""), quote_plus(octets)):
        yield re.escape(text)
    for text in (html.escape(secret), html.escape(secret, quote=False)):
        yield re.escape(text)
    for encoding in _BYTE_ENCODINGS:
        digits = secret.encode(encoding, "surrogatepass").hex()
        yield from (digits, digits.upper())


def _characters(secret: str) -> str:
    """Every mixture of escapes. Each part is atomic, so that no text can make matching explode.

    Backslashes belong to what stands between characters, as many as there are: one escaping
    more doubles them.
    """
    if not secret.strip("\\"):
        return f"(?>{_BACKSLASH}{{{len(secret)},}})"
    parts: list[str] = []
    for character, run in groupby(secret):
        if character == "\\":
            parts.append(f"{_NUL}(?>{_BACKSLASH}+)")
        else:
            body = _body(character)
            if not parts:  # no backslash before the secret is part of it, unless it escapes
                parts.append(rf"(?:\\++(?!{re.escape(character)}){body}|{body})")
                next(run)
            parts += [_BETWEEN + body for _ in run]
    return "".join(parts)


def _body(character: str) -> str:
    """All forms of one character, without the backslash before it; hex digits in either case."""
    point = ord(character)
    units = character.encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    octets = character.encode("utf-8", "surrogatepass").hex(" ").split()
    after_backslash = [
        _either_case("\\\\+u".join(units), "u"),
        _either_case(f"{point:08x}", "U"),
        _either_case("\\\\+x".join(octets), "x"),
    ]
    if point < 256:
        after_backslash += [_either_case(f"{point:02x}", "x"), f"{point:03o}"]
    if character in _SHORT_ESCAPES:
        after_backslash.append(_SHORT_ESCAPES[character])
    references = [f"#0{{0,6}}{point}", _either_case(f"{point:x}", "#[xX]0{0,6}")]
    if character in _XML_NAMES:
        references.append(_XML_NAMES[character])
    return (
        rf"(?>(?<=\\)(?:{'|'.join(dict.fromkeys(after_backslash))})"
        f"|&(?:{'|'.join(references)});"
        f"|{_either_case('%'.join(octets), '%')}"
        f"|{_PLAIN.get(character) or re.escape(character)})"
    )


def _either_case(digits: str, before: str = "") -> str:
    """Hex digits as a pattern for both cases; cheaper to compile than the flag for it."""
    return before + _HEX_LETTERS.sub(lambda letter: f"[{letter[0]}{letter[0].upper()}]", digits)


def _hex(secret: str) -> Iterator[str]:
    for encoding in _BYTE_ENCODINGS:
        octets = secret.encode(encoding, "surrogatepass").hex(" ").split()
        yield _HEX_SEPARATOR.join(map(_either_case, octets))


def _base64(secret: str) -> Iterator[str]:
    """Standard and URL-safe, wherever the secret begins within the groups of three bytes."""
    for before, core, behind in _base64_cores(secret):
        either = "".join({"+": "[+-]", "/": "[/_]"}.get(digit, digit) for digit in core)
        yield f"{_BASE64_DIGIT * before}{either}{_BASE64_DIGIT * behind}=*"


def _base64_cores(secret: str) -> Iterator[tuple[bool, str, bool]]:
    """The digits that hold bits of the secret alone; is there one before, behind, that mixes?"""
    from binascii import b2a_base64

    for encoding in _BYTE_ENCODINGS:
        data = secret.encode(encoding, "surrogatepass")
        for offset in range(3):
            digits = b2a_base64(bytes(offset) + data, newline=False).decode("ascii").rstrip("=")
            bits = (offset + len(data)) * 8
            yield offset > 0, digits[(offset * 8 + 5) // 6 : bits // 6], bits % 6 > 0


class Screen:
    """A quick look that clears most ordinary lines, since building a pattern takes some 8 ms.

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
        """Is it certain that no secret is in ``text``, in whatever dress?"""
        if self._needles is None or _DRESSED.search(text):
            return False
        standard = text.replace("-", "+").replace("_", "/")
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
