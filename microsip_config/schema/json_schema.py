"""The JSON Schema of a key, from its facts."""

from __future__ import annotations

from typing import Any

from .entries import CALL_TYPES, CallEntry, Entry
from .facts import example, older_form
from .key import INT_MAX, INT_MIN, Key
from .shortcuts import SHORTCUT_TYPES

_TYPES = {"bool": "boolean", "int": "integer", "codecs": "array"}


def key_schema(key: Key) -> dict[str, Any]:
    """The JSON Schema of the typed value of ``key``, with its documentation, choices and limits.

    ``x-microsip`` has what JSON Schema has no word for: group, versions, unit, volatility, an
    example and the meaning of each choice. ``maxLength`` counts UTF-16 code units.
    """
    integer = key.kind == "int" or key.minimum is not None
    kind = "integer" if integer else _TYPES.get(key.kind, "string")
    schema: dict[str, Any] = {"title": key.name, "description": key.doc, "type": kind}
    if key.choices:
        schema["enum"] = [int(word) if integer else word for word in key.choices]
    elif integer:
        if key.minimum not in {None, INT_MIN}:
            schema["minimum"] = key.minimum
        if key.maximum not in {None, INT_MAX}:
            schema["maximum"] = key.maximum
    if kind == "string" and not key.choices:
        schema["maxLength"] = key.limit
    if kind == "array":
        schema |= {"items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
    if key.kind == "secret":
        schema |= {"format": "password", "writeOnly": True, "maxLength": 256}
    if key.default is None:
        schema["type"] = [kind, "null"]
    schema["x-microsip"] = _facts(key)
    return schema


def _facts(key: Key) -> dict[str, Any]:
    facts: dict[str, Any] = {"group": key.group, "volatile": key.volatile, "expects": key.expects}
    facts["example"] = example(key)
    for name in ("since", "until", "history", "unit", "absent", "machine", "per_user"):
        if getattr(key, name):
            facts[name] = getattr(key, name)
    older = older_form(key)
    if older:
        facts["older"] = older
    if key.choices:
        facts["choices"] = dict(key.choices)
    return facts


def entries_schema(entry: Entry) -> dict[str, Any]:
    """The JSON Schema of a numbered list: an object whose names are the numbers."""
    last = "" if entry.highest is None else f" to {entry.highest}"
    return {
        "description": f"{entry.doc} Numbered from 0{last}.",
        "type": "object",
        "propertyNames": {"pattern": "^(0|[1-9][0-9]*)$"},
        "additionalProperties": _entry_schema(entry),
        "x-microsip": _facts(entry),
    }


def _entry_schema(entry: Entry) -> dict[str, Any]:
    text = {"type": "string", "maxLength": entry.limit, "description": entry.expects}
    string, boolean, integer = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
    if entry.section == "Shortcuts":
        kind = {"type": "string", "enum": list(SHORTCUT_TYPES)}
        fields = [string, string, kind, string, boolean, string]
    elif isinstance(entry, CallEntry):
        kinds = {"type": "integer", "enum": [int(number) for number in CALL_TYPES]}
        fields = [string, string, kinds, integer, integer, string]
    elif entry.default is None:
        fields = [string, string, boolean, boolean]
    else:
        return text
    return {"anyOf": [text, {"type": "array", "prefixItems": fields, "maxItems": len(fields)}]}
