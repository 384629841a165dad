"""``phone status|start|stop|restart|dial|answer|hangup|dtmf|transfer|account``."""

from __future__ import annotations

from collections.abc import Iterator

from ...job.operations import OPERATIONS
from ...results import Result
from ..invocation import Invocation, Lines
from ..present import also_done
from ..verb import Verb, VerbGroup


def _status(result: Result) -> Iterator[str]:
    state = result.data
    yield f"running: {'yes' if state['running'] else 'no'}"
    if state["running"]:
        hidden = {True: "hidden", False: "visible", None: "unknown"}[state["hidden"]]
        yield f"window: {hidden}"
        yield f"in call: {state['in_call']}"
    for reason in state["because"]:
        yield f"  {reason}"
    for process in state["others"]:
        yield f"another user's or session's phone: process {process['pid']}, {process['exe']}"


def _started(result: Result) -> Iterator[str]:
    if result.phone.started or not result.phone.was_running:
        yield "started the phone"
    else:
        yield "the phone is already running"
    yield from also_done(result)


def _stopped(result: Result) -> Iterator[str]:
    seconds = result.phone.stop_seconds
    if seconds is None:
        yield "the phone is not running"
    else:
        yield f"stopped the phone after {seconds:.1f} s"


def _restarted(result: Result) -> Iterator[str]:
    yield "restarted the phone" if result.phone.stopped else "started the phone"
    yield from also_done(result)


def _sent(result: Result) -> Iterator[str]:
    for line in result.phone.command_lines:
        yield f"sent to the phone: {line}"


_VERBS: dict[str, tuple[Lines, tuple[str, ...]]] = {
    "status": (_status, ("microsip-config phone status --json",)),
    "start": (
        _started,
        (
            "microsip-config phone start --minimized",
            "microsip-config phone start --user 101 --domain sip.example.com",
        ),
    ),
    "stop": (_stopped, ("microsip-config phone stop --stop-timeout 60 --kill",)),
    "restart": (
        _restarted,
        ("microsip-config phone restart", "microsip-config phone restart --setvolume 60"),
    ),
    "dial": (
        _sent,
        (
            "microsip-config phone dial 101",
            "microsip-config phone dial sip:101@sip.example.com --account 2",
        ),
    ),
    "answer": (_sent, ("microsip-config phone answer",)),
    "hangup": (_sent, ("microsip-config phone hangup", "microsip-config phone hangup incoming")),
    "dtmf": (_sent, ("microsip-config phone dtmf '1234#'",)),
    "transfer": (_sent, ("microsip-config phone transfer 102",)),
    "account": (_sent, ("microsip-config phone account 2",)),
}


def _verb(name: str, lines: Lines, examples: tuple[str, ...]) -> Verb:
    def body(invocation: Invocation) -> None:
        invocation.run(lines)

    operation = f"phone-{name}"
    summary = OPERATIONS[operation].summary
    return Verb(f"phone {name}", body, summary, operation, examples=examples)


VERB = VerbGroup(
    "phone",
    "The running phone, through its own switches.",
    tuple(_verb(name, *shown) for name, shown in _VERBS.items()),
)
