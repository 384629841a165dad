"""The phone that a run has stopped and must start again, whatever happens in between."""

from __future__ import annotations

from os.path import normcase
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError, PhoneError, StartsLater, WriteError
from ..records.pending import Pending
from ..results import Issue
from ..system import files
from .context import NO_EXE, Policy, RunContext, restart_pending

if TYPE_CHECKING:
    from ..phone import Phone
    from ..phone.state import PhoneState
    from ..records.pending import Note
    from .ledger import Ledger

_UP_WITHIN = 20.0  # seconds for a phone that is starting to show its window

# Errors of a stop that came before the phone was asked to exit.
_NOT_TOLD = ("in-call", "no-access")


class OwedPhone:
    """Looks at the phone, stops it and starts it again; a note lets the next run know what is owed.

    ``out_of_reach``: a phone that reads the file runs where this run must not stop it. ``hide``:
    whether it is started hidden; None: as it was.
    """

    def __init__(self, ledger: Ledger, policy: Policy, context: RunContext) -> None:
        self._ledger, self._policy, self._context = ledger, policy, context
        self._phone = context.phone
        self._note = Pending(context.folder.pending)
        self._was_hidden: bool | None = None  # None: no phone is owed
        self._other: tuple[Phone, bool] | None = None  # another one to start, and whether hidden
        self._leaving = False  # it was asked to exit and has not: it may do so at any moment
        self._warned: set[str] = set()
        self.out_of_reach = False
        self.hide: bool | None = None

    def take_over(self) -> None:
        """What an interrupted run has stopped is owed by this one, whatever phone it is about."""
        note = self._note.read()
        self._ledger.warn(*self._note.warnings)
        if note is None:
            return
        stopped = self._stopped_by(note)
        if self._phone is not None and stopped is not None:
            self._other = stopped, note.was_hidden
        else:
            self._phone, self._was_hidden = self._phone or stopped, note.was_hidden
        self._context.log("an earlier run was interrupted after stopping the phone")

    def _stopped_by(self, note: Note) -> Phone | None:
        """The phone of the note, if it is another one than this run's."""
        if self._phone is not None and normcase(note.exe) == normcase(self._phone.exe):
            return None
        return self._context.phone_of(note.exe) if files.is_file(Path(note.exe)) else None

    def look(self) -> PhoneState | None:
        """The phone, if it is running."""
        if self._phone is None:
            return None
        state = self._phone.status()
        self._ledger.phone_seen(state.running)
        self._warn_of_others(state)
        return state if state.running else None

    def _warn_of_others(self, state: PhoneState) -> None:
        """Installed phones have a file per user; any other may be used by several at a time."""
        self.out_of_reach = bool(state.out_of_reach)
        target = self._ledger.target
        strangers = [process for process in state.others if not process.reads]
        if not strangers or target is None or target.mode == "installed":
            return
        numbers = ", ".join(str(process.pid) for process in strangers)
        self._warn_once(
            Issue(
                "other-phone",
                "this phone is running for another user or in another session, where it is not "
                "stopped: if it reads this file, it overwrites [Settings] when it exits",
                f"exit it there (process {numbers}) and run this again",
                target.ini,
            )
        )

    def _warn_once(self, issue: Issue) -> None:
        if issue.code not in self._warned:
            self._warned.add(issue.code)
            self._ledger.warn(issue)

    def stop(self, seen: PhoneState) -> None:
        """Stop the phone. From now on it is owed, which the note says to the next run if this one
        does not come to it. Raises ``PhoneError``."""
        phone, policy, earlier = self._phone, self._policy, self._was_hidden
        assert phone is not None
        phone.refuse_unstartable()
        self._was_hidden = bool(earlier if seen.hidden is None else seen.hidden)
        self._leave_note(phone)
        self._leaving = True
        try:
            stopped = phone.stop(
                timeout=policy.stop_timeout, kill=policy.kill, even_in_call=policy.even_in_call
            )
        except PhoneError as error:
            if error.code in _NOT_TOLD:
                self._not_owed(earlier)
            if self._ledger.changed:
                message = f"the file was written, but a phone came up: {error.message}"
                raise error.with_(message=message) from None
            raise
        if not stopped.was_running:  # it exited by itself: its user may have meant that
            self._not_owed(earlier)
            return
        self._leaving = False
        self._ledger.phone_stopped(stopped.seconds)
        self._ledger.phone_sent(*stopped.command_lines)
        if seen.hidden is None and stopped.was_hidden:  # it was just starting
            self._was_hidden = True
            self._leave_note(phone)
        self._context.log("stopped the phone")

    def _not_owed(self, earlier: bool | None) -> None:
        """Back to what was before the stop; ``earlier`` as ``_was_hidden``."""
        self._leaving, self._was_hidden = False, earlier
        if earlier is None:
            self._remove_note()

    def _leave_note(self, phone: Phone) -> None:
        self._note.begin(
            exe=phone.exe, was_hidden=self._starts_hidden(), command=self._ledger.command
        )

    def _remove_note(self) -> None:
        try:
            self._note.finish()
        except WriteError as error:
            self._ledger.warn(Issue("note-not-removed", error.message, error.hint, error.where))

    def _starts_hidden(self) -> bool:
        return bool(self._was_hidden if self.hide is None else self.hide)

    def start_again(self) -> PhoneError | None:
        """Start what was stopped. Gives the error if that fails; the note then stays."""
        due = [] if self._other is None else [(*self._other, False)]
        if self._was_hidden is not None or self._policy.restart == "always":
            if self._phone is None:
                self._ledger.warn(NO_EXE)
                return None
            due.append((self._phone, self._starts_hidden(), self._leaving))
        try:
            all_up = [self._bring_up(*each) for each in due]
        except MicrosipConfigError as error:
            written = "the file was written, but " if self._ledger.changed else ""
            return PhoneError(
                f"{written}the phone is not started: {error.message}",
                hint="start it by hand, or run this again, which tries it once more",
                where=error.where,
                code="phone-not-started",
            )
        if due and all(all_up):
            self._remove_note()
        return None

    def _bring_up(self, phone: Phone, hidden: bool, leaving: bool) -> bool:
        """Start it unless it is running; False if that may yet exit, or only its user can."""
        # What runs may be a phone that is coming up, or a process that ends at once.
        state = phone.status() if leaving else phone.settled(_UP_WITHIN)
        if state.running:
            return not leaving and state.hidden is not None
        try:
            self._ledger.phone_sent(phone.start(minimized=hidden))
        except StartsLater as error:
            if state.out_of_reach:  # its own user has started it
                return True
            self._ledger.warn(restart_pending(error))  # the note stays, if there is one
            return False
        self._ledger.phone_started()
        self._context.log("started the phone")
        return True
