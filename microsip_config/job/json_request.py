"""Reads a job from one JSON object that comes from a side which is not trusted.

Every mistake is a ``UsageError`` that names the field, and for an unknown one the nearest right
one. No message repeats a value: it may be a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from ..errors import UsageError
from ..limits import EDITS, REQUEST_BYTES, TEMPLATES
from ..schema import lookup
from ..secret import Secret
from ..secrets.collect import from_request
from ..template.model import TemplateText
from ..text import did_you_mean
from .operations import OPERATIONS, Operation
from .options import TARGET, Option, defaults, documented_flags, fault
from .request import VERSION, Edit, Job, split_assignment

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}", re.ASCII)
FIELDS = ("schema", "operation", "target", "templates", "edits", "variables", "secrets", "options")
NEED_A_WISH = frozenset({"plan", "apply", "unset"})
"""Operations that do nothing without templates or edits."""
LONGEST_NAME = 255  # characters of the name of a template
LONGEST_LIST = {"templates": TEMPLATES, "edits": EDITS}
LARGEST_VALUE = 1_000_000_000
"""Of an edit that is a number."""
# A request has these in fields of their own.
NOT_IN_OPTIONS = frozenset({"var", "secret"})


def parse(data: bytes) -> Job:
    """The job of a request.

    :param data: UTF-8, with or without a byte-order mark.
    :raises UsageError: it is not a request, or not one of this version.
    """
    if len(data) > REQUEST_BYTES:
        raise UsageError(f"the request is larger than {REQUEST_BYTES >> 20} MiB")
    request = _object(_decoded(data), "the request")
    _refuse_unknown(request, FIELDS, "")
    version = request.get("schema", VERSION)
    if version is True or version != VERSION:
        raise UsageError(f"the request is not of version {VERSION}", where="schema")
    name = request.get("operation")
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None or not isinstance(name, str):
        near = did_you_mean(name, OPERATIONS) if isinstance(name, str) else ""
        hint = near or f"one of {', '.join(OPERATIONS)}"
        raise UsageError("there is no such operation", hint=hint, where="operation")
    _refuse_unfit(request, operation, name)
    secrets, specs = from_request(_object(request.get("secrets", {}), "secrets"))
    options, flags = _options(request, operation)
    if specs:
        options["secret"] = specs
    return Job(
        name,
        options,
        tuple(_template(each, where) for where, each in _listed(request, "templates")),
        tuple(_edit(each, where) for where, each in _listed(request, "edits")),
        flags,
        _object(request.get("variables", {}), "variables"),
        secrets,
    )


def target_options(data: bytes) -> dict[str, str]:
    """The target options of a request that may be wrong elsewhere, as far as they can be read."""
    try:
        target = json.loads(data[:REQUEST_BYTES].decode("utf-8-sig"))["target"]
        names = [o.name for o in TARGET.options if isinstance(target.get(o.name), str)]
        return {name: target[name] for name in names}
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return {}


def options_of(operation: Operation) -> tuple[dict[str, Option], dict[str, Option]]:
    """The rows that a request may have in ``target`` and in ``options``."""
    target: dict[str, Option] = {}
    others = {option.name: option for option in operation.own}
    for group in operation.groups:
        home = target if group.title == TARGET.title else others
        home |= {o.name: o for o in group.options if o.name not in NOT_IN_OPTIONS}
    if operation.flags:
        others |= {option.name: option for option in documented_flags().options}
    return target, others


def _decoded(data: bytes) -> Any:
    if not data.strip():
        raise UsageError("standard input is empty", hint="a request is one JSON object")
    try:
        return json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise UsageError(f"byte {error.start} of the request is not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError("the request is not a JSON object", hint=error.msg, where=where) from None
    except (RecursionError, ValueError):  # nested too deeply; a number of 5,000 digits
        raise UsageError("the request is not a JSON object that can be read") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise UsageError("a field of the request appears twice", where=_shown(name))
        found[name] = value
    return found


def _no_number(_: str) -> NoReturn:
    raise UsageError("NaN and Infinity are not JSON")


def _refuse_unknown(given: Iterable[str], known: Iterable[str], where: str) -> None:
    names = list(known)
    for field in given:
        if field not in names:
            place = f"{where}.{_shown(field)}" if where else _shown(field)
            hint = did_you_mean(field, names) or f"the fields are {', '.join(names)}"
            raise UsageError("unknown field", hint=hint, where=place)


def _refuse_unfit(request: Mapping[str, Any], operation: Operation, name: str) -> None:
    fit = {
        "templates": operation.templates,
        "variables": operation.templates,
        "secrets": operation.templates,
        "edits": operation.edits,
    }
    for field, takes in fit.items():
        if field in request and not takes:
            raise UsageError(f"{name} takes no {field}", where=field)
    wishes = [part for part in ("templates", "edits") if fit[part]]
    if name in NEED_A_WISH and not any(request.get(part) for part in wishes):
        raise UsageError(f"{name} needs {' or '.join(wishes)}", where=wishes[0])


def _options(
    request: Mapping[str, Any], operation: Operation
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The value of each option, and the documented flags that are given."""
    plain = list(operation.options())
    values = defaults(plain)
    for field, rows in zip(("target", "options"), options_of(operation), strict=True):
        given = _object(request.get(field, {}), field)
        _refuse_unknown(given, rows, field)
        for name, value in given.items():
            values[name] = _value(value, rows[name], f"{field}.{name}")
        for option in rows.values():
            if option.required and values.get(option.name) is None:
                raise UsageError("this field is required", where=f"{field}.{option.name}")
    names = {option.name for option in plain}
    flags = {
        option.name: values.pop(option.name)
        for option in options_of(operation)[1].values()  # in the order of their table
        if option.name not in names and values.get(option.name) is not None
    }
    return {name: value for name, value in values.items() if name in names}, flags


