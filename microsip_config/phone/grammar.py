"""MicroSIP's real command-line grammar, and the builder of what may be sent to the phone.

For MicroSIP the text after the program name is one string. It knows a handful of switches, most
of them only if the *whole* string is the switch; **everything else is dialled**, and if it contains
a space, the text after the space is sent to that number as a SIP message. So one invocation is one
switch in its exact spelling, without quotes, spaces or a second argument, and what is not in
:data:`SWITCHES` cannot be sent. Facts: the sources of MicroSIP 3.14.0 to 3.22.3.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from ..errors import InputError, UsageError, ValueRefused
from ..schema import versions

Match = Literal["whole", "prefix", "anywhere", "verb", "rest"]
Idle = Literal["nothing", "starts", "starts hidden", "destroys"]

OLDEST, NEWEST = versions.OLDEST, versions.NEWEST
LONGEST = 255  # UTF-16 units of a number that MicroSIP reads back from [Dialed]


class Switch(NamedTuple):
    """One thing MicroSIP understands on its command line.

    ``match`` says how MicroSIP compares: ``whole`` string, ``prefix``, ``anywhere`` in it, a
    ``verb`` after ``msip:``, or the ``rest`` that nothing else matched (a number). ``since`` is
    the first version known to have it, ``until`` the last ("" = it still does). ``running`` and
    ``idle`` say what it does with and without a running phone; an ``action`` of "" marks what is
    never built.
    """

    action: str
    text: str
    match: Match
    argument: str
    since: str
    until: str
    running: str
    idle: Idle


SWITCHES: tuple[Switch, ...] = (
    Switch("show", "", "whole", "", "3.14.0", "", "brings the window to the front", "starts"),
    Switch("minimized", "/minimized", "whole", "", "3.14.0", "", "nothing", "starts hidden"),
    Switch(
        "exit", "/exit", "whole", "", "3.14.0", "", "exits the phone, ending its calls", "nothing"
    ),
    Switch("answer", "/answer", "whole", "", "3.19.17", "", "answers the call", "nothing"),
    Switch(
        "hangup",
        "/hangupall",
        "whole",
        "",
        "3.14.0",
        "",
        "ends all calls but ringing ones",
        "nothing",
    ),
    Switch(
        "hangup-incoming",
        "/hangupincoming",
        "whole",
        "",
        "3.21.6",
        "",
        "rejects ringing calls",
        "starts",
    ),
    Switch(
        "hangup-calling",
        "/hangupcalling",
        "whole",
        "",
        "3.20.5",
        "",
        "ends calls being dialled",
        "starts",
    ),
    Switch("dtmf", "/dtmf:", "prefix", "tones", "3.19.27", "", "sends tones", "starts"),
    Switch(
        "transfer",
        "/transfer:",
        "prefix",
        "number",
        "3.19.27",
        "",
        "transfers the call",
        "starts",
    ),
    Switch(
        "account",
        "/account:",
        "anywhere",
        "account",
        "3.20.5",
        "",
        "switches to the account, saves that and brings the window to the front",
        "starts",
    ),
    Switch("hold", "msip:hold", "verb", "", "3.19.17", "", "holds or resumes the call", "starts"),
    Switch("mute", "msip:micmute", "verb", "", "3.21.6", "", "microphone off", "starts"),
    Switch("unmute", "msip:micunmute", "verb", "", "3.21.6", "", "microphone on", "starts"),
    Switch("dial", "", "rest", "number", "3.14.0", "", "dials it", "starts"),
    # Listed so that nothing else is mistaken for them; never built.
    Switch("", "/reset", "whole", "", "3.20.5", "", "deletes the user's data", "destroys"),
    Switch("", "/resetnoask", "whole", "", "3.21.6", "", "deletes the user's data", "destroys"),
    Switch("", "/hidden", "whole", "", "3.14.0", "3.21.6", "dialled since 3.22.3", "starts hidden"),
    Switch("", "/password:", "prefix", "secret", "3.20.5", "", "shows in process lists", "starts"),
)

_BY_ACTION = {switch.action: switch for switch in SWITCHES if switch.action}
ACTIONS: tuple[str, ...] = tuple(_BY_ACTION)

# MicroSIP removes one of these, in any case, before it dials; the last two since 3.21.6.
_SCHEMES = ("sip", "tel", "callto", "dialpad", "dial")
# Patterns are compiled when first used: this module is read at every start of the command.
_NAME = r"(?:[0-9A-Za-z+*#_]|%2B)(?:[0-9A-Za-z+*#_.!~()&=$-]|%(?!20)[0-9A-Fa-f]{2})*"
_WRITTEN_NUMBER = r"[(]?[0-9+*#][0-9*#. ()/-]*[0-9*#]"
_CLEANED_FROM = 4  # characters
_HOST = r"(?:[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?|\[[0-9A-Fa-f:.]+\])"
_PARAMETER = r";[0-9A-Za-z_.!~*()+-]+(?:=[0-9A-Za-z_.!~*()+-]+)?"
_ADDRESS = rf"(?:{_NAME})(?:@{_HOST}(?::[0-9]{{1,5}})?(?:{_PARAMETER})*)?"
_DIRECT = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+:[0-9]{1,5}"
_TONES = r"[0-9*#A-D]+"
_ONE_WORD = r'[^\s"\x00-\x20\x7f-\x9f]*'


class Invocation(NamedTuple):
    """One start of ``MicroSIP.exe``: ``arguments`` are what follows the program name.

    ``idle`` says what it does if no phone is running ("starts": it starts one). An invocation that
    :func:`build` made has at most one argument, without spaces and quotes.
    """

    action: str
    arguments: tuple[str, ...]
    idle: Idle
    since: str

    @property
    def tail(self) -> str:
        """The text after the program name, as Windows hands it to the phone."""
        return " ".join(_quoted(argument) for argument in self.arguments)

    def command_line(self, exe: str) -> str:
        """The Windows command line: the program in quotes, the switch bare, no space after it."""
        if '"' in exe:
            raise ValueRefused("a program path cannot contain quotes", where=exe)
        return f'"{exe}" {self.tail}' if self.arguments else f'"{exe}"'


def build(action: str, argument: str | None = None, version: str | None = NEWEST) -> Invocation:
    """The one invocation that does ``action`` (see :data:`ACTIONS`), with its ``argument``.

    ``version`` is the phone's ("3.22.3"); ``None`` means unknown and counts as the oldest.
    Raises ``UsageError`` for an unknown action or a missing or needless argument, ``ValueRefused``
    for an argument that MicroSIP would take for something else, and ``InputError`` if this version
    does not know the switch and would dial it.
    """
    switch = _BY_ACTION.get(action)
    if switch is None:
        raise UsageError(
            f"MicroSIP has no switch for {action!r}; it would dial the text",
            hint="one of: " + ", ".join(ACTIONS),
        )
    _check_version(switch, version)
    if not switch.argument:
        if argument is not None:
            raise UsageError(f"{action} takes no argument", hint="MicroSIP would dial it")
        return _invocation(switch, switch.text)
    if argument is None:
        raise UsageError(f"{action} needs an argument: {switch.argument}")
    check = {"number": number, "tones": tones, "account": account}[switch.argument]
    return _invocation(switch, switch.text + check(argument))


def dialling(target: str, *, account: int | None, version: str | None) -> tuple[Invocation, ...]:
    """The invocations that dial ``target``, through ``account`` if one is given.

    Two of them, because the phone takes one switch at a time. It silently drops ``/account:N`` if
    account N does not load, so check that before using this.
    """
    call = build("dial", target, version)
    if account is None:
        return (call,)
    return (build("account", str(account), version), call)


def cleaned(text: str) -> str:
    """``text`` without what MicroSIP takes out of a telephone number that it dials, such as
    ``+43 664 / 123-456``: blanks and . - ( ) / where nothing but digits is around them.

    It does so from four characters on. Any other text is returned as it is.
    """
    bare = _without_scheme(text)
    if len(bare) < _CLEANED_FROM or not re.fullmatch(_WRITTEN_NUMBER, bare, re.ASCII):
        return text
    return re.sub(r"[ .()/-]", "", bare)


def number(text: str) -> str:
    """A number or SIP address in the form that MicroSIP dials completely; else ``ValueRefused``.

    Blanks and slashes in a number are taken out (see :func:`cleaned`). A leading
    ``sip:``, ``tel:``, ``callto:``, ``dial:`` or ``dialpad:`` is dropped, as MicroSIP does itself
    (older versions do not know the last two). At most 255 UTF-16 units.
    """
    if " " in text or "/" in text or text[:1] == "(":  # MicroSIP cleans everything else itself
        text = cleaned(text)
    _refuse_unspeakable(text, "number")
    if len(text) > LONGEST:
        raise ValueRefused(f"a number of {len(text)} characters: MicroSIP keeps {LONGEST}")
    rest = _without_scheme(text)
    shown = repr(text)
    if re.fullmatch(_ADDRESS, rest, re.ASCII) or re.fullmatch(_DIRECT, rest, re.ASCII):
        return rest
    if rest.startswith(("/", "-")):
        reason = "looks like a switch, and MicroSIP would dial it"
    elif "/" in rest:
        reason = "contains a '/', which MicroSIP may take for a switch"
    elif "%20" in rest:
        reason = "contains %20, which becomes a space: the rest would be sent as a message"
    elif ":" in rest:
        # the message does not repeat it: sip:name:password@host
        shown, reason = (
            "the number",
            "starts with a scheme that MicroSIP keeps, or contains a password",
        )
    else:
        reason = "is not a telephone number or SIP address"
    raise ValueRefused(
        f"{shown} {reason}", hint="such as 101, +493012345 or sip:101@sip.example.com"
    )


def tones(text: str) -> str:
    """DTMF digits (0-9 * # A-D) in capital letters; anything else is ``ValueRefused``."""
    _refuse_unspeakable(text, "DTMF")
    capitals = text.upper()
    if not re.fullmatch(_TONES, capitals, re.ASCII) or len(text) > LONGEST:
        raise ValueRefused(f"{text!r} is not a sequence of DTMF digits", hint="0-9, *, # and A-D")
    return capitals


def account(text: str) -> str:
    """An account number from 1 to 2147483647 without leading zeros; else ``ValueRefused``."""
    if re.fullmatch(r"[1-9][0-9]{0,9}", text, re.ASCII) and int(text) <= 0x7FFFFFFF:
        return text
    raise ValueRefused(
        f"{text!r} is not an account number",
        hint="1 for [Account1]; no switch selects no account at all",
    )


def _invocation(switch: Switch, tail: str) -> Invocation:
    if not re.fullmatch(_ONE_WORD, tail):  # the last line of defence: a space or quote is dialled
        raise ValueRefused("more than one word for MicroSIP's command line", where=switch.action)
    return Invocation(switch.action, (tail,) if tail else (), switch.idle, switch.since)


def _check_version(switch: Switch, version: str | None) -> None:
    known = versions.number_of(version) if version else ()
    if (known or versions.number_of(OLDEST)) >= versions.number_of(switch.since):
        return
    whose = f"MicroSIP {version} does" if known else "the version is not known, and old ones do"
    raise InputError(
        f"{whose} not know {switch.text or switch.action}: it would be dialled",
        hint=f"{switch.since} added it; if the phone is that new, say so with --phone-version",
        code="switch-too-new",
    )


def _refuse_unspeakable(text: str, what: str) -> None:
    if not text:
        raise ValueRefused(f"an empty {what}")
    if re.fullmatch(_ONE_WORD, text):
        return
    tight = re.sub(r'[\s"\x00-\x20\x7f-\x9f]', "", text)
    raise ValueRefused(
        f"{text!r} contains a space, a quote or a control character: MicroSIP would send what "
        "follows as a message, or dial it",
        hint=f"write {tight!r}" if tight else "",
    )


def _without_scheme(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() in _SCHEMES:
        return rest
    return text


def _quoted(argument: str) -> str:
    if argument and re.fullmatch(_ONE_WORD, argument):
        return argument
    from subprocess import list2cmdline  # only vendor dialects contain spaces

    return list2cmdline([argument])
