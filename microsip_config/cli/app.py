"""The command group for typer: knows the verbs by name, and imports only the one asked for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import typer
from typer.core import TyperGroup

from ..errors import ExitCode, UsageError
from ..operations.ledger import Ledger
from ..stray_secrets import without_passwords
from ..target.request import as_given
from ..version import __version__
from . import typed
from .invocation import run_verb
from .mistakes import path_of, target_options, told
from .output import OutputLost, say, write_json
from .present import PROGRAM
from .split_path import with_quotes_hint
from .table import NAMES, load


class _Verbs(TyperGroup):
    """Imports a verb's module when it is needed; ``words`` are those of the command line."""

    words: Sequence[str] = ()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(NAMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        run = partial(run_verb, words=self.words)
        return typed.command(load(cmd_name), run) if cmd_name in NAMES else None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Configure the MicroSIP softphone: exactly the planned changes in microsip.ini, unattended.

    Exit codes: 0 done or in the desired state; 1 differences found (plan, check); 2 usage;
    3 bad input; 4 target not found or unreadable; 5 the phone is running and may not or did not
    stop, or did not start again; 6 could not write: the file is as it was, or the output is
    lost; 70 a bug; 130 interrupted.
    """


def group(words: Sequence[str] = ()) -> Any:
    """The root command; ``words`` are those of the command line."""
    app = typer.Typer(cls=_Verbs, rich_markup_mode=None, no_args_is_help=True, add_completion=True)
    app.callback()(_root)
    root: Any = typer.main.get_command(app)
    root.words = words
    return root


def run_with_typer(words: Sequence[str]) -> int:
    """Read the command line with typer and run it; the documented exit code."""
    try:
        code = group(words).main(
            list(words),
            prog_name=PROGRAM,
            standalone_mode=False,
            windows_expand_args=False,  # '*' and %NAME% in a value are the value
        )
    except typer.TyperException as error:
        return _usage_error(error, words)
    except typer.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else ExitCode.DONE


def _usage_error(error: typer.TyperException, words: Sequence[str]) -> int:
    """A command line that does not fit: exit 2, as JSON where JSON was asked for."""
    context = getattr(error, "ctx", None)
    if context is not None and error.format_message() == context.get_help():  # no verb is named
        say(context.get_help().split("\n"), error=True)
        return ExitCode.USAGE
    path = path_of(error, words)
    mistake = told(error, words)
    ledger = Ledger(path.removeprefix(PROGRAM).strip())
    target = as_given(target_options(words))
    if target is not None:
        ledger.found(target)
    ledger.fail(UsageError(mistake.message, hint=mistake.hint))
    result = with_quotes_hint(ledger.result(), words, without_passwords)
    if "--json" in words or words[:1] == ["job"]:
        with suppress(OutputLost, BrokenPipeError):
            write_json(result.as_json())
            return ExitCode.USAGE
    for issue in result.errors:
        say([f"{path}: error: {issue.message}", f"  hint: {issue.hint}"], error=True)
    return ExitCode.USAGE
