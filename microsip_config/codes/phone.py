"""Codes about the running phone: stopping, starting and speaking to it."""

from __future__ import annotations

from .row import Code

_UNWRITTEN = "nothing was written"
_NOT_STARTED = "the phone was not started"

CODES: dict[str, Code] = {
    "number-cleaned": Code(
        "warning",
        "the number contains blanks or slashes",
        "it is dialled without them, as MicroSIP cleans telephone numbers",
        "write it without them",
    ),
    "phone-running": Code(
        "error",
        "the phone is running and may not be stopped",
        _UNWRITTEN + ": the phone would overwrite it when it exits",
        "allow --restart auto, or exit the phone first",
    ),
    "in-call": Code(
        "error",
        "the phone is in a call, or no sign that tells it can be read",
        _UNWRITTEN + ", and the phone was not stopped",
        "try again later, or stop it anyway with --even-in-call",
    ),
    "call-began": Code(
        "error",
        "a call began while the phone was about to be stopped",
        _UNWRITTEN + ", and the phone was not ended",
        "try again later",
    ),
    "did-not-stop": Code(
        "error",
        "the phone did not exit in time",
        _UNWRITTEN,
        "raise --stop-timeout, or end it without saving with --kill",
    ),
    "no-access": Code(
        "error",
        "the phone's process cannot be watched, probably because it has more rights",
        _UNWRITTEN,
        "exit the phone, or run this with the same rights",
    ),
    "other-users-phone": Code(
        "error",
        "the phone belongs to another user or session",
        "it is neither stopped nor started from here; " + _UNWRITTEN,
        "run this as that user in that session",
    ),
    "other-phone": Code(
        "warning",
        "a phone is running for another user or in another session",
        "if it reads this file, it overwrites [Settings] when it exits",
        "exit it there and run this again",
    ),
    "phone-restarted": Code(
        "error",
        "the phone was started again during the run",
        "it may overwrite what was written, or nothing was written; the message says which",
        "find out what starts the phone, then run this again",
    ),
    "left-for-later": Code(
        "warning",
        "a change was left out because the phone is running (--while-running)",
        "the phone would overwrite it when it exits",
        "run again when the phone is not running",
    ),
    "restart-pending": Code(
        "warning",
        "the phone was not started: it is another user's, who is not logged on, or this is not "
        "SYSTEM",
        "it reads the file when that user starts it; where a run has stopped it, the next run that "
        "can starts it",
        "nothing, or run this in that user's session",
    ),
    "phone-not-started": Code(
        "error",
        "the phone was stopped and could not be started again",
        "it is not running; whether the file was written is in the message",
        "start it by hand, or run this again, which tries once more",
    ),
    "not-started": Code(
        "error",
        "the phone could not be started, or exited at once",
        _NOT_STARTED,
        "check the path of its executable, and on Linux that Wine is installed",
    ),
    "ini-not-opened": Code(
        "error",
        "the phone cannot open its ini for itself alone and for writing, and does not start",
        _NOT_STARTED + ", or showed an error and was ended; it had nothing to save",
        "make the ini and its folder writable, and close the programs that keep it open",
    ),
    "no-window": Code(
        "error",
        "the phone was started but shows no window",
        "it may be waiting with a message on its desktop",
        "look at its desktop",
    ),
    "no-desktop": Code(
        "error",
        "from here the phone would have no desktop, or the wrong user's",
        _NOT_STARTED,
        "run this as the user of the desktop, in their session",
    ),
    "phone-hung": Code(
        "error",
        "the phone does not respond",
        "nothing was sent to it",
        "wait, or end it and start it again",
    ),
    "phone-not-running": Code(
        "error",
        "the phone is not running, or has no window yet",
        "nothing was sent to it",
        "start it first: microsip-config phone start",
    ),
    "already-running": Code(
        "error",
        "the phone is already running",
        "nothing was changed or started",
        "exit it first",
    ),
    "stock-phone": Code(
        "warning",
        "the program is a stock MicroSIP, which does not know these flags",
        "it would dial them",
        "leave --dialect out",
    ),
}
