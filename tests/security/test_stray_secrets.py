"""Passwords where no schema expects one: in addresses, and in keys that MicroSIP does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.secret import PLACEHOLDER
from microsip_config.stray_secrets import holds_password, names_secret, without_passwords
from tests.cli.conftest import Cli, utf16

WORD = "Xq7vT2zebra"
WITH_PASSWORD = [
    f"sip:101:{WORD}@sip.example.com",
    f"SIPS:101:{WORD}@sip.example.com:5061;transport=tls",
    f"sip:101:p@{WORD}@sip.example.com",
    f"sip:101:{WORD};x@sip.example.com",
    f"sip:101:{WORD} x@sip.example.com",
    f'"Jo" <sip:101:{WORD}@sip.example.com>',
    f"http://jo:{WORD}@example.com/book.xml",
    f"https://jo@example.com:{WORD}@proxy.example.com:8080",
    f"https://jo:{WORD}/x@example.com/",
    f"ldap://cn=jo,dc=example:{WORD}@example.com/",
    f"ftp://jo:{WORD}@example.com",
    f"new+scheme://jo:{WORD}@example.com",
    f"https://example.com/book?x=1&token={WORD}",
    f"sip:101@example.com;password={WORD}",
    f"101:{WORD}@sip.example.com",
]
WITHOUT = [
    "sip:101@sip.example.com",
    "sip:101@sip.example.com:5060",
    "1;Jo;sip:101@sip.example.com:5060;sip:102@sip.example.com",
    "http://example.com:8080/a@b",
    "https://example.com/a:b@c",
    "http://[2001:db8::1]:80/a@b",
    "mailto:jo@example.com",
    "jo@example.com",
    "stun.example.com:3478",
    "C:\\Users\\jo@example.com\\ring.wav",
    "Jo: jo@example.com",
    "https://example.com/book?page=2&sort=name",
]
SECRET_NAMES = [
    "password",
    "PASSWD",
    "authPassword2",
    "sipSecret",
    "SECRET",
    "pwd",
    "my_pwd2",
    "token",
    "accessToken",
    "apiKey",
    "API-KEY",
    "api_key",
    "credential",
    "sipCredentials",
    "passphrase",
    "PIN",
    "pin2",
    "voicemailPin",
    "userpin",
    "voicemail_pin",
    "pinCode",
    "privateKey",
    "Kennwort",
]
OTHER_NAMES = [
    "label",
    "ping",
    "mapping",
    "spinner",
    "keyboard",
    "userAgent",
    "opinion",
    "volumeRing",
    "pint",
]


@pytest.mark.parametrize("value", WITH_PASSWORD)
def test_an_address_with_a_password(value: str) -> None:
    assert holds_password(value)


@pytest.mark.parametrize("value", WITHOUT)
def test_an_address_without(value: str) -> None:
    assert not holds_password(value)
    assert without_passwords(f"'{value}' is odd") == f"'{value}' is odd"


def test_names() -> None:
    assert [name for name in SECRET_NAMES if not names_secret(name)] == []
    assert [name for name in OTHER_NAMES if names_secret(name)] == []


# In a sentence an address ends at a blank, and begins with what it is.
@pytest.mark.parametrize("value", [v for v in WITH_PASSWORD[:-1] if f"{WORD} " not in v])
def test_in_a_sentence_only_the_password_is_hidden(value: str) -> None:
    shown = without_passwords(f"line 7: {value} is ignored")
    assert WORD not in shown
    assert shown.startswith("line 7: ")
    assert shown.endswith(" is ignored")
    assert PLACEHOLDER in shown


@given(st.text(st.sampled_from("sip:/@;?&=token. <>[]1a\\"), max_size=40))
def test_any_text_is_looked_at_and_what_is_hidden_is_one_part(text: str) -> None:
    assert holds_password(text) in {True, False}
    before, *_, after = without_passwords(text).split(PLACEHOLDER) * 2
    assert text.startswith(before.split(PLACEHOLDER)[0])
    assert text.endswith(after)


HUGE = ["sip:", "a:b@", ":1;", "http://", "sip:@", "?a=;", "a.", "<", "[::]:1@", "&token=a"]


@pytest.mark.parametrize("part", HUGE)
def test_a_long_text_is_looked_at_in_one_pass(part: str) -> None:
    text = f"sip:{part * 200_000}:@"
    holds_password(text)  # with quadratic time this would take hours
    without_passwords(text)


# --- every verb --------------------------------------------------------------------------------

STRAY = {
    "Account1.server": f"sip:101:{WORD}@sip.example.com",
    "Account1.proxy": f"101:{WORD}@sip.example.com",
    "Settings.usersDirectory": f"https://jo:{WORD}@example.com/book.xml",
    "Settings.STUN": f"http://x:{WORD}@h/",
    "Settings.authPassword2": WORD,
    "Settings.sip_Secret": WORD,
    "Settings.voicemailPIN": WORD,
    "Settings.apikey": WORD,
    "Foreign.accessToken": WORD,
    "Shortcuts.0": f"Desk;sip:9:{WORD}@example.com;call;",
    "Calls.0": f"sip:9:{WORD}@example.com;Jo;1;1767225600;42;Normal",
}


@pytest.fixture
def stray(tmp_path: Path) -> Path:
    sections: dict[str, list[str]] = {"Account1": ["domain=sip.example.com", "username=101"]}
    for name, value in STRAY.items():
        section, key = name.split(".")
        sections.setdefault(section, []).append(f"{key}={value}")
    text = "".join(f"[{name}]\r\n" + "\r\n".join(each) + "\r\n" for name, each in sections.items())
    path = tmp_path / "MicroSIP.ini"
    path.write_bytes(utf16(text))
    (tmp_path / "t.ini").write_text(
        f"[Account1]\nlabel = sip:1:{WORD}new@sip.example.com\n"
        "[Settings]\nusersDirectory = {{ 'https://u:' ~ word ~ '@example.com/' }}\n"
    )
    (tmp_path / "wrong.ini").write_text(f"[Account1]\nserver = sip:101:{WORD}@h\n")
    return path


@pytest.mark.parametrize(
    "line",
    [
        "show",
        "show Settings",
        "show Foreign",
        "show Calls",
        "show Account1.server",
        "check",
        "check t.ini --var word=W",
        "plan wrong.ini",
        "template validate wrong.ini",
        "plan t.ini --var word=W",
        "plan t.ini --var word={}",
        "apply t.ini --var word=W",
        "capture",
        "capture --parametrise",
        "repair --dry-run",
        "repair",
        "calls",
        "calls --csv",
        "unset Account1.server",
        "set Account1.server=sip.example.com",
        "set Account1.server=sip:101:{}@sip.example.com",
        "set Settings.audioCodecs=sip:101:{}@h",
        "set Settings.volumeRing=http://u:{}@h",
        "set Settings.nonsense=http://u:{}@h",
        "set Account1.transport=u:{}@h",
        "unset sip:u:{}@h",
        "show sip:u:{}@h",
        "bogus sip:u:{}@h",
        "show a sip:u:{}@h",
        "explain sip:u:{}@h",
        "template show http://u:{}@h",
        "phone dial sip:u:{}@h",
    ],
)
@pytest.mark.parametrize("json_too", [False, True])
def test_no_verb_shows_one(cli: Cli, stray: Path, line: str, *, json_too: bool) -> None:
    words = line.format(WORD).split(" ")
    if words[0] not in {"bogus", "explain", "template"}:
        words += ["--ini", str(stray)]
    if json_too and "--csv" not in words:
        words.append("--json")
    outcome = cli(*words)
    assert outcome.code in {0, 1, 2, 3, 4, 5}
    logs = [path.read_text("utf-8") for path in stray.parent.rglob("*.log")]
    for told in (outcome.out, outcome.err, *logs):
        assert WORD not in told


def test_an_address_with_a_password_is_null_and_secret(cli: Cli, stray: Path) -> None:
    rows = {
        f"{row['section']}.{row['key']}": row
        for row in [
            *cli("show", "--ini", stray, "--json").json["data"],
            *cli("show", "Foreign", "--ini", stray, "--json").json["data"],
        ]
    }
    for name in STRAY:
        if name != "Calls.0":
            row = rows[name]
            assert (row["value"], row["raw"], row["secret"]) == (None, None, True), name
    assert rows["Account1.domain"]["raw"] == "sip.example.com"
    (change,) = cli("set", "Account1.server=x.example.com", "--ini", stray, "--json").json[
        "changes"
    ]
    assert (change["old"], change["new"], change["secret"]) == (None, None, True)


def test_the_file_gets_it_all_the_same(cli: Cli, stray: Path) -> None:
    assert cli("apply", "t.ini", "--var", "word=W", "--ini", stray).code == 0
    text = stray.read_bytes().decode("utf-16")
    assert f"label=sip:1:{WORD}new@sip.example.com" in text
    assert (
        cli("apply", "t.ini", "--var", "word=W", "--ini", stray, "--json").json["changed"] is False
    )


def test_a_switch_with_a_telling_name_is_shown(cli: Cli, tmp_path: Path) -> None:
    ini = tmp_path / "MicroSIP.ini"
    ini.write_bytes(utf16("[Settings]\r\nsavePassword=1\r\nvolumeRing=1\r\n"))
    rows = json.loads(cli("show", "Settings", "--ini", ini, "--json").out)["data"]
    shown = {row["key"]: row["raw"] for row in rows}
    assert (shown["savePassword"], shown["volumeRing"]) == ("1", "1")
