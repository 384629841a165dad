"""What every operation returns: changes, what was done to the phone, warnings, errors, data.

The field names are the contract of ``--json``; ``Result.as_json`` is the only place that knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from .named_tuple import NamedTuple
from .secret import Secret

SCHEMA = 1
"""The version of the envelope."""

Action = Literal["set", "add", "remove"]
Status = Literal["ok", "changed", "differs", "error"]


class Issue(NamedTuple):
    """A warning or an error: ``where`` it is, ``hint`` how to fix it. Never holds a secret."""

    code: str
    message: str
    hint: str = ""
    where: str = ""


class Target(NamedTuple):
    """The configuration that an operation works on, and how it was found.

    ``version`` of the phone, and where that was found, are empty where nobody asked for them.
    """

    ini: str
    exe: str = ""
    mode: str = ""  # "installed", "portable", "given" ...
    decided_by: str = ""
    version: str = ""
    version_from: str = ""


class Change(NamedTuple):
    """One key that differs. ``old`` and ``new`` are logical texts (no protective quotes)."""

    section: str
    key: str
    action: Action
    old: str | Secret | None
    new: str | Secret | None
    reason: str
    quoted: bool = False

    @property
    def secret(self) -> bool:
        return isinstance(self.old, Secret) or isinstance(self.new, Secret)

    def as_json(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "key": self.key,
            "action": self.action,
            "old": None if self.secret else self.old,
            "new": None if self.secret else self.new,
            "secret": self.secret,
            "reason": self.reason,
        }


class PhoneReport(NamedTuple):
    """What was done to the running phone; ``was_running`` is None where it was not looked for.

    ``stop_seconds``: how long its end was waited for, None where it was not stopped.
    """

    was_running: bool | None = None
    stopped: bool = False
    started: bool = False
    command_lines: tuple[str, ...] = ()
    stop_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "command_lines": list(self.command_lines)}


class RunInfo(NamedTuple):
    """Which run it was. What costs time to find out is asked for when the result is shown.

    ``time`` is when it began, ISO 8601 in UTC; ``template_sha256`` that of the templates' texts in
    the order of their layers, None where there is none.
    """

    id: str
    time: str
    version: str
    host: Callable[[], str]
    user: Callable[[], str]
    template_sha256: Callable[[], str] | None = None

    def as_json(self) -> dict[str, Any]:
        digest = self.template_sha256
        return {
            "id": self.id,
            "host": _answer(self.host),
            "user": _answer(self.user),
            "time": self.time,
            "version": self.version,
            "template_sha256": None if digest is None else digest(),
        }


def _answer(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (OSError, KeyError, ImportError):  # a user without a name
        return ""


class Result(NamedTuple):
    """The outcome of one operation. It holds no secret, whatever its values are equal to."""

    command: str
    target: Target | None = None
    changed: bool = False
    differs: bool = False
    changes: tuple[Change, ...] = ()
    backup: str | None = None
    phone: PhoneReport = PhoneReport()
    warnings: tuple[Issue, ...] = ()
    errors: tuple[Issue, ...] = ()
    exit_code: int = 0
    data: Any = None
    run: RunInfo | None = None

    @property
    def status(self) -> Status:
        if self.errors:
            return "error"
        if self.differs:
            return "differs"
        return "changed" if self.changed else "ok"

    def with_warning(self, issue: Issue) -> Result:
        """This result and one more warning."""
        return self._replace(warnings=(*self.warnings, issue))

    def with_error(self, issue: Issue, exit_code: int) -> Result:
        """This result and one more error; the first one's exit code counts."""
        code = self.exit_code if self.errors else exit_code
        return self._replace(errors=(*self.errors, issue), exit_code=int(code))

    def as_json(self) -> dict[str, Any]:
        """The one JSON object of ``--json``."""
        return {
            "schema": SCHEMA,
            "command": self.command,
            "status": self.status,
            "changed": self.changed,
            "exit_code": self.exit_code,
            "target": (self.target or Target(""))._asdict(),
            "changes": [change.as_json() for change in self.changes],
            "backup": self.backup,
            "phone": self.phone.as_json(),
            "warnings": [issue._asdict() for issue in self.warnings],
            "errors": [issue._asdict() for issue in self.errors],
            "data": self.data,
            "run": self.run.as_json() if self.run else None,
        }
