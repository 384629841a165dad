"""The grammar of ``dialPlan``.

Alternatives are separated by ``|``; the first that matches the whole number wins. ``x`` is any one
character, ``.`` repeats what precedes it, ``[..]`` is a class, ``<match:replacement>``
rewrites, ``<text>`` stands for itself; the rest is the regular-expression syntax of ATL. A bad
alternative is silently skipped by the phone, so every one of them is checked.
"""

from __future__ import annotations

import re

from ..text import in_quotes
from .key import Misread, Notice

_QUANTIFIERS = ".*+?"
# Asterisk's _9NXX, the timers T, S0 and L: of other phones, and slashes of regular expressions.
_FOREIGN = re.compile(
    r"_.*|(?=.*[NZ])[0-9NXZxSTPL#*+.,!\[\]-]+|(?=.*(?:[STP]\d?$|^[PL]:))[0-9xXSTPL:#*+.,!\[\]-]+|/.*/"
)
_CLOSING = {"(": ")", "{": "}"}
_ABBREVIATIONS = "abcdhnqwz"  # ATL's \d (digit) and its sisters
_LITERAL_IN_ANGLES = "*#+-_@,"


def dial_plan(text: str) -> str:
    """``Grammar`` of the key: the text itself, or ``Misread`` with the faulty alternative."""
    plan = text.strip(" ")
    inner = plan
    if plan.startswith("(") and plan.endswith(")") and ")" not in plan[1:-1]:
        inner = plan[1:-1]  # parentheses around the whole plan are ignored
    for alternative in inner.split("|"):
        part = alternative.strip(" ")
        if not part:
            raise Misread("an alternative is empty", hint="remove the '|' next to it")
        if part[0] in "+*":
            fix = "\\" + plan if part == plan else None
            raise Misread(
                f"{in_quotes(part)} begins with {part[0]!r}, which repeats what precedes it",
                hint=f"write \\{part} for the character itself",
                fix=fix,
                code="unescaped",
            )
        _Alternative(part).check()
    return plan


def foreign_notation(plan: str) -> tuple[Notice, ...]:
    """An alternative in the notation of another system, which no number matches."""
    for part in plan.strip("( )").split("|"):
        alternative = part.strip(" ")
        if _FOREIGN.fullmatch(re.sub(r"<[^<>]*>", "", alternative)):
            effect = (
                f"{in_quotes(alternative)} is the notation of another system: MicroSIP takes its "
                "letters for themselves, so it matches nothing that can be dialled"
            )
            hint = "x is any one digit, [2-9] one of a class, x. any number of them"
            return (Notice("foreign-notation", effect, hint=hint),)
    return ()


class _Alternative:
    """One pass over one alternative, left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def check(self) -> None:
        self._sequence("")

    def _fault(self, message: str, hint: str) -> Misread:
        return Misread(f"{in_quotes(self.text)}: {message}", hint=hint, code="bad-alternative")

    def _sequence(self, closing: str) -> None:
        """Elements up to ``closing`` ("" is the end of the text), which is consumed."""
        repeatable = False
        while self.at < len(self.text):
            char = self.text[self.at]
            if closing and char == closing:
                self.at += 1
                return
            if char in _QUANTIFIERS:
                if not repeatable:
                    raise self._fault(
                        f"{char!r} has nothing before it to repeat",
                        "x. is any number of characters; \\* and \\+ are the characters themselves",
                    )
                self.at += 1
                if char != "." and self.text[self.at : self.at + 1] == "?":
                    self.at += 1  # ATL's non-greedy form
                repeatable = False
                continue
            repeatable = self._element(char)
        if closing:
            raise self._fault(f"a {closing!r} is missing", "close every bracket")

    def _element(self, char: str) -> bool:
        """Consumes one element; whether it may be repeated."""
        self.at += 1
        if char == "[":
            self._class()
        elif char == "<":
            self._angles()
        elif char in _CLOSING:
            self._sequence(_CLOSING[char])
        elif char in ")}]>":
            raise self._fault(f"{char!r} closes nothing", f"write \\{char} for the character")
        elif char == "\\":
            self._escape()
        elif char == "!":
            if self.at >= len(self.text):
                raise self._fault("'!' has nothing to negate", "write \\! for the character")
            return False
        elif char == "^":
            if self.at != 1:
                raise self._fault("'^' is the start of the number", "write \\^ for the character")
            return False
        elif char == "$":
            if self.at != len(self.text):
                raise self._fault("'$' is the end of the number", "write \\$ for the character")
            return False
        return True

    def _escape(self) -> None:
        char = self.text[self.at : self.at + 1]
        if not char:
            raise self._fault("a backslash ends it", "write \\\\ for the character itself")
        if char.isalpha() and char not in _ABBREVIATIONS:
            raise self._fault(
                f"\\{char} has no meaning", "\\d is a digit; a letter needs no backslash"
            )
        self.at += 1

    def _class(self) -> None:
        end = self.text.find("]", self.at)
        members = self.text[self.at : end].removeprefix("^")
        if end < 0 or not members:
            raise self._fault("a class [..] is empty or not closed", "such as [2-9]")
        self.at = end + 1
        for position in range(1, len(members) - 1):
            low, high = members[position - 1], members[position + 1]
            if members[position] == "-" and low > high:
                raise self._fault(f"the range {low}-{high} is empty", f"write {high}-{low}")

    def _angles(self) -> None:
        end = self.text.find(">", self.at)
        if end < 0:
            raise self._fault("a '<' is not closed", "such as <0:0049>")
        match, colon, replacement = self.text[self.at : end].partition(":")
        self.at = end + 1
        if "<" in match + replacement or ":" in replacement or not (match or replacement):
            raise self._fault("<..> is not <match:replacement>", "such as <0:0049>")
        if colon:
            if match:
                _Alternative(match).check()
            return
        if not all(char.isalnum() or char in _LITERAL_IN_ANGLES for char in match) or (
            ".*" in match or match == "*"
        ):
            raise self._fault(
                f"<{match}> without ':' stands for itself and is not a pattern",
                "x. is any number; to prefix every number with 9, set dialingPrefix = 9",
            )
