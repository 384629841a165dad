"""What can be seen of the phone from outside, and what follows from it; pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

InCall = Literal["yes", "no", "unknown"]

# First pane of the status bar, English; a language pack translates it.
_CALL_TEXT = r"(?:Connected|Hold)(?:\s|$)|Calling\s|Incoming Call|Connecting|.*\b\d+:[0-5]\d\b"
_IDLE_TEXTS = frozenset(
    {
        "Online",
        "Idle",
        "Offline",
        "Away",
        "Do Not Disturb",
        "Call Forwarding",
        "Incorrect Password",
        "MicroSIP",
    }
)


class PhoneProcess(NamedTuple):
    """A process of the phone's executable. ``session`` is the Windows session, 0 under Wine.

    ``user`` is ``None`` if this user may not see it; ``mine``: this user's in this session, so it
    may be stopped. ``has_window``, ``visible`` and ``responsive`` are ``None``
    when unknown, the latter two also without a window (the phone is starting, or hung). ``started``
    is in seconds since 1970, 0 when unknown. ``reads``: whether it certainly reads the file in
    question, as the phone of the user that this belongs to.
    """

    pid: int
    exe: str
    session: int
    user: str | None
    mine: bool
    has_window: bool | None
    visible: bool | None
    responsive: bool | None
    started: float
    reads: bool = False


class Owner(NamedTuple):
    """Another user, whose profile or prefix the file is in.

    ``user`` as in :class:`PhoneProcess`, "" if unknown. ``alone``: only that user's phone reads the
    file; a portable phone's file is read by whoever runs it.
    """

    user: str
    alone: bool


class Signs(NamedTuple):
    """Signs of a call; ``None`` means that the sign could not be read.

    ``status_text``: first pane of the status bar. ``ringing``: a dialog "Incoming Call" is open.
    ``call_buttons``: End, Hold or Transfer visible instead of Call. ``messages_end``: the
    Messages window shows its End button. ``open_entry``: the newest entry of ``[Calls]`` was
    made since the phone started and has no end reason yet.
    """

    status_text: str | None = None
    ringing: bool | None = None
    call_buttons: bool | None = None
    messages_end: bool | None = None
    open_entry: bool | None = None


class CallState(NamedTuple):
    """Whether a call is active; ``likely`` marks an ``unknown`` with a strong hint of one."""

    in_call: InCall
    likely: bool
    because: tuple[str, ...]


class PhoneState(NamedTuple):
    """The phone's processes, those of others included, and whether a call is active."""

    processes: tuple[PhoneProcess, ...]
    in_call: InCall = "no"
    call_likely: bool = False
    because: tuple[str, ...] = ()

    @property
    def mine(self) -> tuple[PhoneProcess, ...]:
        """This user's in this session."""
        return tuple(process for process in self.processes if process.mine)

    @property
    def others(self) -> tuple[PhoneProcess, ...]:
        """Other users' and other sessions': reported, never stopped."""
        return tuple(process for process in self.processes if not process.mine)

    @property
    def out_of_reach(self) -> tuple[PhoneProcess, ...]:
        """Those of the others that read the file and may overwrite what is written."""
        return tuple(process for process in self.others if process.reads)

    @property
    def running(self) -> bool:
        """Whether this user's phone is running in this session, with a window or not."""
        return bool(self.mine)

    @property
    def hidden(self) -> bool | None:
        """Whether the phone's window is hidden; ``None`` when unknown or not running."""
        known = [process.visible for process in self.mine if process.visible is not None]
        return not any(known) if known else None

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``phone status --json``."""
        return {
            "running": self.running,
            "hidden": self.hidden,
            "in_call": self.in_call,
            "because": list(self.because),
            "processes": [process._asdict() for process in self.processes],
            "others": [process._asdict() for process in self.others],
        }


class StopReport(NamedTuple):
    """What a stop did: ``was_running`` is false if there was nothing to stop.

    ``command_lines`` are those that were run; ``killed``: the phone was ended without saving.
    """

    was_running: bool = False
    was_hidden: bool = False
    killed: bool = False
    command_lines: tuple[str, ...] = ()


def combine(signs: Iterable[Signs]) -> CallState:
    """The call state from the signs of each phone process; "no" without any process.

    A single clear sign of a call is enough for "yes". "no" needs a known idle text in the status
    bar and no sign against it. A lone open entry in ``[Calls]`` may come from a phone that crashed,
    so it is only a strong hint.
    """
    states = [_judge(each) for each in signs]
    for wanted in ("yes", "unknown"):
        chosen = [state for state in states if state.in_call == wanted]
        if chosen:
            because = tuple(dict.fromkeys(reason for each in chosen for reason in each.because))
            return CallState(chosen[0].in_call, any(each.likely for each in chosen), because)
    return CallState("no", False, ())


def _judge(signs: Signs) -> CallState:
    text = (signs.status_text or "").strip()
    reasons = (
        (bool(re.match(_CALL_TEXT, text, re.ASCII)), f"status bar: {text}"),
        (signs.ringing, "an 'Incoming Call' dialog is open"),
        (signs.call_buttons, "the End button is shown instead of Call"),
        (signs.messages_end, "the Messages window shows its End button"),
    )
    because = tuple(reason for is_so, reason in reasons if is_so)
    if because:
        return CallState("yes", True, because)
    if text in _IDLE_TEXTS:
        return CallState("no", False, ())
    why = f"status bar: {text}" if text else "the status bar cannot be read"
    if signs.open_entry:
        return CallState("unknown", True, (why, "the newest entry in [Calls] has no end"))
    return CallState("unknown", False, (why,))
