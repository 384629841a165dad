"""What an administrator may write: (section, key, text) -> the text for the file, or a refusal."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from microsip_config.errors import ValueRefused
from microsip_config.schema import all_keys, find_key
from microsip_config.schema.key import Misread
from microsip_config.secret import Secret

SIX = "a.example b.example c.example d.example e.example f.example"

ACCEPTED = [
    ("Settings", "singleMode", "yes", "1"),
    ("Settings", "singleMode", "Off", "0"),
    ("Settings", "rport", " TRUE ", "1"),
    ("Settings", "DTMFMethod", "auto", "0"),
    ("Settings", "DTMFMethod", "SIP-INFO", "3"),
    ("Settings", "DTMFMethod", "2", "2"),
    ("Account1", "registerRefresh", " 010 ", "10"),
    ("Settings", "mainX", "-1200", "-1200"),
    ("Account1", "transport", "tls", "tls"),
    ("Account1", "transport", "udp+tcp", ""),
    ("Account1", "transport", "", ""),
    ("Account1", "SRTP", "disabled", ""),
    ("Settings", "autoAnswer", "no", ""),
    ("Settings", "forwarding", "Off", ""),
    ("Settings", "denyIncoming", "userdomain", "userdomain"),
    ("Settings", "videoCodec", "vp8", "VP8/100"),
    ("Settings", "audioCodecs", "opus, G722, PCMA", "opus/48000/2 G722/16000/1 PCMA/8000/1"),
    ("Settings", "audioCodecs", "pcma/8000/1,ULAW", "PCMA/8000/1 PCMU/8000/1"),
    ("Settings", "audioCodecs", "g.722  ilbc", "G722/16000/1 iLBC/8000/1"),
    ("Settings", "audioCodecs", "speex/16000 GSM", "speex/16000/1 GSM/8000/1"),
    ("Settings", "audioCodecs", "AMR, AMR-WB, GSM-EFR", "AMR/8000/1 AMR-WB/16000/1 GSM-EFR/8000/1"),
    ("Account1", "server", "sip.example.com:5061", "sip.example.com:5061"),
    ("Account1", "server", "[2001:db8::1]:5060", "[2001:db8::1]:5060"),
    ("Account1", "server", "[2001:db8::1]", "[2001:db8::1]"),
    ("Account1", "server", "münchen.example", "münchen.example"),
    ("Account1", "server", "pbx_1", "pbx_1"),
    ("Account1", "domain", "example.com.", "example.com."),
    ("Account1", "proxy", "p1.example:5060  p2.example;lr", "p1.example:5060 p2.example;lr"),
    ("Account1", "proxy", SIX + " g.example h.example", SIX + " g.example h.example"),
    ("Account1", "username", "101@other.example", "101@other.example"),
    ("Account1", "displayName", " Ann O'Hara ", "Ann O'Hara"),
    ("Account1", "label", "  two blanks  ", "  two blanks  "),
    ("Account1", "publicAddr", "auto", ""),
    ("Account1", "publicAddr", "192.0.2.1", "192.0.2.1"),
    ("Account1", "password", " p w ", " p w "),
    ("Account1", "password", "DEADBEEFDEADBEEF", "DEADBEEFDEADBEEF"),
    ("Account1", "password", "deadbeef", "deadbeef"),
    ("Account1", "password", "deadbeefdeadbee", "deadbeefdeadbee"),
    ("Account1", "password", "x" * 256, "x" * 256),
    ("Account1", "dialPlan", "xxx|<0:0049>x.|\\+x.", "xxx|<0:0049>x.|\\+x."),
    ("Account1", "dialPlan", "(1xx|[2-9]x.)", "(1xx|[2-9]x.)"),
    ("Account1", "dialPlan", "\\*98 | <112>", "\\*98 | <112>"),
    ("Account1", "dialPlan", "\\d+", "\\d+"),
    ("Account1", "dialPlan", "0(11)?x*?", None),
    ("Account1", "dialPlan", "^00x.$", "^00x.$"),
    ("Account1", "dialPlan", "{00}[^0]x.", "{00}[^0]x."),
    ("Settings", "dnsSrvNs", "192.0.2.53, 2001:db8::53", "192.0.2.53; 2001:db8::53"),
    ("Settings", "STUN", "stun.example.com:3478;192.0.2.7", "stun.example.com:3478; 192.0.2.7"),
    ("Settings", "portKnockerPorts", "1000, 65535", "1000,65535"),
    ("Settings", "portKnockerHost", "192.0.2.1", "192.0.2.1"),
    ("Settings", "autoAnswerNumber", "10?; ^+49*| ;911", "10?;^+49*;911"),
    ("Settings", "usersDirectory", "https://example.com/d?u=%s&p=%s&s=%s", None),
    ("Settings", "usersDirectory", "https://example.com/{domain}/a*20b", None),
    ("Settings", "ringingSound", "%PUBLIC%\\ring.WAV", None),
    ("Settings", "recordingPath", "D:\\50% calls", None),
    ("Settings", "cmdCallEnd", '"C:\\Program Files\\log.exe" -v', None),
    ("Settings", "cmdCallEnd", "C:\\tools\\log.exe C:\\a b.txt", None),
    ("Settings", "updatesInterval", "never", "never"),
    ("Shortcuts", "0", "Desk;101;call", "Desk;101;call;;0"),
    ("Shortcuts", "7", "To;;transfer;;0", "To;;transfer;;0"),
    ("Shortcuts", "1", "Door;**1,55;dtmf;**0;1", "Door;**1,55;dtmf;**0;1"),
    ("Calls", "5", "101;Ann;1;1700000000;61;Bye", "101;Ann;1;1700000000;61;Bye"),
    ("Calls", "5", "null", "null"),
    ("Contacts", "0", "101;Ann", "101;Ann;0;0"),
    ("Dialed", "9", " 555 ", "555"),
]


@pytest.mark.parametrize(
    ("section", "name", "text", "written"), ACCEPTED, ids=[f"{c[1]}={c[2][:24]}" for c in ACCEPTED]
)
def test_accepted(section: str, name: str, text: str, written: str | None) -> None:
    key = find_key(section, name)
    value = key.parse(text)
    assert key.encode(value) == (text if written is None else written)
    assert key.parse(key.encode(value)) == value
    assert key.read(key.encode(value)).notices == ()


REFUSED = [
    # section, key, text, what the hint must name
    ("Settings", "singleMode", "maybe", "yes or no"),
    ("Settings", "singleMode", "2", "yes or no"),
    ("Settings", "singleMode", "", "yes or no"),
    ("Account1", "registerRefresh", "5", "10"),
    ("Account1", "keepAlive", "0", "2"),
    ("Account1", "keepAlive", "soon", "from 2"),
    ("Account1", "keepAlive", "1.5", "whole number"),
    ("Account1", "registerRefresh", "9" * 6000, "2147483647"),
    ("Settings", "volumeRing", "150", "100"),
    ("Settings", "sourcePort", "65536", "65535"),
    ("Settings", "accountId", "", "whole number"),
    ("Settings", "DTMFMethod", "4", "3"),
    ("Account1", "transport", "TLS", "tls"),
    ("Account1", "transport", "tsl", "tls"),
    ("Account1", "SRTP", "Mandatory", "mandatory"),
    ("Settings", "autoAnswer", "All", "all"),
    ("Settings", "recordingFormat", "WAV", "wav"),
    ("Settings", "recordingFormat", "", "mp3"),
    ("Settings", "denyIncoming", "rdomain", "remotedomain"),
    ("Settings", "audioCodecs", "", "at least one"),
    ("Settings", "audioCodecs", " , ", "at least one"),
    ("Settings", "audioCodecs", "opuss", "opus"),
    ("Settings", "audioCodecs", "PCMX/8000/1", "PCM"),
    ("Settings", "audioCodecs", "opus/16000/1", "opus/48000/2"),
    ("Settings", "audioCodecs", "speex", "speex/32000/1, speex/16000/1, speex/8000/1"),
    ("Settings", "audioCodecs", "L16/8000", "L16/8000/1, L16/8000/2"),
    ("Settings", "audioCodecs", "PCMA, alaw", "once"),
    ("Account1", "label", "x" * 256, "255"),
    ("Account1", "label", "\U0001f514" * 128, "255"),
    ("Account1", "server", "sip:example.com", "example.com"),
    ("Account1", "server", "2001:db8::1", "[2001:db8::1]"),
    ("Account1", "server", "example.com:99999", "65535"),
    ("Account1", "server", "example.com:", "65535"),
    ("Account1", "server", "example.com;transport=tls", "set transport"),
    ("Account1", "server", "a b", "sip.example.com"),
    ("Account1", "server", "192.0.2.300", "255"),
    ("Account1", "server", "a..b", "sip.example.com"),
    ("Account1", "domain", "101@example.com", "example.com"),
    ("Account1", "username", "sip:101", "101"),
    ("Account1", "username", "1 0 1", "101"),
    ("Account1", "proxy", "a.example, b.example", "spaces"),
    ("Account1", "proxy", "sip:a.example", "a.example"),
    ("Account1", "proxy", SIX + " g.example h.example i.example", "8"),
    ("Account1", "displayName", 'Ann "A" Lee', "'"),
    ("Account1", "publicAddr", "example.com", "four numbers"),
    ("Account1", "password", "x" * 257, "256"),
    ("Account1", "dialPlan", "9,<.*>", "dialingPrefix"),
    ("Account1", "dialPlan", "+49x.", "\\+49x."),
    ("Account1", "dialPlan", "xx|*98", "\\*98"),
    ("Account1", "dialPlan", ".", "x."),
    ("Account1", "dialPlan", "xx||yy", "'|'"),
    ("Account1", "dialPlan", "xx|", "'|'"),
    ("Account1", "dialPlan", "[2-9", "[2-9]"),
    ("Account1", "dialPlan", "[]x", "[2-9]"),
    ("Account1", "dialPlan", "[9-2]x", "2-9"),
    ("Account1", "dialPlan", "0(11x", "bracket"),
    ("Account1", "dialPlan", "0(11|12)x", "bracket"),
    ("Account1", "dialPlan", "011)x", "\\)"),
    ("Account1", "dialPlan", "<0:0049", "<0:0049>"),
    ("Account1", "dialPlan", "<0:00:49>x", "<0:0049>"),
    ("Account1", "dialPlan", "<[:0>x", "[2-9]"),
    ("Account1", "dialPlan", "x\\", "\\\\"),
    ("Account1", "dialPlan", "\\yx", "\\d"),
    ("Account1", "dialPlan", "x**", "\\*"),
    ("Account1", "dialPlan", "x!", "\\!"),
    ("Account1", "dialPlan", "x$1", "\\$"),
    ("Account1", "dialPlan", "1^x", "\\^"),
    ("Settings", "dnsSrvNs", "192.0.2.1;192.0.2.2;192.0.2.3;192.0.2.4;192.0.2.5", "4"),
    ("Settings", "dnsSrvNs", "ns.example.com", "192.0.2.53"),
    ("Settings", "dnsSrvNs", "192.0.2.1 192.0.2.2", "';'"),
    ("Settings", "STUN", "stun:stun.example.com", "stun.example.com"),
    ("Settings", "STUN", ";".join(f"s{n}.example" for n in range(9)), "8"),
    ("Settings", "STUN", "a.example;;b.example", "';'"),
    ("Settings", "portKnockerPorts", "1000 2000", "65535"),
    ("Settings", "portKnockerPorts", "0", "65535"),
    ("Settings", "portKnockerHost", "example.com:80", "without port"),
    ("Settings", "autoAnswerNumber", "101,102", "';'"),
    ("Settings", "autoAnswerNumber", "101^", "^"),
    ("Settings", "autoAnswerNumber", "101@example.com", "leave"),
    ("Settings", "autoAnswerNumber", ";", "empty"),
    ("Settings", "usersDirectory", "ftp://example.com/", "https://"),
    ("Settings", "usersDirectory", "https://example.com/%s%s%s%s", "%s"),
    ("Settings", "usersDirectory", "https://example.com/a%20b", "*20"),
    ("Settings", "usersDirectory", "https://example.com/{user}", "{username}"),
    ("Settings", "ringingSound", "ring.mp3", ".wav"),
    ("Settings", "recordingPath", "%USERPROFILE%\\calls", "template"),
    ("Settings", "featureCodeBT", "#x", "digits"),
    ("Settings", "cmdCallEnd", '"C:\\log.exe', '"C:'),
    (
        "Settings",
        "cmdCallEnd",
        "C:\\Program Files\\l.exe -v",
        '"C:\\Program Files\\l.exe" -v',
    ),
    ("Shortcuts", "0", "Desk;101", "label;number;type"),
    ("Shortcuts", "0", "Desk;101;Call", "call"),
    ("Shortcuts", "0", "Desk;101;runBatch", "call, video"),
    ("Shortcuts", "0", ";101;call", "label"),
    ("Shortcuts", "0", "Desk;;call", "label"),
    ("Shortcuts", "0", "Desk;1;call;;yes", "presence"),
    ("Shortcuts", "0", "x" * 1020 + ";1;call", "1023"),
    ("Calls", "0", "101;Ann;7;0;0;", "type(0..3)"),
    ("Calls", "0", "101;Ann", "null"),
    ("Contacts", "0", ";Ann", "number"),
    ("Dialed", "0", " ", "remove"),
]


@pytest.mark.parametrize(
    ("section", "name", "text", "hint"), REFUSED, ids=[f"{c[1]}={c[2][:24]}" for c in REFUSED]
)
def test_refused_with_the_way_out(section: str, name: str, text: str, hint: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        find_key(section, name).parse(text)
    assert hint in caught.value.hint
    assert caught.value.message.startswith(f"{name}: ")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("name", "text", "code", "fix"),
    [
        ("denyIncoming", "ALL", "wrong-case", "all"),
        ("denyIncoming", "rdomain", "bad-value", None),
        ("volumeRing", "101", "outside-range", None),
        ("audioCodecs", "speex", "ambiguous-codec", None),
        ("audioCodecs", "EVS", "unknown-codec", None),
    ],
)
def test_refusals_have_codes(name: str, text: str, code: str, fix: str | None) -> None:
    with pytest.raises(Misread) as caught:
        find_key("Settings", name).parse(text)
    assert (caught.value.code, caught.value.fix) == (code, fix)


@pytest.mark.parametrize("char", [*"\0\t\n\r\v\f\x1b\x7f\x85\u2028\u2029\ud800\udfff"])
@pytest.mark.parametrize("name", ["label", "password", "server"])
def test_what_could_end_a_line_is_refused(name: str, char: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        find_key("Account1", name).parse(f"a{char}b")
    assert caught.value.code == "unsafe-character"


@pytest.mark.parametrize("key", list(all_keys()), ids=lambda key: f"{key.section}.{key.name}")
def test_no_key_lets_a_line_end_through(key: Any) -> None:
    with pytest.raises(ValueRefused):
        key.parse("1\n[Settings]\nsingleMode=0")


@pytest.mark.parametrize("text", ["s3cret" * 60, "s3cret\nx"])
def test_a_refused_password_is_nowhere_in_the_error(text: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        find_key("Account1", "password").parse(text)
    shown = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    assert text not in shown
    assert "s3cret" not in shown
    assert caught.value.__context__ is None


@pytest.mark.parametrize(("name", "text"), [("server", "s3cret host"), ("transport", "s3cret")])
def test_a_value_made_of_a_secret_is_not_repeated(name: str, text: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        find_key("Account1", name).parse(text, secret=True)
    assert "s3cret" not in caught.value.message + caught.value.hint
    assert caught.value.message.startswith(name)


@pytest.mark.parametrize(
    ("section", "name", "value", "written"),
    [
        ("Settings", "singleMode", True, "1"),
        ("Settings", "volumeRing", 60, "60"),
        ("Settings", "audioCodecs", ["opus", "PCMA"], "opus/48000/2 PCMA/8000/1"),
        ("Account1", "password", Secret("pw"), "pw"),
        ("Shortcuts", "0", ("Desk", "101", "call"), "Desk;101;call;;0"),
    ],
)
def test_admit_takes_python_values(section: str, name: str, value: Any, written: str) -> None:
    key = find_key(section, name)
    assert key.encode(key.admit(value)) == written


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("Settings", "singleMode", 2),
        ("Settings", "volumeRing", True),
        ("Settings", "volumeRing", 1.5),
        ("Settings", "volumeRing", 101),
        ("Settings", "audioCodecs", []),
        ("Account1", "label", 7),
        ("Account1", "label", None),
        ("Shortcuts", "0", ("a;b", "101", "call")),
    ],
)
def test_admit_refuses_the_wrong_type(section: str, name: str, value: Any) -> None:
    with pytest.raises(ValueRefused):
        find_key(section, name).admit(value)
