"""The plain kinds of keys: yes/no values, choices, texts and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from ..secret import Secret
from ..text import nearest
from .characters import Takes, is_refused, odd
from .key import Grammar, Key, Kind, Misread, Notice, Reading, wtoi
from .versions import NEWEST

BoolReader = Literal["integer", "exactly-1", "not-0"]
_BLANKS = " \t"
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
        if text == "0" or text.lower() in self.aliases:
            meant_by = self.aliases.get(text.lower(), self.aliases.get("no"))
            if meant_by == self.otherwise:
                effect = f"MicroSIP does not know this word, but takes it as meant: {taken}"
                return Reading(self.otherwise, "ignored", (Notice("word-as-meant", effect),))
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


Doubtful = Callable[[str], tuple[Notice, ...]]


class Text(Key):
    """A text; ``grammar`` says what it must look like and gives its canonical form.

    ``takes`` says what it is for, and so which characters do not belong into it; ``doubtful`` what
    else is worth a warning. ``caseless``: letter case makes no difference, as in the name of a host
    (RFC 4343).
    """

    def __init__(
        self,
        *,
        default: str | None = "",
        grammar: Grammar | None = None,
        form: str = "",
        kind: Kind = "text",
        caseless: bool = False,
        takes: Takes = "",
        doubtful: Doubtful | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(default=default, **facts)
        self.takes = takes
        self.doubtful = doubtful
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
        if not text:
            return Reading(text, "file")
        notices = self.doubts(text)
        if self.grammar is None or (notices and self.takes):
            return Reading(text, "file", notices)
        try:
            value = self.grammar(text)
            return Reading(value, "file", notices or self.doubts(value))
        except Misread as error:
            notice = Notice(
                error.code if error.code != "bad-value" else "malformed", error.message, error.fix
            )
            return Reading(text, "file", (notice, *notices))

    def doubts(self, text: str) -> tuple[Notice, ...]:
        found = odd(text, self.takes) if text else None
        doubts = () if found is None else (Notice(found.code, found.message, hint=found.hint),)
        return doubts or (self.doubtful(text) if self.doubtful else ())

    def _parse(self, text: str) -> str:
        refused = is_refused(self.takes)  # where a no-break space is, too
        word = text if self.grammar is None else text.strip(_BLANKS if refused else None)
        if not word:
            return ""
        if refused:
            self._refuse_odd(word)
        value = word if self.grammar is None else self.grammar(word)
        if refused and value:  # what was left out may have hidden it
            self._refuse_odd(value)
        return value

    def _refuse_odd(self, text: str) -> None:
        found = odd(text, self.takes)
        if found is not None:
            raise Misread(found.message, hint=found.hint, code=found.code)

    def _as_text(self, value: Any) -> str:
        if isinstance(value, Secret):
            return value.reveal()
        return super()._as_text(value)