def _value(value: Any, option: Option, where: str) -> Any:
    if value is None and not option.required:
        return option.default
    if option.many:
        if not isinstance(value, list):
            raise _wrong(where, "a list")
        one = option._replace(many=False, required=True)
        return [_value(each, one, f"{where}[{index}]") for index, each in enumerate(value)]
    if option.kind == "flag":
        if not isinstance(value, bool):
            raise _wrong(where, "true or false")
    elif option.kind in ("number", "integer"):
        return _number(value, option, where)
    else:
        _text(value, where)
        if option.choices and value not in option.choices:
            raise _wrong(where, f"one of {', '.join(option.choices)}")
        if expected := fault(option, value):
            raise _wrong(where, expected)
        if option.name == "password":
            return Secret(value)
    return value


def _number(value: Any, option: Option, where: str) -> int | float:
    """A number that is not absurd; 1.0 is a whole one, as JSON Schema has it."""
    whole = option.kind == "integer"
    fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    expected = fault(option, value) if fits else f"a {'whole ' if whole else ''}number"
    if not expected and whole and value != int(value):
        expected = "a whole number"
    if expected:
        raise _wrong(where, expected)
    return int(value) if whole else float(value)


def _template(value: Any, where: str) -> str | TemplateText:
    if not isinstance(value, dict):
        return _text(value, where)
    _refuse_unknown(value, TemplateText._fields, where)
    name = _text(value.get("name"), f"{where}.name")
    if not (name.strip() and name.isprintable() and len(name) <= LONGEST_NAME):
        raise _wrong(f"{where}.name", f"a printable name of up to {LONGEST_NAME} characters")
    return TemplateText(name, _text(value.get("text"), f"{where}.text"))


def _edit(value: Any, where: str) -> Edit:
    if isinstance(value, str):
        edit = split_assignment(value, where)
        return _with_secret(edit.section, edit.key, str(edit.value))
    _refuse_unknown(_object(value, where), Edit._fields, where)
    section, key = (_text(value.get(name), f"{where}.{name}") for name in ("section", "key"))
    text = value.get("value")
    return _with_secret(section, key, None if text is None else _plain_text(text, where))


def _plain_text(value: Any, where: str) -> str:
    """The text of a value: JSON's own numbers and yes-or-no values are taken as such."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)) and abs(value) <= LARGEST_VALUE and value == int(value):
        return str(int(value))
    return _text(value, f"{where}.value")


def _with_secret(section: str, key: str, text: str | None) -> Edit:
    """A password in a request is a secret, which nobody sees in a process list."""
    facts = lookup(section, key)
    hidden = facts is not None and facts.kind == "secret" and text is not None
    return Edit(section, key, Secret(text) if hidden and text is not None else text)


def _listed(request: Mapping[str, Any], field: str) -> list[tuple[str, Any]]:
    """Each part of a list, and where it is."""
    value = request.get(field, [])
    if isinstance(value, (dict, list)) and len(value) > LONGEST_LIST[field]:
        raise _wrong(field, f"at most {LONGEST_LIST[field]:,} entries")
    if isinstance(value, dict) and field == "edits":  # {"Settings.volumeRing": 80}
        return [(f"edits.{_shown(name)}", _named(name, text)) for name, text in value.items()]
    if not isinstance(value, list):
        raise _wrong(field, "a list")
    return [(f"{field}[{index}]", each) for index, each in enumerate(value)]


def _named(name: str, text: Any) -> dict[str, Any]:
    section, dot, key = name.partition(".")
    if not (dot and section and key):
        raise UsageError("the name of an edit is SECTION.KEY", where=f"edits.{_shown(name)}")
    return {"section": section, "key": key, "value": text}


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(what, "an object")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, "a text")
    if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise _wrong(where, "a text without unpaired surrogates")
    return value


def _wrong(where: str, expected: str) -> UsageError:
    return UsageError(f"expected {expected}", where=where)


def _shown(field: str) -> str:
    """The name of a field where it looks like one: a secret may be in the place of a name."""
    return field if _NAME.fullmatch(field) else "?"
