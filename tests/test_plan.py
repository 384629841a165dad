"""The plan: pure, idempotent, and no further than what is wanted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from microsip_config.errors import InputError
from microsip_config.ini.profile import Profile
from microsip_config.planning import make as plan
from microsip_config.planning.plan import Plan
from microsip_config.schema import SECTIONS
from microsip_config.schema.key import Key
from microsip_config.secret import Secret, revealed
from microsip_config.template.model import Assignment, Desired, Selector

from .ini.hostile import texts
from .schema.test_properties import legal_values

ACCOUNT = SECTIONS["Account"]
SETTINGS = SECTIONS["Settings"]
KEYS = [*SETTINGS.values(), *ACCOUNT.values()]


@st.composite
def assignments(draw: st.DrawFn) -> tuple[Assignment, ...]:
    """Wishes of every kind: set, propose, remove, for one section, one identity or all."""
    wishes: dict[tuple[Any, str], Assignment] = {}
    for _ in range(draw(st.integers(1, 12))):
        key: Key = draw(st.sampled_from(KEYS))
        section = "Settings" if key.section == "Settings" else f"Account{draw(st.integers(0, 3))}"
        selector = Selector("section", section)
        if key.section == "Account" and draw(st.booleans()):
            user = draw(st.sampled_from(["1", "2", "3"]))
            match = (("username", user), ("domain", "sip.example.com"))
            selector = draw(
                st.sampled_from([Selector("by", "Account", match), Selector("every", "Account")])
            )
        text: str | Secret | None = None
        if draw(st.integers(0, 5)):
            text = key.encode(draw(legal_values(key)))
            text = Secret(text) if key.kind == "secret" else text
        if selector.kind == "by":
            for name, value in selector.match:
                wishes[selector, name] = Assignment(selector, ACCOUNT[name], False, value, "t:1")
            assume(key.name not in dict(selector.match))
        proposes = text is not None and draw(st.booleans())
        wishes[selector, key.name] = Assignment(selector, key, proposes, text, "t:1")
    return tuple(wishes.values())


def outcome(text: str, wanted: tuple[Assignment, ...]) -> tuple[Plan, str]:
    made = plan.make(Profile(text), Desired("", wanted, None))
    return made, made.render(text)


@given(texts(), assignments())
@settings(max_examples=150)
def test_a_second_plan_is_empty(text: str, wanted: tuple[Assignment, ...]) -> None:
    try:
        made, after = outcome(text, wanted)
    except InputError:
        assume(False)
    again, unchanged = outcome(after, wanted)
    assert again.changes == ()
    assert unchanged == after
    assert len({(c.section, c.key) for c in made.changes}) == len(made.changes), "each key once"


@given(texts(), assignments())
@settings(max_examples=150)
def test_what_is_planned_is_read_and_nothing_else_changes(
    text: str, wanted: tuple[Assignment, ...]
) -> None:
    try:
        made, after = outcome(text, wanted)
    except InputError:
        assume(False)
    before, now = Profile(text), Profile(after)
    planned = {(c.section.lower(), c.key.lower()): revealed(c.new) for c in made.changes}
    for change in made.changes:
        assert revealed(change.old) == before.get(change.section, change.key)
        assert now.get(change.section, change.key) == revealed(change.new)
        action = "remove" if change.new is None else "add" if change.old is None else "set"
        assert change.action == action
    for section in {*before.sections(), *now.sections()}:
        for key in {*before.keys(section), *now.keys(section)}:
            if (section.lower(), key.lower()) not in planned:
                assert before.get(section, key) == now.get(section, key)


SIP = "[Settings]\naccountId=1\n[Account1]\ndomain=a.example.com\nusername=1\nserver=a\n"


def by(user: str, domain: str, **more: str) -> tuple[Assignment, ...]:
    selector = Selector("by", "Account", (("username", user), ("domain", domain)))
    texts = {"username": user, "domain": domain, **more}
    return tuple(
        Assignment(selector, ACCOUNT[name], False, text, "t:1") for name, text in texts.items()
    )


@pytest.mark.parametrize(
    ("text", "wanted", "section"),
    [
        (SIP, by("1", "a.example.com"), "Account1"),
        (SIP, by("1", "A.Example.com"), "Account1"),  # DNS names have no case
        (SIP, by("2", "a.example.com"), "Account2"),
        ("", by("1", "a.example.com"), "Account1"),
        (SIP + "[Account3]\ndomain=c\nusername=3\n", by("3", "c"), "Account3"),  # hidden by a gap
        (SIP + "[Account3]\ndomain=c\nusername=3\n", by("4", "c"), "Account2"),  # fills the gap
        (SIP + "[Account2]\nlabel=left\n", by("4", "c"), "Account2"),  # does not load
        (SIP, by("7", "x") + by("8", "y"), "Account3"),  # two new ones
        ("[Account0]\ndomain=a\nusername=1\n", by("1", "a"), "Account1"),  # 0 is the local one
    ],
)
def test_where_an_account_goes(text: str, wanted: tuple[Assignment, ...], section: str) -> None:
    _, after = outcome(text, (*wanted, *[wanted[-1]._replace(key=ACCOUNT["label"], text="here")]))
    assert Profile(after).get(section, "label") == "here"


@pytest.mark.parametrize(
    ("text", "account_id"),
    [
        ("", "1"),
        ("[Settings]\naccountId=\n", "1"),
        ("[Settings]\naccountId=0\n", "1"),
        ("[Settings]\naccountId=5\n", "1"),
        ("[Settings]\naccountId=-1\n", "-1"),  # the phone asks: somebody wanted that
        (SIP, "1"),
        (SIP.replace("accountId=1", "accountId=2") + "[Account2]\ndomain=b\n", "2"),
    ],
)
def test_when_account_id_is_set(text: str, account_id: str) -> None:
    _, after = outcome(text, by("1", "a.example.com"))
    assert Profile(after).get("Settings", "accountId") == account_id


TWO = SIP.replace("accountId=1", "EC=1") + "[Account2]\ndomain=b.example.com\nusername=2\n"


def of(number: int, proposed: bool = False, /, **texts: str) -> tuple[Assignment, ...]:
    section = Selector("section", f"Account{number}")
    return tuple(
        Assignment(section, ACCOUNT[name], proposed, text, "t:1") for name, text in texts.items()
    )


def every(**texts: str) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(Selector("every", "Account"), ACCOUNT[name], False, text, "t:1")
        for name, text in texts.items()
    )


@pytest.mark.parametrize(
    ("wanted", "account_id"),
    [
        (of(2, label="Spare"), None),
        (of(1, dialPlan="1xx"), None),
        (of(2, username="3"), None),
        (of(2, server="c.example.com"), None),
        (every(domain="a.example.com", username="1", server="a"), None),
        (of(0, domain="a.example.com"), None),  # the local account is not chosen by its number
        (of(2, username="2", server="b.example.com"), "2"),
        (of(2, domain="b.example.com"), "2"),
        (of(2, True, domain="proposed.example.com"), "2"),
        (by("1", "a.example.com"), "1"),
        (of(3, domain="c.example.com", username="3") + of(2, label="Spare"), "3"),
        (of(2, label="Spare") + by("1", "a.example.com"), "1"),
    ],
)
def test_what_provisions_an_account(wanted: tuple[Assignment, ...], account_id: str | None) -> None:
    _, after = outcome(TWO, wanted)
    assert Profile(after).get("Settings", "accountId") == account_id


@pytest.mark.parametrize(
    ("settings", "account_id"),
    [
        ("accountId=0", "0"),  # the phone takes account 1, and nobody speaks of it
        ("accountId=0\nenableLocalAccount=1", "2"),
        ("accountId=7", "2"),
        ("accountId=", "2"),
        ("accountId=1", "1"),
        ("accountId=-1", "-1"),
    ],
)
def test_a_provisioned_account_and_one_that_the_phone_would_take(
    settings: str, account_id: str
) -> None:
    _, after = outcome(TWO.replace("EC=1", settings), of(2, domain="b.example.com"))
    assert Profile(after).get("Settings", "accountId") == account_id


@pytest.mark.parametrize(("proposed", "account_id"), [("0", "1"), ("4", "1"), ("1", "1")])
def test_a_proposed_account_id_must_do(proposed: str, account_id: str) -> None:
    """Else the second run, which finds it in the file, would change it."""
    wish = Assignment(Selector("section", "Settings"), SETTINGS["accountId"], True, proposed, "t:1")
    _, after = outcome("", (wish, *by("1", "a.example.com")))
    assert Profile(after).get("Settings", "accountId") == account_id


def test_account_1_is_the_one_that_the_phone_would_take() -> None:
    wanted = of(2, domain="b.example.com") + of(1, domain="a.example.com")
    _, after = outcome(TWO.replace("EC=1", "accountId=0"), wanted)
    assert Profile(after).get("Settings", "accountId") == "1"


def test_secrets_are_not_in_what_a_plan_shows() -> None:
    wanted = (*by("1", "a"), by("1", "a")[0]._replace(key=ACCOUNT["password"], text=Secret("hush")))
    made, _ = outcome("[Account1]\npassword=old-hush\ndomain=a\nusername=1\n", wanted)
    shown = repr(made) + str([change.as_json() for change in made.changes])
    assert "hush" not in shown


def test_many_accounts_find_their_sections() -> None:
    """A thousand by identity, half of them in the file already, in another letter case."""
    text = "".join(f"[Account{n}]\ndomain=D{n}.example.com\nusername={n}\n" for n in range(1, 501))
    wanted = [wish for n in range(1, 1001) for wish in by(str(n), f"d{n}.example.com")]
    made = plan.make(Profile(text), Desired("", tuple(wanted), None))
    places = {change.section for change in made.changes if change.section.startswith("Account")}
    assert places == {f"Account{n}" for n in range(501, 1001)}
