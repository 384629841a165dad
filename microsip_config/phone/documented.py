"""The command line that third-party pages document, and what each of its flags means here.

No MicroSIP from 3.12.1 to 3.22.3 knows any of these flags: it would dial the text, password
included. So they are options of this program's verbs: :func:`translate` turns them into settings
and real switches. :func:`render` writes them literally, for vendor builds that do take them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from ..errors import SecretError, UsageError, ValueRefused
from ..results import Issue
from ..secret import Secret
from ..system.files import open_regular
from ..text import in_quotes
from . import grammar

_LARGEST_EXE = 64 << 20  # bytes; official builds have some ten million


class Edit(NamedTuple):
    """A setting to write: ``text`` is what goes into the file (a ``Secret`` when ``secret``).

    ``when`` limits it to a key that is now ``set`` or ``empty``; see :func:`applicable`.
    """

    section: str
    key: str
    text: str | Secret
    secret: bool = False
    when: Literal["always", "set", "empty"] = "always"


class Action(NamedTuple):
    """Something to do besides the settings: ``start`` (argument ``minimized`` or ""), ``dial``
    (a number, once the phone is up) or ``calls`` (the CSV file that gets the call history)."""

    name: Literal["start", "dial", "calls"]
    argument: str


class Documented(NamedTuple):
    """What a set of documented flags means."""

    edits: list[Edit]
    actions: list[Action]
    warnings: list[Issue]


Outcome = Edit | Action | Issue


class Flag(NamedTuple):
    """A documented flag: its ``name`` without dashes ("uri": the bare address), its ``meaning`` on
    those pages, and what it is ``honoured`` as here."""

    name: str
    metavar: str
    meaning: str
    example: str
    honoured: str
    outcomes: Callable[[str], tuple[Outcome, ...]]

    @property
    def option(self) -> str:
        """The flag as it is typed: ``--dn``; "" for the bare address."""
        return "" if self.name == "uri" else f"--{self.name}"

    @property
    def help(self) -> str:
        """One line for ``--help``."""
        return f"{self.meaning} ({self.honoured})."


def _setting(section: str, key: str, text: str) -> Edit:
    """An edit whose text the schema has accepted; ``ValueRefused`` if MicroSIP would not."""
    from ..schema import find_key  # the table itself needs no schema

    declared = find_key("Account1" if section == "Account" else section, key)
    return Edit(section, key, declared.encode(declared.parse(text)))


PASSWORD_VISIBLE = Issue(
    "password-visible",
    "a password on the command line is visible in the process list",
    "use --secret with a template: env:, file:, keyring:, stdin or prompt",
)


def _of_account(key: str) -> Callable[[str], tuple[Outcome, ...]]:
    return lambda text: (_setting("Account", key, text),)


def _user(text: str) -> tuple[Outcome, ...]:
    login = _setting("Account", "authID", text)._replace(when="set")
    return _setting("Account", "username", text), login


def _domain(text: str) -> tuple[Outcome, ...]:
    domain = _setting("Account", "domain", text)
    return domain, domain._replace(
        key="server", when="empty"
    )  # a server takes the same texts as a domain


def _password(text: str) -> tuple[Outcome, ...]:
    edit = _setting("Account", "password", text)
    kept = edit.text if isinstance(edit.text, Secret) else Secret(edit.text)
    return edit._replace(text=kept, secret=True), PASSWORD_VISIBLE._replace(where="--password")


def _stun(text: str) -> tuple[Outcome, ...]:
    server = _setting("Settings", "STUN", text)
    return server, Edit("Settings", "enableSTUN", "1" if server.text else "0")


def _autoanswer(text: str) -> tuple[Outcome, ...]:
    known = {"1": "all", "0": ""}
    if text not in known:
        raise ValueRefused(f"{text!r} is neither 0 nor 1", hint="0 or 1", where="--autoanswer")
    return (Edit("Settings", "autoAnswer", known[text]),)


def _show(text: str) -> tuple[Outcome, ...]:
    if text not in ("normal", "minimized", "hidden"):
        raise ValueRefused(
            f"unknown word {text!r}", hint="normal, minimized, hidden", where="--show"
        )
    hidden = text != "normal"
    return (
        Edit("Settings", "minimized", "1" if hidden else "0"),
        Action("start", "minimized" if hidden else ""),
    )


def _debug(text: str) -> tuple[Outcome, ...]:
    return Edit("Settings", "enableLog", "1"), Issue(
        "log-path-fixed",
        f"MicroSIP does not write its SIP log to {in_quotes(text)}: the path is fixed",
        "it is <name of the exe>_log.txt, in %LOCALAPPDATA%\\MicroSIP or a portable copy's folder",
        "--debug",
    )


def _volume(key: str) -> Callable[[str], tuple[Outcome, ...]]:
    def outcomes(text: str) -> tuple[Outcome, ...]:
        if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or int(text) > 100:
            raise ValueRefused(f"{text!r} is not a volume", hint="0 to 100", where=key)
        return (_setting("Settings", key, text),)

    return outcomes


def _call(text: str) -> tuple[Outcome, ...]:
    number = grammar.number(text)
    return (Action("dial", number), *number_cleaned(text, number, "--call"))


def number_cleaned(given: str, number: str, where: str = "") -> tuple[Issue, ...]:
    """What is to be said where a number is not dialled as it was given."""
    if not (" " in given or "/" in given):
        return ()
    return (
        Issue(
            "number-cleaned",
            f"dialled as {number}, as MicroSIP cleans telephone numbers",
            where=where,
        ),
    )


def _log(text: str) -> tuple[Outcome, ...]:
    if not text or text != text.strip() or not text.isprintable():
        raise ValueRefused(f"{in_quotes(text)} is not a file name", where="--log")
    return (Action("calls", text),)


FLAGS: tuple[Flag, ...] = (
    Flag(
        "dn", "NAME", "Display name", "John Doe", "AccountN.displayName", _of_account("displayName")
    ),
    Flag("user", "NAME", "SIP user", "101", "AccountN.username, and authID where set", _user),
    Flag(
        "domain",
        "HOST",
        "SIP domain",
        "sip.example.com",
        "AccountN.domain, server if empty",
        _domain,
    ),
    Flag(
        "password",
        "TEXT",
        "Password; visible to others",
        "secret123",
        "AccountN.password",
        _password,
    ),
    Flag(
        "proxy",
        "HOST[:PORT]",
        "Outbound proxy",
        "192.0.2.1:5060",
        "AccountN.proxy",
        _of_account("proxy"),
    ),
    Flag(
        "stun",
        "HOST[:PORT]",
        "STUN server",
        "stun.example.com:3478",
        "STUN and enableSTUN=1; empty switches it off",
        _stun,
    ),
    Flag("call", "NUMBER", "Dial after launch", "5551234", "dialled once the phone is up", _call),
    Flag("autoanswer", "0|1", "Answer every call", "1", "autoAnswer=all, or empty", _autoanswer),
    Flag("dialplan", "PLAN", "Dial plan", "<:9>xxx.", "AccountN.dialPlan", _of_account("dialPlan")),
    Flag("show", "WORD", "normal, minimized or hidden", "hidden", "/minimized at the start", _show),
    Flag(
        "debug",
        "FILE",
        "SIP trace to a file",
        "C:\\logs\\sip.log",
        "enableLog=1, fixed path",
        _debug,
    ),
    Flag("log", "FILE", "Calls to a CSV file", "C:\\logs\\calls.csv", "as 'calls --out'", _log),
    Flag("setvolume", "0-100", "Speaker volume", "80", "volumeOutput", _volume("volumeOutput")),
    Flag("micvolume", "0-100", "Microphone volume", "90", "volumeInput", _volume("volumeInput")),
    Flag(
        "uri", "ADDRESS", "Call this address", "sip:100@pbx.example.com", "as 'phone dial'", _call
    ),
)
_BY_NAME = {flag.name: flag for flag in FLAGS}


def translate(flags: Mapping[str, str], account: int, *, store: bool = True) -> Documented:
    """What documented ``flags`` (name without dashes -> text) mean for ``[Account<account>]``.

    With ``store=False`` a ``show`` applies to one start only and is not written as
    ``Settings.minimized``. Raises ``UsageError`` for an unknown flag, and ``ValueRefused`` (its
    ``where`` is the flag) for a text that MicroSIP would not take as it is meant.
    """
    result = Documented([], [], [])
    for name, text in flags.items():
        flag = _flag(name)
        try:
            outcomes = flag.outcomes(text)
        except ValueRefused as refusal:
            refusal.where = flag.option or flag.metavar
            raise
        for outcome in outcomes:
            if isinstance(outcome, Issue):
                result.warnings.append(outcome)
            elif isinstance(outcome, Action):
                result.actions.append(outcome)
            elif outcome.section == "Account":
                result.edits.append(outcome._replace(section=f"Account{account}"))
            elif store or name != "show":
                result.edits.append(outcome)
    return result


def applicable(edits: list[Edit], read: Callable[[str, str], str | None]) -> list[Edit]:
    """The edits whose condition is true in the file that ``read(section, key)`` reads."""
    return [
        edit
        for edit in edits
        if edit.when == "always" or bool(read(edit.section, edit.key)) == (edit.when == "set")
    ]


def render(flags: Mapping[str, str]) -> grammar.Invocation:
    """The flags literally as one invocation, for a vendor build that takes them.

    A stock MicroSIP dials this text. A password is refused (``SecretError``), and so are control
    characters (``ValueRefused``).
    """
    arguments: list[str] = []
    for name, text in flags.items():
        flag = _flag(name)
        if name == "password":
            raise SecretError(
                "a password is never put on a command line",
                hint="store it with 'set' or a template, then start without it",
                where="--password",
            )
        if any(character < " " or character == "\x7f" for character in text):
            raise ValueRefused("contains a control character", where=flag.option or flag.metavar)
        arguments += [flag.option, text] if flag.option else [text]
    return grammar.Invocation("documented", tuple(arguments), "starts", "")


def takes_documented_flags(exe: str | Path) -> bool:
    """Whether the documented flags (``--autoanswer``) occur in the file: a vendor build.

    A build that takes them contains their names; every stock one lacks them. A packed executable
    hides its texts and counts as a stock one, and so does a file that cannot be read.
    """
    try:
        with open_regular(exe) as file:
            data = file.read(_LARGEST_EXE)
    except (OSError, ValueError):
        return False
    return any("--autoanswer".encode(code) in data for code in ("ascii", "utf-16-le"))


def _flag(name: str) -> Flag:
    try:
        return _BY_NAME[name]
    except KeyError:
        known = ", ".join(flag.option for flag in FLAGS if flag.option)
        raise UsageError(f"there is no documented flag {name!r}", hint=f"one of: {known}") from None
