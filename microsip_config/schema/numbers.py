"""Keys that are whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .key import INT_MAX, INT_MIN, Key, Kind, Misread, Notice, Reading, wtoi


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


def _numeric(text: str) -> bool:
    digits = text[1:] if text[:1] in {"+", "-"} else text
    return digits.isascii() and digits.isdigit()


def _bounded(text: str) -> int:
    # Python refuses to convert thousands of digits; a dozen are enough.
    sign = "-" if text.startswith("-") else ""
    return int(sign + (text.lstrip("+-").lstrip("0")[:12] or "0"))
