"""``show``: effective values, where each comes from, and no secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from microsip_config.errors import UnknownKey
from microsip_config.ini.encoding import Decoded
from microsip_config.ini.file import Source
from microsip_config.operations.show import Row, effective
from microsip_config.schema import SECTIONS

TEXT = """\
[settings]
accountId=1
VAD=true
volumeRing=60
audioCodecs=PCMA/8000/1 opus/48000/2
colour=red
passwordHint=Hidden-Word
silent=1
[Account2]
domain=example.org
[Account1]
transport=TLS
registerRefresh=5
domain=example.com
password=Secret-77
label= "Desk" of Ada
[Shortcuts]
0=Reception;100;call
[Calls]
0=100;Ada;1;1700000000;12;
[Notes]
a=1
"""


def _source(text: str = TEXT) -> Source:
    return Source(Path("m.ini"), Path("m.ini"), b"", Decoded(text, "utf-16-le"))


def _row(name: str) -> Row:
    [row] = effective(_source(), name)
    return row


@pytest.mark.parametrize(
    ("name", "value", "origin", "raw", "line"),
    [
        ("Settings.volumeRing", 60, "file", "60", 4),
        ("settings.VOLUMERING", 60, "file", "60", 4),
        ("Settings.singleMode", True, "default", None, None),
        ("Settings.VAD", False, "ignored", "true", 3),
        ("Settings.audioCodecs", ["PCMA/8000/1", "opus/48000/2"], "file", None, 5),
        ("Account1.transport", "", "ignored", "TLS", 12),
        ("Account1.registerRefresh", 10, "clamped", "5", 13),
        ("Account1.label", '"Desk" of Ada', "file", '"Desk" of Ada', 16),
        ("Account2.transport", "udp", "default", None, None),
        ("Account0.label", "Local (call by IP address)", "default", None, None),
        ("Settings.colour", "red", "unknown", "red", 6),
        ("Notes.a", "1", "unknown", "1", 22),
    ],
)
def test_a_key_shows_what_the_phone_takes(
    name: str, value: object, origin: str, raw: str | None, line: int | None
) -> None:
    text = TEXT + "[Account0]\n" if name.startswith("Account0") else TEXT
    [row] = effective(_source(text), name)
    assert (row.value, row.origin, row.line) == (value, origin, line)
    if raw is not None:
        assert row.raw == raw


def test_what_is_not_taken_as_written_says_why() -> None:
    assert "off" in _row("Settings.VAD").notices[0]
    assert "tls" in _row("Account1.transport").notices[0]
    assert _row("Settings.volumeRing").notices == ()


def test_secrets_are_masked() -> None:
    row = _row("Account1.password")
    assert (row.value, row.raw, row.secret) == (None, None, True)
    assert _row("Settings.passwordHint").value is None
    shown = repr(effective(_source()))
    assert "Secret-77" not in shown
    assert "Hidden-Word" not in shown


@pytest.mark.parametrize(
    ("line", "name", "value", "raw"),
    [
        ("password=Secret-77", "password", None, None),
        ("password=", "password", "", ""),
        ('password=""', "password", "", ""),
        ("label=x", "password", "", None),
        ("secretHint=", "secretHint", "", ""),
        ("secretHint=x", "secretHint", None, None),
    ],
)
def test_an_absent_or_empty_secret_is_not_taken_for_a_stored_one(
    line: str, name: str, value: str | None, raw: str | None
) -> None:
    [row] = effective(_source(f"[Account1]\ndomain=a\n{line}\n"), f"Account1.{name}")
    assert (row.value, row.raw, row.secret) == (value, raw, True)


def test_everything_is_the_settings_the_accounts_and_what_nobody_reads() -> None:
    rows = effective(_source())
    sections = list(dict.fromkeys(row.section for row in rows))
    assert sections == ["Settings", "Account1", "Account2", "Shortcuts", "Notes"]
    current = {name for name, key in SECTIONS["Settings"].items() if key.read_by(_source().phone)}
    shown = {row.key for row in rows if row.section == "Settings"}
    assert shown == current | {"colour", "passwordHint", "silent"}
    json.dumps([row._asdict() for row in rows])


def test_an_empty_file_shows_the_defaults() -> None:
    rows = effective(_source(""))
    assert {row.section for row in rows} == {"Settings"}
    assert {row.origin for row in rows} == {"default"}


def test_the_lists_of_calls_are_shown_when_named() -> None:
    [row] = effective(_source(), "Calls")
    assert row.value["number"] == "100"
    assert effective(_source(), "Dialed") == []


@pytest.mark.parametrize(
    ("selection", "hint"),
    [
        ("Setings", "Settings"),
        ("Account3", "Account1"),
        ("Settings.audioCodec", "audioCodecs"),
        ("audioCodecs", "Settings.audioCodecs"),
        ("transport", "Account1.transport"),
        ("Settings.", "lists its keys"),
        ("Nonsense", "Account1"),
        ("Account1.qqqq", "lists its keys"),
    ],
)
def test_a_wrong_selection_names_the_likely_one(selection: str, hint: str) -> None:
    with pytest.raises(UnknownKey) as caught:
        effective(_source(), selection)
    assert hint in caught.value.hint
