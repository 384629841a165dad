"""What a text field takes from people: refused where it cannot be meant, doubted where it can."""

from __future__ import annotations

import time

import pytest

from microsip_config.errors import ValueRefused
from microsip_config.schema import find_key
from microsip_config.schema.characters import odd

REFUSED = [
    ("Account1", "username", "“101”", "odd-character"),
    ("Account1", "username", "101\u00a0", "odd-character"),
    ("Account1", "username", "1\u200b01", "odd-character"),
    ("Account1", "username", "'101'", "left-over-quote"),
    ("Account1", "username", "101\\", "left-over-quote"),
    ("Account1", "username", "%USERNAME%", "unfilled-placeholder"),
    ("Account1", "username", "${extension}", "unfilled-placeholder"),
    ("Account1", "username", "$EXTEN", "unfilled-placeholder"),
    ("Account1", "username", "<extension>", "unfilled-placeholder"),
    ("Account1", "username", "__extension__", "unfilled-placeholder"),
    ("Account1", "username", "%%extension%%", "unfilled-placeholder"),
    ("Account1", "username", "JÃ¼rgen", "wrong-code-page"),
    ("Account1", "authID", "‘101’", "odd-character"),
    ("Account1", "server", "sip–1.example.com", "odd-character"),
    ("Account1", "server", "\u200esip.example.com", "odd-character"),
    ("Account1", "server", '"sip.example.com"', "left-over-quote"),
    ("Account1", "server", "%SIP_SERVER%", "unfilled-placeholder"),
    ("Account1", "domain", "{{domain}}", "unfilled-placeholder"),
    ("Account1", "proxy", "sip．example.com", "odd-character"),
    ("Account1", "voicemailNumber", "“*97”", "odd-character"),
    ("Account1", "dialingPrefix", "０", "odd-character"),
    ("Account1", "dialPlan", "%PLAN%", "unfilled-placeholder"),
    ("Settings", "forwardingNumber", "'102'", "left-over-quote"),
    ("Settings", "autoAnswerNumber", "102';", "left-over-quote"),
    ("Settings", "STUN", "stun.example.com\u202c", "odd-character"),
    ("Settings", "portKnockerPorts", "7000–7002", "odd-character"),
    ("Settings", "recordingPath", 'C:\\Users\\jo\\Recordings"', "left-over-quote"),
    ("Settings", "recordingPath", "C:\\Rec*", "odd-character"),
    ("Settings", "recordingPath", "C:\\Rec\u200b", "odd-character"),
    ("Settings", "recordingPath", "C:\\Rec:2", "odd-character"),
    ("Settings", "recordingPath", "${HOME}\\Recordings", "unfilled-placeholder"),
    ("Settings", "recordingPath", "C:\\J├╝rgen", "wrong-code-page"),
    ("Settings", "ringingSound", '"office.wav', "left-over-quote"),
]
DOUBTED = [
    ("Account1", "displayName", "'Jo Doe'", "left-over-quote"),
    ("Account1", "displayName", "'Jo", "left-over-quote"),
    ("Account1", "displayName", "Jo Doe\\", "left-over-quote"),
    ("Account1", "displayName", "J├╝rgen", "wrong-code-page"),
    ("Account1", "displayName", "JÃƒÂ¼rgen", "wrong-code-page"),  # misread twice
    ("Account1", "displayName", "%USERNAME%", "unfilled-placeholder"),
    ("Account1", "label", "“Head office”", "odd-character"),
    ("Account1", "label", "Head\u00a0office", "odd-character"),
    ("Account1", "label", "Head office – 2", "odd-character"),
    ("Settings", "userAgent", "${name}", "unfilled-placeholder"),
    ("Account1", "dialPlan", "_9NXXXXXX", "foreign-notation"),
    ("Settings", "cmdCallEnd", "pop.exe %callerId%", "unknown-placeholder"),
]
FINE = [
    ("Account1", "username", "EXAMPLE-101_a.b"),
    ("Account1", "username", "o'brien"),
    ("Account1", "authID", "EXAMPLE\\jo"),
    ("Account1", "server", "[2001:db8::1]:5060"),
    ("Account1", "server", "müller.example.com"),
    ("Account1", "displayName", "Jürgen O’Brien"),
    ("Account1", "displayName", "Žižkov & 電話 (2) 50%"),
    ("Account1", "voicemailNumber", "*21*102#"),
    ("Settings", "recordingPath", "\\\\srv\\c$\\Jürgen’s – calls\\"),
    ("Settings", "ringingSound", "%SystemRoot%\\Media\\ring.wav"),
    ("Settings", "usersDirectory", "https://example.com/{domain}?u=%s"),
    ("Settings", "audioInputDevice", "Mikrofon (“USB” – 2)"),
    ("Settings", "cmdCallEnd", "pop.exe {callerid}"),
]


@pytest.mark.parametrize(("section", "name", "text", "code"), REFUSED)
def test_what_cannot_be_meant_is_refused(section: str, name: str, text: str, code: str) -> None:
    key = find_key(section, name)
    with pytest.raises(ValueRefused) as caught:
        key.parse(text)
    assert caught.value.code == code
    assert caught.value.hint
    assert caught.value.message.startswith(f"{name}: ")
    assert key.read(text).notices, "and check finds it in a file"


@pytest.mark.parametrize(("section", "name", "text", "code"), DOUBTED)
def test_what_can_be_meant_is_taken_and_doubted(
    section: str, name: str, text: str, code: str
) -> None:
    key = find_key(section, name)
    assert key.encode(key.parse(text)) == text
    assert [notice.code for notice in key.doubts(text)] == [code]
    assert code in [notice.code for notice in key.read(text).notices]


@pytest.mark.parametrize(("section", "name", "text"), FINE)
def test_what_people_write_is_fine(section: str, name: str, text: str) -> None:
    key = find_key(section, name)
    key.parse(text)
    assert key.doubts(text) == ()


def test_a_placeholder_of_the_environment_is_named_as_a_template_writes_it() -> None:
    for text in ("%USERNAME%", "${USERNAME}", "$env:USERNAME"):
        with pytest.raises(ValueRefused) as caught:
            find_key("Account1", "username").parse(text)
        assert "{{ env.USERNAME }}" in caught.value.hint


def test_the_placeholders_of_commands_are_named() -> None:
    key = find_key("Settings", "cmdIncomingCall")
    (notice,) = key.doubts("pop.exe %callerId%")
    assert "{callerid}" in notice.hint
    assert "{callerid}" in key.expects  # which explain shows


@pytest.mark.parametrize("text", ["{{" * 50_000, "%A" * 50_000, "$(" * 50_000, "<a" * 50_000])
def test_a_long_text_is_looked_at_in_part_only(text: str) -> None:
    began = time.process_time()
    odd(text, "user")
    assert time.process_time() - began < 2
