"""What root and its process that has become another user say to each other, as JSON.

The request goes down in one piece. Lines come back: ``{"log": TEXT}`` for each decision,
``{"item": VALUE}`` for each answer of an operation that keeps running, ``{"alive": 1}`` now and
then, and ``{"result": ENVELOPE}`` at the end. They come from a process of another user: nothing in
them is believed but their shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import ExitCode
from ..results import Change, Issue, PhoneReport, Result, Target
from ..schema import find_key
from ..secret import Secret
from ..template.model import Assignment, Desired, Selector
from .request import Edit, Job

LONGEST_LINE = 64 << 20
"""Bytes; the findings in the largest file have far fewer."""


class Malformed(ValueError):
    """It is not what the other side sends."""


# --- down: root is believed -----------------------------------------------------------------------


def job_as_json(job: Job) -> dict[str, Any]:
    """A job whose templates are rendered already."""
    return {
        "operation": job.operation,
        "options": dict(job.options),
        "edits": [[edit.section, edit.key, _hide(edit.value)] for edit in job.edits],
        "flags": {name: _hide(text) for name, text in job.flags.items()},
        "desired": None if job.desired is None else _desired_as_json(job.desired),
    }


def job_from_json(request: Mapping[str, Any]) -> Job:
    """The job of :func:`job_as_json`."""
    desired = request["desired"]
    return Job(
        request["operation"],
        request["options"],
        edits=[Edit(section, key, _show(value)) for section, key, value in request["edits"]],
        flags={name: _show(text) or "" for name, text in request["flags"].items()},
        desired=None if desired is None else _desired(desired),
    )


def _desired_as_json(desired: Desired) -> dict[str, Any]:
    return {
        "description": desired.description,
        "assignments": [
            [
                wish.selector,
                wish.key.section,
                wish.key.name,
                wish.only_if_absent,
                _hide(wish.text),
                wish.where,
            ]
            for wish in desired.assignments
        ],
        "activate": desired.activate,
        "activate_where": desired.activate_where,
    }


def _desired(found: Mapping[str, Any]) -> Desired:
    activate = found["activate"]
    return Desired(
        found["description"],
        tuple(map(_assignment, found["assignments"])),
        None if activate is None else _selector(activate),
        found["activate_where"],
    )


def _assignment(found: list[Any]) -> Assignment:
    chosen, section, key, only_if_absent, text, where = found
    selector = _selector(chosen)
    place = selector.name if selector.kind == "section" else section
    return Assignment(selector, find_key(place, key), only_if_absent, _show(text), where)


def _selector(found: list[Any]) -> Selector:
    kind, name, match = found
    return Selector(kind, name, tuple((key, text) for key, text in match))


def _hide(text: str | Secret | None) -> str | dict[str, str] | None:
    return {"secret": text.reveal()} if isinstance(text, Secret) else text


def _show(found: str | Mapping[str, str] | None) -> str | Secret | None:
    return Secret(found["secret"]) if isinstance(found, Mapping) else found


# --- up: another user is not believed -------------------------------------------------------------


def result_as_json(result: Result) -> dict[str, Any]:
    """The envelope, and what a person's output needs besides."""
    return {**result.as_json(), "quoted": [change.quoted for change in result.changes]}


def result_from_json(command: str, found: object) -> Result:
    """The result that another user's process gives. Raises :class:`Malformed`."""
    envelope = _table(found)
    quoted = _list(envelope.get("quoted"))
    changes = _list(envelope.get("changes"))
    phone = _table(envelope.get("phone"))
    target = {name: _text(text) for name, text in _table(envelope.get("target")).items()}
    was_running = phone.get("was_running")
    seconds = phone.get("stop_seconds")
    code = envelope.get("exit_code")
    errors = _issues(envelope.get("errors"))
    if type(code) is not int or code not in set(ExitCode) or (code in (0, 1)) == bool(errors):
        raise Malformed("the exit code")
    return Result(
        command,
        Target(**{name: target.get(name, "") for name in Target._fields}),
        envelope.get("changed") is True,
        envelope.get("status") == "differs" or code == ExitCode.DIFFERENCES,
        tuple(map(_change, changes, quoted)),
        None if envelope.get("backup") is None else _text(envelope.get("backup")),
        PhoneReport(
            was_running if isinstance(was_running, bool) else None,
            phone.get("stopped") is True,
            phone.get("started") is True,
            tuple(map(_text, _list(phone.get("command_lines")))),
            seconds if type(seconds) in (int, float) else None,
        ),
        _issues(envelope.get("warnings")),
        errors,
        code if isinstance(code, int) else ExitCode.BUG,
        envelope.get("data"),
    )


def _change(found: object, quoted: object) -> Change:
    row = _table(found)
    secret = row.get("secret") is True
    old, new = (_value(row.get(name), secret) for name in ("old", "new"))
    action = row.get("action")
    if action not in ("set", "add", "remove"):
        raise Malformed("an action")
    section, key, reason = (_text(row.get(name)) for name in ("section", "key", "reason"))
    if secret and action != "add":
        old = Secret("")
    if secret and action != "remove":
        new = Secret("")
    return Change(section, key, action, old, new, reason, quoted is True)


def _value(found: object, secret: bool) -> str | Secret | None:
    return None if found is None or secret else _text(found)


def _issues(found: object) -> tuple[Issue, ...]:
    rows = map(_table, _list(found))
    return tuple(Issue(*(_text(row.get(name)) for name in Issue._fields)) for row in rows)


def _table(found: object) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise Malformed("not an object")
    return found


def _list(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise Malformed("not a list")
    return found


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise Malformed("not a text")
    return found


def line(**message: Any) -> bytes:
    """One message, as a line of ASCII."""
    return json.dumps(message).encode("ascii") + b"\n"
