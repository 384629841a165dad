"""The JSON Schemas of the request and of the envelope, derived from the tables."""

from __future__ import annotations

from typing import Any

from ..codes.register import CODES
from ..limits import LONGEST_PATH
from ..results import SCHEMA, Target
from .json_request import LONGEST_LIST, LONGEST_NAME, NEED_A_WISH, options_of
from .operations import OPERATIONS, Operation
from .options import Option
from .request import VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_JSON_TYPES = {"flag": "boolean", "number": "number", "integer": "integer"}


def job_schema() -> dict[str, Any]:
    """What ``microsip-config job`` reads."""
    return {
        "$schema": DIALECT,
        "title": "microsip-config job",
        "description": "One request; the answer is the envelope of --json.",
        "type": "object",
        "required": ["operation"],
        "properties": {
            "schema": {"const": VERSION, "default": VERSION},
            "operation": {"enum": list(OPERATIONS)},
        },
        "oneOf": [_of_operation(name, operation) for name, operation in OPERATIONS.items()],
        "$defs": _PARTS,
    }


def _of_operation(name: str, operation: Operation) -> dict[str, Any]:
    target, others = options_of(operation)
    properties: dict[str, Any] = {"schema": True, "operation": {"const": name}}
    required = ["operation"]
    if target:
        properties["target"] = _closed(target)
    if others:
        properties["options"] = _closed(others)
        if any(option.required for option in others.values()):
            required.append("options")
    if operation.templates:
        for part in ("templates", "variables", "secrets"):
            properties[part] = {"$ref": f"#/$defs/{part}"}
    if operation.edits:
        properties["edits"] = {"$ref": "#/$defs/edits"}
    found: dict[str, Any] = {
        "title": name,
        "description": operation.summary,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    if name in NEED_A_WISH:
        wishes = [part for part in ("templates", "edits") if part in properties]
        full = {"minItems": 1, "minProperties": 1}
        found["anyOf"] = [{"required": [part], "properties": {part: full}} for part in wishes]
    return found


def _closed(rows: dict[str, Option]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object",
        "properties": {name: _of_option(option) for name, option in rows.items()},
        "additionalProperties": False,
    }
    required = [name for name, option in rows.items() if option.required]
    return found | ({"required": required} if required else {})


def _of_option(option: Option) -> dict[str, Any]:
    value: dict[str, Any] = {"type": _JSON_TYPES.get(option.kind, "string")}
    if option.kind == "path":
        value |= {"minLength": 1, "maxLength": LONGEST_PATH, "pattern": "^[^\\u0000]*$"}
    elif option.kind in ("number", "integer"):
        value |= {"minimum": option.minimum, "maximum": option.maximum}
    if option.choices:
        value["enum"] = list(option.choices)
    if option.many:
        value = {"type": "array", "items": value}
    if not option.required:
        value = {"anyOf": [value, {"type": "null"}], "default": option.default}
    return value | {"description": option.help}


_TEXT = {"type": "string"}
_VALUE = {"type": ["string", "integer", "boolean", "null"]}
_NAME = r"^[^.]+\..+"
_PARTS: dict[str, Any] = {
    "templates": {
        "description": "Names of bundled templates, paths, or texts; later ones win.",
        "type": "array",
        "maxItems": LONGEST_LIST["templates"],
        "items": {
            "anyOf": [
                _TEXT,
                {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
                        "text": _TEXT,
                    },
                    "required": ["name", "text"],
                    "additionalProperties": False,
                },
            ]
        },
    },
    "variables": {"description": "A table of tables for the templates.", "type": "object"},
    "secrets": {
        "description": "By name: the secret, or where it is read from.",
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "additionalProperties": {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "properties": {"source": _TEXT},
                    "required": ["source"],
                    "additionalProperties": False,
                },
            ]
        },
    },
    "edits": {
        "description": "Single changes: SECTION.KEY=VALUE, an object, or a table of them; "
        "null removes the key.",
        "anyOf": [
            {
                "type": "array",
                "maxItems": LONGEST_LIST["edits"],
                "items": {
                    "anyOf": [
                        {"type": "string", "pattern": _NAME + "="},
                        {
                            "type": "object",
                            "properties": {"section": _TEXT, "key": _TEXT, "value": _VALUE},
                            "required": ["section", "key"],
                            "additionalProperties": False,
                        },
                    ]
                },
            },
            {
                "type": "object",
                "maxProperties": LONGEST_LIST["edits"],
                "propertyNames": {"pattern": _NAME},
                "additionalProperties": _VALUE,
            },
        ],
    },
}


def envelope_schema() -> dict[str, Any]:
    """What ``--json`` prints and ``job`` answers. New fields may be added to any object."""
    known = [
        {"const": code, "title": row.meaning, "description": "; ".join(filter(None, row[2:]))}
        for code, row in CODES.items()
    ]
    issue = _object_of(
        code={"type": "string", "oneOf": known}, message=_TEXT, hint=_TEXT, where=_TEXT
    )
    nullable = {"type": ["string", "null"]}
    return {
        "$schema": DIALECT,
        "title": "microsip-config result",
        **_object_of(
            schema={"const": SCHEMA},
            command=_TEXT,
            status={"enum": ["ok", "changed", "differs", "error"]},
            changed={"type": "boolean"},
            exit_code={"type": "integer"},
            target=_object_of(**dict.fromkeys(Target._fields, _TEXT)),
            changes={
                "type": "array",
                "items": _object_of(
                    section=_TEXT,
                    key=_TEXT,
                    action={"enum": ["set", "add", "remove"]},
                    old=nullable,
                    new=nullable,
                    secret={"type": "boolean"},
                    reason=_TEXT,
                ),
            },
            backup=nullable,
            phone=_object_of(
                was_running={"type": ["boolean", "null"]},
                stopped={"type": "boolean"},
                started={"type": "boolean"},
                command_lines={"type": "array", "items": _TEXT},
                stop_seconds={"type": ["number", "null"]},
            ),
            warnings={"type": "array", "items": issue},
            errors={"type": "array", "items": issue},
            data=True,
            run={
                "anyOf": [
                    {"type": "null"},
                    _object_of(
                        id=_TEXT,
                        host=_TEXT,
                        user=_TEXT,
                        time=_TEXT,
                        version=_TEXT,
                        template_sha256=nullable,
                    ),
                ]
            },
        ),
    }


def _object_of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
