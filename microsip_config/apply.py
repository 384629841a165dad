"""The one protocol by which a file is changed.

Plan; if something must change: lock, stop the phone, read again, plan again on what the phone
just wrote, back up, write, verify, start the phone as it was. ``apply``, ``set``, ``unset``,
``repair`` and ``restore`` differ only in the planner they bring.

MicroSIP rewrites ``[Settings]`` from memory when it ends, so nothing is written while it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from .errors import MicrosipConfigError, PhoneError, WriteError
from .ini import store
from .results import Issue, Result

if TYPE_CHECKING:
    from datetime import datetime

    from .ini.store import Source
    from .phone import Phone
    from .plan import Plan
    from .state.pending import Pending

Restart = Literal["auto", "always", "never"]
Planner = Callable[["Source"], "Plan"]
Settle = Callable[["Plan", Callable[[], "Source"]], None]

# A phone that is started by somebody else between our stop and our write is stopped again, so
# often at the most: a Run key or a user's click is one event, not a stream of them.
ROUNDS = 3


class Policy(NamedTuple):
    """What may be done to the phone and the file.

    ``restart``: ``auto`` stops a running phone and starts it again; ``always`` starts it even if
    it did not run; ``never`` leaves it alone and writes nothing while it runs (exit 5).
    ``stop_timeout`` and ``lock_timeout`` are seconds. ``follow_links``: see ``store.load``.
    ``undecodable``: take a file that cannot be decoded for one without text (to replace it).
    """

    restart: Restart = "auto"
    stop_timeout: float = 20.0
    kill: bool = False
    even_in_call: bool = False
    while_running: bool = False
    ansi_codepage: str | None = None
    create: bool = False
    follow_links: bool | None = None
    undecodable: bool = False
    lock_timeout: float = 30.0
    backups: int = 20


class Desk(NamedTuple):
    """The surroundings of a run, handed in by the caller.

    ``folder`` is our own data folder for the target, made when it is needed; ``phone`` the phone
    that reads the target, None where there is none to look for.
    """

    folder: Path
    now: Callable[[], datetime]
    phone: Phone | None = None
    log: Callable[[str], None] = lambda _: None


def preview(result: Result, planner: Planner, policy: Policy) -> Plan:
    """What :func:`carry_out` would do now. Changes nothing; ``result.differs`` tells."""
    source = _load(result, policy)
    plan = planner(source)
    _report(result, source, plan)
    result.differs = plan.differs
    return plan


def carry_out(
    result: Result,
    planner: Planner,
    policy: Policy,
    desk: Desk,
    settle: Settle = lambda _plan, _load: None,
) -> None:
    """Bring the target of ``result`` to what ``planner`` wants; fill ``result``.

    :param planner: called with the file as it is; again after the phone has rewritten it.
    :param settle: called with the plan and a reader of the file as it is at the end, to keep a
        record of passwords; also when nothing had to change.
    :raises PhoneError: the phone runs and may not or did not stop; nothing was written.
    :raises WriteError: the file could not be written; it is as it was.
    """
    source = _load(result, policy)
    plan = planner(source)
    if not plan.differs and _note(desk).read() is None:
        _report(result, source, plan)
        settle(plan, lambda: source)
        if policy.restart == "always" and desk.phone is not None:
            _ensure_running(result, desk.phone)
        return
    from .ini.lock import locked
    from .state.files import private_folder

    with locked(private_folder(desk.folder), policy.lock_timeout):
        _Session(result, planner, policy, desk, settle).run()


def _load(result: Result, policy: Policy) -> Source:
    if result.target is None:
        raise AssertionError("a target is found before it is read")
    return store.load(
        Path(result.target.ini),
        policy.ansi_codepage,
        create=policy.create,
        follow_links=policy.follow_links,
        undecodable=policy.undecodable,
    )


def _report(result: Result, source: Source, plan: Plan) -> None:
    result.changes = list(plan.changes)
    result.warnings = [*source.faults, *plan.warnings]
    if plan.rewrite:
        result.warnings.append(
            Issue("rewritten", plan.rewrite, "the file is written anew as UTF-16LE with BOM")
        )


def _in_names(plan: Plan) -> str:
    """What a plan does, without any value."""
    changes = [f"{change.action} {change.section}.{change.key}" for change in plan.changes]
    if plan.replacement is not None:
        return ", ".join(("the whole file", *changes))
    return ", ".join(changes) or "the same text in the encoding that the phone reads"


def _note(desk: Desk) -> Pending:
    """The note of a run that was cut after it had stopped the phone."""
    from .state.pending import Pending

    return Pending(desk.folder / "pending.json")


def _ensure_running(result: Result, phone: Phone) -> None:
    state = phone.status()
    result.phone.was_running = state.running
    if not state.running:
        result.phone.command_lines.append(phone.start(minimized=False))
        result.phone.started = True


class _Session:
    """One run under the lock. The phone is started again whatever happens in between."""

    def __init__(
        self, result: Result, planner: Planner, policy: Policy, desk: Desk, settle: Settle
    ) -> None:
        self.result, self.planner, self.policy, self.desk = result, planner, policy, desk
        self.settle = settle
        self.start_hidden: bool | None = None  # None: not to be started

    def run(self) -> None:
        note = _note(self.desk)
        left_stopped = note.read()
        self.result.warnings += note.warnings
        if left_stopped is not None:
            self.start_hidden = left_stopped.was_hidden
            self.desk.log("an earlier run was cut after it had stopped the phone")
        try:
            self._write_in_rounds()
        finally:
            self._start_again()

    def _write_in_rounds(self) -> None:
        source, plan = self._planned()
        came_up = False  # a phone was started under our write: its memory may be the old one
        for _ in range(ROUNDS):
            if not (plan.differs or came_up):
                break
            if self._phone_runs():
                if self.policy.restart == "never":
                    plan = self._only_what_survives(plan)
                    self._write(source, plan)
                    break
                self._stop()
                source, plan = self._planned()  # the phone has just rewritten the file
            try:
                self._write(source, plan)
            except WriteError as error:
                if error.code != "changed-meanwhile":
                    raise
                source, plan = self._planned()
                continue
            came_up = self._phone_runs()
            if not came_up:
                break
            source, plan = self._planned()
        else:
            raise PhoneError(
                f"something starts the phone or writes the file again and again ({ROUNDS} rounds)",
                hint="find out what keeps starting the phone, then run this again",
                code="phone-restarted",
            )
        self.settle(plan, lambda: _load(self.result, self.policy))

    def _planned(self) -> tuple[Source, Plan]:
        source = _load(self.result, self.policy)
        plan = self.planner(source)
        _report(self.result, source, plan)
        return source, plan

    def _phone_runs(self) -> bool:
        if self.desk.phone is None:
            return False
        running = self.desk.phone.status().running
        self.result.phone.was_running = self.result.phone.was_running or running
        return running

    def _stop(self) -> None:
        phone, policy, report = self.desk.phone, self.policy, self.result.phone
        assert phone is not None
        note = _note(self.desk)
        note.begin(exe=phone.exe, was_hidden=bool(self.start_hidden), command=self.result.command)
        try:
            stopped = phone.stop(
                timeout=policy.stop_timeout, kill=policy.kill, even_in_call=policy.even_in_call
            )
        except MicrosipConfigError:
            if self.start_hidden is None:
                note.finish()  # it did not stop, so there is nothing to start again
            raise
        report.stopped = True
        report.command_lines += stopped.command_lines
        self.start_hidden = stopped.was_hidden
        note.begin(exe=phone.exe, was_hidden=stopped.was_hidden, command=self.result.command)
        self.desk.log("stopped the phone")

    def _only_what_survives(self, plan: Plan) -> Plan:
        """What a running phone will not overwrite: it keeps [Settings] in memory, no account."""
        kept = tuple(c for c in plan.changes if c.section.lower().startswith("account"))
        lost = [c for c in plan.changes if c not in kept]
        if not self.policy.while_running or plan.replacement is not None or not kept:
            raise PhoneError(
                "the phone is running and --restart never forbids to stop it; nothing was written",
                hint="allow --restart auto, or end the phone first",
            )
        for change in lost:
            issue = Issue(
                "left-for-later",
                "not written: the running phone would overwrite it",
                "run again when the phone is not running",
                f"{change.section}.{change.key}",
            )
            self.result.warnings.append(issue)
        self.result.changes = list(kept)
        return plan._replace(changes=kept)

    def _write(self, source: Source, plan: Plan) -> None:
        if not plan.differs:
            return
        from .ini import backups

        if source.exists:
            folder = self.desk.folder / "backups"
            self.result.backup = backups.keep(
                folder, source.data, self.desk.now(), keep=self.policy.backups
            )
            self.desk.log(f"kept backup {self.result.backup}")
        if plan.replacement is not None:
            store.put(source, plan.replacement)
        else:
            store.write(source, plan.render(source.text), expected=plan.expected())
        self.result.changed = True
        self.desk.log(f"wrote {_in_names(plan)}")

    def _start_again(self) -> None:
        phone = self.desk.phone
        wanted = self.start_hidden is not None or self.policy.restart == "always"
        if phone is None or not wanted:
            return
        report = self.result.phone
        try:
            if not phone.status().running:
                report.command_lines.append(phone.start(minimized=bool(self.start_hidden)))
                report.started = True
            _note(self.desk).finish()
            self.desk.log("started the phone")
        except MicrosipConfigError as error:
            self.result.warnings.append(
                Issue("phone-not-started", error.message, "the next run starts it", error.where)
            )
