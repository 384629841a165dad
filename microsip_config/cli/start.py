"""From the words of a command line to its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ..errors import ExitCode
from ..version import __version__
from . import output
from .present import PROGRAM


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with the documented code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    output.never_crash()
    try:
        code = run(words)
    except Exception as error:  # beyond the reach of the run of a job
        code = _unhandled(error)
    sys.exit(int(code))


def run(words: Sequence[str]) -> int:
    """Run one command line in this process; its exit code."""
    if words == ["--version"]:
        output.say([f"{PROGRAM} {__version__}"])
        return ExitCode.DONE
    from .invocation import run_verb
    from .reader import read
    from .table import NAMES, load

    if words and words[0] in NAMES:
        understood = read(load(words[0]), words[1:], os.environ)
        if understood is not None:
            return run_verb(*understood, words)
    from .app import run_with_typer

    return run_with_typer(words)


def _unhandled(error: Exception) -> int:
    """The help that stdout did not take, or a bug: no value may be shown."""
    if isinstance(error, OSError) and error.filename is None:  # that of a file would name it
        error = output.lost(error)
    if isinstance(error, BrokenPipeError):
        output.drop_stdout()
        return ExitCode.DONE
    if isinstance(error, output.OutputLost):
        output.drop_stdout()
        output.say([f"{PROGRAM}: {error}"], error=True)
        return error.exit_code
    from ..secrets.redact import safe_traceback

    output.complain(f"{PROGRAM}: internal error\n{safe_traceback(error)}")
    return ExitCode.BUG
