"""What the register says about a code."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Code(NamedTuple):
    """One row of the register, all in words for an administrator.

    ``error``: the command failed, or the phone does something else than the file says;
    ``warning``: likely so; ``info``: in order, but worth knowing. ``meaning`` says what it is,
    ``effect`` what follows from it, ``fix`` what to do ('' where there is nothing to do). Where
    the code that gives it knows more about the case at hand, it says that instead.
    """

    severity: Severity
    meaning: str
    effect: str
    fix: str = ""
