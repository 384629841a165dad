"""``capture``: a phone's file becomes a template that makes another one like it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.ini.document import Document
from microsip_config.ini.encoding import Decoded
from microsip_config.ini.file import Source
from microsip_config.ini.profile import Profile
from microsip_config.operations.capture import capture, template_value
from microsip_config.planning import make as plan
from microsip_config.schema import lookup
from microsip_config.schema.effective import Effective
from microsip_config.secret import Secret, revealed
from microsip_config.template.layers import Template
from microsip_config.template.parse import parse

PASSWORD = "Secret-77"
TEXT = f"""\
[Settings]
accountId=2
singleMode=0
VAD=true
EC=1
registerRefresh=60
audioCodecs=PCMA/8000/1 opus/48000/2
audioInputDevice="Headset (USB)"
recordingPath=C:\\Users\\ada\\Desktop\\Recordings
ringingSound=office.wav
autoAnswer=All
denyIncoming=
usersDirectory=https://ada:Url-Pass@example.com/phones.json
cmdCallEnd=""C:\\My Tools\\log.exe""
mainX=100
volumeOutput=30
AA=1
version=3.22.3
colour=red
[Account1]
server=sip.example.com
domain=example.com
username=101
password={PASSWORD}
displayName=Ada Example
label=101
[Account2]
server=sip.example.com
domain=example.com
username=102
password={PASSWORD}
transport=tls
[Account3]
username=103
[Shortcuts]
0=Reception;100;call;;1
[Calls]
0=100;Ada;1;1700000000;12;
"""
BOTH = {"sip1": Secret(PASSWORD), "sip2": Secret(PASSWORD), "sip": Secret(PASSWORD)}


def _source(text: str) -> Source:
    return Source(Path("m.ini"), Path("m.ini"), b"", Decoded(text, "utf-16-le"))


def _applied(template: str, variables: Mapping[str, Any]) -> Profile:
    """An empty file after the template was applied to it."""
    desired = Template([parse(template, "captured.ini")]).render(
        variables, BOTH, allow_commands=True
    )
    made = plan.make(Profile(""), desired)
    return Profile(made.render(""))


def _lines(template: str) -> list[str]:
    return [line for line in template.splitlines() if line and not line.startswith("#")]


def test_only_what_differs_from_the_defaults_is_taken_over() -> None:
    assert _lines(capture(_source(TEXT), name="Desk of {Ada}\n")) == [
        "[template]",
        "description = Desk of (Ada}?",
        "requires = secret.sip1, secret.sip2",
        "activate = Account by username, domain",
        "[Settings]",
        "singleMode = no",
        "autoAnswer =",
        "denyIncoming =",
        "ringingSound = office.wav",
        "audioCodecs = PCMA/8000/1 opus/48000/2",
        "cmdCallEnd = '\"C:\\My Tools\\log.exe\"'",
        "[Account by domain, username]",
        "label = 101",
        "server = sip.example.com",
        "domain = example.com",
        "username = 101",
        "password = {{ secret.sip1 }}",
        "displayName = Ada Example",
        "[Account by username, domain]",
        "server = sip.example.com",
        "domain = example.com",
        "username = 102",
        "password = {{ secret.sip2 }}",
        "transport = tls",
        "[Shortcuts]",
        "0 = Reception;100;call;;1",
    ]


def test_what_is_good_for_one_machine_only_stands_in_comments() -> None:
    template = capture(_source(TEXT))
    assert "#   audioInputDevice = Headset (USB)\n" in template
    assert "#   recordingPath = C:\\Users\\ada\\Desktop\\Recordings\n" in template


def test_no_secret_is_taken_over() -> None:
    template = capture(_source(TEXT), parametrise=True)
    assert PASSWORD not in template
    assert "Url-Pass" not in template
    assert "usersDirectory" in template


def test_accounts_may_keep_their_numbers() -> None:
    lines = _lines(capture(_source(TEXT), accounts="number"))
    assert "activate = Account2" in lines
    assert [line for line in lines if line.startswith("[Acc")] == ["[Account1]", "[Account2]"]


def test_accounts_that_nothing_tells_apart_keep_their_numbers() -> None:
    twice = "username=101\ndomain=example.com\n"
    text = f"[Settings]\naccountId=1\n[Account1]\n{twice}[Account2]\n{twice}"
    lines = _lines(capture(_source(text)))
    assert [line for line in lines if line.startswith("[Acc")] == ["[Account1]", "[Account2]"]


def test_variables_stand_for_what_is_the_users() -> None:
    text = TEXT[: TEXT.index("[Account2]")].replace("accountId=2", "accountId=1")
    template = capture(_source(text), parametrise=True)
    lines = _lines(template)
    assert "requires = username, display_name, secret.sip" in lines
    assert "label = {{ username }}" in lines
    assert "#   username = 101" in template
    profile = _applied(template, {"username": "201", "display_name": "Bob Example"})
    assert profile.get("Account1", "label") == "201"
    assert profile.get("Account1", "displayName") == "Bob Example"


def test_a_variable_belongs_to_one_account() -> None:
    domain = "domain=example.com\n"
    text = f"[Account1]\n{domain}username=1\n[Account2]\n{domain}username=2\nlabel=1\nauthID=2\n"
    lines = _lines(capture(_source(text), parametrise=True))
    assert "requires = username1, username2, label2" in lines
    second = lines[lines.index("username = {{ username1 }}") + 1 :]
    assert "label = {{ label2 }}" in second
    assert "authID = {{ username2 }}" in second


def test_a_file_of_defaults_gives_a_template_that_asks_for_nothing() -> None:
    for text in ("", "[Settings]\nEC=1\nVAD=0\nsourcePort=0\n"):
        template = capture(_source(text))
        assert _lines(template) == ["[template]", "[Settings]"]
        assert parse(template, "captured.ini").requires == ()


def test_the_local_account_in_use_stays_so() -> None:
    text = "[Settings]\naccountId=0\nenableLocalAccount=1\n[Account0]\nlabel=Here\n"
    lines = _lines(capture(_source(text)))
    assert lines == [
        "[template]",
        "[Settings]",
        "enableLocalAccount = yes",
        "accountId = 0",
        "[Account0]",
        "label = Here",
    ]


ACCOUNT = "server=a.example\ndomain=a.example\nusername=1\n"


def _noted(text: str, **choices: Any) -> list[str]:
    """What the captured template, which a new phone takes, says in comments."""
    template = capture(_source(text), **choices)
    _applied(template, {})
    return [line for line in template.splitlines()[1:] if line.startswith("#")]


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("label=\n", ["label ="]),
        ("label=Here\n", ["label = Here"]),
        ("label=Local (call by IP address)\n", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("parametrise", [False, True])
def test_an_empty_label_of_the_local_account_is_not_an_absent_one(
    label: str, line: list[str], parametrise: bool
) -> None:
    text = f"[Settings]\nenableLocalAccount=1\naccountId=0\n[Account0]\n{label}publish=1\n"
    template = capture(_source(text), parametrise=parametrise)
    lines = _lines(template)
    variables = dict(re.findall(r"^#   (\w+) = (.*)$", template, re.MULTILINE))
    if not (parametrise and variables):
        assert [each for each in lines if each.startswith("label")] == line
    before, after = Effective(Profile(text)), Effective(_applied(template, variables))
    assert after.value("Account0", "label") == before.value("Account0", "label")
    assert bool(variables) is (parametrise and "Here" in label)


def test_settings_that_spoil_each_other_are_left_out_with_the_reason() -> None:
    text = f"[Settings]\naccountId=1\nrtpPortMin=10000\nrtpPortMax=9000\n[Account1]\n{ACCOUNT}"
    why, line = _noted(text)
    assert why.startswith("# left out: rtpPortMax 9000 is not above rtpPortMin 10000: ")
    assert line == "#   rtpPortMax = 9000"
    assert "rtpPortMin = 10000" in _lines(capture(_source(text)))


def test_accounts_behind_a_gap_close_up() -> None:
    text = f"[Settings]\naccountId=3\n[Account1]\n{ACCOUNT}[Account3]\n{ACCOUNT}label=x\n"
    template = capture(_source(text))
    assert _noted(text) == []
    profile = _applied(template, {})
    assert profile.get("Settings", "accountId") == "2"
    assert profile.get("Account2", "label") == "x"


@pytest.mark.parametrize(
    ("text", "accounts", "told"),
    [
        ("[Settings]\naccountId=1\n[Account1]\ndomain=a.example\n", "by", "no username"),
        (
            "[Settings]\naccountId=1\n[Account1]\ndomain=a.example\nusername=1 1\n",
            "by",
            "no username",
        ),
        (f"[Account1]\n{ACCOUNT}[Account3]\n{ACCOUNT}", "number", "[Account3] is hidden"),
    ],
)
def test_what_a_new_phone_would_not_take_is_told_at_the_top(
    text: str, accounts: Any, told: str
) -> None:
    first = capture(_source(text), accounts=accounts).splitlines()[0]
    assert first.startswith("# apply refuses this to a new phone: ")
    assert told in first


def test_an_account_of_old_versions_is_told() -> None:
    old = f"[Settings]\n{ACCOUNT}VAD=1\n"
    assert any("where old versions kept it" in line for line in _noted(old))
    assert "VAD = yes" in _lines(capture(_source(old)))


# -- the property ---------------------------------------------------------------------------------

_FREE = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20
) | st.sampled_from(
    ["{{ secret.sip }}", "{% if %}", "{# no #}", "{{", "}}", "' \"", ' "a" ', "'a'", "\\n", " x ",
     '"\'a\'"', "; no comment", "# no comment", "?", "a = b", "[x]", "{{ absent }}", "absent"]
)  # fmt: skip
_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "userAgent": _FREE,
        "forwardingNumber": _FREE,
        "singleMode": st.sampled_from(["0", "1", "", "true"]),
        "rport": st.sampled_from(["0", "1", "false"]),
        "DTMFMethod": st.sampled_from(["0", "1", "2", "3", "9"]),
        "autoAnswer": st.sampled_from(["", "button", "all", "header", "All"]),
        "audioCodecs": st.sampled_from(["opus/48000/2 PCMU/8000/1", "PCMA/8000/1 PCMU/8000/1"]),
        "rtpPortMin": st.sampled_from(["0", "10000", "20000"]),
        "rtpPortMax": st.sampled_from(["0", "10000", "20000"]),
        "volumeRing": st.sampled_from(["0", "60", "100", ""]),
        "updatesInterval": st.sampled_from(["never", "weekly", ""]),
        "cmdCallStart": st.sampled_from([r"C:\x.exe {number}", r'"C:\a b\x.exe"', '"a" "b"']),
    },
)
_ACCOUNT = st.fixed_dictionaries(
    {
        "domain": st.sampled_from(["example.com", "example.org:5070"]),
        "server": st.just("sip.example.com"),
        "password": st.just(PASSWORD),
    },
    optional={
        "label": _FREE,
        "authID": _FREE,
        "voicemailNumber": _FREE,
        "displayName": _FREE.filter(lambda text: '"' not in text),
        "transport": st.sampled_from(["", "udp", "tcp", "TLS"]),
        "registerRefresh": st.sampled_from(["5", "60", "300"]),
        "dialPlan": st.sampled_from(["1xx|<0:0049>x.", r"\+x.", "{{x"]),
    },
)


def _document(settings: Mapping[str, str], accounts: list[dict[str, str]], active: int) -> str:
    document = Document("")
    document.set("Settings", "accountId", str(active))
    for key, text in settings.items():
        document.set("Settings", key, text)
    for number, account in enumerate(accounts, 1):
        document.set(f"Account{number}", "username", str(100 + number))
        for key, text in account.items():
            document.set(f"Account{number}", key, text)
    return document.render()


@given(
    _SETTINGS,
    st.lists(_ACCOUNT, min_size=1, max_size=2),
    st.sampled_from([1, 2]),
    st.sampled_from(["by", "number"]),
    st.booleans(),
)
def test_applied_to_an_empty_file_it_gives_the_same_phone(
    settings: dict[str, str],
    accounts: list[dict[str, str]],
    active: int,
    headers: Any,
    parametrise: bool,
) -> None:
    active = min(active, len(accounts))
    source = _source(_document(settings, accounts, active))
    template = capture(source, accounts=headers, parametrise=parametrise)
    variables = dict(
        re.findall(r"^#   (\w+) = (.*)$", template.split("[template]")[0], re.MULTILINE)
    )
    before, after = Effective(source.profile), Effective(_applied(template, variables))
    left_out = set(re.findall(r"^#   (\w+) = ", template, re.MULTILINE)) - set(variables)
    left_out |= set(re.findall(r"^# (\w+): ", template, re.MULTILINE))
    assert after.active_account() == before.active_account() == active
    for section in source.profile.sections():
        for key in source.profile.keys(section):
            facts = lookup(section, key)
            if facts is not None and key not in left_out:
                expected = before.value(section, key)
                assert revealed(after.value(section, key)) == revealed(expected), key
    free = {"dialPlan", "userAgent", "forwardingNumber", "rtpPortMax"}
    assert left_out <= {*free, *accounts[0], *accounts[-1]}


@given(_FREE)
def test_any_text_is_written_so_that_a_template_says_it(text: str) -> None:
    template = f"[Settings]\nuserAgent = {template_value(text)}\n"
    desired = Template([parse(template, "t.ini")]).render({}, {})
    [assignment] = desired.assignments
    assert assignment.text == text


@pytest.mark.parametrize("accounts", ["by", "number"])
def test_the_template_of_a_whole_phone_can_be_applied(accounts: Any) -> None:
    profile = _applied(capture(_source(TEXT), accounts=accounts), {})
    assert profile.get("Settings", "accountId") == "2"
    assert profile.get("Account2", "transport") == "tls"
    assert profile.get("Account2", "password") == PASSWORD
    assert profile.get("Settings", "cmdCallEnd") == '"C:\\My Tools\\log.exe"'
    assert profile.get("Settings", "mainX") is None
