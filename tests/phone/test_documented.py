"""Every documented flag: what it becomes here, and how it is spelt for a vendor build."""

from __future__ import annotations

from pathlib import Path

import pytest

from microsip_config.errors import InputError, SecretError, UsageError, ValueRefused
from microsip_config.phone.documented import (
    FLAGS,
    Action,
    Edit,
    applicable,
    render,
    takes_documented_flags,
    translate,
)
from microsip_config.results import Issue
from microsip_config.secret import Secret

# flag, text, what it becomes for account 3
ROWS = [
    ("dn", "John Doe", [Edit("Account3", "displayName", "John Doe")]),
    (
        "user",
        "101",
        [
            Edit("Account3", "username", "101"),
            Edit("Account3", "authID", "101", when="set"),
        ],
    ),
    (
        "domain",
        "sip.example.com",
        [
            Edit("Account3", "domain", "sip.example.com"),
            Edit("Account3", "server", "sip.example.com", when="empty"),
        ],
    ),
    ("password", "secret123", [Edit("Account3", "password", Secret("secret123"), secret=True)]),
    ("proxy", "192.0.2.100:5060", [Edit("Account3", "proxy", "192.0.2.100:5060")]),
    (
        "stun",
        "stun.example.com:19302",
        [
            Edit("Settings", "STUN", "stun.example.com:19302"),
            Edit("Settings", "enableSTUN", "1"),
        ],
    ),
    ("stun", "", [Edit("Settings", "STUN", ""), Edit("Settings", "enableSTUN", "0")]),
    ("call", "5551234", [Action("dial", "5551234")]),
    ("call", "sip:user@example.com", [Action("dial", "user@example.com")]),
    ("autoanswer", "1", [Edit("Settings", "autoAnswer", "all")]),
    ("autoanswer", "0", [Edit("Settings", "autoAnswer", "")]),
    ("dialplan", "<:9>xxx.", [Edit("Account3", "dialPlan", "<:9>xxx.")]),
    ("show", "normal", [Edit("Settings", "minimized", "0"), Action("start", "")]),
    ("show", "minimized", [Edit("Settings", "minimized", "1"), Action("start", "minimized")]),
    ("show", "hidden", [Edit("Settings", "minimized", "1"), Action("start", "minimized")]),
    ("debug", "C:\\logs\\sip.log", [Edit("Settings", "enableLog", "1")]),
    ("log", "C:\\logs\\calls.csv", [Action("calls", "C:\\logs\\calls.csv")]),
    ("setvolume", "80", [Edit("Settings", "volumeOutput", "80")]),
    ("micvolume", "90", [Edit("Settings", "volumeInput", "90")]),
    ("uri", "sip:100@pbx.example.com", [Action("dial", "100@pbx.example.com")]),
]


@pytest.mark.parametrize(("name", "text", "becomes"), ROWS)
def test_a_flag_becomes(name: str, text: str, becomes: list[Edit | Action]) -> None:
    result = translate({name: text}, 3)
    assert [*result.edits, *result.actions] == becomes


def test_every_flag_has_a_row_and_a_help_text() -> None:
    assert {flag.name for flag in FLAGS} == {name for name, _, _ in ROWS}
    for flag in FLAGS:
        assert flag.meaning in flag.help
        assert flag.honoured in flag.help
        translate({flag.name: flag.example}, 1)


def test_a_password_warns_and_is_not_shown() -> None:
    result = translate({"password": "secret123", "user": "101"}, 1)
    assert [issue.code for issue in result.warnings] == ["password-visible"]
    assert "--secret" in result.warnings[0].hint
    assert "secret123" not in repr(result)


def test_the_fixed_log_path_is_told() -> None:
    (warning,) = translate({"debug": "C:\\logs\\sip.log"}, 1).warnings
    assert isinstance(warning, Issue)
    assert "'C:\\logs\\sip.log'" in warning.message
    assert "_log.txt" in warning.hint


