"""Variables from ``--var`` and ``--vars`` and the facts of the system, as one table of tables.

``--var`` wins over ``--vars`` files, later ones over earlier ones. The tables ``env``, ``user`` and
``host`` come from the caller only; the names ``secret`` and ``absent`` are reserved.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from ..errors import UsageError, VariableError
from ..limits import VARIABLE_DEPTH, VARIABLE_NAME, VARIABLES
from .library import read_text
from .scope import BUILT_IN, CONSTANTS, is_name

Fact = str | Callable[[], str]
_TOO_DEEP = f"tables are nested more than {VARIABLE_DEPTH} deep"
_LONG_NAME = f"the name of a variable is longer than {VARIABLE_NAME} characters"


def collect(
    assignments: Sequence[str] = (),
    files: Sequence[str | os.PathLike[str]] = (),
    *,
    given: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    user: Mapping[str, Fact] | None = None,
    host: Mapping[str, Fact] | None = None,
    caller: int | None = None,
    asked_for: Callable[[], Iterable[str]] = tuple,
    origins: dict[str, str] | None = None,
) -> dict[str, Any]:
    """All variables of one run, ready for `Template.render`.

    :param assignments: ``NAME=VALUE`` texts; ``site.stun=...`` goes into the table ``site``.
        Values are texts.
    :param files: TOML (``.toml``) or JSON (``.json``) files; tables of the same name are merged.
    :param given: a table of tables, as if from a file after the others; `VariableError` names it
        as ``variables``.
    :param env: environment variables, looked up when needed, never copied.
    :param user: facts about the user, such as ``name``; functions are called when needed.
    :param host: facts about this system, likewise.
    :param caller: the user whose files root may read; see ``System.open_given``.
    :param asked_for: gives the names that templates ask for: of an assignment that is none, no
        other word is repeated, since it may be a password.
    :param origins: gets the dotted name of each value that is given, and by which file or option.
    :raises UsageError: an assignment that is none.
    :raises VariableError: a name, a file or a value that cannot be used.
    """
    table: dict[str, Any] = {}
    origins = {} if origins is None else origins
    given_ones = [
        split_assignment(text, _which(text, number, len(assignments), asked_for))
        for number, text in enumerate(assignments, 1)
    ]
    count = len(assignments)
    for file in files:
        path = Path(file)
        count += _merge(table, _read(path, caller), str(path), "", origins)
        _refuse_more_than(count, str(path))
    if given:
        count += _merge(table, given, "variables", "", origins)
    _refuse_more_than(count, "variables" if given else "--var")
    for name, value in given_ones:
        _put(table, name, value)
        origins[name] = "--var"
    for name, facts in (("env", env), ("user", user), ("host", host)):
        table[name] = {} if facts is None else facts
    return table


def split_assignment(assignment: str, which: Callable[[], str] = str) -> tuple[str, str]:
    """``("site.stun", "x")`` of ``site.stun=x``; an error never repeats the value.

    :param which: says which one it is, such as ``'extension'`` or ``number 2``; may say nothing.
    :raises UsageError: it is none.
    """
    name, equals, value = assignment.partition("=")
    if not equals:
        raise UsageError(
            f"{_var(which)} expects NAME=VALUE; there is no '='",
            hint="such as --var extension=101, without a blank around '='",
        )
    if not is_name(name):
        raise UsageError(
            f"{_var(which)} expects NAME=VALUE; the part before '=' is not a variable name",
            hint="a name has letters, digits and '_', and dots for tables: site.stun",
        )
    if name.count(".") > VARIABLE_DEPTH:
        raise UsageError(f"{_var(which)}: {_TOO_DEEP}")
    if len(name) > VARIABLE_NAME:
        raise UsageError(f"{_var(which)}: {_LONG_NAME}")
    first = name.split(".", 1)[0]
    if _is_reserved(first):
        raise UsageError(f"--var {name}: the name '{first}' is reserved", hint=_instead(first))
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise UsageError(
            f"--var {name}: the value is not valid text in the encoding of the console",
            hint="give it with --vars FILE, a TOML or JSON file in UTF-8",
        )
    return name, value


def _var(which: Callable[[], str]) -> str:
    return f"--var {which()}".rstrip()


def _which(
    text: str, number: int, count: int, asked_for: Callable[[], Iterable[str]]
) -> Callable[[], str]:
    """How an error names an assignment: by the variable that it begins with, if a template asks
    for that, else by its number."""

    def name() -> str:
        word = re.match(r"[\s\"'\u2018-\u201f-]*([\w.]*)", text)
        if word is not None and word[1] and word[1] in asked_for():
            return repr(word[1])
        return f"number {number}" if count > 1 else ""

    return name


def _is_reserved(name: str) -> bool:
    return name in BUILT_IN or name in CONSTANTS


def _instead(name: str) -> str:
    return "give secrets with --secret NAME=SOURCE" if name == "secret" else "rename it"


def _refuse_reserved(name: str, where: str) -> None:
    if _is_reserved(name):
        raise VariableError(f"the name '{name}' is reserved", where=where, hint=_instead(name))


def _put(table: dict[str, Any], dotted: str, value: str) -> None:
    *tables, last = dotted.split(".")
    for number, name in enumerate(tables, 1):
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise VariableError(
                f"'{dotted}' needs a table '{'.'.join(tables[:number])}', but that is a value",
                where="--var",
            )
    if isinstance(table.get(last), dict):
        raise VariableError(f"'{dotted}' is already a table and cannot have a value", where="--var")
    table[last] = value


def _merge(
    table: dict[str, Any],
    new: Mapping[str, Any],
    where: str,
    prefix: str,
    origins: dict[str, str],
) -> int:
    """Put ``new`` into ``table``; how many names it has, those of its tables included."""
    count = 0
    for name, value in new.items():
        if not prefix:
            _refuse_reserved(name, where)
        dotted = f"{prefix}{name}"
        if len(dotted) > VARIABLE_NAME:
            raise VariableError(_LONG_NAME, where=where)
        count += 1
        old = table.get(name)
        if isinstance(value, dict):
            if prefix.count(".") >= VARIABLE_DEPTH:
                raise VariableError(_TOO_DEEP, where=where)
            if old is not None and not isinstance(old, dict):
                raise VariableError(f"'{dotted}' is a value in an earlier file", where=where)
            count += _merge(table.setdefault(name, {}), value, where, f"{dotted}.", origins)
        elif isinstance(old, dict):
            raise VariableError(f"'{dotted}' is a table in an earlier file", where=where)
        else:
            table[name] = _usable(value, dotted, where)
            origins[dotted] = where
    return count


def _refuse_more_than(count: int, where: str) -> None:
    if count > VARIABLES:
        raise VariableError(f"there are more than {VARIABLES:,} variables", where=where)


def _usable(value: Any, name: str, where: str) -> Any:
    if isinstance(value, float) and not isfinite(value):  # 1e400 is one, too
        raise VariableError(f"'{name}' is not a number that a key can have", where=where)
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return tuple(_usable(item, name, where) for item in value)
    if value is None:
        raise VariableError(
            f"'{name}' has no value (null)", where=where, hint='leave it out, or write ""'
        )
    if hasattr(value, "isoformat"):  # TOML's dates and times
        return str(value.isoformat())
    raise VariableError(
        f"'{name}' must be a text, a number, true or false, or a list of these", where=where
    )


# -- files ---------------------------------------------------------------------------------------


def _read(path: Path, caller: int | None) -> dict[str, Any]:
    suffix = path.suffix.lower()
    if suffix not in (".toml", ".json"):
        raise VariableError(
            "a variables file is TOML or JSON", where=str(path), hint="name it *.toml or *.json"
        )
    text = read_text(path, str(path), VariableError, caller=caller)
    fault = hint = line = ""
    try:
        table = _toml(text) if suffix == ".toml" else _json(text)
    except RecursionError:
        fault = _TOO_DEEP
    except _Fault as reason:
        fault = reason.args[0]
    except ValueError as reason:
        from .syntax import complaint

        name = suffix[1:].upper()
        said = complaint(reason, text, name)
        line = f":{said.line}" if said.line else ""
        fault = f"the file is not valid {name}" + (f" at column {said.column}" if said.line else "")
        fault, hint = fault + (f": {said.message}" if said.message else ""), said.hint
    if fault:
        raise VariableError(fault, where=f"{path}{line}", hint=hint)
    return table


class _Fault(ValueError):
    """What is wrong with a file."""


def _toml(text: str) -> dict[str, Any]:
    import tomllib

    text = text.replace("\r\n", "\n")
    _refuse_deep_keys(text)
    return tomllib.loads(text)


def _refuse_deep_keys(text: str) -> None:
    """Looks at the dots of keys before the parser, which takes their square in time and memory.

    Outside of texts and comments so many dots are in nothing but a key, unless a ``=``, a bracket,
    a comma or a line end is between them. (A text may itself be a part of a key.)
    """
    texts_and_comments = (
        r'''"""(?:[^"\\]|\\.|"(?!""))*+"*+|\'\'\'(?:[^']|'(?!\'\'))*+'*+'''
        r"""|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?|\#[^\n]*+"""
    )
    keys = re.sub(texts_and_comments, '"', text, flags=re.DOTALL)
    if re.search(rf"(?:\.[^.=,\[\]{{}}\n]*+){{{VARIABLE_DEPTH + 1}}}", keys):
        raise _Fault(_TOO_DEEP)


def _json(text: str) -> dict[str, Any]:
    import json

    def table(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise _Fault(f"'{name[:VARIABLE_NAME]}' appears twice")
            found[name] = value
        return found

    def refuse(word: str) -> Any:
        raise _Fault(f"{word} is not a number")

    value = json.loads(text, object_pairs_hook=table, parse_constant=refuse)
    if not isinstance(value, dict):
        raise _Fault("the file must be one JSON object of names and values")
    return value
