"""The tree of errors: each knows its exit code, where it happened and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import ClassVar, Self

from .limits import ERRORS
from .results import Issue


class ExitCode(IntEnum):
    """The exit codes of the command line; those of errors are with the classes below."""

    DONE = 0
    DIFFERENCES = 1
    USAGE = 2
    BAD_INPUT = 3
    NO_TARGET = 4
    PHONE = 5
    NOT_WRITTEN = 6
    BUG = 70
    INTERRUPTED = 130


class MicrosipConfigError(Exception):
    """Base of every error that this package raises on purpose.

    ``message`` says what is wrong, ``hint`` how to fix it, ``where`` the location (``file:line``,
    ``Section.Key`` or a path). None of the three ever holds a secret. An error is not changed
    after it was raised: :meth:`with_` makes another one of it.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    code: str = "bug"

    def __init__(self, message: str, *, hint: str = "", where: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where
        if code:
            self.code = code

    def __str__(self) -> str:
        location = f"{self.where}: " if self.where else ""
        return f"{location}{self.message}"

    def with_(
        self, *, message: str | None = None, hint: str | None = None, where: str | None = None
    ) -> Self:
        """The same error with other words, and without the frames it was raised in."""
        copy = self.__class__.__new__(self.__class__)
        copy.__dict__.update(self.__dict__)
        copy.message = self.message if message is None else message
        copy.hint = self.hint if hint is None else hint
        copy.where = self.where if where is None else where
        copy.args = (copy.message,)
        return copy

    def parts(self) -> tuple[MicrosipConfigError, ...]:
        """The single errors that it stands for: itself, unless it collects several."""
        return (self,)

    def as_issue(self) -> Issue:
        """The error as a result shows it."""
        return Issue(self.code, self.message, self.hint, self.where)


class InternalError(MicrosipConfigError):
    """What is raised in place of an exception that nobody foresaw, whose message may be a value.

    :param name: the type of that exception.
    :param traceback_text: where it happened, without any value.
    """

    def __init__(self, name: str, traceback_text: str) -> None:
        super().__init__(f"internal error ({name}); this is a bug of microsip-config")
        self.traceback_text = traceback_text


class UsageError(MicrosipConfigError):
    """Options that do not fit together (exit 2)."""

    exit_code = ExitCode.USAGE
    code = "usage"


class InputError(MicrosipConfigError):
    """A template, value or variable that cannot be used (exit 3)."""

    exit_code = ExitCode.BAD_INPUT
    code = "bad-input"


class TemplateError(InputError):
    """A template that cannot be read, parsed or rendered."""

    code = "bad-template"


class UnknownKey(InputError):
    """A section or key that MicroSIP does not read."""

    code = "unknown-key"


class ValueRefused(InputError):
    """A value that MicroSIP would ignore, clamp, truncate or misread."""

    code = "bad-value"


class VariableError(InputError):
    """A variable that is missing or of the wrong shape."""

    code = "bad-variable"


class SecretError(InputError):
    """A secret that cannot be read from its source."""

    code = "bad-secret"


class TargetError(MicrosipConfigError):
    """The target does not exist or cannot be read (exit 4)."""

    exit_code = ExitCode.NO_TARGET
    code = "no-target"


class UnreadableFile(TargetError):
    """The file exists, but its bytes cannot be understood without losing something."""

    code = "unreadable"


class PhoneError(MicrosipConfigError):
    """The phone is running and may not or did not stop, and nothing was written; or it could not be
    started again, and the message says that something was (exit 5)."""

    exit_code = ExitCode.PHONE
    code = "phone-running"


class StartsLater(PhoneError):
    """Only another user can start the phone; after a change that is no failure of the run."""


class WriteError(MicrosipConfigError):
    """The file could not be written; it is as it was. Or, if the message says that the
    configuration was written, only what comes after that (exit 6)."""

    exit_code = ExitCode.NOT_WRITTEN
    code = "not-written"


class InputErrors(InputError):
    """Several errors of one input, in the order of the input.

    ``all`` has every error; :meth:`parts` beyond `MOST` only says how many more there are.
    """

    MOST: ClassVar[int] = 8  # a file that is not a template at all has an error in every line

    def __init__(self, errors: Iterable[InputError]) -> None:
        self.all = tuple(errors)
        first = self.all[0]
        super().__init__(
            f"{len(self.all)} errors, the first: {first.message}",
            hint=first.hint,
            where=first.where,
        )

    def parts(self) -> tuple[MicrosipConfigError, ...]:
        more = self.all[self.MOST :]
        if len(more) < 2:
            return self.all
        rest = InputError(f"and {len(more)} more errors", where=more[0].where)
        return (*self.all[: self.MOST], rest)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """One issue for each of :meth:`parts`."""
        return tuple(error.as_issue() for error in self.parts())

    def __str__(self) -> str:
        return "\n".join(map(str, self.parts()))


class ErrorList:
    """Collects errors, so that one run reports all of them."""

    __slots__ = ("errors",)

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    @property
    def full(self) -> bool:
        """Whether there are so many that nobody needs more."""
        return len(self.errors) >= ERRORS

    def add(self, error: InputError) -> None:
        """Keep ``error``, without the frames and causes that may hold a value."""
        error.__traceback__ = error.__context__ = error.__cause__ = None
        if isinstance(error, InputErrors):
            self.errors.extend(error.all)
        else:
            self.errors.append(error)

    def settle(self) -> None:
        """Raise what was collected, in the order of the input: the error itself if it is the only
        one.

        The errors of a file are sorted by line, and files by their first error.
        """
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            files: dict[str, int] = {}
            order = [_file_and_line(error.where) for error in self.errors]
            for file, _ in order:
                files.setdefault(file, len(files))
            numbered = zip(order, self.errors, strict=True)
            ranked = sorted(numbered, key=lambda each: (files[each[0][0]], each[0][1]))
            raise InputErrors(error for _, error in ranked)


def _file_and_line(where: str) -> tuple[str, int]:
    """``("desk.ini", 17)`` of ``desk.ini:17``; line 0 where there is none."""
    file, _, line = where.rpartition(":")
    return (file, int(line)) if file and line.isdecimal() else (where, 0)
