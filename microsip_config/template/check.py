"""Checks of a template that need no variables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import ErrorList, InputError, InputErrors
from ..results import Issue
from ..text import did_you_mean
from .layers import Template, load
from .model import Entry
from .scope import is_absent, simple_parts
from .typed import shown_name

_GIVEN = ("env", "user", "host", "absent", "secret")


class Report(NamedTuple):
    """The outcome of `validate`: ``errors`` would stop every run, ``warnings`` none."""

    errors: tuple[Issue, ...]
    warnings: tuple[Issue, ...]


class Uses(NamedTuple):
    """The names in one value; ``optional`` ones have a default or are tested for being defined."""

    names: tuple[str, ...]
    optional: frozenset[str]


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
    required = set(template.requires)
    for entry in _entries(template):
        try:
            uses = uses_of(entry)
        except InputError as error:
            errors.add(
                type(error)(
                    f"{shown_name(entry.key)}: {error.message}", hint=error.hint, where=entry.where
                )
            )
            continue
        for name in uses.names:
            if name not in uses.optional or _covers(name, required):
                used.setdefault(name, entry)
    warnings = [warning for entry in _entries(template) for warning in _doubts(entry)]
    warnings += _undeclared(used, template)
    warnings += _unused(used, template)
    return Report(tuple(_issue(error) for error in errors.errors), tuple(warnings))


def uses_of(entry: Entry) -> Uses:
    """The names in one value; raises `InputError` where the expression cannot be read."""
    if entry.literal is not None:
        return Uses((), frozenset())
    parts = simple_parts(entry.source)
    if parts is not None:
        return Uses(tuple(parts[1::2]), frozenset())
    from .sandbox import checked_tree, names_in, optional_names

    tree = checked_tree(entry.source)
    return Uses(tuple(names_in(tree)), frozenset(optional_names(tree)))


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
    required = set(template.requires)
    for name, entry in used.items():
        if name.split(".", 1)[0] in _GIVEN or _covers(name, required):
            continue
        yield Issue(
            "undeclared-variable",
            f"{shown_name(entry.key)}: the variable '{name}' is not in 'requires'",
            did_you_mean(name, required)
            or "add it, so that a missing value is reported before all else",
            entry.where,
        )


def _unused(used: dict[str, Entry], template: Template) -> Iterator[Issue]:
    for layer in template.layers:
        for name in layer.requires:
            if not any(_covers(one, {name}) for one in used):
                yield Issue(
                    "unused-variable",
                    f"'requires' lists '{name}', which no value uses",
                    did_you_mean(name, used),
                    layer.name,
                )


def _covers(name: str, required: set[str]) -> bool:
    """Whether ``name`` or a table that contains it is required."""
    return any(name == one or name.startswith(f"{one}.") for one in required)
