"""One run under the lock of its target: what happens between the first plan and the last.

MicroSIP rewrites ``[Settings]`` from memory when it exits, it may be started by somebody at any
moment, and this process may be killed at any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError, PhoneError, WriteError
from ..ini import file
from ..records import backups, lock, run_notes
from ..records.passwords import PasswordRecords
from ..results import Change, Issue, Target
from .context import Planner, Policy, RunContext
from .owed_phone import OwedPhone
from .target_file import load, record, target_of

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..phone.state import PhoneState
    from ..planning.plan import Plan
    from .ledger import Ledger

# A phone that somebody else starts between the stop and the write is stopped again, so often at
# most: a Run key or a user's click is one event, not a stream of them.
ROUNDS = 3

# Another user's run may be quicker, which is noticed before the replacement; one that has as much
# to write as this one is done after one time, so many times mean many users at once.
OVERTAKEN = 50


class LockedRun:
    """One run under the lock of its target: the rounds of stopping, planning and writing.

    The phone is started again whatever happens in between. ``first``: the file and the plan from
    before the lock, good if the file and the password records are still the same.
    ``force_restart``: the phone is stopped even if nothing changes.
    """

    def __init__(
        self,
        ledger: Ledger,
        planner: Planner,
        policy: Policy,
        context: RunContext,
        passwords: PasswordRecords | None,
    ) -> None:
        self.ledger, self.planner, self.policy, self.context = ledger, planner, policy, context
        self.passwords = passwords or PasswordRecords(context.folder, warn=ledger.warn)
        self.phone = OwedPhone(ledger, policy, context)
        self.first: tuple[Source, Plan] | None = None
        self.force_restart = False
        self._noted = False
        self.written: Plan | None = None

    def run(self) -> None:
        """The whole run. Raises what :func:`carry_out` says."""
        with lock.locked(self.context.folder, self.policy.lock_timeout):
            self.phone.take_over()
            try:
                self._write_in_rounds()
            except BaseException:
                failed = self.phone.start_again()
                if failed is not None:  # what went wrong first is what is raised
                    self.ledger.warn(failed.as_issue())
                raise
            failed = self.phone.start_again()
            if failed is not None:
                raise failed
            if self.ledger.phone.started and self.written is not None:
                self.passwords.look_again(self.written, lambda: load(self.ledger, self.policy))

    def _write_in_rounds(self) -> None:
        source, plan = self._plan()
        if not (plan.differs or self.force_restart):
            file.tidy(source)
            self._settle(plan)
            return
        rounds = overtaken = 0
        while rounds < ROUNDS:
            seen = self.phone.look()
            alongside = self.phone.out_of_reach or (
                seen is not None and self.policy.restart == "never"
            )
            if seen is not None and not alongside:
                self._stop(seen, source, plan)
            if seen is not None or alongside or rounds or overtaken:
                source, plan = self._plan()  # a phone that exited has rewritten the file
            if alongside:
                plan = self._what_survives(source, plan)
            try:
                self._write(source, plan)
            except WriteError as error:
                overtaken += 1
                rounds += seen is not None  # a phone writes the file when it starts
                if error.code != "changed-meanwhile" or overtaken == OVERTAKEN:
                    raise
                self.context.log("the file was changed by another program")
                continue
            if alongside or (self.phone.look() is None and not self.phone.out_of_reach):
                return
            rounds += 1
        raise PhoneError(
            f"another program keeps restarting the phone; gave up after {ROUNDS} attempts",
            hint="find out what keeps starting the phone, then run this again",
            code="phone-restarted",
        )

    def _stop(self, seen: PhoneState, source: Source, plan: Plan) -> None:
        if plan.differs:
            file.refuse_protected(source)  # before the phone is stopped for nothing
        self.phone.stop(seen)

    def _plan(self) -> tuple[Source, Plan]:
        source = load(self.ledger, self.policy)
        verdicts_hold = self.passwords.refresh()
        if self.first is not None and verdicts_hold and source.same_as(self.first[0]):
            source, plan = self.first
        else:
            plan = self.planner(source)
        self.first = None
        record(self.ledger, source, plan)
        return source, plan

    def _what_survives(self, source: Source, plan: Plan) -> Plan:
        """What a running phone will not overwrite: it keeps [Settings] in memory, no account."""
        if self.ledger.changed:
            raise PhoneError(
                "the file was written, but the phone was started in the meantime and may undo it",
                hint="run this again when the phone is not running",
                code="phone-restarted",
            )
        if not self.policy.while_running or plan.whole:
            raise _may_not_be_stopped(self.phone.out_of_reach, target_of(self.ledger))
        kept = tuple(c for c in plan.changes if c.section.lower().startswith("account"))
        surviving = plan._replace(changes=kept)
        record(self.ledger, source, surviving)
        self.ledger.warn(*_left_for_later(c for c in plan.changes if c not in kept))
        return surviving

    def _write(self, source: Source, plan: Plan) -> None:
        if plan.differs:
            before, first = self._back_up(source), not self._noted
            if first:
                self._note(before)
            try:
                self._put(source, plan)
            except BaseException:
                if first:
                    self._withdraw_note()
                raise
            self.written = plan
            self.ledger.wrote(plan.changes)
            self.context.log(f"wrote {_in_names(plan)}")
            self._note_restored(plan.restores)
            self._rotate_backups(plan.replacement)
        self._settle(plan)

    def _put(self, source: Source, plan: Plan) -> None:
        self.passwords.prepare(plan, source)
        if plan.removal:
            file.remove(source, self.ledger.warn)
        elif plan.replacement is not None:
            file.put(source, plan.replacement, self.ledger.warn)
        else:
            file.write(source, plan.render(source.text), plan.expected(), self.ledger.warn)

    def _note(self, before: str) -> None:
        """Leave a note of this run, without which it could not be undone by its id."""
        when = self.context.now().astimezone(UTC).isoformat()
        note = run_notes.RunNote(self.context.run, when, self.ledger.command, before)
        run_notes.begin(self.context.folder, note)
        self._noted = True

    def _withdraw_note(self) -> None:
        self._noted = False
        with suppress(MicrosipConfigError):
            run_notes.withdraw(self.context.folder, self.context.run)

    def _note_restored(self, state: str) -> None:
        if state:
            try:
                run_notes.finish(self.context.folder, self.context.run, state)
            except WriteError as error:  # the file is as it was asked for
                self.ledger.warn(error.as_issue())

    def _back_up(self, source: Source) -> str:
        """Keep the file as it is; what a note calls that."""
        if not source.exists:
            return run_notes.NO_FILE
        kept = backups.keep(self.context.folder, source.data, self.context.now())
        self.ledger.kept(kept)
        self.context.log(f"kept backup {kept}")
        return kept

    def _rotate_backups(self, restored: bytes | None) -> None:
        """Few are kept, and the first; what was put back stays for now, so that doing it twice is
        no error."""
        spare = {self.ledger.backup or "", "" if restored is None else sha256(restored).hexdigest()}
        backups.rotate(self.context.folder, self.policy.backups, spare, spare_first=True)

    def _settle(self, plan: Plan) -> None:
        self.passwords.settle(plan, lambda: load(self.ledger, self.policy))


def _may_not_be_stopped(out_of_reach: bool, target: Target) -> PhoneError:
    if out_of_reach:
        return PhoneError(
            "a phone that reads this file is running for another user or in another session; "
            "nothing was written: that phone would overwrite the file when it exits",
            hint="run this as that user in that session, or write what the phone will not "
            "overwrite: --restart never --while-running",
            where=target.ini,
            code="other-users-phone",
        )
    return PhoneError(
        "the phone is running and may not be stopped; nothing was written",
        hint="allow --restart auto, use 'phone restart', or exit the phone first",
    )


def _left_for_later(changes: Iterable[Change]) -> Iterable[Issue]:
    for change in changes:
        yield Issue(
            "left-for-later",
            "not written: the running phone would overwrite it",
            "run this again when the phone is not running",
            f"{change.section}.{change.key}",
        )


def _in_names(plan: Plan) -> str:
    """What a plan does, without any value."""
    changes = [f"{change.action} {change.section}.{change.key}" for change in plan.changes]
    if plan.whole:
        return ", ".join(("the whole file", *changes))
    return ", ".join(changes) or "the same text in the encoding that the phone reads"
