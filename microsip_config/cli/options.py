"""The options that verbs share. Each function is a prototype: its parameters are the options.

Paths are texts here: typer's own check of a path has an exit code of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

Prototype = Callable[..., None]


class Restart(StrEnum):
    """What may be done to a running phone."""

    auto = "auto"
    always = "always"
    never = "never"


def target(
    ini: Annotated[
        str | None, typer.Option("--ini", metavar="PATH", help="This microsip.ini.")
    ] = None,
    exe: Annotated[
        str | None,
        typer.Option("--exe", metavar="PATH", help="The ini that this MicroSIP.exe reads."),
    ] = None,
    portable: Annotated[
        str | None,
        typer.Option("--portable", metavar="DIR", help="The portable copy in this folder."),
    ] = None,
    wine_prefix: Annotated[
        str | None,
        typer.Option("--wine-prefix", metavar="DIR", help="The MicroSIP of this Wine prefix."),
    ] = None,
    ansi_codepage: Annotated[
        str | None,
        typer.Option(
            "--ansi-codepage",
            metavar="CP",
            help="Code page of a file without a byte-order mark, such as 1251 or utf-8.",
        ),
    ] = None,
    create: Annotated[
        bool, typer.Option("--create", help="Make a missing ini, as the phone would.")
    ] = False,
    follow_links: Annotated[
        bool | None,
        typer.Option(
            "--follow-links/--no-follow-links",
            help="Work through a symbolic link; by default only through one's own.",
        ),
    ] = None,
) -> None:
    """The target; with none of these options it is found."""


def output(
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object on stdout and nothing else there.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print warnings and errors only.")
    ] = False,
    log_file: Annotated[
        str | None,
        typer.Option("--log-file", metavar="PATH", help="Write the log to this file instead."),
    ] = None,
    data_dir: Annotated[
        str | None,
        typer.Option(
            "--data-dir",
            metavar="DIR",
            envvar="MICROSIP_CONFIG_DATA_DIR",
            help="Where backups and the state record are kept.",
        ),
    ] = None,
) -> None:
    """Where words go."""


def phone(
    restart: Annotated[
        Restart,
        typer.Option(
            "--restart",
            help="auto: stop a running phone and start it again; always: start it in any case; "
            "never: write nothing while it runs.",
        ),
    ] = Restart.auto,
    stop_timeout: Annotated[
        float,
        typer.Option("--stop-timeout", metavar="S", min=0, help="Seconds the phone has to end."),
    ] = 20.0,
    kill: Annotated[
        bool, typer.Option("--kill", help="End a phone that does not end by itself.")
    ] = False,
    even_in_call: Annotated[
        bool, typer.Option("--even-in-call", help="Stop the phone although a call is active.")
    ] = False,
    while_running: Annotated[
        bool,
        typer.Option(
            "--while-running",
            help="With --restart never: write what the running phone would not overwrite.",
        ),
    ] = False,
    lock_timeout: Annotated[
        float,
        typer.Option(
            "--lock-timeout",
            metavar="S",
            min=0,
            help="Seconds to wait for another run on the same file.",
        ),
    ] = 30.0,
) -> None:
    """What may be done to a running phone, and how long to wait."""


def template(
    var: Annotated[
        list[str] | None,
        typer.Option("--var", metavar="NAME=VALUE", help="A variable of the template."),
    ] = None,
    vars_files: Annotated[
        list[str] | None,
        typer.Option("--vars", metavar="FILE", help="Variables from a TOML or JSON file."),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar="NAME=SOURCE",
            help="A secret: env:VAR, file:PATH, keyring:SERVICE/USER, stdin or prompt.",
        ),
    ] = None,
    allow_open_secrets: Annotated[
        bool,
        typer.Option("--allow-open-secrets", help="Take secret files that others may read."),
    ] = False,
) -> None:
    """Templates and what goes into them."""


def commands(
    allow_commands: Annotated[
        bool, typer.Option("--allow-commands", help="Let cmd* keys be set, which run programs.")
    ] = False,
) -> None:
    """What may be run."""


def passwords(
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Write passwords even if they seem unchanged.")
    ] = False,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Take an unknown stored password for the desired one."),
    ] = False,
) -> None:
    """How stored passwords are judged."""


def parameters(prototype: Prototype) -> list[inspect.Parameter]:
    """The options of a prototype, to be given to a command."""
    return list(inspect.signature(prototype, eval_str=True).parameters.values())
