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

from ..errors import VariableError
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
    :param origins: gets the dotted name of each value that is given, and by which file or option.
    :raises VariableError: a name, a file or a value that cannot be used.
    """
    table: dict[str, Any] = {}
    origins = {} if origins is None else origins
    count = len(assignments)
    for file in files:
        path = Path(file)
        count += _merge(table, _read(path, caller), str(path), "", origins)
        _refuse_more_than(count, str(path))
    if given:
        count += _merge(table, given, "variables", "", origins)
    _refuse_more_than(count, "variables" if given else "--var")
    for assignment in assignments:
        name, value = split_assignment(assignment)
        _put(table, name, value)
        origins[name] = "--var"
    for name, facts in (("env", env), ("user", user), ("host", host)):
        table[name] = {} if facts is None else facts
    return table


def split_assignment(assignment: str) -> tuple[str, str]:
    """``("site.stun", "x")`` of ``site.stun=x``; an error never repeats the value."""
    name, equals, value = assignment.partition("=")
    if not equals:
        raise VariableError("--var expects NAME=VALUE; there is no '='")
    if not is_name(name):
        raise VariableError(
            "--var expects NAME=VALUE; the part before '=' is not a variable name",
            hint="a name has letters, digits and '_', and dots for tables: site.stun",
        )
    if name.count(".") > VARIABLE_DEPTH:
        raise VariableError(_TOO_DEEP, where="--var")
    if len(name) > VARIABLE_NAME:
        raise VariableError(_LONG_NAME, where="--var")
    _refuse_reserved(name.split(".", 1)[0], "--var")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise VariableError(
            f"--var {name}: the value is not valid text in the encoding of the console",
            hint="give it with --vars FILE, a TOML or JSON file in UTF-8",
        )
    return name, value


def _refuse_reserved(name: str, where: str) -> None:
    if name in BUILT_IN or name in CONSTANTS:
        hint = "give secrets with --secret NAME=SOURCE" if name == "secret" else "rename it"
        raise VariableError(f"the name '{name}' is reserved", where=where, hint=hint)


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
    fault = line = ""
    try:
        table = _toml(text) if suffix == ".toml" else _json(text)
    except RecursionError:
        fault = _TOO_DEEP
    except _Fault as reason:
        fault, line = reason.args
    except ValueError as reason:
        complaint, line = _complaint(reason, text)
        fault = f"the file is not valid {suffix[1:].upper()}" + (
            f": {complaint}" if complaint else ""
        )
    if fault:
        raise VariableError(fault, where=f"{path}{line}")
    return table


class _Fault(ValueError):
    """What is wrong with a file, and ``:line`` or ''."""


def _complaint(reason: ValueError, text: str) -> tuple[str, str]:
    """The complaint of a parser, and ``:3`` for the line; '' for what it does not name.

    Only those of its words are kept that cannot come from the file, which may contain secrets:
    letters outside quotes, and quoted signs.
    """
    message = getattr(reason, "msg", "") or str(reason)
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)\Z", message)
    number = getattr(reason, "lineno", None)
    if found:
        number = found[1] or text.rstrip("\n").count("\n") + 1
        message = message[: found.start()]
    if number is None or not re.fullmatch(r"(?:[\w /-]|'[=:,.\]}]'|\\(?=\w))+", message):
        return "", f":{number}" if number else ""
    return message[0].lower() + re.sub(r"(?: starting)? at\Z", "", message[1:]), f":{number}"


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
        raise _Fault(_TOO_DEEP, "")


def _json(text: str) -> dict[str, Any]:
    import json

    def table(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise _Fault(f"'{name[:VARIABLE_NAME]}' appears twice", "")
            found[name] = value
        return found

    def refuse(word: str) -> Any:
        raise _Fault(f"{word} is not a number", "")

    value = json.loads(text, object_pairs_hook=table, parse_constant=refuse)
    if not isinstance(value, dict):
        raise _Fault("the file must be one JSON object of names and values", "")
    return value
