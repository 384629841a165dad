"""Codes of the rules for a whole configuration (``schema.rules``), which name the case at hand.

An ``error`` of a rule that a change would newly break is refused.
"""

from __future__ import annotations

from .row import Code

CODES: dict[str, Code] = {
    "account-id-missing": Code(
        "error",
        "there are accounts, but accountId is absent",
        "no account is loaded",
        "set accountId to the number of an account",
    ),
    "account-id-negative": Code(
        "error",
        "accountId is negative",
        "no account is loaded, and the phone asks for one",
        "set accountId to the number of an account",
    ),
    "account-id-dangling": Code(
        "error",
        "accountId names an account that does not load",
        "no account is used",
        "set accountId to an account with a domain",
    ),
    "account-id-zero": Code(
        "warning",
        "accountId is 0 although the local account is off",
        "it does not last: the next start takes account 1",
        "set accountId to the number of an account",
    ),
    "legacy-account": Code(
        "warning",
        "the account is in [Settings], as in old versions",
        "the phone moves it to [Account1] at its next start, over one that is there; a change that "
        "would lose it is refused",
        "start MicroSIP once, which moves it, then run this again",
    ),
    "legacy-keys-deleted": Code(
        "warning",
        "accountId is absent and [Settings] contains keys of an old account",
        "the next start of the phone deletes them",
        "set accountId",
    ),
    "shortcuts-not-enabled": Code(
        "warning",
        "there are shortcuts, but enableShortcuts is off",
        "no button is shown",
        "set enableShortcuts = yes",
    ),
    "account-gap": Code(
        "error",
        "the numbers of the accounts have a gap",
        "the phone does not show the accounts above the gap",
        "number the accounts from 1 without a gap",
    ),
    "account-without-domain": Code(
        "error",
        "an account without domain",
        "it does not load, and the menu ends before it",
        "set its domain, or remove the section",
    ),
    "account-without-username": Code(
        "error",
        "an account without user name",
        "the account form opens instead of a registration",
        "set its username",
    ),
    "account-without-server": Code(
        "warning",
        "an account without server",
        "the phone does not register",
        "set its server, usually to the domain",
    ),
    "too-many-accounts": Code(
        "warning",
        "more accounts than the phone's menu can address",
        "choosing one above 100 triggers another command",
        "keep 100",
    ),
    "local-account-open": Code(
        "warning",
        "the local account is active",
        "anyone who can reach ports 5060 and 5061 can call",
        "set enableLocalAccount = no and accountId to an account",
    ),
    "dns-srv-without-servers": Code(
        "warning",
        "dnsSrv without name servers",
        "it has no effect",
        "set dnsSrvNs to the addresses of name servers",
    ),
    "stun-without-servers": Code(
        "warning",
        "enableSTUN without a server",
        "it has no effect",
        "set STUN to host:port",
    ),
    "stun-not-enabled": Code(
        "warning",
        "STUN servers while enableSTUN is off",
        "they are not used",
        "set enableSTUN = yes",
    ),
    "stun-hides-public-address": Code(
        "warning",
        "both STUN and publicAddr are set",
        "publicAddr is ignored",
        "clear publicAddr, or set enableSTUN = no",
    ),
    "rtp-range-empty": Code(
        "error",
        "the range of media ports is empty",
        "its upper limit is ignored",
        "set rtpPortMax above rtpPortMin",
    ),
    "rtp-range-without-start": Code(
        "warning",
        "rtpPortMax without rtpPortMin",
        "media ports are not limited to a range",
        "set rtpPortMin as well",
    ),
    "port-knocker-without-ports": Code(
        "warning",
        "portKnockerHost without ports",
        "it has no effect",
        "set portKnockerPorts",
    ),
    "port-knocker-without-host": Code(
        "warning",
        "portKnockerPorts without a host, and the account has no server",
        "it has no effect",
        "set portKnockerHost",
    ),
    "directory-password-in-clear": Code(
        "warning",
        "the password is sent to the directory over http",
        "it crosses the network unencrypted at every fetch",
        "use https",
    ),
    "directory-password-unverified": Code(
        "warning",
        "the password is sent to the directory",
        "the phone does not check the certificate of the directory",
        "use placeholders that are not secret",
    ),
    "opus-stereo-without-opus": Code(
        "warning",
        "opusStereo without the opus codec",
        "it has no effect",
        "add opus to audioCodecs",
    ),
    "forwarding-without-number": Code(
        "warning",
        "forwarding without a number",
        "it has no effect",
        "set forwardingNumber",
    ),
    "armed-button-aa": Code(
        "warning",
        "autoAnswer is absent, and the AA button is on",
        "the phone answers every call",
        "set autoAnswer, or AA = no",
    ),
    "armed-button-dnd": Code(
        "warning",
        "denyIncoming is absent, and the DND button is on",
        "the phone rejects every call",
        "set denyIncoming, or DND = no",
    ),
    "deny-without-account": Code(
        "warning",
        "a reject rule that compares with the account, while none is active",
        "it rejects nothing",
        "set accountId to an account",
    ),
    "feature-code-empty": Code(
        "warning",
        "a feature code is on, but empty",
        "the feature does not work",
        "set the code, or switch it off",
    ),
    "hidden-phone": Code(
        "warning",
        "the phone starts hidden and does not come to the front for calls",
        "its user does not see calls",
        "set bringToFrontOnIncoming = yes, or minimized = no",
    ),
    "calls-last-key-huge": Code(
        "error",
        "callsLastKey is far too large",
        "the start hangs while the phone looks for as many calls",
        "set callsLastKey to the number of the newest line in [Calls], at most 999",
    ),
    "command-present": Code(
        "info",
        "the phone runs a program at an event of a call",
        "it can block the phone for up to 10 s",
        "make sure that this program is wanted here",
    ),
    "list-gap": Code(
        "warning",
        "a numbered list has a gap",
        "the phone does not show what follows the gap",
        "number the entries from 0 without a gap",
    ),
}
