"""Characters that do not belong into a value, and how they usually came there.

A word processor, a chat or a web page leaves typographic quotes, no-break spaces and invisible
marks; a shell its own quotes and backslashes; a provisioning system a placeholder that it did not
fill in; a program with another code page letters that nobody wrote. Where such a thing cannot be
meant it is refused, where it can, it is a notice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from ..named_tuple import NamedTuple

Takes = Literal["", "label", "user", "number", "host", "path", "plan", "address"]
"""What a text field is for: anything at all, a name that people read, a SIP user, a telephone
number, a host, a path of Windows, a dial plan, a web address."""

_WHAT = {
    "user": "a SIP user",
    "number": "a telephone number",
    "host": "a host name or address",
    "path": "a Windows path",
    "plan": "a dial plan",
    "address": "a web address",
}
_QUOTES = (
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u00ab\u00bb\u2032\u2033\u00b4"
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
# What one code page shows for the letters of another, where no such sign can be between letters.
_SIGNS = (
    "\u00a2-\u00a9\u00ab-\u00b4\u00b6\u00b8\u00b9\u00bb-\u00bf\u00d7\u00f7\u201a\u201e\u2020-\u2022"
    "\u2026\u2030\u2039\u203a\u207f\u2190-\u23ff\u2500-\u25ff"
)
# Code pages as which UTF-8 is read, and so many letters that are no chance.
_MISREAD = {"cp1252": 1, "latin-1": 1, "cp850": 1, "cp437": 1, "cp1250": 1, "cp1251": 2}
_SAVE = "save the source as UTF-8, and read it as that"
_LOOKED_AT = 1100  # characters; the phone reads no more of any text
_BETWEEN_LETTERS = "'\u2019\u00b7\u200c\u200d"

_PLACEHOLDER = (
    r"%+(?![0-9A-Fa-f]{2}%)[A-Za-z_][\w .()-]*%+"  # but %C3%A4 in a SIP user
    r"|\$\{[^{}]*\}|\$\([^()]*\)|\$env:\w+|\{\{.*?\}\}|\{%.*?%\}|<%.*?%>"
    r"|\{\$[\w.]+\}|@@[\w.-]+@@|__[A-Za-z]\w*?__"
)
# What a name may well contain, but neither a user, nor a number, nor a host.
_IN_STRICT = _PLACEHOLDER + (
    r"|\$[A-Za-z_]\w*|\{[\w.]*\}|<[A-Za-z][\w .-]*>|\[[A-Za-z_][\w .-]*\]|#[A-Za-z_]\w*#"
    r"|![A-Za-z_]\w*!"
    r"|@[A-Za-z_]\w*@"
)
_OF_ENVIRONMENT = re.compile(r"%+([A-Za-z_]\w*)%+|\$\{(?:env:)?([A-Za-z_]\w*)\}|\$env:(\w+)")


class Odd(NamedTuple):
    """One thing that does not belong: ``message`` names it, ``hint`` is the way out."""

    code: str
    message: str
    hint: str


def odd(text: str, takes: Takes) -> Odd | None:
    """The first thing in ``text`` that does not belong into a field that ``takes`` such texts."""
    if not takes or (text.isascii() and text.isalnum()):  # as nearly every text is
        return None
    text = text[:_LOOKED_AT]
    # In a web address quotes and placeholders have rules of their own.
    found = None if takes == "address" else _placeholder(text, takes) or _left_by_shell(text, takes)
    if found is None and not text.isascii():
        found = _misread(text) or _foreign(text, takes)
    if found is None and takes == "label" and re.search(r"[A-Za-z]\?[a-z]", text):
        found = Odd("wrong-code-page", "'?' between letters, where a letter was lost", _SAVE)
    return found


def is_refused(takes: Takes) -> bool:
    """Whether such a field cannot have meant it."""
    return takes in _WHAT


def _placeholder(text: str, takes: Takes) -> Odd | None:
    if takes == "plan":
        pattern = r"%+[A-Za-z_]\w*%+|\$\{[^{}]*\}|\{\{.*?\}\}"
    elif takes == "path":  # %VARIABLES% have a rule of their own; $ and { are in names of files
        pattern = r"\$\{[^{}]*\}|\$\([^()]*\)|\$env:\w+|\{\{.*?\}\}"
    elif takes == "label":
        pattern = _PLACEHOLDER
    else:
        pattern = _IN_STRICT
        if takes == "host":  # [2001:db8::1]
            pattern = pattern.replace(r"\[[A-Za-z_]", r"\[[G-Zg-z_]")
    match = re.search(pattern, text)
    if match is None:
        return None
    variable = _OF_ENVIRONMENT.fullmatch(match.group())
    name = next(filter(None, variable.groups()), "") if variable else ""
    hint = "write the text itself; a template fills in {{ name }}, given with --var name=..."
    if name:
        hint = f"write {{{{ env.{name} }}}} in a template, or the text itself"
    return Odd(
        "unfilled-placeholder", f"{match.group()!r} is a placeholder that nobody filled in", hint
    )


def _left_by_shell(text: str, takes: Takes) -> Odd | None:
    first, last = text[0], text[-1]
    if takes == "path":
        bad = next((char for char in text if char in '"<>|?*'), "")
        if ":" in text[2:] and text[:2] != "\\\\":
            bad = bad or ":"
        if not bad and first == "'" == last and len(text) > 1:
            bad = "'"
        if not bad:
            return None
        code, hint = "odd-character", "leave it out"
        if bad in "\"'":
            code = "left-over-quote"
            hint += "; in cmd.exe a backslash before a closing quote keeps the quote"
        return Odd(code, f"{bad!r} cannot be in {_WHAT['path']}", hint)
    if takes == "plan":
        return None
    ends = [char for char in (first, last) if char in "\"'"]
    if takes != "label" and not ends and '"' in text:
        ends = ['"']
    apostrophe = takes == "label" and first not in "\"'" and last == "'" and text[-2:-1] == "s"
    if ends and not apostrophe:
        hint = "leave it out; cmd.exe removes double quotes only, a Unix shell both kinds"
        return Odd("left-over-quote", f"{ends[0]!r} is left over from a shell", hint)
    if last == "\\":
        hint = "leave it out; a shell takes it for the beginning of an escape"
        return Odd("left-over-quote", "a backslash is left over at the end", hint)
    return None


def _misread(text: str) -> Odd | None:
    """Letters of one code page that were read as those of another."""
    if "\ufffd" in text:
        return Odd("wrong-code-page", "it contains U+FFFD, where a letter was lost", _SAVE)
    for codec, fewest in _MISREAD.items():
        meant = _as_utf8(text, codec, fewest)
        if meant:
            message = f"it is UTF-8 that was read as {codec}: {meant!r} was meant"
            return Odd("wrong-code-page", message, _SAVE)
    match = re.search(rf"(?<=[A-Za-z])[{_SIGNS}](?=[a-z])", text)
    if match is None:
        return None
    message = f"{_named(match.group())} between letters: it was read in the wrong code page"
    return Odd("wrong-code-page", message, _SAVE)


def _as_utf8(text: str, codec: str, fewest: int) -> str:
    """What was meant; empty if that is no text. Two programs may have misread it in turn."""
    for _ in range(2):
        try:
            text = text.encode(codec).decode("utf-8")
        except UnicodeError:
            return ""
        letters = [char for char in text if ord(char) > 127]
        is_text = all(char.isalpha() or unicodedata.category(char)[0] in "PSZ" for char in letters)
        if is_text and len(letters) >= fewest:
            return text
    return ""


def _foreign(text: str, takes: Takes) -> Odd | None:
    """A character that no keyboard puts into such a field."""
    for position, char in enumerate(text):
        if char.isascii():
            continue
        around = text[max(0, position - 1) : position] + text[position + 1 : position + 2]
        between = char in _BETWEEN_LETTERS and len(around) == 2 and around.isalpha()
        if between and not is_refused(takes):
            continue
        if not _is_odd(char, takes):
            continue
        where = f" cannot be in {_WHAT[takes]}" if is_refused(takes) else " does not show as it is"
        plain = unicodedata.normalize("NFKC", char)
        hint = f"write {plain!r}" if plain.isascii() and plain.isprintable() else _instead(char)
        return Odd("odd-character", f"{_named(char)}{where}", hint)
    return None


def _is_odd(char: str, takes: Takes) -> bool:
    if takes == "path":  # a file may have any name that can be seen
        return unicodedata.category(char) in {"Cf", "Co", "Cn", "Zl", "Zp"} or char == "\u00a0"
    if char in _QUOTES or char in _DASHES:
        return True
    category = unicodedata.category(char)
    if category in {"Cf", "Co", "Cn", "Zs", "Zl", "Zp"} or "\uff01" <= char <= "\uff5e":
        return True
    return is_refused(takes) and (category == "Nd" or (takes == "number" and not char.isascii()))


def _instead(char: str) -> str:
    if char in _QUOTES:
        return "write a plain quote, or leave it out"
    if char in _DASHES:
        return "write '-'"
    return "remove it: it comes from a web page or a word processor"


def _named(char: str) -> str:
    """A character by its code and name, as it may be invisible."""
    name = unicodedata.name(char, "")
    return f"U+{ord(char):04X} ({name.lower()})" if name else f"U+{ord(char):04X}"
