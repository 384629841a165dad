"""``phone status|start|stop|restart|dial|answer|hangup|dtmf|transfer|account``."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import PhoneError, TargetError, UsageError
from ...operations.configurator import edits
from ...operations.run import Policy
from .. import options
from ..changing import (
    Flags,
    configurator,
    configurator_of,
    documented_parameters,
    needed_phone,
    speak,
)
from ..run import Run
from ..verb import command as make
from ..verb import group

if TYPE_CHECKING:
    from ...operations.configurator import Configurator
    from ...phone import Phone
    from ...phone.grammar import Invocation

Account = Annotated[
    int | None, typer.Option("--account", metavar="N", min=1, help="Through this account.")
]
PhoneVersion = Annotated[
    str | None,
    typer.Option(
        "--phone-version",
        metavar="X.Y.Z",
        help="Which MicroSIP it is; by default as its program file or its ini says.",
    ),
]
Minimized = Annotated[bool, typer.Option("--minimized", help="Start it hidden in the tray.")]
StopTimeout = Annotated[
    float, typer.Option("--stop-timeout", metavar="S", min=0, help="Seconds it has to end.")
]
Kill = Annotated[bool, typer.Option("--kill", help="End a phone that does not end by itself.")]
EvenInCall = Annotated[
    bool, typer.Option("--even-in-call", help="Stop the phone although a call is active.")
]


class Dialect(StrEnum):
    """Whose command line is spoken."""

    stock = "stock"
    documented = "documented"


class Which(StrEnum):
    """Which calls ``hangup`` ends."""

    all = "all"
    incoming = "incoming"
    calling = "calling"


SpokenDialect = Annotated[
    Dialect,
    typer.Option("--dialect", help="documented: verbatim flags, for vendor builds that take them."),
]


def status(run: Run) -> None:
    """Is the phone running, and is it in a call."""
    state = needed_phone(run).status()
    run.result.data = state.as_json()
    run.result.phone.was_running = state.running
    run.say(f"running: {'yes' if state.running else 'no'}")
    if state.running:
        hidden = {True: "hidden", False: "visible", None: "unknown"}[state.hidden]
        run.say(f"window: {hidden}", f"in call: {state.in_call}")
    run.say(*(f"  {reason}" for reason in state.because))
    for process in state.others:
        run.say(f"another user's or session's phone: process {process.pid}, {process.exe}")


def start(
    run: Run,
    minimized: Minimized = False,
    dialect: SpokenDialect = Dialect.stock,
    account: Annotated[int, typer.Option("--account", metavar="N", min=0)] = 1,
    **flags: Any,
) -> None:
    """Start the phone, unless it runs. Documented flags are stored first, as by set."""
    wanted = Flags(run, flags, account, store=False)
    phone = needed_phone(run)
    if dialect is Dialect.documented:
        _speak_documented(run, phone, flags)
        return
    wanted.ready(run, phone)
    run.result.warnings += wanted.warnings
    if wanted.edits:
        configured = _configurator(run, phone, Policy(restart="never"))
        configured.apply(wanted.on_top_of(edits([])), result=run.result)
    _start(run, phone, minimized or bool(wanted.minimized))
    wanted.act(run)


def stop(
    run: Run,
    stop_timeout: StopTimeout = 20.0,
    kill: Kill = False,
    even_in_call: EvenInCall = False,
) -> None:
    """End the phone through its own /exit and wait until its process is gone."""
    done = needed_phone(run).stop(stop_timeout, kill, even_in_call)
    report = run.result.phone
    report.was_running = report.stopped = done.was_running
    report.command_lines += done.command_lines
    run.result.changed = done.was_running
    run.say("stopped the phone" if done.was_running else "the phone does not run")
    if done.was_running:
        run.not_pending()


def restart(
    run: Run,
    minimized: Minimized = False,
    stop_timeout: StopTimeout = 20.0,
    kill: Kill = False,
    even_in_call: EvenInCall = False,
    account: Annotated[int, typer.Option("--account", metavar="N", min=0)] = 1,
    **flags: Any,
) -> None:
    """Stop the phone and start it again, hidden if it was. Documented flags are stored between."""
    wanted = Flags(run, flags, account, store=False)
    phone = needed_phone(run)
    wanted.ready(run, phone)
    run.result.warnings += wanted.warnings
    policy = Policy(stop_timeout=stop_timeout, kill=kill, even_in_call=even_in_call)
    _configurator(run, phone, policy).restart(
        wanted.on_top_of(edits([])) if wanted.edits else None,
        minimized=True if minimized else wanted.minimized,
        result=run.result,
    )
    run.result.changed = True
    run.say("restarted the phone" if run.result.phone.stopped else "started the phone")
    wanted.act(run)


def dial(
    run: Run,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="A number or SIP address.")],
    account: Account = None,
    phone_version: PhoneVersion = None,
) -> None:
    """Dial a number; the phone is started if it does not run."""
    from ...phone import grammar

    grammar.dialling(number, account=account, version=grammar.NEWEST)  # mistakes come first
    phone = needed_phone(run)
    version = _version(run, phone, phone_version)
    sequence = grammar.dialling(number, account=account, version=version)
    if account is not None:
        _check_account(run, account)
    for invocation in sequence:
        _send(run, phone, invocation, start=True)


def answer(run: Run, phone_version: PhoneVersion = None) -> None:
    """Answer the ringing call."""
    _say_to_phone(run, "answer", phone_version)


def hangup(
    run: Run,
    which: Annotated[Which, typer.Argument(help="Which calls to end.")] = Which.all,
    phone_version: PhoneVersion = None,
) -> None:
    """End calls: all but ringing ones, the ringing ones, or those being dialled."""
    action = {Which.all: "hangup"}.get(which, f"hangup-{which.value}")
    _say_to_phone(run, action, phone_version)


def dtmf(
    run: Run,
    digits: Annotated[str, typer.Argument(metavar="DIGITS", help="0-9, *, #, A-D.")],
    phone_version: PhoneVersion = None,
) -> None:
    """Send DTMF digits into the active call."""
    _say_to_phone(run, "dtmf", phone_version, digits)


def transfer(
    run: Run,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Where to.")],
    phone_version: PhoneVersion = None,
) -> None:
    """Transfer the active call."""
    _say_to_phone(run, "transfer", phone_version, number)


def account(
    run: Run,
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="Its number.")],
    phone_version: PhoneVersion = None,
) -> None:
    """Switch to another account; the phone saves that."""
    _check_account(run, number)
    _say_to_phone(run, "account", phone_version, str(number))


def _configurator(run: Run, phone: Phone, policy: Policy) -> Configurator:
    names = ("ansi_codepage", "create", "follow_links")
    policy = policy._replace(**{name: run.options[name] for name in names})
    return configurator_of(run, policy, phone)


def _start(run: Run, phone: Phone, minimized: bool) -> None:
    report = run.result.phone
    state = phone.status()
    if report.was_running is None:
        report.was_running = state.running
    if state.running:
        run.say("the phone runs already")
        return
    report.command_lines.append(phone.start(minimized))
    report.started = run.result.changed = True
    run.say("started the phone")


def _say_to_phone(run: Run, action: str, version: str | None, argument: str | None = None) -> None:
    from ...phone import grammar
    from ...phone.control import not_running

    grammar.build(action, argument)  # a wrong argument is told before what the phone knows
    phone = needed_phone(run)
    if not phone.status().running:
        raise not_running(phone.exe)
    known = _version(run, phone, version)
    _send(run, phone, grammar.build(action, argument, known), start=False)


def _send(run: Run, phone: Phone, invocation: Invocation, *, start: bool) -> None:
    speak(run, phone, invocation, start=start)
    run.result.changed = True


def _speak_documented(run: Run, phone: Phone, flags: dict[str, Any]) -> None:
    from ...phone import documented
    from ...phone.executable import takes_documented_flags
    from ...results import Issue

    if phone.status().running:
        raise PhoneError("the phone runs already", hint="stop it first", code="already-running")
    given = {name: text for name, text in flags.items() if text is not None}
    if not takes_documented_flags(phone.exe):
        run.result.warnings.append(
            Issue(
                "stock-phone",
                "this is a stock MicroSIP: it would dial these flags",
                "leave --dialect away",
            )
        )
    _send(run, phone, documented.render(given), start=True)


def _version(run: Run, phone: Phone, given: str | None) -> str | None:
    """The phone's version as given, as its program file has it, or as it noted it in its ini, which
    it does since 3.22.3; None if none is known: what it does not know, it would dial."""
    from ...phone.grammar import version_tuple
    from ...target.executable import file_version

    if given is not None:
        if not version_tuple(given):
            raise UsageError(f"{given!r} is no version", hint="such as --phone-version 3.22.3")
        return given
    numbers = file_version(Path(phone.exe))
    if any(numbers):
        return ".".join(map(str, numbers[:3]))
    try:
        return configurator(run).load().profile.get("Settings", "version") or None
    except TargetError:
        return None


def _check_account(run: Run, number: int) -> None:
    """An account that does not load makes the phone drop the whole text silently."""
    from ...schema.effective import Effective

    numbers = Effective(configurator(run).load().profile).accounts()
    if number not in numbers:
        known = ", ".join(map(str, numbers)) or "none"
        raise UsageError(f"there is no account {number} that loads", hint=f"there are: {known}")


_EXAMPLES: dict[Callable[..., None], tuple[str, ...]] = {
    status: ("microsip-config phone status --json",),
    start: (
        "microsip-config phone start --minimized",
        "microsip-config phone start --user 101 --domain sip.example.com",
    ),
    stop: ("microsip-config phone stop --stop-timeout 60 --kill",),
    restart: ("microsip-config phone restart", "microsip-config phone restart --setvolume 60"),
    dial: (
        "microsip-config phone dial 101",
        "microsip-config phone dial sip:101@sip.example.com --account 2",
    ),
    answer: ("microsip-config phone answer",),
    hangup: ("microsip-config phone hangup", "microsip-config phone hangup incoming"),
    dtmf: ("microsip-config phone dtmf '1234#'",),
    transfer: ("microsip-config phone transfer 102",),
    account: ("microsip-config phone account 2",),
}


def command() -> Any:
    flags = documented_parameters()
    return group(
        "phone",
        "The running phone, through its own switches.",
        [
            make(
                body,
                name=f"phone {body.__name__}",
                shared=(options.target, options.output),
                flags=flags if body in (start, restart) else (),
                examples=examples,
            )
            for body, examples in _EXAMPLES.items()
        ],
    )
