"""What is wrong with a variables file that is not TOML or not JSON, in words that help.

Nothing of the file is repeated: it may contain secrets.
"""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple

_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"
_CURLY_SAID = "these are typographic quotes", "write straight ones: \"...\" or '...'"
_SWITCH_WORDS = re.compile(r"(?:true|false|yes|no|on|off)\b", re.IGNORECASE)
_UNSET_WORDS = re.compile(r"(?:null|none|nil)\b", re.IGNORECASE)
_QUOTE = re.compile(
    r"""\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|'{3}(?:[^']|'(?!''))*+'{3}|\#[^\n]*+"""
    r"""|(?P<long>"{3}|'{3})|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|(?P<short>["'])""",
    re.DOTALL,
)
"""Closed texts and comments, or a quote that is not closed."""

Said = tuple[str, str]
"""The message and the hint."""


class Complaint(NamedTuple):
    """``message`` may be ''; ``line`` and ``column`` count from 1, 0 is unknown."""

    message: str
    hint: str
    line: int
    column: int


def complaint(reason: ValueError, text: str, language: str) -> Complaint:
    """What is wrong with ``text``.

    :param reason: what ``tomllib`` or ``json`` raised.
    :param language: ``TOML`` or ``JSON``.
    """
    if language == "TOML":
        text = text.replace("\r\n", "\n")  # as its parser got it
    at = _position(reason, text)
    message = getattr(reason, "msg", "") or str(reason)
    if at is None:
        return Complaint("", "", 0, 0)
    if language == "JSON":
        said = _of_json(message, text, at)
    else:
        said, at = _of_toml(message, text, at)
    begin = text.rfind("\n", 0, at) + 1
    return Complaint(*said, text.count("\n", 0, at) + 1, at - begin + 1)


def _position(reason: ValueError, text: str) -> int | None:
    at = getattr(reason, "pos", None)
    if isinstance(at, int):
        return at
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z", str(reason))
    if found is None:
        return None
    if found[1] is None:
        return len(text.rstrip("\n"))
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1


# --- TOML ------------------------------------------------------------------------------------


def _of_toml(message: str, text: str, at: int) -> tuple[Said, int]:
    """What is said, and where."""
    opened = _unclosed_quote(text, at)
    if opened is not None:
        hint = "end it with the quote that it begins with, on the same line"
        return ("a quote is not closed", hint), opened
    begin = text.rfind("\n", 0, at) + 1
    line = text[begin:].partition("\n")[0]
    if message.startswith("Cannot "):
        return ("this name is given twice", "keep one of them"), begin
    if "\\" in message or "hex" in message or "unicode" in message.lower():
        hint = "write a Windows path in single quotes, such as 'C:\\Users'"
        return ("a backslash in double quotes begins an escape", hint), at
    if message.startswith("Invalid value"):
        return _value(text[at:], "Invalid"), at
    if message.startswith("Expected newline"):
        value = begin + len(line) - len(line.partition("=")[2].lstrip(" \t"))
        return _value(text[value:], "more"), value
    return _of_line(message, line, text[at : at + 1]), at


def _unclosed_quote(text: str, at: int) -> int | None:
    """The first quote without its end, as far as ``at``."""
    for found in _QUOTE.finditer(text):
        if found["long"] or found["short"]:
            return found.start() if found.start() <= at else None
        if found.start() > at:
            return None
    return None


def _value(value: str, fault: str) -> Said:
    first = value[:1]
    if first in ("", "\n", "#"):
        return "the value is missing", 'write "" for an empty text'
    if first in _CURLY:
        return _CURLY_SAID
    if first in "\"'":
        return (
            "there is more behind the closing quote",
            "put a text that contains quotes into quotes of the other kind",
        )
    if first in ",]}=":
        return f"a value cannot begin with '{first}'", ""
    if first in "[{" and fault == "more":
        return "there is more behind the closing bracket", "each name goes on a line of its own"
    if _SWITCH_WORDS.match(value):
        return "texts need quotes", "yes and no are written: true, false"
    if _UNSET_WORDS.match(value):
        return "texts need quotes", 'leave the name out, or write "" for an empty text'
    return "texts need quotes", 'such as NAME = "TEXT"'


def _of_line(message: str, line: str, sign: str) -> Said:
    bare = line.lstrip(" \t")
    if bare[:1] == ";" or bare[:2] in ("//", "/*"):
        return "comments begin with '#'", ""
    if bare[:1] == "{":
        return "this looks like JSON", "name the file *.json"
    if sign and sign in _CURLY:
        return _CURLY_SAID
    if message.startswith("Expected '='"):
        hint = 'such as NAME = "TEXT"'
        if sign == ":":
            return "'=' is between a name and its value, not ':'", hint
        return "the line is not NAME = VALUE", hint
    if message.startswith("Invalid statement"):
        return "a name has letters from a to z, digits, '_' and '-'", ""
    if message.startswith(("Unclosed", "Expected ']")):
        return "a bracket is not closed", ""
    return "", ""


# --- JSON ------------------------------------------------------------------------------------


def _of_json(message: str, text: str, at: int) -> Said:
    sign, rest = text[at : at + 1], text[at:]
    if not text.strip():
        return "the file is empty", ""
    if "trailing comma" in message or (sign and sign in "}]" and text[:at].rstrip()[-1:] == ","):
        return "there is a comma before the closing bracket", "remove it"
    if message.startswith(("Invalid control", "Unterminated")):
        return "a quote is not closed on its line", "a line end in a text is written \\n"
    if "escape" in message:
        return (
            "a backslash begins an escape",
            'write each backslash of a Windows path twice, such as "C:\\\\Users"',
        )
    if message.startswith("Extra data"):
        return "there is more behind the closing bracket", "the file is one object: {...}"
    if sign and sign in _CURLY:
        return "these are typographic quotes", 'write straight ones: "..."'
    if sign in ("/", "#"):
        return "JSON has no comments", "remove it, or use TOML, where they begin with '#'"
    if message.startswith("Expecting ','"):
        if not sign:
            return "a bracket is not closed", ""
        if sign.isalnum() or sign in ".-":
            return "texts need double quotes", 'such as "NAME": "TEXT"'
        return "a comma is missing between two entries", ""
    if message.startswith("Expecting ':'"):
        return "':' is missing behind a name", 'such as "NAME": "TEXT"'
    if at == 0 and re.match(r"\s*(?:[\w.-]+\s*=|\[\w)", rest):
        return "this looks like TOML", "name the file *.toml"
    if message.startswith("Expecting property"):
        return ("names need double quotes", 'such as "NAME": "TEXT"') if sign else (
            "a bracket is not closed", "",
        )  # fmt: skip
    if sign in ("", "}", "]", ","):
        return "a value is missing", 'write "" for an empty text'
    if _SWITCH_WORDS.match(rest):
        return "texts need double quotes", "yes and no are written: true, false"
    if _UNSET_WORDS.match(rest):
        return "texts need double quotes", 'leave the name out, or write "" for an empty text'
    return "texts need double quotes", 'such as "NAME": "TEXT"'
