"""What every verb returns: data, changes, warnings, errors and the exit code.

The field names are the contract of ``--json``; ``Result.as_json`` is the only place that knows it.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from .secret import Secret

SCHEMA = 1
Action = Literal["set", "add", "remove"]
Status = Literal["ok", "changed", "differs", "error"]


class Issue(NamedTuple):
    """A warning or an error: ``where`` is a place, ``hint`` the way out. Never holds a secret."""

    code: str
    message: str
    hint: str = ""
    where: str = ""


class Target(NamedTuple):
    """The configuration that a verb works on, and how it was found."""

    ini: str
    exe: str = ""
    mode: str = ""  # "installed", "portable", "given" ...
    decided_by: str = ""


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


class PhoneReport:
    """What was done to the running phone."""

    __slots__ = ("command_lines", "started", "stopped", "was_running")

    def __init__(self) -> None:
        self.was_running: bool | None = None  # None: not looked for
        self.stopped = False
        self.started = False
        self.command_lines: list[str] = []

    def as_json(self) -> dict[str, Any]:
        return {
            name: getattr(self, name)
            for name in ("was_running", "stopped", "started", "command_lines")
        }


class Result:
    """The outcome of one verb."""

    def __init__(self, command: str, target: Target | None = None) -> None:
        self.command = command
        self.target = target
        self.changes: list[Change] = []
        self.changed = False
        self.differs = False
        self.backup: str | None = None
        self.phone = PhoneReport()
        self.warnings: list[Issue] = []
        self.errors: list[Issue] = []
        self.data: Any = None
        self._failure = 0

    def fail(self, issue: Issue, exit_code: int) -> None:
        """Record an error; the first one's exit code counts."""
        self.errors.append(issue)
        self._failure = self._failure or exit_code

    @property
    def exit_code(self) -> int:
        return self._failure or (1 if self.differs else 0)

    @property
    def status(self) -> Status:
        if self._failure:
            return "error"
        if self.differs:
            return "differs"
        return "changed" if self.changed else "ok"

    def as_json(self) -> dict[str, Any]:
        """The one JSON object of ``--json`` (design: section 3)."""
        target = self.target or Target("")
        return {
            "schema": SCHEMA,
            "command": self.command,
            "status": self.status,
            "changed": self.changed,
            "exit_code": self.exit_code,
            "target": target._asdict(),
            "changes": [change.as_json() for change in self.changes],
            "backup": self.backup,
            "phone": self.phone.as_json(),
            "warnings": [issue._asdict() for issue in self.warnings],
            "errors": [issue._asdict() for issue in self.errors],
            "data": self.data,
        }
