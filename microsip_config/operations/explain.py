"""Help while writing templates: what a key is, what it takes, what a finding means."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..codes.register import CODES
from ..errors import UnknownKey
from ..schema import RETIRED, SECTIONS, Key, account_number, find_key, section_kind
from ..schema.kinds import one_of
from ..text import similar

_FIRST_OF_TYPE: dict[str, str] = {
    "codecs": "opus, G722, PCMA",
    "command": r'"C:\Program Files\Example\log.exe" {number}',
    "secret": "{{ secret.sip }}",
}
# What cannot be made up from the facts of a key.
_EXAMPLES = {
    "ringingSound": "office.wav",
    "recordingPath": r"D:\Recordings",
    "audioRingDevice": "Speakers (USB Audio)",
    "audioOutputDevice": "Headset (USB Audio)",
    "audioInputDevice": "Headset (USB Audio)",
    "videoCaptureDevice": "USB Camera",
    "dnsSrvNs": "192.0.2.53; 192.0.2.54",
    "STUN": "stun.example.com:3478",
    "autoAnswerNumber": "1??;0049*",
    "forwardingNumber": "102",
    "featureCodeCP": "*8",
    "featureCodeBT": "*1",
    "featureCodeAT": "*3",
    "accountId": "1",
    "autoAnswerDelay": "3",
    "forwardingDelay": "20",
    "maxConcurrentCalls": "2",
    "sourcePort": "5062",
    "rtpPortMin": "10000",
    "rtpPortMax": "20000",
    "volumeRing": "80",
    "volumeOutput": "80",
    "volumeInput": "80",
    "checkUpdatesTime": "1700000000",
    "registerRefresh": "120",
    "keepAlive": "30",
    "usersDirectory": "https://example.com/phones.json",
    "userAgent": "Example Phone",
    "portKnockerHost": "knock.example.com",
    "portKnockerPorts": "7000,8000,9000",
    "label": "Head office",
    "server": "sip.example.com",
    "proxy": "proxy.example.com:5060",
    "domain": "sip.example.com",
    "username": "101",
    "authID": "auth101",
    "displayName": "Ada Example",
    "dialingPrefix": "0",
    "dialPlan": r"1xx|<0:0049>x.|\+x.",
    "voicemailNumber": "*97",
    "publicAddr": "192.0.2.10",
    "lastCallNumber": "100",
    "version": "3.22.3",
    "0..7": "Reception;100;call;;1",
    "0..9": "100",
    "0..999": "100;Reception;0;1700000000;12;",
    "0..n": "100;Reception;1;0",
}


class KeyFacts(NamedTuple):
    """Everything about one key, ready for JSON.

    ``default`` is the value while the key is absent; where there is none, ``absent`` says what that
    means. ``reads`` is how the phone takes what is written, ``empty`` what present but empty means.
    """

    section: str
    key: str
    kind: str
    doc: str
    expects: str
    reads: str
    default: Any
    absent: str
    empty: str
    choices: dict[str, str]
    minimum: int | None
    maximum: int | None
    unit: str
    limit: int
    quoted: bool
    group: str
    volatile: bool
    since: str
    until: str
    history: str
    example: str


class CodeFacts(NamedTuple):
    """What a finding of ``check`` means."""

    code: str
    severity: str
    meaning: str
    effect: str
    fix: str


Facts = KeyFacts | CodeFacts


def overview() -> list[KeyFacts]:
    """Every key that a supported phone reads, section by section."""
    return [key_facts(key) for keys in SECTIONS.values() for key in keys.values()]


def codes() -> list[CodeFacts]:
    """Every code that ``check`` can give."""
    return [CodeFacts(name, *code) for name, code in CODES.items()]


def explain(name: str) -> list[Facts]:
    """What is known under ``name``: a key, ``Section.key``, a section, or a code of ``check``.

    Letter case does not matter here. A key name that several sections have gives several facts.

    :raises UnknownKey: nothing is; the hint has the likely name.
    """
    found = [
        key_facts(key)
        for keys in SECTIONS.values()
        for key in keys.values()
        if key.name.lower() == name.lower()
    ]
    section, dot, key = name.partition(".")
    if dot and not found:
        return [_of_section(section, key, name)]
    if name.lower() in CODES:
        return [CodeFacts(name.lower(), *CODES[name.lower()])]
    kind = _kind(name)
    if kind is not None:
        return [key_facts(one) for one in SECTIONS[kind].values()]
    if found:
        return list(found)
    raise UnknownKey(f"there is neither a key nor a code '{name}'", hint=_hint(name))


def _kind(section: str) -> str | None:
    return "Account" if section.lower() in {"account", "accountn"} else section_kind(section)


def _of_section(section: str, key: str, name: str) -> KeyFacts:
    kind = _kind(section)
    keys = SECTIONS.get(kind or "", {})
    spelling = {known.lower(): known for known in keys}
    if key.lower() in spelling and ".." in key:  # a numbered list, as it is listed
        return key_facts(keys[spelling[key.lower()]])
    number = account_number(section)
    owner = section if kind is None or number is not None else kind
    return key_facts(find_key(owner, spelling.get(key.lower(), key), name))


def _hint(name: str) -> str:
    for (section, key), instead in RETIRED.items():
        if key.lower() == name.lower():
            return f"[{'AccountN' if section == 'Account' else section}] {key}: {instead}"
    near = similar(name, [*(key for keys in SECTIONS.values() for key in keys), *CODES])
    if near:
        return f"did you mean {one_of(near)}?"
    return "without a name, every key is listed"


def key_facts(key: Key) -> KeyFacts:
    """The facts of ``key`` with an example of a good value."""
    return KeyFacts(
        section="AccountN" if key.section == "Account" else key.section,
        key=key.name,
        kind=key.kind,
        doc=key.doc,
        expects=key.expects,
        reads=key.reads,
        default=key.plain(key.default),
        absent=key.absent,
        empty=key.when_empty,
        choices=dict(key.choices),
        minimum=key.minimum,
        maximum=key.maximum,
        unit=key.unit,
        limit=key.limit,
        quoted=key.quoted,
        group=key.group,
        volatile=key.volatile,
        since=key.since,
        until=key.until,
        history=key.history,
        example=example(key),
    )


def example(key: Key) -> str:
    """A value as a template may have it, and not the default."""
    listed = _EXAMPLES.get(key.name) or _FIRST_OF_TYPE.get(key.kind)
    if listed:
        return listed
    if key.kind == "bool":
        return "no" if key.default else "yes"
    if key.choices:
        return next((word for word in key.choices if word and word != str(key.default)), "")
    return str(min(100, key.maximum or 100)) if key.kind == "int" else ""