def test_show_for_one_start_only() -> None:
    result = translate({"show": "hidden", "dn": "J"}, 1, store=False)
    assert result.edits == [Edit("Account1", "displayName", "J")]
    assert result.actions == [Action("start", "minimized")]


@pytest.mark.parametrize(
    ("current", "keys"),
    [
        ({}, ["username", "domain", "server"]),
        ({"authID": "", "server": ""}, ["username", "domain", "server"]),
        ({"authID": "old", "server": "pbx"}, ["username", "authID", "domain"]),
    ],
)
def test_login_only_where_set_and_server_only_where_empty(
    current: dict[str, str], keys: list[str]
) -> None:
    edits = translate({"user": "101", "domain": "sip.example.com"}, 1).edits
    chosen = applicable(edits, lambda _section, key: current.get(key))
    assert [edit.key for edit in chosen] == keys


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dn", 'John "Jack" Doe'),
        ("dn", "a\nb"),
        ("domain", "a b"),
        ("autoanswer", "yes"),
        ("show", "Hidden"),
        ("setvolume", "101"),
        ("setvolume", "-1"),
        ("micvolume", "loud"),
        ("call", "101 hello"),
        ("uri", "/exit"),
        ("log", ""),
        ("stun", "a b"),
    ],
)
def test_what_microsip_would_not_take_is_refused_with_its_flag(name: str, text: str) -> None:
    with pytest.raises(ValueRefused) as refusal:
        translate({name: text}, 1)
    assert refusal.value.where == ("ADDRESS" if name == "uri" else f"--{name}")


@pytest.mark.parametrize("text", ["sip:x", "a b", "a@b", "x:99999", "x" * 1041, "a\nb"])
def test_a_refused_domain_is_told_as_the_domain(text: str) -> None:
    """Not as the server, which the flag sets only where it is empty."""
    with pytest.raises(ValueRefused) as refusal:
        translate({"domain": text}, 1)
    assert refusal.value.message.startswith("domain: ")


def test_a_refused_password_is_not_repeated() -> None:
    with pytest.raises(InputError) as refusal:
        translate({"password": "sesame\nopen"}, 1)
    assert "sesame" not in str(refusal.value) + refusal.value.hint


def test_unknown_flags_are_refused() -> None:
    for name in ("help", "exit", "--dn", ""):
        with pytest.raises(UsageError):
            translate({name: "x"}, 1)
        with pytest.raises(UsageError):
            render({name: "x"})


@pytest.mark.parametrize("flag", [flag for flag in FLAGS if flag.name != "password"])
def test_a_vendor_build_gets_each_flag_verbatim(flag: object) -> None:
    assert isinstance(flag, type(FLAGS[0]))
    spelt = render({flag.name: flag.example})
    assert spelt.arguments == ((flag.option,) if flag.option else ()) + (flag.example,)


def test_the_vendor_command_line_is_quoted_for_windows() -> None:
    spelt = render({"dn": 'John "J" Doe', "user": "101", "log": "C:\\my logs\\", "call": "5551234"})
    assert spelt.command_line("C:\\V\\phone.exe") == (
        '"C:\\V\\phone.exe" --dn "John \\"J\\" Doe" --user 101 --log "C:\\my logs\\\\"'
        " --call 5551234"
    )


def test_a_password_is_never_rendered() -> None:
    with pytest.raises(SecretError) as refusal:
        render({"user": "101", "password": "secret123"})
    assert "secret123" not in repr(refusal.value) + refusal.value.hint


def test_a_stock_program_is_told_from_a_vendor_build(tmp_path: Path) -> None:
    stock, vendor = tmp_path / "stock.exe", tmp_path / "vendor.exe"
    stock.write_bytes(b"MZ" + "autoAnswer /minimized".encode("utf-16-le"))
    vendor.write_bytes(b"MZ\0" + "--autoanswer".encode("utf-16-le"))
    assert not takes_documented_flags(stock)
    assert takes_documented_flags(vendor)
    assert not takes_documented_flags(tmp_path / "missing.exe")
