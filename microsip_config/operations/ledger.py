"""What a run has done so far: written to as it happens, never taken back, redacted when read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ExitCode, InputErrors, MicrosipConfigError
from ..results import Change, Issue, PhoneReport, Result, RunInfo, Target
from ..secret import Secret
from ..stray_secrets import without_passwords

if TYPE_CHECKING:
    from ..secrets.redact import Redactor

_Error = TypeVar("_Error", bound=MicrosipConfigError)

# Words of the contract, names and paths: a password that is also a user's name or a part of a path
# must not make them wrong.
_EXACT = frozenset({"backup", "section", "key", "action", "code"})


class Ledger:
    """Grows only. A plan is made again whenever the file has changed: the last one counts."""

    def __init__(self, command: str, target: Target | None = None) -> None:
        self.command = command
        self.target = target
        self.redactor: Redactor | None = None
        self.changed = False
        self.backup: str | None = None
        self.phone = PhoneReport()
        self.template_sha256: Callable[[], str] | None = None
        self._differs = False
        self._planned: tuple[Change, ...] = ()
        self._written: dict[tuple[str, str], Change] = {}
        self._before: list[Issue] = []  # warned of before the plan that counts
        self._of_plan: tuple[Issue, ...] = ()
        self._after: list[Issue] = []
        self._errors: list[Issue] = []
        self._failure: int = ExitCode.DONE
        self._data: Any = None

    # --- what happens -----------------------------------------------------------------------

    def found(self, target: Target) -> None:
        """The configuration that the run works on."""
        self.target = target

    def register_secrets(self, *secrets: Secret) -> None:
        """From now on these are taken out of whatever is logged, raised or returned."""
        for secret in secrets:
            if self.redactor is None:
                from ..secrets.redact import Redactor

                self.redactor = Redactor()
            self.redactor.add(secret)

    def planned(
        self, changes: Sequence[Change], warnings: Sequence[Issue], *, differs: bool = False
    ) -> None:
        """What would be done to the file as it is now; what was planned before is void.

        :param differs: the plan itself is the answer of the run, and it is not empty.
        """
        self._before += self._after
        self._after = []
        self._planned = tuple(changes)
        self._of_plan = tuple(warnings)
        self._differs = self._differs or differs
        self._register(changes)

    def warn(self, *issues: Issue) -> None:
        """Warnings that no later plan takes back; the same one twice is one."""
        self._after += [issue for issue in issues if issue not in (*self._before, *self._after)]

    def fail(self, error: MicrosipConfigError | Issue, exit_code: int = ExitCode.BUG) -> None:
        """An error; the exit code of the first one counts. ``exit_code`` is that of an issue."""
        if isinstance(error, Issue):
            self._errors.append(error)
        else:
            self._errors += [part.as_issue() for part in error.parts()]
            exit_code = error.parts()[0].exit_code
        self._failure = self._failure or exit_code

    def differ(self) -> None:
        """The answer of the run is that there are differences."""
        self._differs = True

    def acted(self) -> None:
        """Something other than the file was changed."""
        self.changed = True

    def wrote(self, changes: Sequence[Change]) -> None:
        """These changes are in the file, even if a phone undoes them later."""
        self.changed = True
        for change in changes:
            self._written.setdefault(_name(change), change)
        self._register(changes)

    def kept(self, backup: str) -> None:
        """The backup of the file as it was before; the first one counts."""
        self.backup = self.backup or backup

    def phone_seen(self, running: bool) -> None:
        """Whether the phone is running; once seen running, it was."""
        self.phone = self.phone._replace(was_running=bool(self.phone.was_running or running))

    def phone_sent(self, *command_lines: str) -> None:
        """What was sent to the phone, or what it was started with."""
        lines = (*self.phone.command_lines, *command_lines)
        self.phone = self.phone._replace(command_lines=lines)

    def phone_stopped(self, seconds: float) -> None:
        waited = (self.phone.stop_seconds or 0.0) + seconds
        self.phone = self.phone._replace(stopped=True, stop_seconds=round(waited, 2))

    def phone_started(self) -> None:
        self.phone = self.phone._replace(started=True)

    def answer(self, data: Any) -> None:
        """What the run was asked for, ready for JSON."""
        self._data = data

    def adopt(self, result: Result) -> None:
        """All of a result that another process gives for this run."""
        self.target = result.target
        self.changed, self._differs = result.changed, result.differs
        self._planned = result.changes
        self.backup, self.phone = result.backup, result.phone
        self.warn(*result.warnings)
        for issue in result.errors:
            self.fail(issue, result.exit_code)
        self._data = result.data

    # --- what it comes to -------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """What was answered."""
        return self._data

    @property
    def failed(self) -> bool:
        return bool(self._errors)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The last plan; what earlier ones wrote was changed too, even if a phone undid it."""
        return tuple({**{_name(c): c for c in self._planned}, **self._written}.values())

    @property
    def warnings(self) -> tuple[Issue, ...]:
        return (*self._before, *self._of_plan, *self._after)

    def redacted(self, text: str) -> str:
        """``text`` without the secrets known so far, and without passwords in addresses."""
        return without_passwords(self.redactor.text(text) if self.redactor else text)

    def result(self, run: RunInfo | None = None) -> Result:
        """What was done, without any secret."""
        result = Result(
            self.command,
            self.target,
            self.changed,
            self._differs,
            self.changes,
            self.backup,
            self.phone,
            self.warnings,
            tuple(self._errors),
            int(self._failure or (ExitCode.DIFFERENCES if self._differs else ExitCode.DONE)),
            self._data,
            run,
        )
        return _without_secrets(result, self.redacted)

    def _register(self, changes: Sequence[Change]) -> None:
        """The old password is a secret, too."""
        for change in changes:
            for text in (change.old, change.new):
                if isinstance(text, Secret):
                    self.register_secrets(text)


def redacted_error(error: MicrosipConfigError, ledger: Ledger) -> MicrosipConfigError:
    """``error`` in words without a secret, and without frames, causes and their values."""
    if isinstance(error, InputErrors):
        return InputErrors(_redacted(each, ledger) for each in error.all)
    return _redacted(error, ledger)


def _redacted(error: _Error, ledger: Ledger) -> _Error:
    return error.with_(
        message=ledger.redacted(error.message),
        hint=ledger.redacted(error.hint),
        where=ledger.redacted(error.where),
    )


def _name(change: Change) -> tuple[str, str]:
    return change.section.lower(), change.key.lower()


def _without_secrets(result: Result, redact: Callable[[str], str]) -> Result:
    lines = tuple(map(redact, result.phone.command_lines))
    return result._replace(
        changes=tuple(_change(change, redact) for change in result.changes),
        phone=result.phone._replace(command_lines=lines),
        warnings=tuple(_issue(issue, redact) for issue in result.warnings),
        errors=tuple(_issue(issue, redact) for issue in result.errors),
        data=_every_text(result.data, redact),
    )


def _change(change: Change, redact: Callable[[str], str]) -> Change:
    both = (change.old, change.new)
    old, new = (redact(text) if isinstance(text, str) else text for text in both)
    return change._replace(old=old, new=new, reason=redact(change.reason))


def _issue(issue: Issue, redact: Callable[[str], str]) -> Issue:
    return Issue(issue.code, *map(redact, issue[1:]))


def _every_text(value: Any, redact: Callable[[str], str]) -> Any:
    """``value`` with each text in it redacted, however deep."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {
            name: part if name in _EXACT else _every_text(part, redact)
            for name, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_every_text(part, redact) for part in value]
    return value
