"""The operations on the running phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PhoneError, UsageError
from ..results import Issue
from .flags import DocumentedFlags, send

if TYPE_CHECKING:
    from ..phone import Phone
    from .job_run import JobRun


def status(run: JobRun) -> None:
    """Say whether the phone is running and in a call."""
    state = run.phone().status()
    run.ledger.answer(state.as_json())
    run.ledger.phone_seen(state.running)


def start(run: JobRun) -> None:
    """Start the phone, unless it is running. Documented flags are stored first, as by set."""
    from ..operations.edits import edits

    flags = DocumentedFlags(run, store=False)
    phone = run.phone()
    if run.options.get("dialect") == "documented":
        _send_documented(run, phone, flags.given)
        return
    flags.prepare(phone)
    if flags.edits:
        configured = run.configurator(phone, run.policy(restart="never"))
        configured.apply(flags.on_top_of(edits([])), ledger=run.ledger)
    state = phone.status()
    run.ledger.phone_seen(state.running)
    if not state.running:
        minimized = bool(run.options.get("minimized") or flags.minimized)
        run.ledger.phone_sent(phone.start(minimized))
        run.ledger.phone_started()
        run.ledger.acted()
    flags.act()


def stop(run: JobRun) -> None:
    """Stop the phone. It is asked to exit by its own /exit; waits until its process is gone."""
    policy = run.policy()
    done = run.phone().stop(policy.stop_timeout, policy.kill, policy.even_in_call)
    run.ledger.phone_seen(done.was_running)
    for line in done.command_lines:
        run.ledger.phone_sent(line)
    if done.was_running:
        run.ledger.phone_stopped(done.seconds)
        run.ledger.acted()
        run.forget_pending()


def restart(run: JobRun) -> None:
    """Stop the phone and start it again, hidden if it was. Documented flags are stored between."""
    from ..operations.edits import edits

    flags = DocumentedFlags(run, store=False)
    phone = run.phone()
    flags.prepare(phone)
    run.configurator(phone).restart(
        flags.on_top_of(edits([])) if flags.edits else None,
        minimized=True if run.options.get("minimized") else flags.minimized,
        ledger=run.ledger,
    )
    run.ledger.acted()
    flags.act()


def dial(run: JobRun) -> None:
    """Dial a number; the phone is started if it is not running."""
    from ..phone import grammar
    from ..phone.documented import number_cleaned

    number, account = run.options["number"], run.options.get("account")
    grammar.dialling(number, account=account, version=grammar.NEWEST)  # mistakes come first
    run.ledger.warn(*number_cleaned(number, grammar.number(number)))
    phone = run.phone()
    sequence = grammar.dialling(number, account=account, version=_version(run))
    if account is not None:
        _check_account(run, account)
    for invocation in sequence:
        send(run, phone, invocation, start=True)
        run.ledger.acted()


def answer(run: JobRun) -> None:
    """Answer the ringing call."""
    _send(run, "answer")


def hangup(run: JobRun) -> None:
    """End calls. all: every call but ringing ones; incoming: the ringing ones; calling: those
    being dialled."""
    which = run.options.get("which") or "all"
    _send(run, "hangup" if which == "all" else f"hangup-{which}")


def dtmf(run: JobRun) -> None:
    """Send DTMF digits into the active call."""
    _send(run, "dtmf", run.options["digits"])


def transfer(run: JobRun) -> None:
    """Transfer the active call."""
    from ..phone import grammar
    from ..phone.documented import number_cleaned

    number = run.options["number"]
    run.ledger.warn(*number_cleaned(number, grammar.number(number)))
    _send(run, "transfer", number)


def account(run: JobRun) -> None:
    """Switch to another account; the phone saves that."""
    number = run.options["account"]
    _check_account(run, number)
    _send(run, "account", str(number))


def _send(run: JobRun, action: str, argument: str | None = None) -> None:
    from ..phone import grammar
    from ..phone.control import not_running

    grammar.build(action, argument)  # a wrong argument comes before what the phone knows
    phone = run.phone()
    if not phone.status().running:
        raise not_running(phone.exe)
    send(run, phone, grammar.build(action, argument, _version(run)), start=False)
    run.ledger.acted()


def _send_documented(run: JobRun, phone: Phone, flags: dict[str, str]) -> None:
    from ..phone import documented

    if phone.status().running:
        raise PhoneError(
            "the phone is already running", hint="stop it first", code="already-running"
        )
    if not documented.takes_documented_flags(phone.exe):
        run.ledger.warn(
            Issue(
                "stock-phone",
                "this is a stock MicroSIP: it would dial these flags",
                "leave --dialect out",
            )
        )
    send(run, phone, documented.render(flags), start=True)
    run.ledger.acted()


def _version(run: JobRun) -> str | None:
    """The phone's version, by all means as it is given; None if it is not known: what it does not
    know, it would dial."""
    given: str | None = run.options.get("phone_version")
    return given or run.version().text or None


def _check_account(run: JobRun, number: int) -> None:
    """An account that does not load makes the phone drop the whole text silently."""
    from ..schema.effective import Effective

    numbers = Effective(run.configurator().load().profile).accounts()
    if number not in numbers:
        known = ", ".join(map(str, numbers)) or "none"
        raise UsageError(f"there is no account {number} that loads", hint=f"there are: {known}")
