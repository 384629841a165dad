"""Every code that a health check can give, with its meaning, effect and fix in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Code(NamedTuple):
    """A row of the register.

    ``error``: the phone does something else than the file says, or fails; ``warning``: likely so;
    ``info``: in order, but worth knowing. ``effect`` and ``fix`` are used where the check that
    found it has nothing better to say.
    """

    severity: Severity
    meaning: str
    effect: str
    fix: str = ""


_REWRITE = "write the file anew as UTF-16LE with a byte-order mark"
_AS_ABSENT = "MicroSIP never sees it and uses what it would without this line"

_FILE: dict[str, Code] = {
    "missing-file": Code(
        "info",
        "there is no such file",
        "the phone makes one at its first start and, if installed, adds itself to the autostart",
        "apply a template with --create",
    ),
    "empty-file": Code(
        "info",
        "the file is empty",
        "the phone takes its next start for the first one and, if installed, adds itself to the "
        "autostart",
        "apply a template",
    ),
    "utf-8-bom": Code(
        "error",
        "the file begins with a UTF-8 byte-order mark",
        "MicroSIP does not find the first section if it begins in the first line, and reads "
        "letters beyond ASCII wrongly",
        _REWRITE,
    ),
    "utf-8": Code(
        "error",
        "the file is UTF-8 without a byte-order mark",
        "MicroSIP takes it for the ANSI code page: letters beyond ASCII become other ones",
        _REWRITE,
    ),
    "utf-16-be": Code(
        "error",
        "the file is UTF-16BE",
        "MicroSIP cuts it at the first NUL and fills the rest with garbage",
        _REWRITE,
    ),
    "utf-16-no-bom": Code(
        "error",
        "the file is UTF-16 without a byte-order mark",
        "MicroSIP cuts it at the first NUL and fills the rest with garbage",
        _REWRITE,
    ),
    "doubled-bom": Code(
        "error",
        "the file begins with two byte-order marks",
        "the second one hides the first section from MicroSIP if that begins in the first line",
        _REWRITE,
    ),
    "ansi": Code(
        "info",
        "the file is in an ANSI code page",
        "MicroSIP converts it at its next start, by the code page of the machine it runs on",
        _REWRITE,
    ),
    "ansi-multibyte": Code(
        "warning",
        "the file is in a multi-byte ANSI code page",
        "MicroSIP's conversion at its next start leaves garbage at the end of the file",
        _REWRITE,
    ),
    "odd-length": Code(
        "warning",
        "the file ends in half a character",
        "Windows ignores that byte; what follows it in a later write may be shifted",
        _REWRITE,
    ),
    "nul": Code(
        "error",
        "the line holds a NUL character",
        "Windows cuts the line there",
        "look at the line: it may be the garbage of a failed conversion; restore a backup",
    ),
    "control-character": Code(
        "warning",
        "the line holds a control character or a byte-order mark",
        "it becomes part of the name or value, or ends it, and no editor shows it",
        "write the line anew",
    ),
    "unclosed-section": Code(
        "warning",
        "the section header has no ']'",
        "Windows takes it for the section; other programs, Wine among them, do not",
        "add the ']'",
    ),
    "text-before-section": Code(
        "warning",
        "the line stands before the first section",
        _AS_ABSENT,
        "move it below its [section]",
    ),
    "line-without-equals": Code(
        "warning",
        "the line has no '='",
        _AS_ABSENT,
        "write key=value; if it is a remark, begin it with ';'",
    ),
    "duplicate-key": Code(
        "warning",
        "the key stands there twice",
        "only the first one is read",
        "remove the one that is not meant",
    ),
    "duplicate-section": Code(
        "error",
        "the section stands there twice",
        "only the first one is read; all keys of the second are as if absent",
        "move the keys to the first one",
    ),
    "value-wraps": Code(
        "error",
        "the value is longer than 65535 characters",
        "Windows returns its length modulo 65536, so the phone sees a short beginning or nothing",
        "shorten it",
    ),
    "value-trimmed": Code(
        "info",
        "the value has blanks or quotes at its ends",
        "Windows removes outer blanks and one outer pair of quotes",
        "if they belong to the value, put it in (another pair of) double quotes",
    ),
    "password-trimmed": Code(
        "warning",
        "the password has blanks or quotes at its ends",
        "Windows removes them: the phone registers without them",
        "if they belong to the password, put it in (another pair of) double quotes",
    ),
}

_NAMES: dict[str, Code] = {
    "misspelt-section": Code(
        "warning", "the section's name is nearly that of one that MicroSIP reads", _AS_ABSENT
    ),
    "unread-section": Code("info", "MicroSIP does not read this section", "it is left alone"),
    "misspelt-key": Code(
        "warning", "the key's name is nearly that of one that MicroSIP reads", _AS_ABSENT
    ),
    "wrong-section": Code(
        "warning",
        "MicroSIP reads this key in another section",
        _AS_ABSENT,
        "move it to its section",
    ),
    "retired-key": Code("info", "MicroSIP of today does not read this key any more", _AS_ABSENT),
    "unknown-key": Code("info", "MicroSIP does not read this key", "it is left alone"),
}

_VALUES: dict[str, Code] = {
    "cut": Code("error", "the value is too long", "it is cut", "shorten it"),
    "empty-not-default": Code(
        "warning",
        "present but empty",
        "empty is not the same as absent",
        "remove the key, or write 1 or 0",
    ),
    "not-a-switch": Code(
        "error", "a word where MicroSIP expects 1 or 0", "words are misread", "write 1 or 0"
    ),
    "not-a-number": Code(
        "warning", "not a whole number", "MicroSIP reads it otherwise", "write a whole number"
    ),
    "clamped": Code("warning", "a number that MicroSIP does not take", "it takes another one"),
    "outside-range": Code("warning", "a number outside its range", "it is taken as it is"),
    "wrong-case": Code(
        "error", "the right word in the wrong letter case", "it is taken for something else"
    ),
    "retired-word": Code("error", "a word of older versions", "3.22.3 takes it for something else"),
    "unknown-word": Code(
        "warning", "a word that MicroSIP does not know", "it is taken for something else"
    ),
    "codec-ignored": Code(
        "error",
        "text in the codec list that is no codec id",
        "MicroSIP ignores it",
        "write ids with blanks between them, such as opus/48000/2 PCMA/8000/1",
    ),
    "codec-unknown": Code("warning", "a codec that MicroSIP does not name", "it is ignored"),
    "codec-twice": Code(
        "warning", "a codec is listed twice", "the last one counts", "list it once"
    ),
    "no-codec": Code("error", "no known codec in the list", "calls fail", "list at least one"),
    "empty-entry": Code(
        "warning", "an empty line in a numbered list", "the list ends here", "remove the line"
    ),
    "incomplete-shortcut": Code(
        "warning", "a shortcut without label or number", "the Shortcuts dialog drops it"
    ),
    "paid-shortcut": Code(
        "warning", "a shortcut of a type that the free version lacks", "it only shows a message"
    ),
}

# Values that a grammar of the schema refuses: the grammar tells the fault, this row the effect.
_FORMS: dict[str, Code] = {
    "malformed": Code("warning", "not of the form that MicroSIP expects", "it will not work"),
    "scheme": Code(
        "error",
        "an address with sip: or the like in front",
        "MicroSIP prepends sip: again, and the address is invalid",
        "leave it out",
    ),
    "bad-port": Code("warning", "not a port", "it is skipped", "a number from 1 to 65535"),
    "double-quote": Code(
        "error",
        "a double quote in the caller name",
        "the SIP identity is invalid and the account is not added",
        "leave the quotes out",
    ),
    "too-many": Code(
        "error", "too many items", "the phone's list overflows or it ignores the rest", "name fewer"
    ),
    "too-many-placeholders": Code(
        "error",
        "four or more %s in the directory's address",
        "the result is undefined, the phone may crash",
        "%s stands for user name, password and server, in this order",
    ),
    "percent": Code(
        "warning", "a '%' other than %s", "it does not reach the server", "write '*' for '%'"
    ),
    "unknown-placeholder": Code(
        "warning", "a placeholder that MicroSIP does not know", "it is sent as it stands"
    ),
    "not-expanded": Code(
        "warning",
        "a %VARIABLE% that MicroSIP does not expand here",
        "it is taken compare_plain_text",
    ),
    "unquoted-path": Code(
        "error",
        "a program's path with a blank, without quotes around the path alone",
        "Windows removes quotes around the whole value: the command is not found, without a word",
        "put quotes around the path, and another pair around the whole value",
    ),
    "bad-alternative": Code(
        "warning",
        "an alternative of the dial plan is broken",
        "the phone skips it without a word; where no other fits, the number is refused",
    ),
    "unescaped": Code(
        "warning",
        "a '+' or '*' in the dial plan that is no literal one",
        "it repeats what stands before it; numbers with a real one are refused",
        "put a backslash before it where the character is meant",
    ),
}

_SETTINGS: dict[str, Code] = {
    "plain-password": Code(
        "info",
        "the password stands in the file as plain text",
        "the phone encrypts it when it loads the account",
    ),
    "password-too-long": Code(
        "error",
        "the password is longer than 256 characters",
        "it works once; its encrypted form is cut at the next start",
        "use a shorter one",
    ),
    "password-ambiguous": Code(
        "info",
        "the plain password is 15, 16, 31, 32 ... characters long",
        "with a very small chance the phone takes it for an encrypted one and destroys it",
        "if it fails to register, use one of another length",
    ),
    "directory-user-in-clear": Code(
        "info",
        "the directory's address sends the user name over http",
        "it crosses the network in the clear at every fetch",
        "use https, or leave the placeholder out",
    ),
    "command-for-any-caller": Code(
        "warning",
        "every incoming INVITE runs a program",
        "its last argument is what the caller sent, unauthenticated, before any reject rule; "
        "the phone waits up to 10 s for it",
        "make sure that the program treats it as hostile, or remove the key",
    ),
    "command-leaks-password": Code(
        "warning",
        "a command gets the password as an argument",
        "other programs of the machine see it in the process list",
        "leave {password} out",
    ),
    "starts-hidden": Code(
        "info",
        "minimized is on",
        "the phone starts without a window; without a tray it cannot be seen at all",
    ),
    "log-file": Code(
        "info",
        "enableLog is on",
        "if the log file cannot be created, the phone does not start up and shows a box instead; "
        "the log holds every SIP message",
    ),
    "fixed-port": Code(
        "info",
        "sourcePort is fixed",
        "if the port is in use the phone takes a random one without a word",
    ),
    "machine-specific": Code(
        "info",
        "the file names devices or folders of this machine",
        "on another machine they point nowhere",
        "leave them out of a file that roams",
    ),
    "second-call-blocked": Code(
        "warning",
        "single call mode, and something that needs two calls",
        "in single call mode a second outgoing call is blocked without a word",
        "set singleMode = no, or do without conference and attended transfer",
    ),
}

# The rules of schema.rules. What they find, they tell in words of their own.
_RULE_ROWS: tuple[tuple[str, Severity, str], ...] = (
    ("account-id-missing", "error", "there are accounts, but no accountId"),
    ("account-id-negative", "error", "accountId is negative"),
    ("account-id-dangling", "error", "accountId names an account that does not load"),
    ("account-id-zero", "warning", "accountId is 0 without the local account"),
    ("legacy-account", "warning", "the account stands in [Settings], as in old versions"),
    ("legacy-keys-deleted", "warning", "the next start deletes keys from [Settings]"),
    ("account-gap", "error", "an account behind a gap in the numbers"),
    ("account-without-domain", "error", "an account without domain"),
    ("account-without-username", "error", "an account without user name"),
    ("account-without-server", "warning", "an account without server"),
    ("too-many-accounts", "warning", "more accounts than the menu can address"),
    ("local-account-open", "warning", "the local account takes calls from anybody"),
    ("dns-srv-without-servers", "warning", "dnsSrv without name servers"),
    ("stun-without-servers", "warning", "enableSTUN without a server"),
    ("stun-not-enabled", "warning", "STUN servers that are not used"),
    ("stun-hides-public-address", "warning", "STUN and a public address"),
    ("rtp-range-empty", "error", "an empty range of media ports"),
    ("rtp-range-without-start", "warning", "a range of media ports without a start"),
    ("port-knocker-without-ports", "warning", "a host to knock at without ports"),
    ("port-knocker-without-host", "warning", "ports to knock at without a host"),
    ("directory-password-in-clear", "error", "the password goes to a directory over http"),
    ("directory-password-unverified", "warning", "the password goes to a directory"),
    ("opus-stereo-without-opus", "warning", "opusStereo without the opus codec"),
    ("forwarding-without-number", "warning", "forwarding without a number"),
    ("armed-button-aa", "warning", "no autoAnswer, and the AA button is on"),
    ("armed-button-dnd", "warning", "no denyIncoming, and the DND button is on"),
    ("deny-without-account", "warning", "a reject rule that needs an account"),
    ("feature-code-empty", "warning", "a feature code that is on and empty"),
    ("hidden-phone", "warning", "the phone is hidden and stays so"),
    ("calls-last-key-huge", "error", "callsLastKey is far too large"),
    ("command-present", "info", "the phone runs a program"),
    ("list-gap", "warning", "a numbered list with a gap"),
)
_RULES = {code: Code(severity, meaning, "") for code, severity, meaning in _RULE_ROWS}

CODES: Mapping[str, Code] = MappingProxyType(
    {**_FILE, **_NAMES, **_VALUES, **_FORMS, **_SETTINGS, **_RULES}
)
"""Every code by its name."""

TOLD_BY_GRAMMAR = frozenset(_FORMS)
"""Codes whose notice in the schema says what is wrong with the value, not what the phone does."""
