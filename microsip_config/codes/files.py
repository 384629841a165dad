"""Codes about the bytes and lines of the file, as ``check`` finds them."""

from __future__ import annotations

from .row import Code

_REWRITE = "rewrite the file as UTF-16LE with a byte-order mark"
AS_ABSENT = "MicroSIP never sees it and behaves as if the line were absent"

CODES: dict[str, Code] = {
    "appended-text": Code(
        "error",
        "text in another encoding was appended, as 'echo key=value>>' does it to a UTF-16 file",
        "MicroSIP does not read it as what it says",
        "'repair' removes it; set the key with 'set' instead",
    ),
    "missing-file": Code(
        "info",
        "there is no such file",
        "the phone creates one at its first start and, if installed, adds itself to the autostart",
        "apply a template with --create",
    ),
    "ini-read-only": Code(
        "error",
        "the file is read-only",
        "MicroSIP 3.22.4 and later does not start, an older one loses every setting silently",
        "clear the attribute (attrib -r, chmod u+w)",
    ),
    "ini-not-writable": Code(
        "error",
        "the user has no right to write the file",
        "MicroSIP 3.22.4 and later does not start, an older one loses every setting silently",
        "give the user the right to change the file",
    ),
    "folder-not-writable": Code(
        "error",
        "the user has no right to make files in the folder of the file",
        "MicroSIP cannot keep its call log and contacts there; without an ini or a call log, "
        "3.22.4 and later does not start",
        "give the user the right to change the folder, or move the phone out of Program Files",
    ),
    "empty-file": Code(
        "info",
        "the file is empty",
        "the phone treats its next start as the first one and, if installed, adds itself to the "
        "autostart",
        "apply a template",
    ),
    "utf-8-bom": Code(
        "error",
        "the file begins with a UTF-8 byte-order mark",
        "MicroSIP does not find the first section if it begins in the first line, and misreads "
        "letters beyond ASCII",
        _REWRITE,
    ),
    "utf-8": Code(
        "error",
        "the file is UTF-8 without a byte-order mark",
        "MicroSIP reads it in the ANSI code page: letters beyond ASCII become other letters",
        _REWRITE,
    ),
    "utf-16-be": Code(
        "error",
        "the file is UTF-16BE",
        "MicroSIP truncates it at the first NUL and fills the rest with garbage",
        _REWRITE,
    ),
    "utf-16-no-bom": Code(
        "error",
        "the file is UTF-16 without a byte-order mark",
        "MicroSIP truncates it at the first NUL and fills the rest with garbage",
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
        "MicroSIP converts it at its next start, using the code page of the machine it runs on",
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
        "Windows ignores that byte; whatever is appended later may be shifted by one byte",
        _REWRITE,
    ),
    "nul": Code(
        "error",
        "the line contains a NUL character",
        "Windows ends the line there",
        "look at the line: it may be the garbage of a failed conversion; restore a backup",
    ),
    "control-character": Code(
        "warning",
        "the line contains a control character or a byte-order mark",
        "it becomes part of the name or value, or ends it, and no editor shows it",
        "type the line again",
    ),
    "unclosed-section": Code(
        "warning",
        "the section header has no ']'",
        "Windows accepts it as a section; other programs, Wine among them, do not",
        "add the ']'",
    ),
    "text-before-section": Code(
        "warning",
        "the line is above the first section",
        AS_ABSENT,
        "move it below its [section]",
    ),
    "line-without-equals": Code(
        "warning",
        "the line has no '='",
        AS_ABSENT,
        "write key=value; to make it a comment, begin it with ';'",
    ),
    "duplicate-key": Code(
        "warning",
        "the key appears twice",
        "only the first one is read",
        "remove the one that is not wanted",
    ),
    "duplicate-section": Code(
        "error",
        "the section appears twice",
        "only the first one is read; all keys of the second are ignored",
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
        "the value has spaces or quotes at its ends",
        "Windows removes outer spaces and one outer pair of quotes",
        "if they belong to the value, put it in (another pair of) double quotes",
    ),
    "password-trimmed": Code(
        "warning",
        "the password has spaces or quotes at its ends",
        "Windows removes them: the phone registers without them",
        "if they belong to the password, put it in (another pair of) double quotes",
    ),
}
