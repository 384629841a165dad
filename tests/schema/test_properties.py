"""What holds for every key and every text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microsip_config.errors import ValueRefused
from microsip_config.schema import LEGACY, all_keys, find_key
from microsip_config.schema.codecs import KNOWN, Codecs
from microsip_config.schema.entries import (
    Call,
    CallEntry,
    Contact,
    ContactEntry,
    Entry,
)
from microsip_config.schema.key import INT_MAX, Key
from microsip_config.schema.kinds import Choice, Flag, Text
from microsip_config.schema.numbers import Number
from microsip_config.schema.password import Password
from microsip_config.schema.shortcuts import SHORTCUT_TYPES, Shortcut, ShortcutEntry
from microsip_config.schema.versioned import Versioned
from microsip_config.schema.versions import UNKNOWN, phone_of
from microsip_config.secret import Secret
from microsip_config.text import utf16_units

KEYS = [find_key(k.section, "3") if isinstance(k, Entry) else k for k in all_keys()]
FORMS = [k.of(phone_of(v)) for k in KEYS if isinstance(k, Versioned) for v in ("3.22.3", "3.22.16")]
BY_ID = pytest.mark.parametrize(
    "key", [*KEYS, *FORMS], ids=lambda key: f"{type(key).__name__}.{key.section}.{key.name}"
)

SAFE = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
PORT = st.integers(1, 65535).map(str)
IPV4 = st.tuples(*[st.integers(0, 255)] * 4).map(lambda parts: ".".join(map(str, parts)))
LABEL = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
HOST = IPV4 | st.lists(LABEL, min_size=1, max_size=3).map(".".join) | st.just("[2001:db8::1]")
HOST_PORT = HOST | st.tuples(HOST, PORT).map(":".join)
FIELD = st.text(SAFE.filter(lambda char: char != ";"), max_size=40).map(str.strip)
FILLED = FIELD.filter(bool)
NUMBER = st.text("0123456789*#+", min_size=1, max_size=12)
ELEMENT = st.sampled_from(
    ["x", "X", "1", "x.", "\\+", "\\*", "[2-9]", "<0:0049>", "<112>", "(01)?"]
)


def joined(item: st.SearchStrategy[str], separator: str, most: int) -> st.SearchStrategy[str]:
    return st.lists(item, min_size=1, max_size=most).map(separator.join)


HOSTS = HOST_PORT | st.just("")
GRAMMARS: dict[str, st.SearchStrategy[str]] = {
    "server": HOSTS,
    "domain": HOSTS,
    "proxy": joined(HOST_PORT | st.just("p.example;lr"), " ", 8),
    "username": st.from_regex(r"[a-z0-9.]{1,12}(@example\.com)?", fullmatch=True),
    "displayName": st.text(SAFE.filter(lambda char: char != '"'), max_size=80).map(str.strip),
    "dialPlan": joined(joined(ELEMENT, "", 5), "|", 4),
    "publicAddr": IPV4,
    "autoAnswerNumber": joined(st.from_regex(r"[0-9*?]{1,6}(\^[0-9])?", fullmatch=True), ";", 5),
    "featureCodeCP": st.text("0123456789*#", max_size=5),
    "featureCodeBT": st.text("0123456789*#", max_size=5),
    "featureCodeAT": st.text("0123456789*#", max_size=5),
    "ringingSound": LABEL.map(lambda name: f"{name}.wav"),
    "recordingPath": LABEL.map(lambda name: f"D:\\{name}"),
    "dnsSrvNs": joined(IPV4 | st.just("2001:db8::53"), "; ", 4),
    "STUN": joined(HOST_PORT, "; ", 8),
    "usersDirectory": HOST.map(lambda host: f"https://{host}/{{domain}}?u=%s&c=*20"),
    "portKnockerHost": IPV4 | LABEL,
    "portKnockerPorts": joined(PORT, ",", 20),
}
SHORTCUT = st.builds(
    Shortcut, FILLED, FILLED, st.sampled_from(list(SHORTCUT_TYPES)), FIELD, st.booleans()
)
SECONDS = st.integers(0, INT_MAX)
CALL = st.none() | st.builds(
    Call, FILLED, FIELD, st.integers(0, 3), SECONDS, SECONDS, FIELD
).filter(lambda call: utf16_units(";".join(map(str, call))) <= 255)
CONTACT = st.builds(Contact, FILLED, FIELD, st.booleans(), st.booleans())


def legal_values(key: Key) -> st.SearchStrategy[Any]:
    """Values that the phone takes as they are; of one of unknown version, those that it and any
    other takes alike."""
    if isinstance(key, Versioned):
        if key.section == "Shortcuts":
            return SHORTCUT.filter(lambda shortcut: not shortcut.type.startswith("callOr"))
        return st.sampled_from(["hard", ""])
    if isinstance(key, Flag):
        return st.booleans()
    if isinstance(key, Number):
        return st.integers(key.minimum, key.maximum)
    if isinstance(key, Choice):
        return st.sampled_from(list(key.choices))
    if isinstance(key, Codecs):
        return st.lists(st.sampled_from(KNOWN), min_size=1, unique=True).map(tuple)
    if isinstance(key, Password):
        return st.text(SAFE, max_size=256).map(Secret)
    if isinstance(key, ShortcutEntry):
        older = [kind for kind in SHORTCUT_TYPES if not kind.startswith("callOr")]
        types = older if key.older else list(SHORTCUT_TYPES)
        label2 = st.none() if key.older else st.none() | FIELD
        return st.builds(
            Shortcut, FILLED, FILLED, st.sampled_from(types), FIELD, st.booleans(), label2
        )
    if isinstance(key, Entry):
        kinds: dict[type, st.SearchStrategy[Any]] = {
            CallEntry: CALL,
            ContactEntry: CONTACT,
        }
        return kinds.get(type(key), NUMBER)
    assert isinstance(key, Text)
    if key.kind == "command":
        return st.sampled_from(["", '"C:\\a b\\log.exe" -v', "log.exe {number}", "C:\\log.exe"])
    if key.grammar is None:
        return st.text(SAFE, max_size=key.limit // 2).filter(lambda text: not key.doubts(text))
    if key.takes == "label":
        return GRAMMARS[key.name].filter(lambda text: not key.doubts(text))
    return GRAMMARS[key.name].filter(lambda text: utf16_units(text) <= key.limit)


@BY_ID
@settings(max_examples=12)
@given(data=st.data())
def test_legal_values_survive_parse_and_read(key: Key, data: st.DataObject) -> None:
    value = data.draw(legal_values(key))
    text = key.text_for(UNKNOWN, key.encode(value))
    assert key.parse(text) == value
    assert key.admit(value) == value
    reading = key.read(text)
    assert reading.value == value
    assert reading.origin in {"file", "default"}
    assert reading.notices == ()
    assert key.same(text, text)


HOSTILE = st.text(max_size=40) | st.text(
    "0123456789.:;,|/<>x[](){}*+-^$!?\\ %s\"'abTRUE", max_size=30
)


@pytest.mark.parametrize("key", [*KEYS, *LEGACY.values()], ids=lambda key: key.name)
@settings(max_examples=20)
@given(text=HOSTILE | st.text(st.characters(codec=None), max_size=20) | st.just("x" * 3000))
def test_read_takes_any_text(key: Key, text: str) -> None:
    reading = key.read(text)
    assert reading.origin in {"file", "default", "clamped", "cut", "ignored"}
    assert key.same(text, text)
    for notice in reading.notices:
        assert notice.effect
        if notice.fix is not None:
            assert notice.fix != text


@BY_ID
@settings(max_examples=25)
@given(text=HOSTILE)
def test_what_is_accepted_is_what_the_phone_takes(key: Key, text: str) -> None:
    hint = "accepted"
    try:
        value = key.parse(text)
    except ValueRefused as error:
        hint = error.hint
    assert hint  # every refusal knows the way out
    if hint != "accepted":
        return
    try:
        written = key.text_for(UNKNOWN, key.encode(value))
    except ValueRefused:
        return
    assert utf16_units(written) <= key.limit
    assert key.parse(written) == value
    reading = key.read(written)
    assert reading.value == value
    assert reading.origin != "cut"
    assert reading.notices == key.doubts(written)
