"""Codes about what the administrator gives: options, templates, changes, variables, secrets."""

from __future__ import annotations

from .row import Code

_NOTHING = "nothing was done"
_REFUSED = "nothing was written"

CODES: dict[str, Code] = {
    "usage": Code(
        "error",
        "options or arguments that are unknown or do not go together",
        _NOTHING,
        "see --help of the verb",
    ),
    "bad-input": Code(
        "error",
        "a template, change, variable or file that cannot be used",
        _REFUSED,
        "do what the hint says",
    ),
    "bad-template": Code(
        "error",
        "a template that cannot be found, read, parsed or rendered",
        _REFUSED,
        "'template validate' lists all faults of a template",
    ),
    "bad-variable": Code(
        "error",
        "a variable that is missing or not of the right kind",
        _REFUSED,
        "give it with --var or --vars",
    ),
    "bad-secret": Code(
        "error",
        "a secret that cannot be read from its source",
        _REFUSED,
        "check what --secret names",
    ),
    "secret-file-open": Code(
        "error",
        "other users can read the secret file",
        _REFUSED,
        "restrict its permissions, name who may read it with --trust-readers (on Windows), or "
        "accept it with --allow-open-secrets",
    ),
    "no-keyring": Code(
        "error",
        "the package 'keyring' is not installed",
        "secrets cannot be read from a keyring; " + _REFUSED,
        "add 'keyring' to the Python that runs microsip-config; the hint has the command",
    ),
    "password-visible": Code(
        "warning",
        "a password on the command line",
        "other users of the machine can see it in the process list",
        "use --secret with a template: env:, file:, keyring:, stdin or prompt",
    ),
    "literal-secret": Code(
        "warning",
        "a template contains a password",
        "everyone who can read the template can read it",
        "write {{ secret.NAME }} and give it with --secret NAME=SOURCE",
    ),
    "volatile-key": Code(
        "warning",
        "a template sets a key that the phone writes while in use",
        "each apply sets it back",
        "'?=' sets it only where it is absent",
    ),
    "runs-program": Code(
        "warning",
        "a template sets a key that runs a program on the user's system",
        "apply refuses it without --allow-commands",
        "make sure that it is meant, and give --allow-commands",
    ),
    "old-key": Code(
        "warning",
        "a template sets a key that only older versions of MicroSIP read",
        "current versions ignore it",
        "leave it out, unless old phones are in use",
    ),
    "undeclared-variable": Code(
        "warning",
        "a template uses a variable that its 'requires' does not name",
        "where it is missing, that is noticed only when the value is rendered",
        "add it to 'requires'",
    ),
    "unused-variable": Code(
        "warning",
        "a variable that is asked for or given, but not used",
        "it has no effect",
        "correct its name, or leave it out",
    ),
    "unknown-codec": Code(
        "error",
        "the name of a codec that MicroSIP does not list",
        _REFUSED,
        "'explain audioCodecs' shows what it takes",
    ),
    "ambiguous-codec": Code(
        "error",
        "the name fits several codecs",
        _REFUSED,
        "write the ids you want, in order, such as speex/16000",
    ),
    "bad-value": Code(
        "error",
        "a value that MicroSIP would ignore, clamp, truncate or misread",
        _REFUSED,
        "write what the hint says; 'explain KEY' shows what the key takes",
    ),
    "too-long": Code(
        "error",
        "the value is longer than what MicroSIP reads of this key",
        _REFUSED,
        "shorten it",
    ),
    "unsafe-character": Code(
        "error",
        "the value contains a control character or line end",
        _REFUSED + ": it would end the line or be lost",
        "remove the character",
    ),
    "key-not-read": Code(
        "warning",
        "a change of a key that this version of the phone does not read",
        "it is written, and has no effect",
        "leave it out, or update the phone",
    ),
    "value-too-new": Code(
        "error",
        "the phone is too old for this value",
        _REFUSED + ": it would take it as something else",
        "write a value that this phone knows, or update it",
    ),
    "version-unknown": Code(
        "error",
        "versions of MicroSIP take the value differently, and which one it is is not known",
        _REFUSED,
        "give --phone-version, or a value that all versions take alike",
    ),
    "command": Code(
        "error",
        "a change of a key that runs a program, without permission",
        _REFUSED,
        "give --allow-commands if the program is meant",
    ),
    "given-twice": Code(
        "error", "the same key is given twice", _REFUSED, "give each key only once"
    ),
    "phones-own": Code(
        "error",
        "a change of what the phone maintains itself: its version, its last look for updates, "
        "calls, dialled numbers or contacts",
        _REFUSED,
        "leave it out",
    ),
    "ambiguous-account": Code(
        "error",
        "several accounts have what the template identifies one by",
        _REFUSED + ": which of them is meant would be a guess",
        "identify the account by more keys, name it by its number, or remove the one too many",
    ),
    "identity-lost": Code(
        "error",
        "a template finds an account by a key and also changes that key",
        _REFUSED + ": every run would add another account",
        "leave the key out, or find the account by other keys",
    ),
    "no-such-account": Code(
        "error",
        "'activate' names an account that does not exist or has no domain",
        _REFUSED,
        "name an account that loads",
    ),
    "paid": Code(
        "error",
        "a type of shortcut that the free version lacks",
        _REFUSED + ": the button would only show a message",
        "use another type",
    ),
    "switch-too-new": Code(
        "error",
        "the phone is too old for this action, or its version is not known",
        "nothing was sent: an old phone would dial it",
        "give --phone-version if the phone is newer than it seems",
    ),
    "log-path-fixed": Code(
        "warning",
        "a path was given for MicroSIP's SIP log, which has a fixed one",
        "the log is enabled and goes to its usual file",
        "find it in %LOCALAPPDATA%\\MicroSIP or in the folder of a portable copy",
    ),
}
