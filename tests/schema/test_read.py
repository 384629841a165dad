"""What the phone takes a raw text for: (section, key, raw) -> value, origin, notices and fixes."""

from __future__ import annotations

from typing import Any

import pytest

from microsip_config.schema import find_key, lookup
from microsip_config.schema.entries import Call, Contact
from microsip_config.schema.key import INT_MAX, INT_MIN, wtoi
from microsip_config.schema.shortcuts import Shortcut
from microsip_config.secret import Secret
from microsip_config.text import utf16_cut, utf16_units

LONG = "x" * 300

CASES: list[tuple[str, str, str | None, Any, str, dict[str, str | None]]] = [
    # section, key, raw, value, origin, notices as {code: fix}
    ("Settings", "singleMode", None, True, "default", {}),
    ("Settings", "singleMode", "", False, "file", {"empty-not-default": None}),
    ("Settings", "singleMode", "true", False, "ignored", {"not-a-switch": "1"}),
    ("Settings", "singleMode", "YES", False, "ignored", {"not-a-switch": "1"}),
    ("Settings", "singleMode", "false", False, "file", {}),
    ("Settings", "singleMode", "2", True, "file", {}),
    ("Settings", "singleMode", "maybe", False, "ignored", {"not-a-switch": None}),
    ("Settings", "VAD", "", False, "default", {}),
    ("Settings", "enableSTUN", "2", False, "ignored", {"not-a-switch": None}),
    ("Settings", "enableSTUN", "on", False, "ignored", {"not-a-switch": "1"}),
    ("Settings", "rport", "false", True, "ignored", {"not-a-switch": "0"}),
    ("Settings", "rport", "00", True, "ignored", {"not-a-switch": None}),
    ("Settings", "rport", "", True, "default", {}),
    ("Settings", "rport", "0", False, "file", {}),
    ("Account1", "registerRefresh", None, 300, "default", {}),
    ("Account1", "registerRefresh", "5", 10, "clamped", {"clamped": "10"}),
    ("Account1", "registerRefresh", "", 300, "default", {}),
    ("Account1", "registerRefresh", "-5", 300, "clamped", {"clamped": "300"}),
    (
        "Account1",
        "registerRefresh",
        "often",
        300,
        "clamped",
        {"not-a-number": None, "clamped": None},
    ),
    ("Account1", "registerRefresh", "600s", 600, "ignored", {"not-a-number": None}),
    ("Account1", "keepAlive", "1", 2, "clamped", {"clamped": "2"}),
    ("Account1", "keepAlive", "0", 15, "clamped", {"clamped": "15"}),
    ("Settings", "volumeRing", "", 100, "default", {}),
    ("Settings", "volumeRing", "250", 250, "file", {"outside-range": None}),
    ("Settings", "volumeRing", "loud", 0, "ignored", {"not-a-number": None}),
    ("Settings", "callsLastKey", None, -1, "default", {}),
    ("Settings", "callsLastKey", "", 0, "file", {"empty-not-default": None}),
    ("Settings", "accountId", None, None, "default", {}),
    ("Settings", "accountId", "", None, "default", {}),
    ("Settings", "accountId", "0", 0, "file", {}),
    ("Settings", "DTMFMethod", "7", 0, "clamped", {"clamped": "0"}),
    ("Settings", "DTMFMethod", "3", 3, "file", {}),
    ("Account1", "transport", None, "udp", "default", {}),
    ("Account1", "transport", "", "", "file", {}),
    ("Account1", "transport", "TLS", "", "ignored", {"wrong-case": "tls"}),
    ("Account1", "transport", "quic", "", "ignored", {"unknown-word": None}),
    ("Account1", "SRTP", "Mandatory", "", "ignored", {"wrong-case": "mandatory"}),
    ("Settings", "autoAnswer", None, "button", "default", {}),
    ("Settings", "autoAnswer", "", "", "file", {}),
    ("Settings", "autoAnswer", "1", "", "ignored", {"unknown-word": None}),
    ("Settings", "denyIncoming", "rdomain", "", "ignored", {"retired-word": "remotedomain"}),
    ("Settings", "denyIncoming", "address", "", "ignored", {"retired-word": "userdomain"}),
    ("Settings", "recordingFormat", "WAV", "mp3", "ignored", {"wrong-case": "wav"}),
    ("Settings", "recordingFormat", "", "mp3", "default", {}),
    ("Settings", "recordingPath", None, None, "default", {}),
    ("Settings", "recordingPath", "", "", "file", {}),
    ("Settings", "defaultAction", "dance", "message", "ignored", {"unknown-word": None}),
    ("Settings", "featureCodeCP", None, "**", "default", {}),
    ("Settings", "featureCodeCP", "", "", "file", {}),
    ("Settings", "audioCodecs", "", ("PCMA/8000/1", "PCMU/8000/1"), "default", {}),
    ("Settings", "audioCodecs", "pcma/8000/1", ("PCMA/8000/1",), "file", {}),
    (
        "Settings",
        "audioCodecs",
        "opus, G722",
        (),
        "ignored",
        {"codec-ignored": "opus/48000/2 G722/16000/1", "no-codec": None},
    ),
    (
        "Settings",
        "audioCodecs",
        "PCMA/8000/1 EVS/16000/1",
        ("PCMA/8000/1", "EVS/16000/1"),
        "ignored",
        {"codec-unknown": None},
    ),
    (
        "Settings",
        "audioCodecs",
        "PCMA/8000/1 PCMU/8000/1 PCMA/8000/1",
        ("PCMU/8000/1", "PCMA/8000/1"),
        "ignored",
        {"codec-twice": None},
    ),
    ("Account1", "label", LONG, "x" * 255, "cut", {"cut": None}),
    ("Account1", "server", LONG, LONG, "file", {}),
    ("Account0", "label", None, "Local (call by IP address)", "default", {}),
    ("Account1", "label", None, "", "default", {}),
    ("Account1", "server", "sip:example.com", "sip:example.com", "file", {"scheme": "example.com"}),
    (
        "Account1",
        "proxy",
        "sip:p.example;lr",
        "sip:p.example;lr",
        "file",
        {"scheme": "p.example;lr"},
    ),
    ("Account1", "displayName", 'A "B" C', 'A "B" C', "file", {"double-quote": None}),
    ("Account1", "dialPlan", "+49x.", "+49x.", "file", {"unescaped": "\\+49x."}),
    ("Settings", "STUN", "a.example, b.example", "a.example; b.example", "file", {}),
    (
        "Settings",
        "cmdCallEnd",
        "C:\\Program Files\\log\\end.exe -v",
        "C:\\Program Files\\log\\end.exe -v",
        "file",
        {"unquoted-path": '"C:\\Program Files\\log\\end.exe" -v'},
    ),
    ("Account1", "password", None, Secret(""), "default", {}),
    ("Account1", "password", "p" * 257, Secret("p" * 257), "file", {"password-too-long": None}),
    ("Account1", "password", "ab" * 400, Secret("ab" * 400), "file", {}),
    (
        "Shortcuts",
        "0",
        "Desk;101",
        Shortcut("Desk", "101", "dtmf"),
        "file",
        {"version-dependent": None},
    ),
    ("Shortcuts", "0", "Desk;101;4", Shortcut("Desk", "101", "transfer"), "file", {}),
    ("Shortcuts", "0", "D;1;call;2;1", Shortcut("D", "1", "call", "2", presence=True), "file", {}),
    (
        "Shortcuts",
        "0",
        "D;1;Call;2;1",
        Shortcut("D", "1", "Call", "2", presence=True),
        "file",
        {"unknown-word": "D;1;call;2;1"},
    ),
    (
        "Shortcuts",
        "0",
        "D;1;runBatch",
        Shortcut("D", "1", "runBatch"),
        "file",
        {"paid-shortcut": None},
    ),
    (
        "Shortcuts",
        "1",
        ";101;call",
        Shortcut("", "101", "call"),
        "file",
        {"incomplete-shortcut": None},
    ),
    ("Calls", "0", "null", None, "file", {}),
    ("Calls", "0", "101", Call("101", "101"), "file", {}),
    (
        "Calls",
        "0",
        "101;Ann;9;1700000000;61;Bye; Bye",
        Call("101", "Ann", 0, 1700000000, 61, "Bye"),
        "file",
        {},
    ),
    ("Calls", "0", "1;n;0;5;-7;a;b", Call("1", "n", 0, 5, -7, "a"), "file", {}),
    ("Contacts", "0", "101;Ann;1;0", Contact("101", "Ann", presence=True), "file", {}),
    ("Dialed", "12", "555", "555", "file", {}),
]


