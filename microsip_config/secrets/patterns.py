"""A pattern that finds a secret in whatever dress it may turn up.

Two ways of dressing are told apart. *Character by character*: each character may stand as itself
or escaped (Python, JSON, URL, XML, shell), independently of its neighbours, so one pattern holds
all mixtures. *As a whole*: base64, hex, and bytes taken for text in the wrong encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

_BYTE_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_MISREAD_AS = ("latin-1", "cp1252", "cp437", "cp1251")
_XML_NAMES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_SHORT_ESCAPES = {"\t": "t", "\n": "n", "\r": "r", "\b": "b", "\f": "f", "\v": "v", "\a": "a"}
LONG = 128  # characters
# One escaping more doubles backslashes: repr of JSON of repr ...
_ESCAPE = r"\\{1,4}"
# What stands between characters when UTF-16 is shown as bytes.
_ONE_NUL = r"(?:\x00|\\{1,4}(?:x00|u0000|0))"
_NUL = f"{_ONE_NUL}?"
_HEX_SEPARATOR = r"(?:[ :,-]|,? ?0x|\\{1,4}x)?"
_HEX_LETTERS = re.compile("[a-f]")
_BASE64_DIGIT = "[A-Za-z0-9+/_-]"


def dressed(secret: str) -> str:
    """The source of a regular expression that finds ``secret`` (not empty) in every dress.

    Compiling takes about half a millisecond a character, so one of more than ``LONG`` characters
    is looked for character by character only in the mixtures that the standard library makes.
    """
    if len(secret) > LONG:
        wholes = dict.fromkeys([*_standard(secret), *_base64(secret), *_misread(secret)])
        return "|".join(sorted(wholes, key=len, reverse=True))
    wholes = dict.fromkeys([*_base64(secret), *_hex(secret), *_misread(secret)])
    return "|".join([_characters(secret), *wholes])


def bare(secret: str) -> str:
    """The same for a secret too short to be looked for inside of words: only as a word."""
    return rf"(?<!\w){_characters(secret)}(?!\w)"


def _standard(secret: str) -> Iterator[str]:
    import html
    import json
    from urllib.parse import quote, quote_plus

    octets = secret.encode("utf-8", "surrogatepass")
    yield re.escape(secret)
    for text in (repr(secret), ascii(secret), json.dumps(secret)):
        yield re.escape(text[1:-1])
    for text in (json.dumps(secret, ensure_ascii=False), json.dumps(repr(secret))):
        yield re.escape(text[1:-1])
    for text in (quote(octets), quote(octets, safe=""), quote_plus(octets)):
        yield re.escape(text)
    for text in (html.escape(secret), html.escape(secret, quote=False)):
        yield re.escape(text)
    for encoding in _BYTE_ENCODINGS:
        digits = secret.encode(encoding, "surrogatepass").hex()
        yield from (digits, digits.upper())


def _characters(secret: str) -> str:
    parts = []
    for character, run in groupby(secret):
        length = len(list(run))
        if character == "\\":
            parts.append(_backslashes(length))
        else:
            one = f"(?:{_escaped(character)}|{_plain(character)})"
            parts.append(_NUL.join([one] * length))
    return _NUL.join(parts)


def _backslashes(length: int) -> str:
    """A run of backslashes. One quantifier for all of them: many would make matching explode."""
    escaped = _escaped("\\")
    apart = rf"(?:{escaped}|{_ESCAPE}{_ONE_NUL}){{{length - 1}}}(?:{escaped}|{_ESCAPE})"
    return rf"(?:{apart}|\\{{{length},{4 * length}}})"


def _plain(character: str) -> str:
    if character in "\"'":
        return rf"\\{{0,4}}{character}|{character}{character}|'\"'\"'|'\\\\''"
    if character == " ":
        return r"[ +]"
    if character == "/":
        return r"\\{0,4}/"
    return re.escape(character)


def _escaped(character: str) -> str:
    """Every escaped form of one character, hex digits in either case."""
    point = ord(character)
    units = character.encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    octets = character.encode("utf-8", "surrogatepass").hex(" ").split()
    after_backslash = [
        _either_case(f"{_ESCAPE}u".join(units), "u"),
        _either_case(f"{point:08x}", "U"),
        _either_case(f"{_ESCAPE}x".join(octets), "x"),
    ]
    if point < 256:
        after_backslash += [_either_case(f"{point:02x}", "x"), f"{point:03o}"]
    if character in _SHORT_ESCAPES:
        after_backslash.append(_SHORT_ESCAPES[character])
    references = [f"#0{{0,6}}{point}", _either_case(f"{point:x}", "#[xX]0{0,6}")]
    if character in _XML_NAMES:
        references.append(_XML_NAMES[character])
    return (
        f"{_ESCAPE}(?:{'|'.join(dict.fromkeys(after_backslash))})"
        f"|&(?:{'|'.join(references)});"
        f"|{_either_case('%'.join(octets), '%')}"
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
    from base64 import b64encode

    for encoding in _BYTE_ENCODINGS:
        data = secret.encode(encoding, "surrogatepass")
        for offset in range(3):
            digits = b64encode(bytes(offset) + data).decode("ascii").rstrip("=")
            # Digits that also hold bits of what stands before or behind vary: any will do.
            first = (offset * 8 + 5) // 6
            bits = (offset + len(data)) * 8
            core = digits[first : bits // 6]
            either = "".join({"+": "[+-]", "/": "[/_]"}.get(digit, digit) for digit in core)
            before = _BASE64_DIGIT if offset else ""
            behind = _BASE64_DIGIT if bits % 6 else ""
            yield f"{before}{either}{behind}=*"


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
