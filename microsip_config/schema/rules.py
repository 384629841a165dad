"""What only the whole configuration shows: keys that break or disable each other.

Faults of single values are the notices of ``Key.read``; here is what a reader of one key cannot
know. Every rule is a function of ``Effective`` that yields its violations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import account_rules, lookup
from .effective import Effective
from .settings import Settings
from .settings_calls import Commands
from .violation import Violation

_PROBES = 10_000  # keys of [Calls] that can be probed one by one without a noticeable delay


def violations(effective: Effective) -> list[Violation]:
    """Every broken rule, in a stable order."""
    return [violation for rule in RULES for violation in rule(effective)]


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
    if last >= _PROBES and Settings.keys["callsLastKey"].read_by(effective.phone):
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


def _shortcuts(effective: Effective) -> Iterator[Violation]:
    first = effective.raw("Shortcuts", "0")
    if first and not effective.value("Settings", "enableShortcuts"):
        yield Violation(
            "shortcuts-not-enabled",
            "the buttons in [Shortcuts] are not shown while enableShortcuts is off",
            "set enableShortcuts = yes",
            (("Shortcuts", "0"), ("Settings", "enableShortcuts")),
        )


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
    account_rules.account_id,
    account_rules.account_sections,
    account_rules.local_account,
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
    _shortcuts,
    _list_gaps,
)
