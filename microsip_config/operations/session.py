"""One run of the protocol, under the lock: what is done between the first plan and the last.

What can go wrong here goes wrong with a user's phone: it rewrites ``[Settings]`` from memory when
it ends, somebody may start it at any moment, and this process may be killed at any other.
"""

from __future__ import annotations

from os.path import normcase
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError, PhoneError, WriteError
from ..ini import file as store
from ..results import Change, Issue, Result
from .run import NO_EXE, Planner, Policy, RunContext, load, note_of, report, target_of

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..phone import Phone
    from ..phone.state import PhoneState
    from ..planning.make import Plan
    from ..records.passwords import PasswordRecords
    from ..records.pending import Note

# A phone that is started by somebody else between our stop and our write is stopped again, so
# often at the most: a Run key or a user's click is one event, not a stream of them.
ROUNDS = 3

# Another user's run may be quicker, which the store notices; one that has as much to write as we
# have is done after one time, so many times mean many users at once.
OVERTAKEN = 50

_UP_WITHIN = 20.0  # seconds for a phone that is starting to show its window

# Errors of a stop that came before the phone was told to end.
_NOT_TOLD = ("in-call", "no-access")


class Session:
    """One run under the lock. The phone is started again whatever happens in between.

    ``first``: the file and the plan from before the lock, good if the file and the record of
    passwords are still the same.
    ``force_restart``: the phone is stopped even if nothing changes. ``hide``: whether it is then
    started hidden; None: as it was.
    """

    def __init__(
        self,
        result: Result,
        planner: Planner,
        policy: Policy,
        desk: RunContext,
        memory: PasswordRecords | None,
        *,
        first: tuple[Source, Plan] | None = None,
        force_restart: bool = False,
        hide: bool | None = None,
    ) -> None:
        self.first = first
        self.result, self.planner, self.policy, self.desk = result, planner, policy, desk
        self.memory, self.force_restart, self.hide = memory, force_restart, hide
        self.phone = desk.phone
        self.was_hidden: bool | None = None  # None: no phone is ours to start again
        self.owed: tuple[Phone, bool] | None = None  # another one to start, and whether hidden
        self.leaving = False  # it was told to end and has not: it may do so at any moment
        self.out_of_reach = False  # a phone that reads the file runs where it is not ours to stop
        self.sticky_warnings = [*result.warnings]
        self.written: dict[tuple[str, str], Change] = {}

    def run(self) -> None:
        note = note_of(self.desk)
        left_stopped = note.read()
        self.sticky_warnings += note.warnings
        if left_stopped is not None:
            self._take_over(left_stopped)
            self.desk.log("an earlier run was cut after it had stopped the phone")
        try:
            self._write_in_rounds()
        except BaseException:
            failed = self._start_again()
            if failed is not None:  # what went wrong first is what is raised
                self.result.warnings.append(
                    Issue(failed.code, failed.message, failed.hint, failed.where)
                )
            raise
        failed = self._start_again()
        if failed is not None:
            raise failed

    def _take_over(self, note: Note) -> None:
        """What a cut run has stopped is ours to start, also where this one was not told of it."""
        stopped = None
        if self.phone is None or normcase(note.exe) != normcase(self.phone.exe):
            stopped = self.desk.phone_of(note.exe) if Path(note.exe).is_file() else None
        if self.phone is not None and stopped is not None:
            self.owed = stopped, note.was_hidden
        else:
            self.phone, self.was_hidden = self.phone or stopped, note.was_hidden

    # --- the file ---------------------------------------------------------------------------

    def _write_in_rounds(self) -> None:
        source, plan = self._planned()
        if not (plan.differs or self.force_restart):
            self._settle(plan)
            return
        rounds = overtaken = 0
        while rounds < ROUNDS:
            seen = self._look()
            beside = self.out_of_reach or (seen is not None and self.policy.restart == "never")
            if seen is not None and not beside:
                if plan.differs:
                    store.refuse_protected(source)  # before the phone is stopped for nothing
                self._stop(seen)
            if seen is not None or beside or rounds or overtaken:
                source, plan = self._planned()  # a phone that ended has rewritten the file
            if beside:
                plan = self._what_survives(plan)
            try:
                self._write(source, plan)
            except WriteError as error:
                overtaken += 1
                rounds += seen is not None  # a phone writes the file when it starts
                if error.code != "changed-meanwhile" or overtaken == OVERTAKEN:
                    raise
                self.desk.log("the file was changed by another program")
                continue
            if beside or (self._look() is None and not self.out_of_reach):
                return
            rounds += 1
        raise PhoneError(
            f"something starts the phone again and again ({ROUNDS} rounds)",
            hint="find out what keeps starting the phone, then run this again",
            code="phone-restarted",
        )

    def _planned(self) -> tuple[Source, Plan]:
        source = load(target_of(self.result), self.policy)
        verdicts_hold = self.memory is None or self.memory.refresh()
        if self.first is not None and verdicts_hold and source.same_as(self.first[0]):
            source, plan = self.first
        else:
            plan = self.planner(source)
        self.first = None
        report(self.result, source, plan, self.sticky_warnings)
        self._report_written()
        return source, plan

    def _report_written(self) -> None:
        """What earlier rounds wrote was changed too, even if a phone undid it in between."""
        planned = {(c.section.lower(), c.key.lower()): c for c in self.result.changes}
        self.result.changes = list({**planned, **self.written}.values())

    def _what_survives(self, plan: Plan) -> Plan:
        """What a running phone will not overwrite: it keeps [Settings] in memory, no account."""
        if self.result.changed:
            raise PhoneError(
                "the file was written, but the phone was started meanwhile and may undo it",
                hint="run this again when the phone is not running",
                code="phone-restarted",
            )
        if not self.policy.while_running or plan.replacement is not None:
            if self.out_of_reach:
                raise PhoneError(
                    "a phone that reads this file runs for another user or in another session; "
                    "nothing was written, as its end would undo it",
                    hint="run this as that user in that session, or write what the phone will "
                    "not overwrite: --restart never --while-running",
                    where=self.result.target.ini if self.result.target else "",
                    code="other-users-phone",
                )
            raise PhoneError(
                "the phone is running and may not be stopped; nothing was written",
                hint="allow --restart auto, use 'phone restart', or end the phone first",
            )
        kept = tuple(c for c in plan.changes if c.section.lower().startswith("account"))
        self.sticky_warnings += [
            Issue(
                "left-for-later",
                "not written: the running phone would overwrite it",
                "run again when the phone is not running",
                f"{change.section}.{change.key}",
            )
            for change in plan.changes
            if change not in kept
        ]
        self.result.warnings += self.sticky_warnings[
            len(self.sticky_warnings) - len(plan.changes) + len(kept) :
        ]
        self.result.changes = list(kept)
        return plan._replace(changes=kept)

    def _write(self, source: Source, plan: Plan) -> None:
        if plan.differs:
            self._back_up(source)
            if plan.replacement is not None:
                store.put(source, plan.replacement)
            else:
                store.write(source, plan.render(source.text), expected=plan.expected())
            self.result.changed = True
            for change in plan.changes:
                self.written.setdefault((change.section.lower(), change.key.lower()), change)
            self.desk.log(f"wrote {_in_names(plan)}")
            self._rotate_backups(plan.replacement)
        self._settle(plan)

    def _back_up(self, source: Source) -> None:
        if not source.exists:
            return
        from ..records import backups

        folder = self.desk.folder / "backups"
        kept = backups.keep(folder, source.data, self.desk.now())
        self.result.backup = self.result.backup or kept
        self.desk.log(f"kept backup {kept}")

    def _rotate_backups(self, restored: bytes | None) -> None:
        """Few are kept; what was put back stays for now, so that doing it twice is no error."""
        from hashlib import sha256

        from ..records import backups

        spare = {self.result.backup or "", "" if restored is None else sha256(restored).hexdigest()}
        backups.rotate(self.desk.folder / "backups", self.policy.backups, spare)

    def _settle(self, plan: Plan) -> None:
        if self.memory is not None:
            self.memory.settle(plan, lambda: load(target_of(self.result), self.policy))

    # --- the phone --------------------------------------------------------------------------

    def _look(self) -> PhoneState | None:
        """The phone, if it runs."""
        if self.phone is None:
            return None
        state = self.phone.status()
        self.result.phone.was_running = bool(self.result.phone.was_running or state.running)
        self._tell_of_others(state)
        return state if state.running else None

    def _tell_of_others(self, state: PhoneState) -> None:
        """Installed phones have a file per user; any other may be used by several at a time."""
        self.out_of_reach = bool(state.out_of_reach)
        target = self.result.target
        strangers = [process for process in state.others if not process.reads]
        if not strangers or target is None or target.mode == "installed":
            return
        numbers = ", ".join(str(process.pid) for process in strangers)
        issue = Issue(
            "other-phone",
            "this phone runs for another user or in another session, where it is not stopped: if "
            "it reads this file, its end undoes what is written to [Settings]",
            f"end it there (process {numbers}) and run this again",
            target.ini,
        )
        if not any(each.code == issue.code for each in self.sticky_warnings):
            self.sticky_warnings.append(issue)
            self.result.warnings.append(issue)

    def _stop(self, seen: PhoneState) -> None:
        """End the phone. From now on it is ours to start again, which the note tells the next run
        if this one does not come to it."""
        phone, policy, earlier = self.phone, self.policy, self.was_hidden
        assert phone is not None
        self.was_hidden = bool(earlier if seen.hidden is None else seen.hidden)
        self._leave_note()
        self.leaving = True
        try:
            stopped = phone.stop(
                timeout=policy.stop_timeout, kill=policy.kill, even_in_call=policy.even_in_call
            )
        except PhoneError as error:
            if error.code in _NOT_TOLD:
                self._not_ours(earlier)
            if self.result.changed:
                error.message = f"the file was written, but a phone came up: {error.message}"
            raise
        if not stopped.was_running:  # it ended by itself: its user may have meant that
            self._not_ours(earlier)
            return
        self.leaving = False
        self.result.phone.stopped = True
        self.result.phone.command_lines += stopped.command_lines
        if seen.hidden is None and stopped.was_hidden:  # it was just starting
            self.was_hidden = True
            self._leave_note()
        self.desk.log("stopped the phone")

    def _not_ours(self, earlier: bool | None) -> None:
        """Back to what was before the stop; ``earlier`` as ``was_hidden``."""
        self.leaving, self.was_hidden = False, earlier
        if earlier is None:
            self._remove_note()

    def _leave_note(self) -> None:
        assert self.phone is not None
        note_of(self.desk).begin(
            exe=self.phone.exe, was_hidden=self._hidden(), command=self.result.command
        )

    def _remove_note(self) -> None:
        try:
            note_of(self.desk).finish()
        except WriteError as error:
            self.sticky_warnings.append(
                Issue("note-not-removed", error.message, error.hint, error.where)
            )
            self.result.warnings.append(self.sticky_warnings[-1])

    def _hidden(self) -> bool:
        return bool(self.was_hidden if self.hide is None else self.hide)

    def _start_again(self) -> PhoneError | None:
        """Start what was stopped. Gives the error if that fails; the note then stays."""
        due = [] if self.owed is None else [(*self.owed, False)]
        if self.was_hidden is not None or self.policy.restart == "always":
            if self.phone is None:
                self.result.warnings.append(NO_EXE)
                return None
            due.append((self.phone, self._hidden(), self.leaving))
        try:
            all_up = [self._bring_up(*each) for each in due]
        except MicrosipConfigError as error:
            written = "the file was written, but " if self.result.changed else ""
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
        """Start it unless it runs; False if that may yet end."""
        # What runs may be a phone that is coming up, or a process that ends at once.
        state = phone.status() if leaving else phone.settled(_UP_WITHIN)
        if state.running:
            return not leaving and state.hidden is not None
        self.result.phone.command_lines.append(phone.start(minimized=hidden))
        self.result.phone.started = True
        self.desk.log("started the phone")
        return True


def _in_names(plan: Plan) -> str:
    """What a plan does, without any value."""
    changes = [f"{change.action} {change.section}.{change.key}" for change in plan.changes]
    if plan.replacement is not None:
        return ", ".join(("the whole file", *changes))
    return ", ".join(changes) or "the same text in the encoding that the phone reads"
