"""What can be seen of the phone from outside, and what follows from it; pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

InCall = Literal["yes", "no", "unknown"]

# First pane of the status bar. The words are English, and a language pack translates them; the time
# of a call is the same in all languages. "Connecting..." is also shown without a call.
_CALL_TEXT = r"(?:Connected|Hold)(?:\s|$)|Calling\s|Incoming Call|.*\b\d+:[0-5]\d\b"
_IDLE_TEXTS = frozenset(
    {
        "Online",
        "Online (Auto Answer)",
        "Online (Auto Conference)",
        "Idle",
        "Offline",
        "Away",
        "Do Not Disturb",
        "Call Forwarding",
        "Connection Failed",
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

    ``status_text``: first pane of the status bar, the only one that depends on the language.
    ``ringing``: the dialog of a ringing call exists. ``call_buttons``: End, Hold or Transfer is
    shown instead of Call. ``recording``: a call can be recorded now. ``messages_end``: the Messages
    window shows its End button. ``open_entry``: a call that began since the phone was started has
    no end in the call log. ``window``: false for a process without the phone's window, which is
    starting or ending.
    """

    status_text: str | None = None
    ringing: bool | None = None
    call_buttons: bool | None = None
    recording: bool | None = None
    messages_end: bool | None = None
    open_entry: bool | None = None
    window: bool = True


class CallState(NamedTuple):
    """Whether a call is active, and why."""

    in_call: InCall
    because: tuple[str, ...]


class PhoneState(NamedTuple):
    """The phone's processes, those of others included, and whether a call is active."""

    processes: tuple[PhoneProcess, ...]
    in_call: InCall = "no"
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

    ``command_lines`` are those that were run; ``killed``: the phone was ended without saving;
    ``seconds``: how long its end was waited for.
    """

    was_running: bool = False
    was_hidden: bool = False
    killed: bool = False
    command_lines: tuple[str, ...] = ()
    seconds: float = 0.0


def combine(signs: Iterable[Signs]) -> CallState:
    """The call state from the signs of each phone process; "no" without any process.

    A single sign of a call is enough for "yes". "no" needs a sign that is read and says so: an idle
    text, the dialler's buttons, or a call log without an open entry.
    """
    states = [_judge(each) for each in signs]
    for wanted in ("yes", "unknown"):
        chosen = [state for state in states if state.in_call == wanted]
        if chosen:
            because = tuple(dict.fromkeys(reason for each in chosen for reason in each.because))
            return CallState(chosen[0].in_call, because)
    return CallState("no", ())


def _judge(signs: Signs) -> CallState:
    text = (signs.status_text or "").strip()
    reasons = (
        (bool(re.match(_CALL_TEXT, text, re.ASCII)), f"status bar: {text}"),
        (signs.ringing, "a call is ringing"),
        (signs.call_buttons, "the End button is shown instead of Call"),
        (signs.recording, "the REC button is enabled"),
        (signs.messages_end, "the Messages window shows its End button"),
        (signs.open_entry, "a call in the call log has no end"),
    )
    because = tuple(reason for is_so, reason in reasons if is_so)
    if because:
        return CallState("yes", because)
    told = text in _IDLE_TEXTS or False in (signs.call_buttons, signs.open_entry)
    if told or not signs.window:
        return CallState("no", ())
    return CallState("unknown", ("neither its windows nor its call log can be read",))
