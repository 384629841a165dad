"""The typed models: values in, texts out, and errors that show no secret."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from pydantic import ValidationError

from microsip_config.ini.profile import Profile
from microsip_config.schema import all_keys
from microsip_config.schema.entries import Call
from microsip_config.schema.model import Account, Configuration, Settings
from microsip_config.schema.shortcuts import Shortcut
from microsip_config.secret import Secret

BLOB = "0123456789abcdef" * 20  # longer than what the phone keeps


def account(**values: Any) -> Account:
    known: dict[str, Any] = {"domain": "a.example", "server": "a.example", "username": "101"}
    return Account(**(known | values))


def test_fields_are_typed_and_know_the_default() -> None:
    settings = Settings()
    assert settings.singleMode is True
    assert settings.audioCodecs == ("PCMA/8000/1", "PCMU/8000/1")
    assert settings.accountId is None
    assert Account().password == Secret("")
    assert settings.texts() == {}


def test_values_become_exact_texts() -> None:
    settings = Settings.model_validate(
        {"singleMode": "no", "audioCodecs": "opus, PCMA", "volumeRing": 60, "recordingPath": None}
    )
    assert settings.singleMode is False
    assert settings.texts() == {
        "singleMode": "0",
        "volumeRing": "60",
        "audioCodecs": "opus/48000/2 PCMA/8000/1",
    }


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"registerRefresh": 5}, "nearest valid value is 10"),
        ({"transport": "TLS"}, "write tls"),
        ({"label": "x" * 256}, "255"),
        ({"label": "a\nb"}, "U+000A"),
        ({"label": None}, "label"),
        ({"displayNam": "x"}, "did you mean 'displayName'?"),
        ({"audioCodecs": "opus"}, "belongs in [Settings]"),
    ],
)
def test_bad_values_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        account(**values)
    assert message in str(caught.value)


def test_assignment_is_checked_and_a_refused_one_changes_nothing() -> None:
    mine = account(label="desk")
    mine.registerRefresh = 600
    with pytest.raises(ValidationError):
        mine.registerRefresh = 1
    assert mine.texts()["registerRefresh"] == "600"
    assert mine.registerRefresh == 600


@pytest.mark.parametrize(
    "build",
    [
        lambda: Account(password=BLOB),  # type: ignore[arg-type]
        lambda: Account.model_validate({"password": BLOB}),
        lambda: Account.model_validate({"password": BLOB[::-1], "pasword": BLOB}),
        lambda: Configuration.model_validate({"accounts": {"x": BLOB}}),
        lambda: Configuration.model_validate({"accounts": {1: {"password": BLOB}}}),
        lambda: Configuration.model_validate({"accounts": {1: {"password": "x" + BLOB}}}),
        lambda: Configuration.model_validate({"accounts": BLOB}),
        lambda: setattr(account(), "password", BLOB),
    ],
)
def test_no_error_holds_a_password(build: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        build()
    error = caught.value
    shown = [str(error), repr(error), repr(error.errors()), error.json(), repr(error.__context__)]
    assert BLOB not in "".join(shown)


def test_a_model_shows_no_password() -> None:
    whole = Configuration(settings=Settings(accountId=1), accounts={1: account(password="s3cret")})
    dumped = whole.model_dump_json()
    assert "s3cret" not in repr(whole) + str(whole) + dumped + repr(whole.model_dump())
    assert json.loads(dumped)["accounts"]["1"]["password"] is None
    assert whole.model_dump()["accounts"][1]["password"] == Secret("s3cret")
    assert ("Account1", "password", "s3cret") in list(whole.texts())


def test_the_whole_is_checked() -> None:
    with pytest.raises(ValidationError, match="accountId is absent"):
        Configuration(accounts={1: account()})
    with pytest.raises(ValidationError, match="hidden"):
        Configuration(settings=Settings(accountId=1), accounts={1: account(), 3: account()})
    whole = Configuration(settings=Settings(accountId=1, dnsSrv=True), accounts={1: account()})
    assert [violation.code for violation in whole.problems()] == ["dns-srv-without-servers"]
    with pytest.raises(ValidationError, match="does not load"):
        whole.accounts = {}
    assert whole.accounts[1].domain == "a.example"


def test_numbered_lists_take_texts_tuples_and_numbers() -> None:
    whole = Configuration.model_validate(
        {
            "shortcuts": ["Desk;101;call", ("Door", "200", "dtmf", "", True)],
            "calls": {0: None, 3: Call("101", "Ann", 1, 1700000000, 61, "Bye")},
        }
    )
    assert whole.shortcuts[0] == Shortcut("Desk", "101", "call")
    assert list(whole.texts()) == [
        ("Shortcuts", "0", "Desk;101;call;;0"),
        ("Shortcuts", "1", "Door;200;dtmf;;1"),
        ("Calls", "0", "null"),
        ("Calls", "3", "101;Ann;1;1700000000;61;Bye"),
    ]
    for wrong in ({8: "Desk;101;call"}, {"x": "Desk;101;call"}, ["Desk"], 5):
        with pytest.raises(ValidationError):
            Configuration.model_validate({"shortcuts": wrong})


def test_a_file_is_taken_as_the_phone_takes_it() -> None:
    text = (
        "[settings]\naccountid=1\nvolumeRing=250\nunknown=1\naudioCodecs=PCMA,PCMU\n"
        "[Account1]\nDOMAIN=a.example\nregisterRefresh=5\npassword=pw\ntransport=TLS\n"
        "[Account0]\nlabel=x\n[Shortcuts]\n0=Desk;101\n[Dialed]\n0=1\n[Calls]\n0=null\n"
    )
    whole = Configuration.from_profile(Profile(text))
    assert whole.settings.volumeRing == 250
    assert whole.settings.audioCodecs == ()
    assert whole.settings.model_fields_set == {"accountId", "volumeRing", "audioCodecs"}
    assert sorted(whole.accounts) == [0, 1]
    assert whole.accounts[1].domain == "a.example"
    assert whole.accounts[1].registerRefresh == 10
    assert whole.accounts[1].transport == ""
    assert whole.accounts[1].password == Secret("pw")
    assert whole.shortcuts == {0: Shortcut("Desk", "101")}
    assert whole.calls == {0: None}
    assert whole.legacy_account is None


def test_a_legacy_account_is_found() -> None:
    whole = Configuration.from_profile(Profile("[Settings]\ndomain=old.example\nusername=7\n"))
    assert whole.legacy_account is not None
    assert whole.legacy_account.domain == "old.example"
    assert ("Settings", "username", "7") in list(whole.texts())
    assert [violation.code for violation in whole.problems()] == ["legacy-account"]


def test_a_loaded_file_is_written_back_as_it_is_taken() -> None:
    text = "[Settings]\naccountId=1\nsingleMode=0\n[Account1]\ndomain=a.example\npassword=p;w\n"
    assert list(Configuration.from_profile(Profile(text)).texts()) == [
        ("Settings", "accountId", "1"),
        ("Settings", "singleMode", "0"),
        ("Account1", "domain", "a.example"),
        ("Account1", "password", "p;w"),
    ]


def test_json_schema_documents_every_key() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schema = Configuration.model_json_schema()
    for key in all_keys():
        if key.section not in {"Settings", "Account"}:
            continue
        field = schema["$defs"][key.section]["properties"][key.name]
        assert field["description"] == key.doc
        assert field["title"] == key.name
        assert field["x-microsip"]["group"] == key.group
    fields = schema["$defs"]["Account"]["properties"]
    assert fields["transport"]["enum"] == ["udp", "tcp", "tls", ""]
    assert fields["registerRefresh"]["minimum"] == 10
    assert fields["label"]["maxLength"] == 255
    assert fields["password"]["writeOnly"] is True
    assert "default" not in fields["password"]
    assert schema["$defs"]["Settings"]["properties"]["accountId"]["type"] == ["integer", "null"]
    assert schema["properties"]["shortcuts"]["type"] == "object"
