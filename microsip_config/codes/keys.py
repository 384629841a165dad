"""Codes about single keys as ``check`` finds them: names, values, and the forms of values."""

from __future__ import annotations

from .files import AS_ABSENT
from .row import Code

NAMES: dict[str, Code] = {
    "misspelt-section": Code(
        "warning",
        "the section's name is nearly that of one that MicroSIP reads",
        AS_ABSENT,
        "correct the name",
    ),
    "unread-section": Code("info", "MicroSIP does not read this section", "it is left alone"),
    "misspelt-key": Code(
        "warning",
        "the key's name is nearly that of one that MicroSIP reads",
        AS_ABSENT,
        "correct the name",
    ),
    "wrong-section": Code(
        "warning",
        "MicroSIP reads this key in another section",
        AS_ABSENT,
        "move it to its section",
    ),
    "retired-key": Code("info", "current versions of MicroSIP do not read this key", AS_ABSENT),
    "phones-own-key": Code(
        "info",
        "a key that the phone writes for itself",
        "nobody else needs it",
    ),
    "vendor-key": Code(
        "info",
        "a key of a vendor's build, beside MicroSIP's own",
        "MicroSIP does not read it and leaves it alone",
    ),
    "key-too-new": Code(
        "info",
        "this phone is too old for the key",
        "it has no effect until the phone is updated; a change of it says so",
    ),
    "unknown-key": Code(
        "info",
        "MicroSIP does not read a key or section of this name",
        "in a file it is left alone; templates and changes must not name it",
        "'microsip-config explain' lists every key",
    ),
}

VALUES: dict[str, Code] = {
    "cut": Code(
        "error",
        "the value is too long",
        "MicroSIP reads the beginning only, and saves that back",
        "shorten it",
    ),
    "empty-not-default": Code(
        "warning",
        "the key is present but empty",
        "for this key empty is not the same as absent",
        "remove the key, or write a value",
    ),
    "not-a-switch": Code(
        "error", "a word where MicroSIP expects 1 or 0", "words are misread", "write 1 or 0"
    ),
    "not-a-number": Code(
        "warning",
        "not a whole number",
        "MicroSIP reads the digits at its beginning, or 0",
        "write a whole number",
    ),
    "clamped": Code(
        "warning",
        "a number that MicroSIP does not accept",
        "it uses another one",
        "write the number that it uses",
    ),
    "outside-range": Code(
        "warning",
        "a number outside its range",
        "MicroSIP does not check it; a command that would write it refuses it",
        "write a number in the range",
    ),
    "wrong-case": Code(
        "error",
        "the right word in the wrong letter case",
        "MicroSIP takes it as something else",
        "write it in the right case",
    ),
    "retired-word": Code(
        "error",
        "a word of older versions",
        "current versions take it as something else",
        "write today's word",
    ),
    "unknown-word": Code(
        "warning",
        "a word that MicroSIP does not know",
        "MicroSIP takes it as something else",
        "write one of the words that 'explain' lists for the key",
    ),
    "version-dependent": Code(
        "warning",
        "versions of MicroSIP take this value differently",
        "what it does depends on the phone, whose version is not known",
        "name the version with --phone-version, or write a value that all of them take alike",
    ),
    "word-as-meant": Code(
        "info",
        "a word that MicroSIP does not know, but takes as it is meant",
        "nothing else happens",
    ),
    "codec-ignored": Code(
        "error",
        "text in the codec list that is not a codec id",
        "MicroSIP ignores it",
        "write ids separated by spaces, such as opus/48000/2 PCMA/8000/1",
    ),
    "codec-unknown": Code(
        "warning",
        "a codec that MicroSIP does not list",
        "most builds ignore it",
        "check its spelling",
    ),
    "codec-twice": Code(
        "warning", "a codec is listed twice", "the last one counts", "list it once"
    ),
    "no-codec": Code(
        "error", "no known codec in the list", "calls fail", "list at least one codec"
    ),
    "empty-entry": Code(
        "warning", "an empty line in a numbered list", "the list ends here", "remove the line"
    ),
    "incomplete-shortcut": Code(
        "warning",
        "a shortcut without label or number",
        "the Shortcuts dialog drops it",
        "complete it, or remove the line",
    ),
    "paid-shortcut": Code(
        "warning",
        "a shortcut of a type that the free version lacks",
        "it only shows a message",
        "use another type",
    ),
}

FORMS: dict[str, Code] = {
    "malformed": Code(
        "warning",
        "not in the form that MicroSIP expects",
        "it will not work",
        "'explain KEY' shows the form",
    ),
    "scheme": Code(
        "error",
        "an address with sip: or the like in front",
        "MicroSIP adds sip: again, and the address is invalid",
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
        "error",
        "too many items in a list",
        "the phone's list overflows, or it ignores the rest",
        "name fewer",
    ),
    "too-many-placeholders": Code(
        "error",
        "four or more %s in the directory's address",
        "the result is undefined; the phone may crash",
        "%s stands for user name, password and server, in this order",
    ),
    "percent": Code(
        "warning", "a '%' other than %s", "it does not reach the server", "write '*' for '%'"
    ),
    "unknown-placeholder": Code(
        "warning",
        "a placeholder that MicroSIP does not know",
        "it is sent as it is",
        "use one that 'explain KEY' lists",
    ),
    "odd-character": Code(
        "warning",
        "a character that does not belong there",
        "it looks like another one, or cannot be seen, and is taken for what it is",
        "write it with the keyboard",
    ),
    "left-over-quote": Code(
        "warning",
        "a quote or backslash that a shell left over",
        "it is taken as part of the value",
        "leave it out",
    ),
    "unfilled-placeholder": Code(
        "warning",
        "a placeholder that nobody filled in",
        "it is taken literally",
        "write the text itself, or {{ env.NAME }} in a template",
    ),
    "wrong-code-page": Code(
        "warning",
        "letters that were read in the wrong code page",
        "they are shown as they are",
        "write them anew",
    ),
    "parameter-cut": Code(
        "info",
        "a parameter that newer versions of MicroSIP cut",
        "from 3.22.16 on the account's own transport counts",
        "set the key transport",
    ),
    "foreign-notation": Code(
        "warning",
        "a dial plan in the notation of another system",
        "it matches nothing that can be dialled, and where nothing matches, the number is refused",
        "x is any one digit, [2-9] one of a class, x. any number of them",
    ),
    "not-expanded": Code(
        "warning",
        "a %VARIABLE% that MicroSIP does not expand here",
        "it is taken literally",
        "write the whole path",
    ),
    "unquoted-path": Code(
        "error",
        "a program's path with a space, without quotes around the path alone",
        "Windows removes quotes around the whole value: the command silently fails",
        "put quotes around the path, and another pair around the whole value",
    ),
    "bad-alternative": Code(
        "warning",
        "an alternative of the dial plan is broken",
        "the phone silently skips it; where no other matches, the number is refused",
        "correct the alternative",
    ),
    "unescaped": Code(
        "warning",
        "a '+' or '*' in the dial plan that repeats instead of standing for itself",
        "it repeats what precedes it; numbers with a real one are refused",
        "put a backslash before it where the character is meant",
    ),
}
"""What a grammar of the schema finds: its message names the fault, the row here the effect."""
