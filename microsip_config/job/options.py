"""Every option that a job takes, once: the command line, its help, the JSON request and its
schema are derived from these rows.

Importing this costs each start, so a row is plain data.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from ..errors import UsageError
from ..limits import HIGHEST_ACCOUNT, LONGEST_PATH, SECONDS
from ..named_tuple import NamedTuple

Kind = Literal["flag", "text", "path", "integer", "number", "choice"]


class Option(NamedTuple):
    """An option, or with ``positional`` an argument, of one or several operations.

    ``name`` is that of the JSON request; ``flags`` are how a shell spells it, ``off`` the flag
    that says no. ``many`` collects a list. A number is from ``minimum`` to ``maximum``, inclusive.
    ``completes`` names what a shell offers: see ``cli.completion``.
    """

    name: str
    kind: Kind
    help: str
    flags: tuple[str, ...] = ()
    metavar: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()
    many: bool = False
    required: bool = False
    positional: bool = False
    minimum: float | None = None
    maximum: float | None = None
    off: str = ""
    completes: str = ""


def fault(option: Option, value: Any) -> str:
    """What is expected of ``option``, if one ``value`` of the right type is not it; else ''."""
    if option.kind in ("number", "integer"):
        if not (option.minimum or 0) <= value <= (option.maximum or 0):  # NaN is not, either
            whole = "whole " if option.kind == "integer" else ""
            return f"a {whole}number from {option.minimum:g} to {option.maximum:,g}"
    elif option.kind == "path" and not _can_be_path(value):
        return f"a path of at most {LONGEST_PATH:,} characters"
    return ""


def _can_be_path(text: str) -> bool:
    """Whether the system takes ``text`` for a path; other texts are judged where they are used."""
    if "\0" in text or len(text) > LONGEST_PATH:
        return False
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def refuse_unfit(options: Iterable[Option], values: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for the first value that no option can have; it is not repeated."""
    for option in options:
        value = values.get(option.name)
        for each in value if option.many and value else (value,):
            expected = "" if each is None else fault(option, each)
            if expected:
                name = option.flags[0] if option.flags else option.metavar
                raise UsageError(f"{name}: expected {expected}")


class Group(NamedTuple):
    """Options that go together, under a heading of the help."""

    title: str
    options: tuple[Option, ...]


def _flag(name: str, text: str, *flags: str) -> Option:
    return Option(name, "flag", text, flags or (_dashed(name),), default=False)


def _dashed(name: str) -> str:
    return f"--{name.replace('_', '-')}"


TARGET = Group(
    "Target",
    (
        Option("ini", "path", "This microsip.ini.", ("--ini",), "PATH"),
        Option("exe", "path", "The ini that this MicroSIP.exe reads.", ("--exe",), "PATH"),
        Option("portable", "path", "The portable copy in this folder.", ("--portable",), "DIR"),
        Option(
            "wine_prefix", "path", "The MicroSIP of this Wine prefix.", ("--wine-prefix",), "DIR"
        ),
        Option(
            "ansi_codepage",
            "text",
            "Code page of a file without a byte-order mark, such as 1251 or utf-8.",
            ("--ansi-codepage",),
            "CP",
        ),
        Option(
            "phone_version",
            "text",
            "Which MicroSIP it is, where neither its program file nor its ini says so.",
            ("--phone-version",),
            "X.Y.Z",
        ),
        Option(
            "as_user",
            "text",
            "The user to work as, for root or SYSTEM (default: the owner of the target's folder).",
            ("--as-user",),
            "USER",
        ),
        Option(
            "follow_links",
            "flag",
            "Follow a symbolic link (default: only your own).",
            ("--follow-links",),
            off="--no-follow-links",
        ),
    ),
)

WRITTEN_TARGET = TARGET._replace(
    options=(
        *TARGET.options,
        _flag("create", "Make a missing ini, as the phone would, and its folders."),
    )
)
"""The target of what writes it."""

