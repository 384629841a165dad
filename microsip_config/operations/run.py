"""The one protocol by which a file is changed.

Plan; if something must change: lock, stop the phone, read again, plan again on what the phone
just wrote, back up, write, verify, start the phone as it was. ``apply``, ``set``, ``unset``,
``repair`` and ``restore`` differ only in the planner they bring.

MicroSIP rewrites ``[Settings]`` from memory when it exits, so nothing is written while it runs. It
may be started by somebody at any moment, and this process may be killed at any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import StartsLater
from ..ini import file
from ..records.pending import Pending
from .context import NO_EXE, Planner, Policy, RunContext, restart_pending
from .target_file import load, record

if TYPE_CHECKING:
    from ..phone import Phone
    from ..planning.plan import Plan
    from ..records.passwords import PasswordRecords
    from .ledger import Ledger


def preview(ledger: Ledger, planner: Planner, policy: Policy) -> Plan:
    """What :func:`carry_out` would do now. Changes nothing; the ledger's answer is the plan."""
    source = load(ledger, policy)
    plan = planner(source)
    record(ledger, source, plan, differs=plan.differs)
    return plan


def carry_out(
    ledger: Ledger,
    planner: Planner,
    policy: Policy,
    context: RunContext,
    passwords: PasswordRecords | None = None,
) -> None:
    """Bring the target of ``ledger`` to what ``planner`` wants.

    :param planner: called with the file as it is; again after the phone has rewritten it.
    :param passwords: the records by which ``planner`` judges; they are kept up to date.
    :raises PhoneError: the phone is running and may not or did not stop; nothing was written,
        unless the message says that it was. With ``restart="always"`` also when it cannot be
        started.
    :raises WriteError: the file could not be written; it is as it was.
    """
    source = load(ledger, policy)
    plan = planner(source)
    pending = Pending(context.folder.pending)
    if not plan.differs and pending.read() is None:
        ledger.warn(*pending.warnings)
        record(ledger, source, plan)
        file.tidy(source)
        if passwords is not None:
            passwords.learn(plan, source, lambda: load(ledger, policy))
        if policy.restart == "always":
            _ensure_running(ledger, context.phone)
        return
    from .locked_run import LockedRun

    run = LockedRun(ledger, planner, policy, context, passwords)
    run.first = (source, plan)
    run.run()


def restart(
    ledger: Ledger,
    planner: Planner,
    policy: Policy,
    context: RunContext,
    passwords: PasswordRecords | None = None,
    *,
    minimized: bool | None = None,
) -> None:
    """As :func:`carry_out`, but the phone is stopped in any case and runs at the end.

    ``policy.restart`` does not count. ``minimized``: whether it is started hidden; None: as it was.
    """
    from .locked_run import LockedRun

    run = LockedRun(ledger, planner, policy._replace(restart="always"), context, passwords)
    run.force_restart = True
    run.phone.hide = minimized
    run.run()


def _ensure_running(ledger: Ledger, phone: Phone | None) -> None:
    if phone is None:
        ledger.warn(NO_EXE)
        return
    state = phone.status()
    ledger.phone_seen(state.running)
    if state.running:
        return
    try:
        ledger.phone_sent(phone.start(minimized=False))
    except StartsLater as error:
        if not state.out_of_reach:  # else its own user has started it
            ledger.warn(restart_pending(error))
    else:
        ledger.phone_started()
