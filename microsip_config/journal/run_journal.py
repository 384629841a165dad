"""The log of one run: which target and why, what was decided, how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..results import Issue
from .log import Log, open_log

if TYPE_CHECKING:
    from ..results import Result, Target


class Told(Protocol):
    """What the journal asks of the run while it goes on."""

    command: str
    target: Target | None

    def redacted(self, text: str) -> str: ...


class Journal:
    """Writes one line per decision, each begun with the verb.

    The target and the reason for it come before the first decision. A run that decides nothing
    and fails nowhere leaves one line, so that a log of many logons stays readable.

    :param run: what it asks of the run while it goes on; it takes secrets out of a line.
    :param given: the log file of ``--log-file``; None: the user's own log in ``folder``.
    """

    def __init__(self, run: Told, given: Path | None, folder: Callable[[], Path]) -> None:
        self._run = run
        self._given = given
        self._folder = folder
        self._log: Log | None = None

    def decided(self, message: str) -> None:
        """A decision, at the moment it is carried out."""
        self._write(message)

    def add(self, message: str) -> None:
        """What happened after :meth:`finish`."""
        self._write(message, "ERROR")
        if self._log is not None:
            self._log.close()

    def finish(self, result: Result) -> Issue | None:
        """How the run ended; gives a warning if the named log file could not be written."""
        eventful = result.errors or result.phone.command_lines
        if self._log is None and not eventful:
            if result.target is None:  # such as `explain`: nothing was decided about a phone
                return None
            self._write(_ending(result), opening=False)
        else:
            for line in result.phone.command_lines:
                self._write(f"ran {line}")
            for issue in result.warnings:
                self._write(_in_words(issue), "WARNING")
            for issue in result.errors:
                self._write(_in_words(issue), "ERROR")
            self._write(f"{result.status}, exit code {result.exit_code}")
        failure = self._log.failure if self._log is not None else ""
        if self._log is not None:
            self._log.close()
        return self._not_logged(failure) if failure else None

    def _write(self, message: str, level: str = "INFO", *, opening: bool = True) -> None:
        if self._log is None:
            self._log = _opened(self._given, self._folder, self._run.redacted)
            if opening and self._run.target is not None:
                self._write(f"target {_target(self._run.target)}")
        self._log.write(f"{self._run.command}: {message}", level)

    def _not_logged(self, failure: str) -> Issue | None:
        """Only a log that was asked for is missed aloud."""
        if self._given is None:
            return None
        return Issue("not-logged", f"the log cannot be written: {failure}", where="--log-file")


def _opened(given: Path | None, folder: Callable[[], Path], redact: Callable[[str], str]) -> Log:
    try:
        return open_log(given, folder, redact)
    except OSError as error:  # a user without a profile has no folder for logs
        log = Log(Path(), rotate=False)
        log.failure = str(error)
        return log


def _target(target: Target | None) -> str:
    if target is None:
        return "none"
    return f"{target.ini} ({', '.join(filter(None, (target.mode, target.decided_by)))})"


def _ending(result: Result) -> str:
    state = "differences found" if result.differs else "in the desired state"
    return "; ".join((state, _target(result.target), *_codes(result)))


def _codes(result: Result) -> Iterator[str]:
    """The warnings in short: in full they are in the output of the run."""
    if result.warnings:
        yield f"warnings: {', '.join(dict.fromkeys(issue.code for issue in result.warnings))}"


def _in_words(issue: Issue) -> str:
    where = f"{issue.where}: " if issue.where else ""
    return f"{issue.code}: {where}{issue.message}"
