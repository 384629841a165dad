"""Reads a command line exactly as typer would, or leaves it to typer.

Typer and what it imports cost half of a run that changes nothing. This reader knows the same rows
of options, and answers only where nothing can be meant in two ways: help, mistakes, values that
begin with ``-`` and the documented flags are typer's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..job.options import Option, fault
from .verb import Verb, VerbGroup

COMPLETION = "_MICROSIP_CONFIG_COMPLETE"
"""Set by a shell that asks what could be typed next."""
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_INTEGER = re.compile(r"[0-9]{1,9}", re.ASCII)


def read(
    verb: Verb | VerbGroup, words: Sequence[str], environ: Mapping[str, str]
) -> tuple[Verb, dict[str, Any]] | None:
    """The verb and the values of its options; None: typer has to read ``words``.

    :param words: what follows the name of the verb on the command line.
    """
    if COMPLETION in environ:
        return None
    if isinstance(verb, VerbGroup):
        found = [each for each in verb.verbs if each.name.split()[-1:] == [*words[:1]]]
        return read(found[0], words[1:], environ) if found else None
    values = _Reading(verb).read(words)
    return None if values is None else (verb, values)


class _Unsure(Exception):
    """Typer has to read it."""


class _Reading:
    """The words of one verb."""

    def __init__(self, verb: Verb) -> None:
        options = verb.options()
        self._options = options
        self._by_flag = {flag: option for option in options for flag in option.flags}
        self._off = {option.off: option for option in options if option.off}
        self._values: dict[str, Any] = {}
        self._positional: list[str] = []

    def read(self, words: Sequence[str]) -> dict[str, Any] | None:
        waiting = list(reversed(words))
        try:
            while waiting:
                self._take(waiting.pop(), waiting)
            self._place_arguments()
        except _Unsure:
            return None
        return {o.name: self._values.get(o.name, o.default) for o in self._options}

    def _take(self, word: str, waiting: list[str]) -> None:
        if not word.startswith("-"):
            self._positional.append(word)
            return
        flag, equals, value = word.partition("=")
        if not flag.startswith("--") and equals:
            raise _Unsure
        if flag in self._off and not equals:
            self._values[self._off[flag].name] = False
            return
        option = self._by_flag.get(flag)
        if option is None or (option.kind == "flag" and equals):
            raise _Unsure
        if option.kind == "flag":
            self._values[option.name] = True
            return
        if not equals:
            if not waiting:
                raise _Unsure
            value = waiting.pop()
        self._keep(option, value)

    def _keep(self, option: Option, text: str) -> None:
        value = converted(option, text)
        if option.many:
            self._values.setdefault(option.name, []).append(value)
        else:
            self._values[option.name] = value

    def _place_arguments(self) -> None:
        rest = self._positional
        for option in (each for each in self._options if each.positional):
            if option.many:
                given, rest = rest, []
            else:
                given, rest = rest[:1], rest[1:]
            if option.required and not given:
                raise _Unsure
            for text in given:
                self._keep(option, text)
        if rest:
            raise _Unsure


def converted(option: Option, text: str) -> Any:
    """The value of a text that is certainly right; raises what makes the reader give up."""
    if text.startswith("-") or not text:
        raise _Unsure
    if option.kind == "choice":
        if text not in option.choices:
            raise _Unsure
        return text
    if option.kind in ("number", "integer"):
        pattern, convert = (_INTEGER, int) if option.kind == "integer" else (_NUMBER, float)
        if not pattern.fullmatch(text):
            raise _Unsure
        value = convert(text)
        if fault(option, value):
            raise _Unsure
        return value
    return text
