"""The command group: knows the verbs by name, and imports only the one that is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperGroup

from .. import __version__
from .present import lost_output, usage_error
from .run import LOST, complain, drop_stdout

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "microsip-config"

# In the order of the help page; each is the module of that name in this package.
VERBS = (
    "locate", "show", "set", "unset", "plan", "apply", "check", "repair", "capture", "backups",
    "restore", "phone", "calls", "template", "explain", "demo",
)  # fmt: skip


class LazyGroup(TyperGroup):
    """Imports a verb's module when it is needed: start-up counts at each logon."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        return import_module(f".verbs.{cmd_name}", __package__).command()


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


def group() -> Any:
    """The root command."""
    app = typer.Typer(
        cls=LazyGroup, rich_markup_mode=None, no_args_is_help=True, add_completion=True
    )
    app.callback()(_root)
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with the documented code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A code page that lacks a character must never turn a message into a crash.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        code = group().main(
            arguments,
            prog_name=PROGRAM,
            standalone_mode=False,
            windows_expand_args=False,  # '*' and %NAME% in a value are the value
        )
    except typer.TyperException as error:
        code = usage_error(error, arguments)
    except (typer.Abort, KeyboardInterrupt):
        complain(f"{PROGRAM}: interrupted")
        code = 130
    except Exception as error:  # beyond the reach of Run.execute
        code = _unhandled(error)
    sys.exit(code if isinstance(code, int) else 0)


def _unhandled(error: Exception) -> int:
    """The help that stdout did not take, or a bug: no value may be shown."""
    if isinstance(error, OSError) and error.filename is None:  # that of a file would name it
        drop_stdout()
        lost = lost_output(error)
        if isinstance(lost, BrokenPipeError):
            return 0
        complain(f"{PROGRAM}: {lost}")
        return LOST
    from ..secrets.redact import safe_traceback

    complain(f"{PROGRAM}: internal error\n{safe_traceback(error)}")
    return 70
