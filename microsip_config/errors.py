"""The tree of errors: each knows its exit code and can tell the user where, and the way out."""

from __future__ import annotations

from typing import ClassVar

from .text import in_quotes as in_quotes  # until its users import it from there


class MicrosipConfigError(Exception):
    """Base of every error this package raises on purpose.

    ``message`` says what is wrong, ``hint`` the way out, ``where`` the place (``file:line``,
    ``Section.Key`` or a path). None of the three may ever hold a secret.
    """

    exit_code: ClassVar[int] = 70
    code: str = "bug"

    def __init__(self, message: str, *, hint: str = "", where: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where
        if code:
            self.code = code

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}"


class UsageError(MicrosipConfigError):
    """Options that do not fit together (exit 2)."""

    exit_code = 2
    code = "usage"


class InputError(MicrosipConfigError):
    """A template, value or variable that cannot be used (exit 3)."""

    exit_code = 3
    code = "bad-input"


class TemplateError(InputError):
    """A template that cannot be read, parsed or rendered."""

    code = "bad-template"


class UnknownKey(InputError):
    """A section or key that MicroSIP does not read."""

    code = "unknown-key"


class ValueRefused(InputError):
    """A value that MicroSIP would ignore, clamp, cut or misread."""

    code = "bad-value"


class VariableError(InputError):
    """A variable that is missing or of the wrong shape."""

    code = "bad-variable"


class SecretError(InputError):
    """A secret that could not be had from its source."""

    code = "bad-secret"


class TargetError(MicrosipConfigError):
    """The target is not there or cannot be read (exit 4)."""

    exit_code = 4
    code = "no-target"


class UnreadableFile(TargetError):
    """The file is there, but its bytes cannot be understood without losing something."""

    code = "unreadable"


class PhoneError(MicrosipConfigError):
    """The phone runs and may not or did not stop, and nothing was written; or it could not be
    started again, and the message says that something was (exit 5)."""

    exit_code = 5
    code = "phone-running"


class WriteError(MicrosipConfigError):
    """The file could not be written; it is as it was. Or, if the message says that the
    configuration was written, only what comes after that (exit 6)."""

    exit_code = 6
    code = "not-written"
