"""What may be said to the phone, judged by a model of how MicroSIP 3.22.3 takes its command line.

The model below is written from the description of MicroSIP alone and shares nothing with the
builder: it decides what each text would really do.
"""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.errors import InputError, MicrosipConfigError, UsageError, ValueRefused
from microsip_config.phone import grammar
from microsip_config.phone.grammar import SWITCHES, build, dialling

VERBS = set(
    re.findall(
        r"\w+",
        "minimize answer hangupall hold micmute micunmute speakmute speakunmute micmuteclick "
        "speakmuteclick micup micdown speakup speakdown",
    )
)


def microsip(text: str) -> tuple[str, ...]:
    """What MicroSIP does with the text after its program name, in order of its own checks."""
    whole = {"/reset": "wipe", "/resetnoask": "wipe", "/exit": "exit", "/minimized": "minimized"}
    if text in whole:
        return (whole[text],)
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if text.startswith("msip:"):
        text = text[5:]
        if text in VERBS or not text:
            return ("verb", text)
        if text.startswith("transfer_"):
            return ("verb", "transfer", text[9:])
    for scheme in ("tel:", "sip:", "callto:", "dialpad:", "dial:"):
        if text.lower().startswith(scheme):
            text = text[len(scheme) :].removeprefix("//").removesuffix("/")
            break
    account = re.search(r"/account:(-?\d*)", text)
    if account:
        rest = text[account.end() :].strip() if text.startswith("/account:") else "?"
        return ("account", account[1], *((rest,) if rest else ()))
    if text in ("/answer", "/hangupall", "/hangupincoming", "/hangupcalling"):
        return (text[1:],)
    for prefix in ("/dtmf:", "/password:", "/transfer:"):
        if text.startswith(prefix):
            return (prefix[1:-1], text[len(prefix) :])
    if not text:
        return ("show",)
    text = text.replace("%20", " ").replace("%2B", "+")
    number, _, message = text.partition(" ")
    return ("message", number, message) if message else ("dial", number)


MEANT = {
    "show": ("show",),
    "minimized": ("minimized",),
    "exit": ("exit",),
    "answer": ("answer",),
    "hangup": ("hangupall",),
    "hangup-incoming": ("hangupincoming",),
    "hangup-calling": ("hangupcalling",),
    "hold": ("verb", "hold"),
    "mute": ("verb", "micmute"),
    "unmute": ("verb", "micunmute"),
}
ARGUMENTS = {"dtmf": "12#", "transfer": "102", "account": "2", "dial": "101"}


def test_every_action_is_understood_as_itself() -> None:
    assert set(MEANT) | set(ARGUMENTS) == set(grammar.ACTIONS)
    for action, meant in MEANT.items():
        assert microsip(build(action).tail) == meant
    for action, argument in ARGUMENTS.items():
        assert microsip(build(action, argument).tail) == (action, argument)


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("+43 664 / 123-456", "+43664123456"),
        ("0664/123456", "0664123456"),
        ("(0664) 12 34", "06641234"),
        ("+43 (0) 664 1234", "+4306641234"),
        ("tel:+43 664 1234", "+436641234"),
        ("(0)664.123456", "0664123456"),
        ("101 102", "101102"),
        ("*21 102#", "*21102#"),
    ],
)
def test_a_written_number_is_dialled_as_the_phone_cleans_it(text: str, dialled: str) -> None:
    assert grammar.number(text) == grammar.cleaned(text) == dialled


@pytest.mark.parametrize(
    "text", ["1 2", "101 hello", "101/", " 1234", "+43–664", "12 34\n", "1 +2"]
)
def test_what_is_no_number_is_not_cleaned(text: str) -> None:
    assert grammar.cleaned(text) == text
    with pytest.raises(ValueRefused):
        grammar.number(text)


