"""What only the whole configuration shows: keys that break or disable each other.

Faults of single values are the notices of ``Key.read``; here is what a reader of one key cannot
know. Every rule is a function of ``Effective`` that yields its violations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..codes.row import Severity
from ..codes.rules import CODES
from . import lookup
from .accounts import DELETED_BY_MIGRATION
from .effective import Effective
from .settings_calls import Commands

Names = tuple[str, str]
_MENU_LIMIT = 100  # ids of the account menu, beyond them another command is triggered
_PROBES = 10_000  # keys of [Calls] that can be probed one by one without a noticeable delay


class Violation(NamedTuple):
    """A rule that is broken: an ``error`` breaks the phone, a ``warning`` disables or exposes.

    ``message`` is the effect on the phone; ``keys`` are (section, key) pairs; ``fix`` are the
    (section, key, text or None for removal) that certainly fix it, empty if none is certain.
    The severity is the register's, unless this case is an ``exception``.
    """

    code: str
    message: str
    hint: str
    keys: tuple[Names, ...]
    fix: tuple[tuple[str, str, str | None], ...] = ()
    exception: Severity | None = None

    @property
    def severity(self) -> Severity:
        return self.exception or CODES[self.code].severity


def violations(effective: Effective) -> list[Violation]:
    """Every broken rule, in a stable order."""
    return [violation for rule in RULES for violation in rule(effective)]


def _account_id(effective: Effective) -> Iterator[Violation]:
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


def _account_sections(effective: Effective) -> Iterator[Violation]:
    listed = effective.accounts()
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
        if number not in listed:
            yield Violation(
                "account-gap",
                f"[{section}] is hidden: [Account{len(listed) + 1}] is missing or does not load",
                "number the accounts from 1 without a gap",
                ((section, "domain"),),
            )
        if not (number == 1 and effective.migrates()):
            yield from _account_fields(effective, section, active=number == active)
    if len(listed) > _MENU_LIMIT:
        message = (
            f"{len(listed)} accounts: choosing one above {_MENU_LIMIT} triggers another command"
        )
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


def _local_account(effective: Effective) -> Iterator[Violation]:
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


def _name_servers(effective: Effective) -> Iterator[Violation]:
    if effective.value("Settings", "dnsSrv") and not effective.value("Settings", "dnsSrvNs"):
        yield Violation(
            "dns-srv-without-servers",
            "dnsSrv has no effect while dnsSrvNs is empty",
            "set dnsSrvNs to the addresses of name servers",
            (("Settings", "dnsSrv"), ("Settings", "dnsSrvNs")),
        )


def _stun(effective: Effective) -> Iterator[Violation]:
    enabled = effective.value("Settings", "enableSTUN")
    servers = effective.value("Settings", "STUN")
    keys = (("Settings", "enableSTUN"), ("Settings", "STUN"))
    if enabled and not servers:
        message = "enableSTUN has no effect while STUN is empty"
        yield Violation("stun-without-servers", message, "set STUN to host:port", keys)
    if servers and not enabled:
        message = "the servers in STUN are not used while enableSTUN is off"
        yield Violation("stun-not-enabled", message, "set enableSTUN = yes", keys)
    if not (enabled and servers):
        return
    for number in effective.account_numbers():
        section = f"Account{number}"
        if effective.value(section, "publicAddr"):
            yield Violation(
                "stun-hides-public-address",
                f"publicAddr of [{section}] is ignored while STUN is in use",
                "clear publicAddr, or set enableSTUN = no",
                ((section, "publicAddr"), *keys),
            )


def _ports(effective: Effective) -> Iterator[Violation]:
    low = effective.value("Settings", "rtpPortMin")
    high = effective.value("Settings", "rtpPortMax")
    keys = (("Settings", "rtpPortMin"), ("Settings", "rtpPortMax"))
    if low > 0 and 0 < high <= low:
        message = f"rtpPortMax {high} is not above rtpPortMin {low}: the upper limit is ignored"
        hint = f"set rtpPortMax above {low}"
        yield Violation("rtp-range-empty", message, hint, keys)
    if low <= 0 < high:
        message = "rtpPortMax is set without rtpPortMin: media ports are not limited to a range"
        yield Violation("rtp-range-without-start", message, "set rtpPortMin as well", keys)


def _port_knocker(effective: Effective) -> Iterator[Violation]:
    host = effective.value("Settings", "portKnockerHost")
    ports = effective.value("Settings", "portKnockerPorts")
    keys = (("Settings", "portKnockerHost"), ("Settings", "portKnockerPorts"))
    if host and not ports:
        message = "portKnockerHost has no effect while portKnockerPorts is empty"
        yield Violation("port-knocker-without-ports", message, "set portKnockerPorts", keys)
    active = effective.active_account()
    home = "Settings" if effective.migrates() else f"Account{max(active, 0)}"
    if ports and not host and not effective.value(home, "server"):
        message = (
            "portKnockerPorts has no effect: portKnockerHost and the account's server are empty"
        )
        yield Violation("port-knocker-without-host", message, "set portKnockerHost", keys)


def _directory(effective: Effective) -> Iterator[Violation]:
    url = effective.value("Settings", "usersDirectory")
    fields = [name for name in ("{password}", "{md5_password}") if name in url]
    if url.count("%s") > 1:
        fields.append("%s")
    if not fields:
        return
    keys = (("Settings", "usersDirectory"),)
    if url.lower().startswith("http://"):
        message = f"the password is sent unencrypted to the directory ({', '.join(fields)})"
        yield Violation("directory-password-in-clear", message, "use https", keys)
    else:
        message = (
            "the password is sent to the directory, whose certificate the phone does not check"
        )
        hint = "use placeholders that are not secret"
        yield Violation("directory-password-unverified", message, hint, keys)


def _codecs(effective: Effective) -> Iterator[Violation]:
    raw = effective.raw("Settings", "audioCodecs") or ""
    if effective.value("Settings", "opusStereo") and "opus/48000/2" not in raw.split(" "):
        yield Violation(
            "opus-stereo-without-opus",
            "opusStereo has no effect: audioCodecs does not contain exactly opus/48000/2",
            "add opus to audioCodecs",
            (("Settings", "opusStereo"), ("Settings", "audioCodecs")),
        )


def _forwarding(effective: Effective) -> Iterator[Violation]:
    mode = effective.value("Settings", "forwarding")
    if mode and not effective.value("Settings", "forwardingNumber"):
        yield Violation(
            "forwarding-without-number",
            f"forwarding = {mode} has no effect while forwardingNumber is empty",
            "set forwardingNumber",
            (("Settings", "forwarding"), ("Settings", "forwardingNumber")),
        )


def _armed_buttons(effective: Effective) -> Iterator[Violation]:
    for code, button, mode, effect in (
        ("armed-button-aa", "AA", "autoAnswer", "answers"),
        ("armed-button-dnd", "DND", "denyIncoming", "rejects"),
    ):
        if effective.value("Settings", button) and effective.raw("Settings", mode) is None:
            yield Violation(
                code,
                f"{mode} is absent, which means button, and {button} is on: "
                f"the phone {effect} every call",
                f"set {mode}, or {button} = no",
                (("Settings", button), ("Settings", mode)),
            )


def _deny_by_domain(effective: Effective) -> Iterator[Violation]:
    mode = effective.value("Settings", "denyIncoming")
    if mode in {"domain", "remotedomain"} and effective.active_account() == 0:
        yield Violation(
            "deny-without-account",
            f"denyIncoming = {mode} rejects nothing while no account is active",
            "set accountId to an account",
            (("Settings", "denyIncoming"), ("Settings", "accountId")),
        )


def _feature_codes(effective: Effective) -> Iterator[Violation]:
    for suffix in ("CP", "BT", "AT"):
        switch, code = f"enableFeatureCode{suffix}", f"featureCode{suffix}"
        if effective.value("Settings", switch) and not effective.value("Settings", code):
            yield Violation(
                "feature-code-empty",
                f"{switch} is on, but {code} is empty",
                f"set {code}, or {switch} = no",
                (("Settings", switch), ("Settings", code)),
            )


def _hidden_phone(effective: Effective) -> Iterator[Violation]:
    hidden = effective.value("Settings", "minimized")
    if hidden and not effective.value("Settings", "bringToFrontOnIncoming"):
        yield Violation(
            "hidden-phone",
            "the phone starts in the tray and stays hidden when a call comes in",
            "set bringToFrontOnIncoming = yes, or minimized = no",
            (("Settings", "minimized"), ("Settings", "bringToFrontOnIncoming")),
        )


def _call_history(effective: Effective) -> Iterator[Violation]:
    last = effective.value("Settings", "callsLastKey")
    if last >= _PROBES:
        yield Violation(
            "calls-last-key-huge",
            f"callsLastKey is {last}: the phone hangs at its start, looking for that many calls",
            "set callsLastKey to the number of the newest line in [Calls], at most 999",
            (("Settings", "callsLastKey"),),
        )


def _commands(effective: Effective) -> Iterator[Violation]:
    for name in Commands.keys:
        if not effective.value("Settings", name):
            continue
        message = f"{name} runs a program and can block the phone for up to 10 s"
        if name == "cmdIncomingCall":
            message += "; any caller decides what its argument is"
        hint = "make sure that this program is meant to run here"
        yield Violation("command-present", message, hint, (("Settings", name),))


def _list_gaps(effective: Effective) -> Iterator[Violation]:
    for section in ("Shortcuts", "Dialed"):
        names = {name for name in effective.names(section) if lookup(section, name)}
        numbers = sorted(int(name) for name in names if effective.raw(section, name))
        reachable = sum(1 for position, number in enumerate(numbers) if position == number)
        hidden = numbers[reachable:]
        if hidden:
            yield Violation(
                "list-gap",
                f"[{section}] ends for the phone at {reachable}, which is missing or empty; "
                "what follows is not shown",
                "number the entries from 0 without a gap",
                tuple((section, str(number)) for number in hidden),
            )


RULES: tuple[Callable[[Effective], Iterator[Violation]], ...] = (
    _account_id,
    _account_sections,
    _local_account,
    _name_servers,
    _stun,
    _ports,
    _port_knocker,
    _directory,
    _codecs,
    _forwarding,
    _armed_buttons,
    _deny_by_domain,
    _feature_codes,
    _hidden_phone,
    _call_history,
    _commands,
    _list_gaps,
)