@pytest.mark.parametrize(
    ("section", "name", "raw", "value", "origin", "notices"),
    CASES,
    ids=[f"{c[0]}.{c[1]}={str(c[2])[:24]}" for c in CASES],
)
def test_read(
    section: str,
    name: str,
    raw: str | None,
    value: Any,
    origin: str,
    notices: dict[str, str | None],
) -> None:
    key = lookup(section, name)
    assert key is not None
    reading = key.read(raw)
    assert reading.value == value
    assert reading.origin == origin
    assert {notice.code: notice.fix for notice in reading.notices} == notices
    assert all(notice.effect for notice in reading.notices)


@pytest.mark.parametrize("case", [c for c in CASES if any(c[5].values())], ids=lambda c: c[1])
def test_a_fix_is_taken_as_it_is_written(case: Any) -> None:
    section, name, _raw, _value, _origin, notices = case
    key = find_key(section, name)
    for fix in filter(None, notices.values()):
        assert key.read(fix).notices == ()
        key.parse(fix)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("12", 12),
        (" \t\n12", 12),
        ("+7", 7),
        ("-7", -7),
        ("- 7", 0),
        ("--7", 0),
        ("12.9", 12),
        ("0x10", 0),
        ("1e3", 1),
        ("007", 7),
        ("x1", 0),
        ("2147483647", INT_MAX),
        ("2147483648", INT_MAX),
        ("-2147483649", INT_MIN),
        ("9" * 5000, INT_MAX),
        ("0" * 5000 + "5", 5),
        ("\u0663", 0),
    ],
)
def test_wtoi(text: str, number: int) -> None:
    assert wtoi(text) == number


