"""The bundled templates: each can be checked, filled in, applied, and applied again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import TemplateError, VariableError
from microsip_config.ini.document import Document
from microsip_config.ini.profile import Profile
from microsip_config.planning import make as plan
from microsip_config.secret import Secret
from microsip_config.template import Desired, load
from microsip_config.template.bundled import listing, skeleton
from microsip_config.template.check import validate
from microsip_config.template.library import folder

NAMES = ["base", "call-centre", "office", "reception", "remote-worker", "shared-desk"]
VARIABLES: dict[str, Any] = {
    "extension": "101",
    "full_name": "Jo Doe",
    "site": {
        "domain": "sip.example.com",
        "server": "sbc.example.com:5061",
        "stun": "stun.example.com",
        "voicemail": "*97",
        "recordings": r"D:\Recordings",
    },
    **{f"key{n}": {"label": f"Desk {n}", "number": f"20{n}"} for n in range(1, 5)},
}
SECRETS = {"sip": Secret("invented")}
PHONE = (
    "[Settings]\r\naccountId=1\r\nvolumeRing=33\r\nautoAnswer=all\r\nforwarding=all\r\n"
    "audioOutputDevice=\"Headset\"\r\n[Account1]\r\nlabel=Old\r\ndomain=old.example.com\r\n"
    "username=7\r\npassword=old\r\nproxy=old.example.com\r\n"
)  # fmt: skip


def filled(name: str) -> Desired:
    return load([name], folder()).render(VARIABLES, SECRETS)


def test_what_there_is() -> None:
    found = listing(folder())

    assert [summary.name for summary in found] == NAMES
    assert all(summary.description for summary in found)
    assert next(s for s in found if s.name == "office").requires[:2] == ("extension", "full_name")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_without_errors_and_warnings(name: str) -> None:
    assert validate([name], folder()) == ((), ())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("before", ["", PHONE], ids=["empty", "phone"])
def test_each_can_be_applied_and_the_second_time_changes_nothing(name: str, before: str) -> None:
    desired = filled(name)
    first = plan.make(Profile(before), desired)
    after = first.render(before)

    assert first.changes
    assert not plan.make(Profile(after), desired).differs


@pytest.mark.parametrize("name", [name for name in NAMES if name != "base"])
def test_each_account_template_ends_with_an_active_account(name: str) -> None:
    text = plan.make(Profile(PHONE), filled(name)).render(PHONE)
    profile = Profile(text)
    active = f"Account{profile.get('Settings', 'accountId')}"

    assert profile.get(active, "username") == "101"
    assert profile.get(active, "domain") == "sip.example.com"
    assert profile.get(active, "password") == "invented"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "base"])
def test_no_server_is_built_in_and_nothing_required_is_forgotten(name: str) -> None:
    text = "".join(
        line
        for line in (folder() / f"{name}.ini").read_text(encoding="utf-8").splitlines(True)
        if not line.startswith("#")
    )
    template = load([name], folder())

    assert "example" not in text
    with pytest.raises(VariableError, match="missing variables: extension, full_name"):
        template.render({}, {})


def test_no_ready_template_needs_jinja() -> None:
    # Its import would double the time of each logon.
    for name in NAMES:
        assert "{%" not in (folder() / f"{name}.ini").read_text(encoding="utf-8")
        assert "|" not in (folder() / f"{name}.ini").read_text(encoding="utf-8")


def test_what_makes_each_what_it_is() -> None:
    def text_of(name: str, key: str) -> object:
        return {a.key.name: a.text for a in filled(name).assignments}[key]

    assert text_of("call-centre", "autoAnswer") == "header"
    assert text_of("remote-worker", "transport") == "tls"
    assert text_of("reception", "1") == "Desk 2;202;attendedTransfer;;1"
    assert text_of("shared-desk", "audioOutputDevice") is None
    assert all(text_of(name, "updatesInterval") == "never" for name in NAMES)


def test_the_users_volume_stays() -> None:
    text = plan.make(Profile(PHONE), filled("office")).render(PHONE)

    assert Profile(text).get("Settings", "volumeRing") == "33"


def test_an_office_phone_keeps_the_users_other_account() -> None:
    text = plan.make(Profile(PHONE), filled("office")).render(PHONE)

    assert Profile(text).get("Account1", "username") == "7"
    assert Profile(text).get("Account2", "username") == "101"


def test_a_shared_desk_has_nothing_of_the_person_before() -> None:
    text = plan.make(Profile(PHONE), filled("shared-desk")).render(PHONE)
    profile = Profile(text)

    assert profile.get("Settings", "forwarding") in ("", None)
    assert profile.get("Account1", "proxy") is None
    assert profile.get("Account1", "label") == "Jo Doe"
    assert "old" not in text.lower()


def test_the_skeleton_is_a_template(tmp_path: Path) -> None:
    (tmp_path / "new.ini").write_text(skeleton("Sales\n[Evil]"), encoding="utf-8")

    template = load([tmp_path / "new.ini"], folder())

    assert template.description == "Sales [Evil]"
    assert validate([tmp_path / "new.ini"], folder()).errors == ()
    document = Document("")
    for assignment in template.render(VARIABLES, SECRETS).assignments:
        if isinstance(assignment.text, str):
            document.set(assignment.selector.name, assignment.key.name, assignment.text)
    assert Profile(document.render()).get("Settings", "autoAnswer") == "button"


@pytest.mark.parametrize(
    "description", ["'Sales'", '"a" and "b"', "; a = [b]", "'", "50 { a }", "Ж" * 300]
)
def test_any_plain_description_is_read_back(tmp_path: Path, description: str) -> None:
    (tmp_path / "new.ini").write_text(skeleton(description), encoding="utf-8")

    assert load([tmp_path / "new.ini"], folder()).description == description


@pytest.mark.parametrize("description", ["a {{", "{% x", "a {# b", "a\x01b", "a\udcff", "x" * 9000])
def test_a_description_that_no_template_can_have_is_refused(description: str) -> None:
    with pytest.raises(TemplateError, match="description"):
        skeleton(description)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "base"])
@pytest.mark.parametrize("before", ["", PHONE], ids=["empty", "phone"])
def test_a_new_extension_changes_the_account_of_the_company_in_place(
    name: str, before: str
) -> None:
    text = before
    for extension in ("101", "102", "103"):
        desired = load([name], folder()).render({**VARIABLES, "extension": extension}, SECRETS)
        text = plan.make(Profile(text), desired).render(text)
    profile = Profile(text)
    company = [
        section
        for section in profile.sections()
        if profile.get(section, "domain") == "sip.example.com"
    ]

    assert [profile.get(section, "username") for section in company] == ["103"]
    own = bool(before) and name != "shared-desk"  # which takes the first account, whosever it is
    assert (profile.get("Account1", "username") == "7") is own
