"""The one protocol by which a file is changed.

Plan; if something must change: lock, stop the phone, read again, plan again on what the phone
just wrote, back up, write, verify, start the phone as it was. ``apply``, ``set``, ``unset``,
``repair`` and ``restore`` differ only in the planner they bring.

MicroSIP rewrites ``[Settings]`` from memory when it ends, so nothing is written while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..ini import file as store
from ..results import Issue, Result, Target

if TYPE_CHECKING:
    from datetime import datetime

    from ..ini.file import Source
    from ..phone import Phone
    from ..planning.make import Plan
    from ..records.passwords import PasswordRecords
    from ..records.pending import Pending

Restart = Literal["auto", "always", "never"]
Planner = Callable[["Source"], "Plan"]

NO_EXE = Issue(
    "no-exe",
    "the phone is not started: its executable is not known",
    "name it with --exe PATH",
)


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


class RunContext(NamedTuple):
    """The surroundings of a run, handed in by the caller.

    ``folder`` is our own data folder for the target, made when it is needed; ``phone`` the phone
    that reads the target, None where there is none to look for. ``phone_of`` gives the phone of
    an executable that a cut run has stopped, None if there is none to be started.
    """

    folder: Path
    now: Callable[[], datetime]
    phone: Phone | None = None
    log: Callable[[str], None] = lambda _: None
    phone_of: Callable[[str], Phone | None] = lambda _: None


def preview(result: Result, planner: Planner, policy: Policy) -> Plan:
    """What :func:`carry_out` would do now. Changes nothing; ``result.differs`` tells."""
    source = load(target_of(result), policy)
    plan = planner(source)
    report(result, source, plan, result.warnings)
    result.differs = plan.differs
    return plan


def carry_out(
    result: Result,
    planner: Planner,
    policy: Policy,
    desk: RunContext,
    memory: PasswordRecords | None = None,
) -> None:
    """Bring the target of ``result`` to what ``planner`` wants; fill ``result``.

    :param planner: called with the file as it is; again after the phone has rewritten it.
    :param memory: the record of passwords by which ``planner`` judges; it is kept up to date.
    :raises PhoneError: the phone runs and may not or did not stop; nothing was written, unless
        the message says that it was. With ``restart="always"`` also when it cannot be started.
    :raises WriteError: the file could not be written; it is as it was.
    """
    source = load(target_of(result), policy)
    plan = planner(source)
    note = note_of(desk)
    if not plan.differs and note.read() is None:
        report(result, source, plan, [*result.warnings, *note.warnings])
        if memory is not None:
            memory.learn(plan, source, lambda: load(target_of(result), policy))
        if policy.restart == "always":
            _ensure_running(result, desk.phone)
        return
    _in_session(result, planner, policy, desk, memory, first=(source, plan))


def restart(
    result: Result,
    planner: Planner,
    policy: Policy,
    desk: RunContext,
    memory: PasswordRecords | None = None,
    minimized: bool | None = None,
) -> None:
    """As :func:`carry_out`, but the phone is stopped in any case and runs at the end.

    ``policy.restart`` does not count. ``minimized``: whether it is started hidden; None: as it was.
    """
    policy = policy._replace(restart="always")
    _in_session(result, planner, policy, desk, memory, force_restart=True, hide=minimized)


def _in_session(
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
    from ..records.lock import locked
    from .session import Session

    with locked(desk.folder, policy.lock_timeout):
        session = Session(
            result,
            planner,
            policy,
            desk,
            memory,
            first=first,
            force_restart=force_restart,
            hide=hide,
        )
        session.run()


def target_of(result: Result) -> Target:
    if result.target is None:
        raise AssertionError("a target is found before it is read")
    return result.target


def load(target: Target, policy: Policy) -> Source:
    """Read the target as ``policy`` says; the errors are those of ``store.load``."""
    return store.load(
        Path(target.ini),
        policy.ansi_codepage,
        create=policy.create,
        follow_links=policy.follow_links,
        undecodable=policy.undecodable,
    )


def report(result: Result, source: Source, plan: Plan, also: Sequence[Issue]) -> None:
    """``also``: the warnings that the plan does not know."""
    result.changes = list(plan.changes)
    result.warnings = [*also, *source.faults, *plan.warnings]
    if plan.rewrite:
        result.warnings.append(
            Issue("rewritten", plan.rewrite, "the file is written anew as UTF-16LE with BOM")
        )


def misread(source: Source) -> list[Issue]:
    """The warnings about a file that is only looked at: the phone reads something else in it."""
    found = [*source.faults]
    if source.needs_rewrite:
        hint = "these are the values that the file means; 'repair' makes the phone read them"
        found.append(Issue("misread", source.needs_rewrite, hint, str(source.path)))
    return found


def note_of(desk: RunContext) -> Pending:
    """The note of a run that was cut after it had stopped the phone."""
    from ..records.pending import Pending

    return Pending(desk.folder / "pending.json")


def _ensure_running(result: Result, phone: Phone | None) -> None:
    if phone is None:
        result.warnings.append(NO_EXE)
        return
    state = phone.status()
    result.phone.was_running = state.running
    if not state.running:
        result.phone.command_lines.append(phone.start(minimized=False))
        result.phone.started = True
