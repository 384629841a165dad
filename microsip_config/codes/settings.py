"""Codes about settings that are valid one by one and still matter."""

from __future__ import annotations

from .row import Code

CODES: dict[str, Code] = {
    "plain-password": Code(
        "info",
        "the password is in the file as plain text",
        "the phone encrypts it when it loads the account",
    ),
    "old-password-form": Code(
        "error",
        "the password is stored in the binary form of versions up to 3.21.3",
        "newer versions take it for the password itself, and the phone does not register",
        "enter the password anew, and remove passwordSize",
    ),
    "password-too-long": Code(
        "error",
        "the password is longer than 256 characters",
        "it works once; its encrypted form is truncated at the next start",
        "use a shorter one",
    ),
    "password-ambiguous": Code(
        "info",
        "the plain password is 15, 16, 31, 32 ... characters long",
        "with a very small chance the phone mistakes it for an encrypted one and destroys it",
        "if it fails to register, use a password of another length",
    ),
    "directory-user-in-clear": Code(
        "info",
        "the directory's address sends the user name over http",
        "it crosses the network unencrypted at every fetch",
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
        "other programs on the machine see it in the process list",
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
        "if the log file cannot be created, the phone shows an error box instead of starting; "
        "the log contains every SIP message",
    ),
    "fixed-port": Code(
        "info",
        "sourcePort is fixed",
        "if the port is in use, the phone silently takes a random one",
    ),
    "machine-specific": Code(
        "info",
        "the file names devices or folders of this machine",
        "on another machine they do not exist",
        "leave them out of a file that roams",
    ),
    "second-call-blocked": Code(
        "warning",
        "single call mode, and something that needs two calls",
        "in single call mode a second outgoing call is silently blocked",
        "set singleMode = no, or do without conference and attended transfer",
    ),
}
