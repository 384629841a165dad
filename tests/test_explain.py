"""``explain``: help on keys and on the codes of ``check``, all from the schema."""

from __future__ import annotations

import json

import pytest

from microsip_config.codes.register import CODES
from microsip_config.errors import UnknownKey
from microsip_config.operations.explain import (
    CodeFacts,
    codes,
    explain,
    overview,
)
from microsip_config.schema import Key, all_keys
from microsip_config.schema.facts import KeyFacts, example


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("audioCodecs", ["Settings.audioCodecs"]),
        ("audiocodecs", ["Settings.audioCodecs"]),
        ("Settings.STUN", ["Settings.STUN"]),
        ("Account2.transport", ["AccountN.transport"]),
        ("AccountN.transport", ["AccountN.transport"]),
        ("account.TRANSPORT", ["AccountN.transport"]),
        ("Shortcuts", ["Shortcuts.0..7"]),
        ("Shortcuts.3", ["Shortcuts.3"]),
        ("Shortcuts.0..7", ["Shortcuts.0..7"]),
        ("contacts.0..N", ["Contacts.0..n"]),
        ("0..9", ["Dialed.0..9"]),
    ],
)
def test_a_key_is_found_by_its_name(name: str, found: list[str]) -> None:
    facts = explain(name)
    assert [f"{f.section}.{f.key}" for f in facts if isinstance(f, KeyFacts)] == found


def test_a_section_lists_its_keys() -> None:
    names = {f.key for f in explain("Account1") if isinstance(f, KeyFacts)}
    assert {"server", "domain", "username", "password", "transport"} <= names
    assert "audioCodecs" not in names


def test_the_facts_of_an_enum() -> None:
    [facts] = explain("transport")
    assert isinstance(facts, KeyFacts)
    assert facts.default == "udp"
    assert set(facts.choices) == {"udp", "tcp", "tls", ""}
    assert facts.limit == 255
    assert not facts.volatile


@pytest.mark.parametrize("code", ["password-drift", "in-call", "locked", "bug"])
def test_every_code_that_the_program_gives_is_explained(code: str) -> None:
    [facts] = explain(code)
    assert isinstance(facts, CodeFacts)
    assert (facts.code, *CODES[code]) == tuple(facts.as_json().values())


def test_a_code_of_check_is_explained() -> None:
    [facts] = explain("utf-8-bom")
    assert isinstance(facts, CodeFacts)
    assert facts.severity == "error"
    assert "first section" in facts.effect


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("audioCodec", "'audioCodecs'|audioCodecs"),
        ("Settings.audioCodec", "audioCodecs"),
        ("Settings.transport", "AccountN"),
        ("Acount1.transport", "Account1"),
        ("disableH264", "videoH264"),
        ("utf8-bom", "utf-8-bom"),
        ("qqqqqqqq", "every key"),
    ],
)
def test_an_unknown_name_is_answered_with_the_likely_one(name: str, hint: str) -> None:
    with pytest.raises(UnknownKey) as caught:
        explain(name)
    assert any(word in caught.value.hint for word in hint.split("|"))


def test_overview_lists_every_key_and_every_code_and_is_json() -> None:
    assert len(overview()) == len(list(all_keys()))
    assert {facts.code for facts in codes()} == set(CODES)
    facts = [fact.as_json() for fact in overview()] + [fact.as_json() for fact in codes()]
    assert json.loads(json.dumps(facts)) == facts


@pytest.mark.parametrize("key", list(all_keys()), ids=repr)
def test_the_example_of_a_key_is_a_good_value(key: Key) -> None:
    shown = example(key)
    assert shown
    if key.kind != "secret":
        value = key.parse(shown)
        assert key.parse(key.encode(value)) == value


@pytest.mark.parametrize("key", [k for k in all_keys() if k.kind != "secret"], ids=repr)
def test_the_example_is_not_the_default(key: Key) -> None:
    assert key.parse(example(key)) != key.default


@pytest.mark.parametrize(
    ("name", "reads", "empty"),
    [
        ("singleMode", "integer: any number except 0 is on", "off; absent means: on"),
        ("dnsSrv", "exactly 1: only the text 1 is on", "the same as absent"),
        ("rport", "not 0: everything except the text 0 is on", "the same as absent"),
        ("registerRefresh", "0 and less is read as 300; 1 to 10 is read as 10", "same as absent"),
        ("transport", "any other word means: UDP and TCP", "UDP and TCP, the phone chooses; abs"),
        ("featureCodeCP", "up to 255 characters", "an empty text; absent means: **"),
        ("recordingPath", "up to 255 characters", "an empty text; absent means: "),
        ("Shortcuts.0..7", "fields separated by ';'", "the same as absent"),
    ],
)
def test_how_the_phone_reads_a_key_and_what_empty_means(name: str, reads: str, empty: str) -> None:
    [facts] = explain(name)
    assert isinstance(facts, KeyFacts)
    assert reads in facts.reads
    assert empty in facts.empty


def test_where_no_value_is_the_default_absence_is_explained() -> None:
    for name in ("accountId", "recordingPath"):
        [facts] = explain(name)
        assert isinstance(facts, KeyFacts)
        assert facts.default is None
        assert facts.absent