def test_lengths_are_counted_in_utf16_units() -> None:
    bell = "\U0001f514"
    assert utf16_units("a" + bell) == 3
    assert utf16_cut("ab" + bell, 4) == "ab" + bell
    assert utf16_cut("abc" + bell, 4) == "abc\ud83d"  # half a pair is what the phone keeps
    label = find_key("Account1", "label")
    assert label.read(bell * 127 + "ab").value == bell * 127 + "a"


@pytest.mark.parametrize(
    ("section", "name", "raw", "text", "same"),
    [
        ("Account1", "transport", None, "udp", True),
        ("Account1", "transport", "", "udp", False),
        ("Account1", "transport", "TLS", "tls", False),
        ("Settings", "singleMode", "2", "1", True),
        ("Settings", "singleMode", "", "1", False),
        ("Settings", "rport", None, "1", True),
        ("Account1", "registerRefresh", "5", "10", True),
        ("Settings", "recordingPath", None, "", False),
        ("Settings", "accountId", None, "0", False),
        ("Settings", "dnsSrvNs", "192.0.2.1,192.0.2.2", "192.0.2.1; 192.0.2.2", True),
        ("Shortcuts", "0", "Desk;101;3", "Desk;101;dtmf;;0", True),
        ("Account1", "password", "one", "two", False),
        ("Account1", "domain", "D.EXAMPLE.com:5070", "d.example.com:5070", True),
        ("Account1", "domain", "d.example.com:5070", "d.example.com:5071", False),
        ("Account1", "domain", None, "d.example.com", False),
        ("Account1", "server", "sip.example.com", "SIP.example.com", True),
        ("Account1", "server", "sip.example.com", "sip.example.org", False),
        ("Account1", "username", "ada", "Ada", False),
    ],
)
def test_same(section: str, name: str, raw: str | None, text: str, same: bool) -> None:
    assert find_key(section, name).same(raw, text) is same