@pytest.mark.parametrize(
    "text",
    [
        "--help",
        "/?",
        "-exit",
        '"/exit"',
        "/Exit",
        "/exit",
        "/hidden",
        "/minimized ",
        "/minimized /exit",
        "/reset",
        "/resetnoask",
        "/password:x",
        "123 /account:2",
        "123/account:2",
        "/account:2 123",
        "sip:/exit",
        "tel://123",
        "101/",
        "tel:/account:1",
        "msip:answer",
        "msip:123",
        "MSIP:answer",
        "tel:msip:answer",
        "tel:tel:123",
        "sips:101@sip.example.com",
        "101 hello",
        "101%20hello",
        "101@pbx;x=%20hello",
        "101\thello",
        "101\u00a0hello",
        "101\n",
        " 101",
        "101 ",
        "",
        " ",
        '"101"',
        "101;",
        "101@",
        "@sip.example.com",
        "101\x00",
        "x" * 256,
        "sip:101:secret@sip.example.com",
        "101@sip.example.com?subject=x",
        "１０１",
        "<101>",
        "'101'",
        "101\\",
        "101,22",
    ],
)
def test_what_would_be_misdialled_or_messaged_is_refused(text: str) -> None:
    for action in ("dial", "transfer"):
        with pytest.raises(ValueRefused) as refusal:
            build(action, text)
        assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("101", "101"),
        ("+493012345", "+493012345"),
        ("*97#", "*97#"),
        ("0800-MICRO-SIP", "0800-MICRO-SIP"),
        ("sip:100@pbx", "100@pbx"),
        ("SIP:100@pbx.example.com:5062", "100@pbx.example.com:5062"),
        ("100@pbx;transport=tcp", "100@pbx;transport=tcp"),
        ("tel:+493012345", "+493012345"),
        ("callto:101", "101"),
        ("dialpad:101", "101"),
        ("dial:101", "101"),
        ("bob.smith@[2001:db8::1]", "bob.smith@[2001:db8::1]"),
        ("192.0.2.10:5060", "192.0.2.10:5060"),
        ("192.0.2.10", "192.0.2.10"),
        ("%2B4930", "%2B4930"),
    ],
)
def test_numbers_and_addresses_are_dialled(text: str, dialled: str) -> None:
    call = build("dial", text)
    assert call.tail == dialled
    assert microsip(call.tail) == ("dial", dialled.replace("%2B", "+"))


@pytest.mark.parametrize("text", ['"+49 30 1234"'])
def test_a_refusal_names_what_could_be_written(text: str) -> None:
    with pytest.raises(ValueRefused) as refusal:
        build("dial", text)
    tight = text.replace(" ", "").replace('"', "")
    assert repr(tight) in refusal.value.hint
    assert build("dial", tight).tail == tight


@pytest.mark.parametrize("text", ["", "1 2", "E", "1,2", "+", "１", "1\n", "1/account:2"])
def test_tones_are_digits_only(text: str) -> None:
    with pytest.raises(ValueRefused):
        build("dtmf", text)
    assert build("dtmf", "0123456789*#abcd").tail == "/dtmf:0123456789*#ABCD"


@pytest.mark.parametrize("text", ["0", "-1", "01", "", "1 ", "x", "2147483648", "１"])
def test_an_account_is_a_number_from_1(text: str) -> None:
    with pytest.raises(ValueRefused):
        build("account", text)
    assert build("account", "2147483647").tail == "/account:2147483647"


@pytest.mark.parametrize("action", ["", "/exit", "Exit", "reset", "/reset", "resetnoask", "help"])
def test_there_are_no_other_actions(action: str) -> None:
    with pytest.raises(UsageError):
        build(action)


def test_arguments_are_neither_forgotten_nor_added() -> None:
    for action in MEANT:
        with pytest.raises(UsageError):
            build(action, "1")
    for action in ARGUMENTS:
        with pytest.raises(UsageError):
            build(action)


@pytest.mark.parametrize(
    ("action", "too_old", "first"),
    [
        ("answer", "3.14.0", "3.19.17"),
        ("dtmf", "3.19.17", "3.19.27"),
        ("transfer", "3.19.17", "3.19.27"),
        ("account", "3.19.27", "3.20.5"),
        ("hangup-calling", "3.19.27", "3.20.5"),
        ("hangup-incoming", "3.21.3", "3.21.6"),
        ("hold", "3.14.0", "3.19.17"),
        ("unmute", "3.20.5", "3.21.6"),
    ],
)
def test_a_switch_is_not_sent_to_a_version_that_would_dial_it(
    action: str, too_old: str, first: str
) -> None:
    argument = ARGUMENTS.get(action)
    with pytest.raises(InputError) as refusal:
        build(action, argument, too_old)
    assert refusal.value.code == "switch-too-new"
    for version in (first, first + ".9", "3.22.3", "4.0"):
        assert build(action, argument, version).since == first
    assert build(action, argument).since == first


