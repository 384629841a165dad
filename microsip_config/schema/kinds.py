"""The plain kinds of keys: yes/no values, numbers, choices, texts and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from ..secret import Secret
from ..text import nearest
from .key import INT_MAX, INT_MIN, Grammar, Key, Kind, Misread, Notice, Reading, wtoi
from .versions import NEWEST

BoolReader = Literal["integer", "exactly-1", "not-0"]
_WORDS = {
    **dict.fromkeys(("1", "yes", "on", "true"), True),
    **dict.fromkeys(("0", "no", "off", "false"), False),
}


_FLAG_READS: Mapping[BoolReader, str] = {
    "integer": "integer: any number except 0 is on, every other text is off",
    "exactly-1": "exactly 1: only the text 1 is on",
    "not-0": "not 0: everything except the text 0 is on",
}


class Flag(Key):
    """A yes/no value. MicroSIP has three readers, none of which knows a word such as ``true``.

    ``integer``: any number except 0 is on, every other text off; ``exactly-1``: the text 1 is on;
    ``not-0``: everything except the text 0 is on. Present but empty is off, off and on.
    """

    kind: Kind = "bool"

    def __init__(self, *, reader: BoolReader, default: bool, **facts: Any) -> None:
        super().__init__(default=default, **facts)
        self.reader = reader

    @property
    def expects(self) -> str:
        return "yes or no (on, off, true, false, 1, 0)"

    @property
    def reads(self) -> str:
        return _FLAG_READS[self.reader]

    def _taken(self, text: str) -> bool:
        if self.reader == "integer":
            return wtoi(text) != 0
        return text == "1" if self.reader == "exactly-1" else text != "0"

    def _read(self, text: str) -> Reading:
        value = self._taken(text)
        if text in {"0", "1"}:
            return Reading(value, "file")
        state = "on" if value else "off"
        if text == "":
            if value == self.default:
                return Reading(value, "default")
            effect = f"present but empty means {state}; only an absent key means the default"
            return Reading(value, "file", (Notice("empty-not-default", effect),))
        meant = _WORDS.get(text.lower())
        if meant is value or (meant is None and self.reader == "integer" and value):
            return Reading(value, "file")
        fix = None if meant is None else self.encode(meant)
        effect = f"the text is neither 0 nor 1; MicroSIP takes it as {state}"
        return Reading(value, "ignored", (Notice("not-a-switch", effect, fix),))

    def _parse(self, text: str) -> bool:
        value = _WORDS.get(text.strip().lower())
        if value is None:
            raise Misread(f"{text!r} is not a yes/no value", hint=f"write {self.expects}")
        return value

    def encode(self, value: bool) -> str:
        return "1" if value else "0"

    def _as_text(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.encode(value)
        if value in (0, 1):
            return str(value)
        return super()._as_text(value)


class Number(Key):
    """A whole number, read with ``_wtoi``; ``minimum`` .. ``maximum`` is what may be written.

    ``positive``: the phone takes 0, negative and non-numeric as the default; ``floor``: it raises
    smaller positive numbers to that; ``empty_default``: present but empty is the default, too.
    ``beyond`` says what happens to numbers outside the range that the phone does not clamp.
    """

    kind: Kind = "int"

    def __init__(
        self,
        *,
        default: int | None,
        minimum: int = 0,
        maximum: int = INT_MAX,
        positive: bool = False,
        floor: int | None = None,
        empty_default: bool = False,
        beyond: str = "",
        **facts: Any,
    ) -> None:
        super().__init__(default=default, **facts)
        self.minimum: int = minimum
        self.maximum: int = maximum
        self.positive = positive
        self.floor = floor
        self.empty_default = empty_default
        self.beyond = beyond

    @property
    def expects(self) -> str:
        low = "" if self.minimum == INT_MIN else f" from {self.minimum}"
        high = "" if self.maximum == INT_MAX else f" to {self.maximum}"
        unit = f" ({self.unit})" if self.unit else ""
        return f"a whole number{low}{high}{unit}"

    @property
    def reads(self) -> str:
        parts = ["integer: digits up to the first other character"]
        if self.positive:
            parts.append(f"0 and less is read as {self.default}")
        if self.floor is not None:
            parts.append(f"1 to {self.floor} is read as {self.floor}")
        if self.beyond:
            parts.append(f"out of range: {self.beyond}")
        return "; ".join(parts)

    def _read(self, text: str) -> Reading:
        if text == "":
            return self._read_empty()
        number = wtoi(text)
        value = self._clamped(number)
        numeric = _numeric(text)
        notices: tuple[Notice, ...] = ()
        if not numeric:
            notices = (Notice("not-a-number", f"MicroSIP reads this text as the number {number}"),)
        if value != number:
            effect = f"MicroSIP takes {number} as {value}"
            clamped = Notice("clamped", effect, str(value) if numeric else None)
            return Reading(value, "clamped", (*notices, clamped))
        if not self.minimum <= value <= self.maximum:
            effect = self.beyond or "the phone does not check it"
            outside = Notice("outside-range", f"{value} is not {self.expects}: {effect}")
            notices = (*notices, outside)
        return Reading(value, "file" if numeric else "ignored", notices)

    def _read_empty(self) -> Reading:
        value = self.default if self.empty_default else self._clamped(0)
        if value == self.default:
            return Reading(value, "default")
        effect = f"present but empty means {value}; only an absent key means {self.default}"
        return Reading(value, "file", (Notice("empty-not-default", effect),))

    def _clamped(self, number: int) -> int:
        if self.positive and number <= 0:
            return int(self.default)
        if self.floor is not None and number < self.floor:
            return self.floor
        return number

    def _parse(self, text: str) -> int:
        word = text.strip()
        if not _numeric(word):
            raise Misread(f"{text!r} is not a whole number", hint=f"write {self.expects}")
        number = _bounded(word)
        fitting = max(self.minimum, min(self.maximum, number))
        if fitting != number:
            raise Misread(
                f"{word} is out of range: MicroSIP expects {self.expects}",
                hint=f"the nearest valid value is {fitting}",
                code="outside-range",
            )
        return number

    def _as_text(self, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return super()._as_text(value)


class NumberedChoice(Number):
    """A number that stands for one of a few things; the phone reads any other as the default."""

    kind: Kind = "enum"

    def __init__(
        self, *, choices: Mapping[int, str], aliases: Mapping[str, int], default: int, **facts: Any
    ) -> None:
        super().__init__(default=default, minimum=min(choices), maximum=max(choices), **facts)
        self.choices = MappingProxyType({str(number): text for number, text in choices.items()})
        self.aliases = aliases

    @property
    def expects(self) -> str:
        return "one of " + ", ".join(f"{n} ({meaning})" for n, meaning in self.choices.items())

    @property
    def reads(self) -> str:
        return f"integer: any other number is read as {self.default}"

    def _clamped(self, number: int) -> int:
        return number if str(number) in self.choices else int(self.default)

    def _parse(self, text: str) -> int:
        alias = self.aliases.get(text.strip().lower())
        return super()._parse(text) if alias is None else alias


class Choice(Key):
    """One word of a few, compared exactly: ``TLS`` is not ``tls``.

    ``empty`` and ``otherwise`` are how the phone reads an empty and an unknown text;
    ``aliases`` are friendly words for ``parse``, ``retired`` words of older versions and the word
    that replaced them (in any case, only to name the fix).
    """

    kind: Kind = "enum"

    def __init__(
        self,
        *,
        default: str,
        choices: Mapping[str, str],
        empty: str = "",
        otherwise: str = "",
        aliases: Mapping[str, str] = MappingProxyType({}),
        retired: Mapping[str, str] = MappingProxyType({}),
        **facts: Any,
    ) -> None:
        super().__init__(default=default, **facts)
        self.choices = MappingProxyType(dict(choices))
        self.empty = empty
        self.otherwise = otherwise
        self.aliases = aliases
        self.retired = retired

    @property
    def expects(self) -> str:
        shown = [word or "(empty)" for word in self.choices]
        return "exactly one of " + ", ".join(shown)

    @property
    def reads(self) -> str:
        return f"the exact word; any other word means: {self.in_words(self.otherwise)}"

    def _meant(self, text: str) -> str | None:
        lower = text.lower()
        for word in self.choices:
            if word and word.lower() == lower:
                return word
        return self.retired.get(lower)

    def _read(self, text: str) -> Reading:
        if text in self.choices:
            return Reading(text, "file")
        if text == "":
            return Reading(self.empty, "default")
        taken = self.choices.get(self.otherwise, self.otherwise) or "the default"
        meant = self._meant(text)
        if meant is None:
            effect = f"MicroSIP does not know this word and takes it as: {taken}"
            return Reading(self.otherwise, "ignored", (Notice("unknown-word", effect),))
        if text.lower() in self.retired:
            effect = f"older versions knew this word; {NEWEST} takes it as: {taken}"
            return Reading(self.otherwise, "ignored", (Notice("retired-word", effect, meant),))
        effect = f"letter case matters: it is not {meant}, MicroSIP takes it as: {taken}"
        return Reading(self.otherwise, "ignored", (Notice("wrong-case", effect, meant),))

    def _parse(self, text: str) -> str:
        word = text.strip()
        if word in self.choices:
            return word
        alias = self.aliases.get(word.lower())
        if alias is not None:
            return alias
        if word == "":
            raise Misread(
                f"an empty value means {self.empty}", hint=f"write {self.empty or self.expects}"
            )
        meant = self._meant(word)
        if meant is not None and word.lower() not in self.retired:
            raise Misread(
                f"MicroSIP does not take {word!r} as {meant!r}: letter case matters",
                hint=f"write {meant}",
                fix=meant,
                code="wrong-case",
            )
        likely = meant or nearest(word, [*filter(None, self.choices), *self.aliases])
        suggestion = f"did you mean {likely!r}? " if likely else ""
        raise Misread(f"MicroSIP does not know {word!r}", hint=f"{suggestion}{self.expects}")


class Text(Key):
    """A text; ``grammar`` says what it must look like and gives its canonical form.

    ``caseless``: letter case makes no difference, as in the name of a host (RFC 4343).
    """

    def __init__(
        self,
        *,
        default: str | None = "",
        grammar: Grammar | None = None,
        form: str = "",
        kind: Kind = "text",
        caseless: bool = False,
        **facts: Any,
    ) -> None:
        super().__init__(default=default, **facts)
        self.kind = kind
        self.grammar = grammar
        self.form = form
        self.caseless = caseless

    def same(self, raw: str | None, text: str) -> bool:
        if self.caseless and raw is not None:
            raw, text = raw.lower(), text.lower()
        return super().same(raw, text)

    @property
    def expects(self) -> str:
        return self.form or super().expects

    def _read(self, text: str) -> Reading:
        if not text or self.grammar is None:
            return Reading(text, "file")
        try:
            return Reading(self.grammar(text), "file")
        except Misread as error:
            notice = Notice(
                error.code if error.code != "bad-value" else "malformed", error.message, error.fix
            )
            return Reading(text, "file", (notice,))

    def _parse(self, text: str) -> str:
        if self.grammar is None:
            return text
        word = text.strip()
        return self.grammar(word) if word else ""

    def _as_text(self, value: Any) -> str:
        if isinstance(value, Secret):
            return value.reveal()
        return super()._as_text(value)


def _numeric(text: str) -> bool:
    digits = text[1:] if text[:1] in {"+", "-"} else text
    return digits.isascii() and digits.isdigit()


def _bounded(text: str) -> int:
    # Python refuses to convert thousands of digits; a dozen are enough.
    sign = "-" if text.startswith("-") else ""
    return int(sign + (text.lstrip("+-").lstrip("0")[:12] or "0"))


def one_of(words: Sequence[str]) -> str:
    """ "a, b or c"."""
    return ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]
