"""Files with faults: what ``check`` has to say about each, and what it says after ``repair``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

BLOB = "0123456789abcdef" * 3
ACCOUNT = f"server=sip.example.com\ndomain=example.com\nusername=101\npassword={BLOB}\n"
HEALTHY = f"[Settings]\naccountId=1\n[Account1]\n{ACCOUNT}"
WITH_BUTTONS = HEALTHY.replace("accountId=1\n", "accountId=1\nenableShortcuts=1\n")

Found = tuple[str, int | None]


class Case(NamedTuple):
    """``found``: all findings, as (code, line). ``left``: the codes that a repair leaves.

    ``content`` is the text of a file as MicroSIP writes it, or the bytes of another one.
    ``read`` are keys and what they read as after the repair.
    """

    name: str
    content: str | bytes
    found: set[Found]
    left: set[str]
    read: Mapping[str, str | None] = MappingProxyType({})
    codepage: str | None = None


def setting(name: str, lines: str, *codes: str, left: set[str] | None = None, **read: str) -> Case:
    """A healthy file with ``lines`` from line 3 on; ``codes`` stand on line 3."""
    return Case(
        name,
        HEALTHY.replace("[Account1]", f"{lines}\n[Account1]"),
        {(code, 3) for code in codes},
        set(codes) if left is None else left,
        {f"Settings.{key}": text for key, text in read.items()},
    )


def account(name: str, line: str, *codes: str, left: set[str] | None = None, **read: str) -> Case:
    """A healthy file with ``line`` as the first of its account, on line 2."""
    key = line.partition("=")[0]
    kept = "".join(f"{kept}\n" for kept in ACCOUNT.split() if not kept.startswith(f"{key}="))
    return Case(
        name,
        f"[Account1]\n{line}\n{kept}[Settings]\naccountId=1\n",
        {(code, 2) for code in codes},
        set(codes) if left is None else left,
        {f"Account1.{key}": text for key, text in read.items()},
    )


_CYRILLIC = HEALTHY.replace("[Account1]", "userAgent=Телефон\n[Account1]")

FILES = [
    Case("healthy", HEALTHY, set(), set()),
    Case("utf-8 mark", b"\xef\xbb\xbf" + HEALTHY.encode(), {("utf-8-bom", None)}, set()),
    Case("utf-8", _CYRILLIC.encode(), {("utf-8", None)}, set(), codepage="utf-8"),
    Case("utf-16-be", b"\xfe\xff" + HEALTHY.encode("utf-16-be"), {("utf-16-be", None)}, set()),
    Case("no mark", HEALTHY.encode("utf-16-le"), {("utf-16-no-bom", None)}, set()),
    Case("no mark, be", HEALTHY.encode("utf-16-be"), {("utf-16-no-bom", None)}, set()),
    Case("two marks", "\ufeff" + HEALTHY, {("doubled-bom", None)}, set()),
    Case("ansi", _CYRILLIC.encode("cp1251"), {("ansi", None)}, set(), codepage="1251"),
    Case(
        "japanese ansi",
        HEALTHY.replace("[Account1]", "userAgent=電話\n[Account1]").encode("cp932"),
        {("ansi-multibyte", None)},
        set(),
        codepage="932",
    ),
    Case(
        "half a character",
        b"\xff\xfe" + HEALTHY.encode("utf-16-le") + b"\x00",
        {("odd-length", None)},
        set(),
    ),
    Case("plain ascii", HEALTHY.encode(), set(), set()),
    Case(
        "echo",
        b"\xff\xfe" + HEALTHY.encode("utf-16-le") + b"DND=1\r\n",
        {("appended-text", 8), ("odd-length", None)},
        set(),
        {"Account1.password": BLOB, "Settings.DND": None},
    ),
    Case(
        "echo twice, with a section",
        b"\xff\xfe" + HEALTHY.encode("utf-16-le") + b"[Settings]\r\nDND=1 \r\nminimized=1\r\n ",
        {("appended-text", 8)},
        set(),
        {"Account1.password": BLOB},
    ),
    Case(
        "echo behind a last line without end",
        b"\xff\xfe" + f"{HEALTHY}label=Desk".encode("utf-16-le") + b"AA=1\r\n",
        {("appended-text", 8), ("odd-character", 8)},
        set(),
        {"Account1.label": "Desk"},
    ),
    Case(
        "letters beyond ASCII, in UTF-8",
        b"\xff\xfe" + HEALTHY.encode("utf-16-le") + "a=1\r\nuserAgent=J\u00fcrg\r\n".encode(),
        {("appended-text", 8)},
        set(),
        {"Account1.password": BLOB},
    ),
    Case(
        "letters of a code page",
        b"\xff\xfe" + HEALTHY.encode("utf-16-le") + "J\u00fcrgen=Stra\u00dfe \r\n".encode("cp1252"),
        {("appended-text", 8)},
        set(),
        {"Account1.password": BLOB},
    ),
    setting("Chinese", "userAgent=\u4e2d\u6587\u7535\u8bdd"),
    Case("empty", b"", {("empty-file", None)}, {"empty-file"}),
    setting("nul", "userAgent=Desk\0garbage", "nul", userAgent="Desk"),
    setting("escape", "userAgent=De\x1bsk", "control-character"),
    setting("second mark", "userAgent=De\ufeffsk", "control-character"),
    setting("no equals", "server: sip.example.com", "line-without-equals"),
    setting("remark by hash", "# a remark", "line-without-equals"),
    setting("remark", "; a remark"),
    Case("preamble", f"VAD=1\n{HEALTHY}", {("text-before-section", 1)}, {"text-before-section"}),
    Case(
        "preamble text", f"hello\n{HEALTHY}", {("text-before-section", 1)}, {"text-before-section"}
    ),
    Case("preamble remark", f"; hello\n\n{HEALTHY}", set(), set()),
    Case(
        "unclosed header",
        HEALTHY.replace("[Account1]", "[Account1"),
        {("unclosed-section", 3)},
        {"unclosed-section"},
    ),
    Case(
        "key twice",
        HEALTHY.replace("[Account1]", "VAD=1\nvad=0\n[Account1]"),
        {("duplicate-key", 4)},
        {"duplicate-key"},
        {"Settings.VAD": "1"},
    ),
    Case(
        "section twice",
        f"{HEALTHY}[settings]\nVAD=1\nEC=0\n",
        {("duplicate-section", 8)},
        {"duplicate-section"},
        {"Settings.VAD": None},
    ),
    Case(
        "section twice, nameless key",
        f"{HEALTHY}[settings]\n=1\nno equals\n",
        {("duplicate-section", 8), ("line-without-equals", 10)},
        {"duplicate-section", "line-without-equals"},
    ),
    setting("wraps", "userAgent=" + "x" * 65537, "value-wraps", left={"value-wraps"}),
    setting("blank at the end", "userAgent=Desk  ", "value-trimmed"),
    setting("quotes without need", 'userAgent="Desk"', "value-trimmed"),
    setting("quotes that are needed", 'userAgent=" Desk "', userAgent=" Desk "),
    setting("doubled quotes", 'userAgent=""Desk""', "left-over-quote", userAgent='"Desk"'),
    setting("quotes of a device", 'audioRingDevice=""'),
    account("blank after a password", f"password={BLOB} ", "password-trimmed"),
]

NAMES = [
    Case(
        "[Setings]", f"{HEALTHY}[Setings]\nVAD=1\n", {("misspelt-section", 8)}, {"misspelt-section"}
    ),
    Case(
        "[Account 2]",
        f"{HEALTHY}[Account 2]\n{ACCOUNT}",
        {("misspelt-section", 8)},
        {"misspelt-section"},
    ),
    Case(
        "[Account01]",
        f"{HEALTHY}[Account01]\n{ACCOUNT}",
        {("misspelt-section", 8)},
        {"misspelt-section"},
    ),
    Case("a stranger", f"{HEALTHY}[Notes]\nVAD=1\n", {("unread-section", 8)}, {"unread-section"}),
    Case("an empty stranger", f"{HEALTHY}[Notes]\n", set(), set()),
    setting("near miss", "audioCodec=opus/48000/2", "misspelt-key"),
    setting("abbreviated", "volRng=50", "misspelt-key"),
    setting("three letters, nearly one of ours", "VAT=1", "unknown-key"),
    setting("letter case is free", "AUDIOCODECS=opus/48000/2"),
    setting("stranger", "colour=red", "unknown-key"),
    setting("of an account", "transport=tls", "wrong-section"),
    account("of the settings", "audioCodecs=opus/48000/2", "wrong-section"),
    setting("retired", "disableH264=1", "retired-key"),
    setting("retired, known to old versions", "silent=1", "retired-key"),
    Case(
        "a ninth shortcut",
        f"{HEALTHY}[Shortcuts]\n8=A;100;call\n",
        {("unknown-key", 9)},
        {"unknown-key"},
    ),
]

VALUES = [
    account("255 characters", "label=" + "x" * 255),
    account("256 characters", "label=" + "x" * 256, "cut"),
    setting("empty switch", "singleMode=", "empty-not-default"),
    setting("true", "VAD=true", "not-a-switch", left=set(), VAD="1"),
    setting("YES", "enableFeatureCodeBT=YES", "not-a-switch", left=set(), enableFeatureCodeBT="1"),
    setting("false", "rport=false", "not-a-switch", left=set(), rport="0"),
    setting("maybe", "VAD=maybe", "not-a-switch"),
    account("true for exactly 1", "ICE=true", "not-a-switch", left=set(), ICE="1"),
    setting("no number", "autoAnswerDelay=soon", "not-a-number"),
    account("5 seconds", "registerRefresh=5", "clamped", left=set(), registerRefresh="10"),
    account("keep alive 1", "keepAlive=1", "clamped", left=set(), keepAlive="2"),
    setting("outside", "volumeRing=300", "outside-range"),
    account("TLS", "transport=TLS", "wrong-case", left=set(), transport="tls"),
    account("Mandatory", "SRTP=Mandatory", "wrong-case", left=set(), SRTP="mandatory"),
    setting("All", "autoAnswer=All", "wrong-case", left=set(), autoAnswer="all"),
    setting("WAV", "recordingFormat=WAV", "wrong-case", left=set(), recordingFormat="wav"),
    setting(
        "rdomain", "denyIncoming=rdomain", "retired-word", left=set(), denyIncoming="remotedomain"
    ),
    setting(
        "address", "denyIncoming=address", "retired-word", left=set(), denyIncoming="userdomain"
    ),
    setting("unknown word", "denyIncoming=sometimes", "unknown-word"),
    setting(
        "commas",
        "audioCodecs=opus/48000/2,PCMA/8000/1",
        "codec-ignored",
        "no-codec",
        left=set(),
        audioCodecs="opus/48000/2 PCMA/8000/1",
    ),
    setting(
        "tabs",
        "audioCodecs=opus/48000/2\tPCMA/8000/1",
        "codec-ignored",
        "no-codec",
        left=set(),
        audioCodecs="opus/48000/2 PCMA/8000/1",
    ),
    setting(
        "friendly names",
        "audioCodecs=opus PCMA",
        "codec-ignored",
        "no-codec",
        left=set(),
        audioCodecs="opus/48000/2 PCMA/8000/1",
    ),
    setting("unknown codec", "audioCodecs=PCMA/8000/1 foo/8000/1", "codec-unknown"),
    setting("unknown codecs", "audioCodecs=foo bar", "codec-ignored", "no-codec"),
    setting("only unknown codecs", "audioCodecs=foo/8000/1", "codec-unknown", "no-codec"),
    setting("codec twice", "audioCodecs=PCMA/8000/1 PCMA/8000/1", "codec-twice"),
    account(
        "sip: in server",
        "server=sip:pbx.example.com",
        "scheme",
        left=set(),
        server="pbx.example.com",
    ),
    account(
        "sip: in proxy", "proxy=sip:pbx.example.com", "scheme", left=set(), proxy="pbx.example.com"
    ),
    account("nine proxies", "proxy=" + " ".join(f"p{n}.example.com" for n in range(9)), "too-many"),
    account("no port", "server=pbx.example.com:sip", "bad-port"),
    account("quote in the name", 'displayName=Ada "A" Example', "double-quote"),
    account("blank in the host", "server=sip example com", "malformed"),
    account("+ in the dial plan", "dialPlan=+49x.", "unescaped", left=set(), dialPlan="\\+49x."),
    account("broken dial plan", "dialPlan=1xx|[0-", "bad-alternative"),
    setting(
        "four %s",
        "usersDirectory=https://example.com/%s/%s/%s/%s",
        "too-many-placeholders",
        "directory-password-unverified",
    ),
    setting("percent", "usersDirectory=https://example.com/a%20b", "percent"),
    setting("placeholder", "usersDirectory=https://example.com/{user}", "unknown-placeholder"),
    setting("variable", "recordingPath=%USERPROFILE%\\Recordings", "not-expanded"),
    setting(
        "blank in a program's path",
        'cmdCallEnd="C:\\My Tools\\log.exe"',
        "unquoted-path",
        "command-present",
        cmdCallEnd="C:\\My Tools\\log.exe",
    ),
    Case(
        "shortcuts",
        f"{WITH_BUTTONS}[Shortcuts]\n0=A;;call\n1=B;100;popURL\n2=C;100;Call\n3=\n4=D;100;call\n",
        {
            ("incomplete-shortcut", 10),
            ("paid-shortcut", 11),
            ("unknown-word", 12),
            ("empty-entry", 13),
            ("list-gap", 14),
        },
        {"incomplete-shortcut", "paid-shortcut", "empty-entry", "list-gap"},
        {"Shortcuts.2": "C;100;call"},
    ),
]

GLOBAL = "[Global]\nversion=3.22.16\n"


def at(version: str, name: str, line: str, *codes: str, left: set[str] | None = None) -> Case:
    """A file of a phone of that version, with ``line`` as the first of its account, on line 4."""
    content = f"[Global]\nversion={version}\n[Account1]\n{line}\n{ACCOUNT}[Settings]\naccountId=1\n"
    found: set[Found] = {(code, 4) for code in codes}
    return Case(f"{name} in {version}", content, found, set(codes) if left is None else left)


def buttons(version: str, name: str, line: str, *codes: str, left: set[str] | None = None) -> Case:
    """The same with ``line`` as a shortcut, on line 7."""
    settings = "[Settings]\naccountId=1\nenableShortcuts=1\n[Shortcuts]\n"
    content = f"[Global]\nversion={version}\n{settings}{line}\n[Account1]\n{ACCOUNT}"
    found: set[Found] = {(code, 7) for code in codes}
    return Case(f"{name} in {version}", content, found, set(codes) if left is None else left)


VERSIONS = [
    *(
        at("3.22.16", f"hideCID={word}", f"hideCID={word}")
        for word in ("", "0", "1", "soft", "hard")
    ),
    at("3.22.16", "Soft", "hideCID=Soft", "wrong-case", left=set()),
    at("3.22.16", "no", "hideCID=no", "not-a-switch", left=set()),
    at("3.22.16", "true", "hideCID=true", "not-a-switch", left=set()),
    at("3.22.16", "2", "hideCID=2", "unknown-word"),
    at("3.22.5", "soft", "hideCID=soft"),
    at("3.22.4", "soft", "hideCID=soft", "not-a-switch"),
    at("3.22.4", "no", "hideCID=no"),
    at("3.22.4", "true", "hideCID=true", "not-a-switch", left=set()),
    account("hideCID=hard", "hideCID=hard", "version-dependent"),
    account("hideCID=soft", "hideCID=soft", "version-dependent"),
    account("hideCID=1", "hideCID=1"),
    account("hideCID=0", "hideCID=0"),
    account("hideCID=no", "hideCID=no", "version-dependent", left=set(), hideCID="0"),
    account("hideCID=true", "hideCID=true", "version-dependent", left=set(), hideCID="1"),
    buttons("3.22.16", "six fields", "0=Park;*68;dtmf;*69;0;Unpark"),
    buttons("3.22.16", "two fields", "0=Desk;101"),
    buttons("3.22.16", "callOrBT", "0=Desk;101;callOrBT;;1"),
    buttons("3.22.16", "callURL", "0=Desk;101;callURL;;1", "paid-shortcut"),
    buttons("3.22.3", "six fields", "0=Park;*68;dtmf;*69;0;Unpark"),
    buttons("3.22.3", "two fields", "0=Desk;101", "incomplete-shortcut"),
    buttons("3.22.3", "callOrAT", "0=Desk;101;callOrAT;;1", "unknown-word"),
    Case(
        "callOrConference, version unknown",
        f"{WITH_BUTTONS}[Shortcuts]\n0=Desk;101;callOrConference;;1\n",
        {("version-dependent", 10)},
        {"version-dependent"},
    ),
    Case(
        "what official phones note",
        f"{GLOBAL}checkUpdatesTime=1\ninstance=0\nnewThing=1\n{HEALTHY}".replace(
            "Id=1", "Id=1\ncrashReport=1"
        ),
        {("phones-own-key", 4), ("phones-own-key", 5), ("phones-own-key", 8)},
        {"phones-own-key"},
    ),
    Case(
        "left over in [Settings]",
        f"{GLOBAL}{HEALTHY}".replace("Id=1", "Id=1\nversion=3.22.3\ncallsLastKey=999999999"),
        {("retired-key", 5), ("retired-key", 6)},
        {"retired-key"},
    ),
    Case(
        "nearly a known name, in a phone that is newer than all that are known",
        f"[Global]\nversion=3.23.1\n{HEALTHY}".replace("Id=1", "Id=1\nvolRng=1"),
        {("unknown-key", 5)},
        {"unknown-key"},
    ),
    setting("a version", "version=3.22.3\ncheckUpdatesTime=1\ncallsLastKey=3"),
    setting("an old version", "version=3.21.6"),
    Case(
        "newer than the phone",
        f"[Global]\nversion=3.21.6\n{HEALTHY}".replace("Id=1", "Id=1\nnetworkChanges=1"),
        {("key-too-new", 5)},
        {"key-too-new"},
    ),
    setting("a vendor's", "audioInputDevice_1=Headset", "vendor-key"),
    setting("a vendor's second", "ringingSound2=b.wav", "vendor-key"),
]

CHARACTERS = [
    account("word processor's user", "username=“101”", "odd-character"),
    account("no-break space in a user", "username=101\u00a0", "odd-character"),
    account("shell's user", "username='101", "left-over-quote"),
    account("backslash behind a user", "username=101\\", "left-over-quote"),
    account("user of a domain", "authID=EXAMPLE\\101"),
    account("user of the environment", "username=%USERNAME%", "unfilled-placeholder"),
    account("en dash in a host", "server=sip–1.example.com", "odd-character"),
    account("zero width in a host", "server=sip.example.com\u200b", "odd-character"),
    account("ß in a host", "server=straße.example.com"),
    account("full width digits", "username=１０１", "odd-character"),
    account("digits of another script", "username=١٠١", "odd-character"),
    account("shell's label", "label='Jo", "left-over-quote"),
    account("apostrophe", "label=Jo O'Brien’s desk"),
    account("possessive", "label=the Does'"),
    account("typographic label", "label=“Jo”", "odd-character"),
    account("dash in a label", "label=Head office – 2", "odd-character"),
    account("bidi mark", "displayName=Jo\u202eDoe", "odd-character"),
    account("persian name", "displayName=می\u200cخواهم"),
    account("UTF-8 as 1252", "displayName=JÃ¼rgen", "wrong-code-page"),
    account("UTF-8 as 850", "displayName=J├╝rgen", "wrong-code-page"),
    account("UTF-8 as 1251", "displayName=РџСЂРёРІРµС‚", "wrong-code-page"),
    account("1252 as 850", "displayName=J³rgen", "wrong-code-page"),
    account("1252 as 437", "displayName=Jⁿrgen", "wrong-code-page"),
    account("850 as 1252", "displayName=J„ger", "wrong-code-page"),
    account("lost letter", "displayName=J?rgen", "wrong-code-page"),
    account("real names", "displayName=Jürgen Žižkov Привет 電話 Ñandú"),
    account("Asterisk's placeholder", "displayName=${CALLERID}", "unfilled-placeholder"),
    account("a template's", "label={{ name }}", "unfilled-placeholder"),
    account("PowerShell's", "label=$env:USERNAME", "unfilled-placeholder"),
    account("FusionPBX's", "label={$user_id}", "unfilled-placeholder"),
    account("a dollar", "label=US$ desk"),
    setting("tail of a path", 'recordingPath=Recordings"', "left-over-quote"),
    setting("forwarding to quotes", "forwardingNumber=“102”", "odd-character"),
    setting("user agent", "userAgent=%COMPUTERNAME%", "unfilled-placeholder"),
    account("Asterisk's dial plan", "dialPlan=_9NXXXXXX", "foreign-notation"),
    account("FreePBX's dial plan", "dialPlan=1NXXNXXXXXX|NXXXXXX", "foreign-notation"),
    account("timers", "dialPlan=(911S0|xxxT)", "foreign-notation"),
    account("transport of a proxy", "proxy=p.example.com;transport=tls", "parameter-cut"),
    account("loose routing of a proxy", "proxy=p.example.com;lr"),
    account("our dial plan", "dialPlan=9XXXXXX|[2-9]xx|<0:0049>x."),
    setting(
        "unknown placeholder",
        "cmdCallEnd=pop.exe %callerId%",
        "unknown-placeholder",
        "command-present",
    ),
    setting(
        "wrong case", "cmdCallEnd=pop.exe {callerId}", "unknown-placeholder", "command-present"
    ),
    setting("known ones", "cmdCallEnd=pop.exe {callerid} {number}", "command-present"),
    *(
        setting(f"{key}={word}", f"{key}={word}", "word-as-meant")
        for key, word in (
            ("autoAnswer", "0"),
            ("autoAnswer", "no"),
            ("denyIncoming", "0"),
            ("forwarding", "off"),
        )
    ),
    setting("autoAnswer=1", "autoAnswer=1", "unknown-word"),
    account("SRTP=disabled", "SRTP=disabled", "word-as-meant"),
    Case(
        "shortcuts that are not shown",
        f"{HEALTHY}[Shortcuts]\n0=A;1;call\n",
        {("shortcuts-not-enabled", 9)},
        {"shortcuts-not-enabled"},
    ),
    account(
        "a password of an exchange",
        "password=3f2a9c01b7de44508a6f1c9e0d2b7a65",
        "plain-password",
        "password-ambiguous",
    ),
    Case(
        "a password in binary form",
        HEALTHY.replace(BLOB, "AB" * 48 + "\npasswordSize=48"),
        {("old-password-form", 7), ("retired-key", 8)},
        {"old-password-form", "retired-key"},
    ),
    Case(
        "a long password in binary form",
        HEALTHY.replace(BLOB, "AB" * 300 + "\npasswordSize=300"),
        {("old-password-form", 7), ("retired-key", 8)},
        {"old-password-form", "retired-key"},
    ),
]

_SECRET = "Plain-Secret-77"  # 15 characters

SETTINGS = [
    account("plain password", "password=Secret-77", "plain-password"),
    account("15 characters", f"password={_SECRET}", "plain-password", "password-ambiguous"),
    account("long password", "password=" + "S" * 300, "plain-password", "password-too-long"),
    setting("user over http", "usersDirectory=http://example.com/%s", "directory-user-in-clear"),
    setting(
        "password over http",
        "usersDirectory=http://example.com/{password}",
        "directory-password-in-clear",
    ),
    setting("command", "cmdCallStart=notepad.exe", "command-present"),
    setting("command of a caller", "cmdIncomingCall=notepad.exe", "command-for-any-caller"),
    setting(
        "command with password",
        "cmdCallEnd=x.exe {password}",
        "command-present",
        "command-leaks-password",
    ),
    setting("minimized", "minimized=1", "starts-hidden"),
    setting("log", "enableLog=1", "log-file"),
    setting("port", "sourcePort=5070", "fixed-port"),
    setting("device", 'audioInputDevice="Headset"', "machine-specific"),
    setting("folder", "recordingPath=C:\\Users\\ada\\Desktop\\Recordings", "machine-specific"),
    setting("share", "recordingPath=//srv/rec", "machine-specific"),
    setting("bare name", "ringingSound=office.wav"),
    Case(
        "conference in single mode",
        f"{WITH_BUTTONS}[Shortcuts]\n0=All;100;conference\n",
        {("second-call-blocked", None)},
        {"second-call-blocked"},
    ),
]

_NO_ID = f"[Settings]\nVAD=1\n[Account1]\n{ACCOUNT}"
_BARE = HEALTHY.replace

RULES = [
    Case(
        "no accountId", _NO_ID, {("account-id-missing", None)}, set(), {"Settings.accountId": "1"}
    ),
    Case(
        "no accountId, two accounts",
        f"{_NO_ID}[Account2]\n{ACCOUNT}",
        {("account-id-missing", None)},
        {"account-id-missing"},
    ),
    Case("negative", _BARE("Id=1", "Id=-1"), {("account-id-negative", 2)}, set()),
    Case(
        "dangling",
        _BARE("Id=1", "Id=7"),
        {("account-id-dangling", 2), ("local-account-open", 2)},
        set(),
        {"Settings.accountId": "1"},
    ),
    Case("zero", _BARE("Id=1", "Id=0"), {("account-id-zero", 2)}, {"account-id-zero"}),
    Case(
        "legacy account",
        f"[Settings]\n{ACCOUNT}",
        {("legacy-account", 3)},
        {"legacy-account"},
    ),
    Case(
        "legacy keys",
        "[Settings]\nSTUN=stun.example.com\nenableSTUN=1\n",
        {("legacy-keys-deleted", 2)},
        {"legacy-keys-deleted"},
    ),
    Case("gap", f"{HEALTHY}[Account3]\n{ACCOUNT}", {("account-gap", 10)}, {"account-gap"}),
    Case(
        "no domain",
        _BARE("domain=example.com\n", ""),
        {
            ("account-without-domain", None),
            ("account-id-dangling", 2),
            ("local-account-open", 2),
        },
        {"account-without-domain", "account-id-dangling", "local-account-open"},
    ),
    Case(
        "no user",
        _BARE("username=101\n", ""),
        {("account-without-username", None)},
        {"account-without-username"},
    ),
    Case(
        "no server",
        _BARE("server=sip.example.com\n", ""),
        {("account-without-server", None)},
        {"account-without-server"},
    ),
    Case(
        "101 accounts",
        "[Settings]\naccountId=1\n"
        + "".join(
            f"[Account{n}]\n{_BARE('101', str(n))[_BARE('101', str(n)).index('server') :]}"
            for n in range(1, 102)
        ),
        {("too-many-accounts", None)},
        {"too-many-accounts"},
    ),
    setting("local account", "enableLocalAccount=1", "local-account-open"),
    setting("dnsSrv", "dnsSrv=1", "dns-srv-without-servers"),
    setting("STUN without server", "enableSTUN=1", "stun-without-servers"),
    setting("STUN off", "STUN=stun.example.com", "stun-not-enabled"),
    Case(
        "STUN and publicAddr",
        _BARE(
            "[Account1]\n",
            "enableSTUN=1\nSTUN=stun.example.com\n[Account1]\npublicAddr=192.0.2.1\n",
        ),
        {("stun-hides-public-address", 6)},
        {"stun-hides-public-address"},
    ),
    setting("RTP range", "rtpPortMin=20000\nrtpPortMax=10000", "rtp-range-empty"),
    setting("RTP range without start", "rtpPortMax=20000", "rtp-range-without-start"),
    setting("no ports", "portKnockerHost=192.0.2.1", "port-knocker-without-ports"),
    Case(
        "no host",
        "[Settings]\naccountId=1\nportKnockerPorts=7000\n[Account1]\n"
        + ACCOUNT.replace("server=sip.example.com\n", ""),
        {("port-knocker-without-host", 3), ("account-without-server", None)},
        {"port-knocker-without-host", "account-without-server"},
    ),
    setting("stereo", "opusStereo=1", "opus-stereo-without-opus"),
    setting("forwarding", "forwarding=all", "forwarding-without-number"),
    setting("AA", "AA=1", "armed-button-aa"),
    setting("DND", "DND=1", "armed-button-dnd"),
    Case(
        "deny without account",
        "[Settings]\naccountId=0\nenableLocalAccount=1\ndenyIncoming=domain\n",
        {("deny-without-account", 4), ("local-account-open", 3)},
        {"deny-without-account", "local-account-open"},
    ),
    setting("feature code", "featureCodeCP=", "feature-code-empty"),
    setting("hidden", "minimized=1\nbringToFrontOnIncoming=0", "hidden-phone"),
    Case(
        "callsLastKey",
        _BARE("[Account1]", "callsLastKey=999999999\n[Account1]") + "[Calls]\n0=100;100;0;1;1;\n",
        {("calls-last-key-huge", 3)},
        set(),
        {"Settings.callsLastKey": "0"},
    ),
    Case(
        "callsLastKey of a full ring",
        _BARE("[Account1]", "callsLastKey=999999999\n[Account1]") + "[Calls]\n999=100;100;0;1;1;\n",
        {("calls-last-key-huge", 3)},
        {"calls-last-key-huge"},
    ),
]

CASES = [*FILES, *NAMES, *VALUES, *VERSIONS, *CHARACTERS, *SETTINGS, *RULES]