@pytest.mark.parametrize("version", [None, "", "custom"])
def test_a_phone_of_unknown_version_is_taken_for_the_oldest(version: str | None) -> None:
    taken = set()
    for action in (*MEANT, *ARGUMENTS):
        with suppress(InputError):
            taken.add(build(action, ARGUMENTS.get(action), version).action)
    assert taken <= {"show", "minimized", "exit", "answer", "hangup", "hold", "dial"}
    assert {"answer", "hangup", "dial"} <= taken
    with pytest.raises(InputError) as refusal:
        dialling("101", account=2, version=version)
    assert "--phone-version" in refusal.value.hint


def test_a_call_through_an_account_takes_two_invocations() -> None:
    calls = dialling("sip:101@sip.example.com", account=2, version="3.22.3")
    assert [call.tail for call in calls] == ["/account:2", "101@sip.example.com"]
    assert [call.tail for call in dialling("101", account=None, version=None)] == ["101"]
    with pytest.raises(ValueRefused):
        dialling("101 hi", account=2, version="3.22.3")


def test_what_an_action_does_when_no_phone_runs() -> None:
    quiet = {action for action in grammar.ACTIONS if _idle(action) == "nothing"}
    assert quiet == {"exit", "answer", "hangup"}
    assert _idle("minimized") == "starts hidden"


def _idle(action: str) -> str:
    return build(action, ARGUMENTS.get(action)).idle


def test_what_destroys_or_leaks_is_in_the_table_but_has_no_action() -> None:
    unspoken = {switch.text for switch in SWITCHES if not switch.action}
    assert unspoken == {"/reset", "/resetnoask", "/hidden", "/password:"}


def test_the_command_line_quotes_the_program_and_nothing_else() -> None:
    exe = "C:\\Program Files\\MicroSIP\\microsip.exe"
    assert build("exit").command_line(exe) == f'"{exe}" /exit'
    assert build("show").command_line(exe) == f'"{exe}"'
    with pytest.raises(ValueRefused):
        build("exit").command_line('C:\\a" /reset "\\microsip.exe')


FRAGMENTS = (
    st.sampled_from(
        ["101", "100@pbx", "a", "@", "pbx", ":", "5060", ";x=1", "-", ".", "*", "#", "é"]
    )
    | st.sampled_from(["sip:", "tel:", "TEL:", "msip:", "dial:", "answer", "//", "/", "%20", "%2B"])
    | st.sampled_from(["/exit", "/account:2", "/reset", "/password:x", "/dtmf:1", "--help", "%"])
    | st.sampled_from([" ", "\t", "\u00a0", "\u2028", "\r\n", "\x00", "\x85", "\ud800", '"', "'"])
)
HOSTILE = st.lists(FRAGMENTS, max_size=6).map("".join) | st.text(max_size=12)


@given(st.sampled_from(sorted(ARGUMENTS)), HOSTILE)
def test_whatever_is_built_is_understood_as_it_was_meant(action: str, argument: str) -> None:
    try:
        built = build(action, argument)
    except MicrosipConfigError:
        return
    meaning = microsip(built.tail)
    assert meaning[0] == action
    assert len(meaning) == 2
    assert meaning[1]
    assert meaning[1] in argument.upper().replace("%2B", "+") or meaning[1] in argument.replace(
        "%2B", "+"
    )


@given(HOSTILE)
def test_no_action_name_builds_what_is_not_in_the_table(action: str) -> None:
    if action not in grammar.ACTIONS:
        with pytest.raises(UsageError):
            build(action)


NUMBERS = st.from_regex(r"\A[0-9+*#][0-9*#.()-]{0,20}\Z")
USERS = st.from_regex(r"\A[a-z0-9][a-z0-9._+-]{0,12}@[a-z0-9]([a-z0-9.-]{0,12}[a-z0-9])?\Z")


@given(NUMBERS | USERS, st.sampled_from(["", "sip:", "tel:", "CallTo:"]))
def test_ordinary_numbers_and_addresses_are_accepted(target: str, scheme: str) -> None:
    assert microsip(build("dial", scheme + target).tail) == ("dial", target)
    assert microsip(build("transfer", scheme + target).tail) == ("transfer", target)
