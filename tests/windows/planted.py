"""Editors and readers with one bug each, to show that the differential test finds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from io import StringIO

import pytest
from configupdater import ConfigUpdater

from microsip_config.ini import document
from microsip_config.ini.profile import Profile

from .differential import Editor, edited
from .hostile import Change

Reader = Callable[[str], Profile]


def damaged(damage: Callable[[str], str]) -> Callable[[pytest.MonkeyPatch], Editor]:
    """The true editor, with something done to its text whenever it changed any."""

    def plant(_: pytest.MonkeyPatch) -> Editor:
        def edit(text: str, changes: Iterable[Change]) -> str:
            result = edited(text, changes)
            return result if result == text else damage(result)

        return edit

    return plant


def patched(name: str, replacement: object) -> Callable[[pytest.MonkeyPatch], Editor]:
    """The true editor, with one of its parts replaced."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> Editor:
        monkeypatch.setattr(document, name, replacement)
        return edited

    return plant


class LastDuplicate(document._Lines):
    """Takes the last of equal keys for the one that counts."""

    def __init__(self, lines: list[str], names: Container[str]) -> None:
        super().__init__(lines, names)
        for places in self._places.values():
            places.reverse()


class OneDuplicate(document._Lines):
    """Removes the first of equal keys only, so that the second is read."""

    def __init__(self, lines: list[str], names: Container[str]) -> None:
        super().__init__(lines, names)
        for places in self._places.values():
            del places[1:]


def last_section(text: str) -> list[document._Span]:
    """The spans of the text, equal names in reverse order of precedence."""
    spans = SPANS(text)
    twice = {span.name for span in spans if [s.name for s in spans].count(span.name) > 1}
    seen: set[str] = set()
    kept = []
    for span in reversed(spans):
        first = span.name in twice and span.name not in seen
        seen.add(span.name)
        kept.append(span if first or span.name not in twice else span._replace(name="\0passed"))
    return kept[::-1]


SPANS = document._spans


def plain_configupdater(text: str, changes: Iterable[Change]) -> str:
    """ConfigUpdater as it comes, tuned but without a guard."""
    updater = ConfigUpdater(
        allow_no_value=True,
        delimiters=("=",),
        comment_prefixes=(";",),
        empty_lines_in_values=False,
        space_around_delimiters=False,
        strict=False,
    )
    try:
        updater.read_file(StringIO(text, newline=""))
        for change in changes:
            if change.action == "drop":
                updater.remove_section(change.section)
            elif change.action == "remove":
                if updater.has_option(change.section, change.key):
                    updater.remove_option(change.section, change.key)
            else:
                if not updater.has_section(change.section):
                    updater.add_section(change.section)
                updater.set(change.section, change.key, change.value)
        return str(updater)
    except Exception:  # a crash changes nothing
        return text


EDITORS: dict[str, Callable[[pytest.MonkeyPatch], Editor]] = {
    "edits the second of two equal keys": patched("_Lines", LastDuplicate),
    "removes only the first of equal keys": patched("_Lines", OneDuplicate),
    "edits the second of two equal sections": patched("_spans", last_section),
    "looks names up with their case": patched("fold", str),
    "writes without quotes that protect": patched("protected", lambda value, _: value),
    "glues a new line to a last line without end": patched("_with_line_end", lambda text, _: text),
    "drops indentation": damaged(lambda text: re.sub(r"(?m)^[ \t]+", "", text)),
    "drops comments": damaged(lambda text: re.sub(r"(?m)^;.*\n", "", text)),
    "drops blank lines": damaged(lambda text: re.sub(r"(\r\n){2,}", "\r\n", text)),
    "loses a pair of quotes": damaged(lambda text: re.sub(r'="(.*)"(?=[\r\n])', r"=\1", text)),
    "loses blanks around the equals sign": damaged(lambda text: re.sub(r" *= *", "=", text)),
    "makes every line end CR LF": damaged(lambda text: re.sub(r"\r\n|\r|\n", "\r\n", text)),
    "ends the last line": damaged(lambda text: text + "\r\n; end\r\n"),
    "lower-cases keys": damaged(
        lambda text: re.sub(r"(?m)^\w+(?==)", lambda key: key.group().lower(), text)
    ),
    "is ConfigUpdater without a guard": lambda _: plain_configupdater,
}


class LastKeyReader(Profile):
    """Reads the last of equal keys."""

    def _parse(self, text: str) -> None:
        head, *sections = re.split(r"(?m)(?=^[ \t]*\[)", text)
        flipped = ["".join([*s.splitlines(True)[:1], *s.splitlines(True)[:0:-1]]) for s in sections]
        super()._parse(head + "".join(flipped))


def reading(damage: Callable[[str], str]) -> Callable[[pytest.MonkeyPatch], Reader]:
    """The true reader, given a text in which something is no longer to be seen."""
    return lambda _: lambda text: Profile(damage(text))


READERS: dict[str, Callable[[pytest.MonkeyPatch], Reader]] = {
    "reads the last of equal keys": lambda _: LastKeyReader,
    "takes ; in a value for a comment": reading(lambda text: re.sub(r" ;[^\r\n]*", "", text)),
    "keeps quotes": reading(lambda text: re.sub(r'="(.*)"', r'=""\1""', text)),
    "takes # for a comment": reading(lambda text: re.sub(r"(?m)^#", ";", text)),
    "trims spaces beyond ASCII": reading(lambda text: text.replace("\xa0", " ")),
    "does not end lines at CR": reading(lambda text: re.sub(r"\r(?![\r\n])", " ", text)),
    "does not see indented sections": reading(lambda text: re.sub(r"(?m)^[ \t]+\[", "x[", text)),
}
