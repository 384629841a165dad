"""The rules about accounts: which one is active, and whether they load; see ``rules``."""

from __future__ import annotations

from collections.abc import Iterator

from ..codes.row import Severity
from .accounts import DELETED_BY_MIGRATION
from .effective import Effective
from .violation import Names, Violation

_MENU_LIMIT = 100  # ids of the account menu, beyond them another command is triggered


def account_id(effective: Effective) -> Iterator[Violation]:
    keys = (("Settings", "accountId"),)
    present = [number for number in effective.account_numbers() if number > 0]
    usable = [number for number in present if effective.loads(number)]
    sole: tuple[tuple[str, str, str | None], ...] = ()
    if len(usable) == 1:
        sole = (("Settings", "accountId", str(usable[0])),)
    hint = f"set accountId = {usable[0]}" if usable else "add an account with a domain"
    number = effective.value("Settings", "accountId")
    if number is None:
        yield from _without_account_id(effective, present, sole, hint)
    elif number < 0:
        message = f"accountId is {number}: no account is loaded, the phone asks for one"
        yield Violation("account-id-negative", message, hint, keys, sole)
    elif number > 0 and not effective.loads(number):
        message = f"accountId is {number}, but [Account{number}] does not load: no account is used"
        yield Violation("account-id-dangling", message, hint, keys, sole)
    elif number == 0 and not effective.value("Settings", "enableLocalAccount"):
        message = "accountId 0 does not last: the next start selects account 1"
        yield Violation("account-id-zero", message, hint, keys)


def _without_account_id(
    effective: Effective,
    present: list[int],
    sole: tuple[tuple[str, str, str | None], ...],
    hint: str,
) -> Iterator[Violation]:
    keys: tuple[Names, ...] = (("Settings", "accountId"),)
    if effective.migrates():
        replaced = " in place of the existing one" if 1 in present else ""
        message = f"accountId is absent: the account in [Settings] becomes [Account1]{replaced}"
        hint = "move these keys to [AccountN] and set accountId"
        named = (*keys, ("Settings", "domain"))
        exception: Severity | None = "error" if 1 in present else None
        yield Violation("legacy-account", message, hint, named, exception=exception)
        return
    if present:
        message = "accountId is absent: no account is loaded although one exists"
        yield Violation("account-id-missing", message, hint, keys, sole)
    lost = [name for name in DELETED_BY_MIGRATION if effective.raw("Settings", name) is not None]
    if lost:
        message = f"accountId is absent: the phone deletes from [Settings]: {', '.join(lost)}"
        found = tuple(("Settings", name) for name in lost)
        yield Violation("legacy-keys-deleted", message, hint, (*keys, *found))


def account_sections(effective: Effective) -> Iterator[Violation]:
    listed = len(effective.accounts())  # they are 1, 2 ... up to this one
    active = effective.active_account()
    for number in effective.account_numbers():
        section = f"Account{number}"
        if number == 0 or not effective.names(section):
            continue
        if not effective.loads(number):
            yield Violation(
                "account-without-domain",
                f"[{section}] has no domain: it does not load, and the menu ends before it",
                "set its domain, or remove the section",
                ((section, "domain"),),
            )
            continue
        if number > listed:
            yield Violation(
                "account-gap",
                f"[{section}] is hidden: [Account{listed + 1}] is missing or does not load",
                "number the accounts from 1 without a gap",
                ((section, "domain"),),
            )
        if not (number == 1 and effective.migrates()):
            yield from _account_fields(effective, section, active=number == active)
    if listed > _MENU_LIMIT:
        message = f"{listed} accounts: choosing one above {_MENU_LIMIT} triggers another command"
        yield Violation("too-many-accounts", message, f"keep at most {_MENU_LIMIT}", ())


def _account_fields(effective: Effective, section: str, *, active: bool) -> Iterator[Violation]:
    if not effective.value(section, "username"):
        yield Violation(
            "account-without-username",
            f"[{section}] has no username: the account form opens instead of a registration",
            "set its username",
            ((section, "username"),),
            exception=None if active else "warning",
        )
    if not effective.value(section, "server"):
        yield Violation(
            "account-without-server",
            f"[{section}] has no server: the phone does not register",
            "set its server, usually to the domain",
            ((section, "server"),),
        )


def local_account(effective: Effective) -> Iterator[Violation]:
    enabled = effective.value("Settings", "enableLocalAccount")
    chosen = effective.value("Settings", "accountId") is not None  # empty is as good as absent
    if not enabled and not (chosen and effective.active_account() == 0):
        return
    name = "enableLocalAccount" if enabled else "accountId"
    yield Violation(
        "local-account-open",
        "the local account is active: anyone who reaches ports 5060 and 5061 can call",
        "set enableLocalAccount = no and accountId to an account",
        (("Settings", name),),
    )