TEMPLATE = Group(
    "Template",
    (
        Option("var", "text", "A variable of the template.", ("--var",), "NAME=VALUE", many=True),
        Option(
            "vars_files",
            "path",
            "Variables from a TOML or JSON file.",
            ("--vars",),
            "FILE",
            many=True,
        ),
        Option(
            "secret",
            "text",
            "A secret: env:VAR, file:PATH, keyring:SERVICE/USER, stdin or prompt.",
            ("--secret",),
            "NAME=SOURCE",
            many=True,
        ),
        _flag("strict", "A variable or secret that no template uses is an error."),
        _flag("allow_open_secrets", "Accept secret files that other users can read."),
        Option(
            "trust_readers",
            "text",
            "On Windows: a user or group that may read secret files too; name or SID.",
            ("--trust-readers",),
            "ACCOUNT",
            many=True,
        ),
    ),
)

IGNORE_SECRETS = _flag("ignore_secrets", "Leave passwords and values with secrets out.")
ALLOW_COMMANDS = _flag("allow_commands", "Allow cmd* keys to be set; they run programs.")

PASSWORDS = (
    _flag("rotate", "Write passwords even if they seem unchanged."),
    _flag("adopt", "Treat an unrecognised stored password as the wanted one."),
)

STOP = (
    Option(
        "stop_timeout",
        "number",
        "Seconds the phone has to exit; 10 more for each call where it runs cmdCallEnd.",
        ("--stop-timeout",),
        "S",
        default=20.0,
        minimum=0,
        maximum=SECONDS,
    ),
    _flag("kill", "End a phone that does not exit by itself."),
    _flag("even_in_call", "Stop the phone even if a call is active, or that cannot be seen."),
)

PHONE = Group(
    "Phone",
    (
        Option(
            "restart",
            "choice",
            "auto: stop a running phone and start it again; always: start it in any case; "
            "never: write nothing while it runs.",
            ("--restart",),
            default="auto",
            choices=("auto", "always", "never"),
        ),
        *STOP,
        _flag(
            "while_running",
            "With --restart never: write what the running phone would not overwrite.",
        ),
        Option(
            "lock_timeout",
            "number",
            "Seconds to wait for another run on the same file.",
            ("--lock-timeout",),
            "S",
            default=30.0,
            minimum=0,
            maximum=SECONDS,
        ),
    ),
)

RECORDS = Group(
    "Output",
    (
        Option("log_file", "path", "Write the log to this file instead.", ("--log-file",), "PATH"),
        Option(
            "data_dir",
            "path",
            "Where backups and the password records are kept (default: MICROSIP_CONFIG_DATA_DIR, "
            "else a folder of the user's own).",
            ("--data-dir",),
            "DIR",
        ),
    ),
)

RESTORED = (
    Option("run", "text", "As it was before this run.", ("--run",), "ID"),
    Option(
        "before",
        "text",
        "As it was at this time: 2026-03-09, 2026-03-09T08:30, with zone or local.",
        ("--before",),
        "TIME",
    ),
    _flag("original", "As it was before the first change."),
)
MOMENTS = tuple(option.name for option in RESTORED)
"""The options that say to what ``restore`` goes back; a backup may be named instead."""

TEMPLATES = Option(
    "templates",
    "text",
    "Template files or names; later ones win.",
    metavar="TEMPLATE...",
    many=True,
    required=True,
    positional=True,
    completes="templates",
)

FLAGS_ACCOUNT = Option(
    "account",
    "integer",
    "The account that the documented flags mean (default: the template's, else 1).",
    ("--account",),
    "N",
    minimum=0,
    maximum=HIGHEST_ACCOUNT,
)
THROUGH_ACCOUNT = FLAGS_ACCOUNT._replace(help="Through this account.", default=None, minimum=1)
MINIMIZED = _flag("minimized", "Start it hidden in the tray.")


def documented_flags() -> Group:
    """The flags that third-party pages document for MicroSIP; their own table is in ``phone``."""
    from ..phone.documented import FLAGS

    return Group(
        "Documented flags",
        tuple(
            Option(flag.name, "text", flag.help, (flag.option,), flag.metavar)
            for flag in FLAGS
            if flag.option
        ),
    )


def argument(name: str, text: str, metavar: str, *, required: bool = True) -> Option:
    """A single positional text."""
    return Option(name, "text", text, (), metavar, required=required, positional=True)


def defaults(options: Sequence[Option]) -> dict[str, Any]:
    """The values of ``options`` where none is given."""
    return {option.name: option.default for option in options}
