"""Checks of a template that need no variables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import ErrorList, InputError, InputErrors
from ..limits import GUESSES
from ..results import Issue
from ..text import did_you_mean
from .discreet import discreet
from .layers import Template, load
from .model import Entry
from .scope import is_absent
from .typed import shown_name
from .uses import uses_of

_GIVEN = ("env", "user", "host", "absent", "secret")


class Report(NamedTuple):
    """The outcome of `validate`: ``errors`` would stop every run, ``warnings`` none."""

    errors: tuple[Issue, ...]
    warnings: tuple[Issue, ...]


def validate(
    names: Sequence[str | os.PathLike[str]], bundled: Path, *, caller: int | None = None
) -> Report:
    """Check templates as `load` takes them: syntax, keys, literals, expressions, variables."""
    try:
        template = load(names, bundled, caller=caller)
    except InputErrors as several:
        return Report(several.issues, ())
    except InputError as error:
        return Report((_issue(error),), ())
    return problems(template)


def problems(template: Template) -> Report:
    """What is wrong with, or doubtful in, a template that could be loaded."""
    errors = ErrorList()
    used: dict[str, Entry] = {}
    required = _Required(template.requires)
    for entry in _entries(template):
        try:
            uses = uses_of(entry)
        except InputError as error:
            told = discreet(error, entry.key, entry.source)
            errors.add(
                type(told)(
                    f"{shown_name(entry.key)}: {told.message}", hint=told.hint, where=entry.where
                )
            )
            continue
        for name in uses.names:
            if name not in uses.optional or required.covers(name):
                used.setdefault(name, entry)
    warnings = [warning for entry in _entries(template) for warning in _doubts(entry)]
    warnings += _undeclared(used, template)
    warnings += _unused(used, template)
    return Report(tuple(_issue(error) for error in errors.errors), tuple(warnings))


def _entries(template: Template) -> Iterator[Entry]:
    for layer in template.layers:
        for section in layer.sections:
            yield from section.entries


def _issue(error: InputError) -> Issue:
    return Issue(error.code, error.message, error.hint, error.where)


def _doubts(entry: Entry) -> Iterator[Issue]:
    key, removed = entry.key, is_absent(entry.source)
    if key.kind == "secret" and entry.literal is not None and entry.source:
        yield Issue(
            "literal-secret",
            f"{key.name}: everyone who can read the template can read it",
            "write {{ secret.NAME }} and give it with --secret NAME=SOURCE",
            entry.where,
        )
    if key.volatile and key.kind != "secret" and not (entry.only_if_absent or removed):
        yield Issue(
            "volatile-key",
            f"{key.name}: the phone changes it in use; every apply would set it back",
            "'?=' sets it only if it is absent",
            entry.where,
        )
    if key.kind == "command" and not removed:
        yield Issue(
            "runs-program",
            f"{key.name} runs a program on the user's system",
            "apply needs --allow-commands",
            entry.where,
        )
    if key.until:
        yield Issue(
            "old-key", f"{key.name}: only MicroSIP up to {key.until} reads it", "", entry.where
        )


def _undeclared(used: dict[str, Entry], template: Template) -> Iterator[Issue]:
    required = _Required(template.requires)
    guesses = 0
    for name, entry in used.items():
        if name.split(".", 1)[0] in _GIVEN or required.covers(name):
            continue
        shown = shown_name(entry.key)
        if entry.key.kind == "secret":
            message, near = f"{shown}: its variable is not in 'requires'", ""
        else:
            message = f"{shown}: the variable '{name}' is not in 'requires'"
            near = did_you_mean(name, required.names) if guesses < GUESSES else ""
            guesses += 1
        yield Issue(
            "undeclared-variable",
            message,
            near or "add it, so that a missing value is reported before all else",
            entry.where,
        )


def _unused(used: dict[str, Entry], template: Template) -> Iterator[Issue]:
    tables = {table for name in used for table in _with_tables(name)}
    public = [name for name, entry in used.items() if entry.key.kind != "secret"]
    guesses = 0
    for layer in template.layers:
        for name in layer.requires:
            if name not in tables:
                yield Issue(
                    "unused-variable",
                    f"'requires' lists '{name}', which no value uses",
                    did_you_mean(name, public) if guesses < GUESSES else "",
                    layer.name,
                )
                guesses += 1


class _Required:
    """The names in ``requires``, each with all that is in it, if it is a table."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)

    def covers(self, name: str) -> bool:
        """Whether ``name`` or a table that contains it is required."""
        return not self.names.isdisjoint(_with_tables(name))


def _with_tables(name: str) -> Iterator[str]:
    """``a.b.c``, ``a.b``, ``a``."""
    while name:
        yield name
        name = name.rpartition(".")[0]
