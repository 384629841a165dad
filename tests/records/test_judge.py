"""What the record decides about a password, as a table: memory x file x wish -> verdict."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microsip_config.records import fingerprint
from microsip_config.records.record import Record
from microsip_config.schema.password import blob_digits, is_blob, may_hold
from microsip_config.secret import Secret

OLD, NEW = "green-gate-71", "brown-bridge-4"  # 13 and 14 characters: 64 and 80 digits
AS_LONG = "black-boat-82"
BLOB, OTHER_BLOB = "0123456789abcdef" * 4, "fedcba9876543210" * 4
SHORTER_BLOB = "0123456789abcdef" * 2


def nothing() -> Record:
    return Record()


def wrote_plain() -> Record:
    record = Record()
    record.remember("Account1", Secret(OLD), OLD)
    return record


def saw_blob() -> Record:
    record = wrote_plain()
    record.remember("Account1", Secret(OLD), BLOB)
    return record


def saw_blob_then_plain() -> Record:
    record = saw_blob()
    record.remember("Account1", Secret(OLD), OLD)
    return record


class Case(NamedTuple):
    memory: Callable[[], Record]
    raw: str | None
    wish: str
    kind: str
    same: bool
    learn: bool = False
    code: str = ""
    adopt: bool = False
    rotate: bool = False
    identity: str = "Account1"


CASES = [
    # Nothing is known.
    Case(nothing, None, OLD, "absent", same=False),
    Case(nothing, "", OLD, "absent", same=False),
    Case(nothing, None, "", "literal", same=True),
    Case(nothing, "", "", "literal", same=True),
    Case(nothing, OLD, OLD, "literal", same=True, learn=True),
    Case(nothing, NEW, OLD, "unknown", same=False),
    Case(nothing, BLOB, OLD, "unknown", same=False),
    Case(nothing, BLOB, OLD, "adopted", same=True, learn=True, code="password-adopted", adopt=True),
    Case(nothing, SHORTER_BLOB, OLD, "unknown", same=False, adopt=True),
    Case(nothing, NEW, OLD, "unknown", same=False, adopt=True),
    Case(nothing, BLOB, "", "unknown", same=False, adopt=True),
    Case(nothing, BLOB, BLOB, "literal", same=True, learn=True),
    # We wrote plain text, the phone has not stored it yet.
    Case(wrote_plain, OLD, OLD, "literal", same=True),
    Case(wrote_plain, BLOB, OLD, "learned", same=True, learn=True),
    Case(wrote_plain, SHORTER_BLOB, OLD, "drift", same=False, code="password-drift"),
    Case(wrote_plain, NEW, OLD, "drift", same=False, code="password-drift"),
    Case(wrote_plain, "g" * 64, OLD, "drift", same=False, code="password-drift"),
    Case(wrote_plain, None, OLD, "drift", same=False, code="password-drift"),
    Case(wrote_plain, "", OLD, "drift", same=False, code="password-drift"),
    Case(wrote_plain, OLD, NEW, "changed", same=False),
    Case(wrote_plain, NEW, NEW, "literal", same=True, learn=True),
    Case(wrote_plain, BLOB, NEW, "changed", same=False),
    Case(wrote_plain, "", "", "literal", same=True, learn=True),
    # The phone has stored it.
    Case(saw_blob, BLOB, OLD, "same", same=True),
    Case(saw_blob, BLOB, OLD, "same", same=True, adopt=True),
    Case(saw_blob, BLOB, OLD, "rotated", same=False, rotate=True),
    Case(saw_blob, OTHER_BLOB, OLD, "drift", same=False, code="password-drift"),
    Case(saw_blob, OTHER_BLOB, OLD, "drift", same=False, code="password-drift", adopt=True),
    Case(saw_blob, BLOB, NEW, "changed", same=False),
    Case(saw_blob, OTHER_BLOB, NEW, "changed", same=False),
    Case(saw_blob, OLD, OLD, "literal", same=True, learn=True),
    Case(saw_blob, None, OLD, "drift", same=False, code="password-drift"),
    Case(saw_blob, BLOB, OLD, "unknown", same=False, identity="Account2"),
    # Written once more after that: any blob of the right length will do, once.
    Case(saw_blob_then_plain, BLOB, OLD, "learned", same=True, learn=True),
    Case(saw_blob_then_plain, OTHER_BLOB, OLD, "learned", same=True, learn=True),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.memory.__name__}-{c.kind}")
def test_verdict(case: Case) -> None:
    record = case.memory()
    verdict = record.judge(
        case.identity, case.raw, Secret(case.wish), adopt=case.adopt, rotate=case.rotate
    )
    assert (verdict.kind, verdict.same, verdict.learn, verdict.code) == (
        case.kind,
        case.same,
        case.learn,
        case.code,
    )
    assert verdict.drift == (case.code == "password-drift")
    assert verdict.reason
    for secret in (OLD, NEW, BLOB, OTHER_BLOB):
        assert secret not in verdict.reason


@pytest.mark.parametrize("case", [c for c in CASES if c.learn], ids=lambda c: c.kind)
def test_what_was_learned_is_settled_afterwards(case: Case) -> None:
    """After one ``remember`` the next run has nothing to write and nothing to learn."""
    record = case.memory()
    record.remember(case.identity, Secret(case.wish), case.raw)
    record.changed = False
    verdict = record.judge(case.identity, case.raw, Secret(case.wish))
    assert (verdict.same, verdict.learn, verdict.code) == (True, False, "")
    record.remember(case.identity, Secret(case.wish), case.raw)
    assert not record.changed


@pytest.mark.parametrize("case", [c for c in CASES if not c.same], ids=lambda c: c.kind)
def test_a_write_settles_every_difference(case: Case) -> None:
    record = case.memory()
    record.remember(case.identity, Secret(case.wish), case.wish)
    assert record.judge(case.identity, case.wish, Secret(case.wish)).kind == "literal"


def test_judging_changes_nothing() -> None:
    record = saw_blob()
    record.changed = False
    for raw in (None, "", OLD, NEW, BLOB, OTHER_BLOB):
        for wish in ("", OLD, NEW):
            record.judge("Account1", raw, Secret(wish), adopt=True)
    assert not record.changed
    assert record.judge("Account1", BLOB, Secret(OLD)).kind == "same"


def test_a_password_that_returns_does_not_inherit_another_ones_blob() -> None:
    """Plain text replaced by hand, stored by the phone, and then the old wish again."""
    record = wrote_plain()
    verdict = record.judge("Account1", NEW, Secret(NEW))
    assert verdict.learn
    record.remember("Account1", Secret(NEW), NEW)
    assert record.judge("Account1", OTHER_BLOB, Secret(OLD)).kind == "changed"


def test_a_blob_in_another_file_than_the_one_written_is_drift() -> None:
    record = Record()
    record.remember("Account1", Secret(OLD), OLD, lambda: "7-1")
    ids = {"7-1": "learned", "7-2": "drift", "": "drift"}
    for now, kind in ids.items():
        found = record.judge("Account1", BLOB, Secret(OLD), file_id=partial(str, now))
        assert found.kind == kind, now
    assert record.judge("Account1", OLD, Secret(OLD), file_id=lambda: "7-2").learn
    record.follow("7-1", "7-3")
    assert record.judge("Account1", BLOB, Secret(OLD), file_id=lambda: "7-3").kind == "learned"


def test_the_blob_of_another_password_is_drift() -> None:
    record = saw_blob()
    record.remember("Account1", Secret(AS_LONG), AS_LONG)
    assert record.judge("Account1", BLOB, Secret(AS_LONG)).kind == "drift"
    assert record.judge("Account1", OTHER_BLOB, Secret(AS_LONG)).kind == "learned"
    record.remember("Account1", Secret(OLD), OLD)
    assert record.judge("Account1", BLOB, Secret(OLD)).kind == "learned", "it is this one's"


@pytest.mark.parametrize(
    ("names", "kind"), [(None, "unknown"), ({"account1"}, "unknown"), ({"account2"}, "learned")]
)
def test_what_is_put_there_by_us_is_not_believed(names: set[str] | None, kind: str) -> None:
    record = wrote_plain()
    record.disown(names)
    assert record.judge("Account1", BLOB, Secret(OLD)).kind == kind
    record = saw_blob()
    record.disown(names)
    assert record.judge("Account1", BLOB, Secret(OLD)).kind == "same", "that one was seen"


def test_forgetting_an_account() -> None:
    record = saw_blob()
    assert record.identities() == {"Account1"}
    record.changed = False
    record.forget("Account1")
    assert record.changed
    assert record.identities() == frozenset()
    assert record.judge("Account1", BLOB, Secret(OLD)).kind == "unknown"


def test_one_scrypt_for_each_password_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    record = saw_blob()
    fresh = Record({"Account1": record._entries["Account1"]})
    calls = []
    real = fingerprint.derive

    def counting(password: str, salt: bytes, cost: fingerprint.Cost) -> fingerprint.Key:
        calls.append(1)
        return real(password, salt, cost)

    monkeypatch.setattr(fingerprint, "derive", counting)
    for _ in range(3):
        assert fresh.judge("Account1", BLOB, Secret(OLD)).same
    fresh.remember("Account1", Secret(OLD), BLOB)
    assert len(calls) == 1


def test_nothing_is_computed_where_nothing_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "derive", None)
    for raw in (None, "", OLD, NEW, BLOB):
        Record().judge("Account1", raw, Secret(OLD))


# --- the shape of stored passwords --------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "digits"),
    [
        ("x", 16),  # 4 + 2 bytes: one block of 8
        ("xx", 32),  # 4 + 4: a full block, so one more for the padding
        ("xxxxx", 32),
        ("xxxxxx", 48),
        ("\U0001f600", 32),  # two UTF-16 code units
        ("x" * 254, 1040),
        ("x" * 255, None),
    ],
)
def test_length_of_the_stored_form(password: str, digits: int | None) -> None:
    assert blob_digits(password) == digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0123456789abcdef", True),
        ("0123456789ABCDEF", False),  # the phone writes lower case
        ("0123456789abcde", False),
        ("0123456789abcdef0", False),
        ("0123456789abcdeg", False),
        ("0123456789abcdef\n", False),
        ("", False),
    ],
)
def test_shape_of_the_stored_form(text: str, expected: bool) -> None:
    assert is_blob(text) is expected


@given(st.text(min_size=1, max_size=300))
def test_a_stored_form_of_the_right_length_is_plausible(password: str) -> None:
    digits = blob_digits(password)
    blob = "0" * (digits or 2048)
    assert is_blob(blob)
    assert may_hold(blob, password)
    assert digits is None or not may_hold(blob + "0" * 16, password)


@settings(max_examples=8)
@given(one=st.text(min_size=1), other=st.text(min_size=1))
def test_only_the_same_text_has_the_same_fingerprint(one: str, other: str) -> None:
    salt = fingerprint.new_salt()
    keys = [fingerprint.derive(text, salt, fingerprint.COST) for text in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)
