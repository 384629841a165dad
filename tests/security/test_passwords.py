"""Passwords that the phone replaces by a blob: written once, and again only when it is time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .desk import Desk, blob, codes

OLD, NEW = "correct horse 1", "battery staple 2"


@pytest.fixture
def taken(desk: Desk) -> Desk:
    """The desk after an apply, a start of the phone and a second apply."""
    first = desk.apply(s101=OLD)
    assert [change["key"] for change in first["changes"]] == ["password"]
    assert desk.stored() == OLD
    desk.store(blob(OLD))
    assert desk.apply(s101=OLD)["status"] == "ok"
    return desk


@pytest.mark.parametrize(
    "password", [OLD, "x", "Пароль Жук", "😀😀", "p" * 200, "#;[a]=b", "0" * 15]
)
def test_ten_applies_after_the_phone_has_stored_it(desk: Desk, password: str) -> None:
    assert desk.apply(s101=password)["changed"]
    desk.store(blob(password))
    before = desk.stamp
    for _ in range(10):
        result = desk.apply(s101=password)
        assert (result["status"], result["changes"], result["warnings"]) == ("ok", [], [])
        assert result["backup"] is None
    assert desk.stamp == before


def test_applies_before_the_phone_has_started(desk: Desk) -> None:
    desk.apply(s101=OLD)
    before = desk.stamp
    assert [desk.apply(s101=OLD)["status"] for _ in range(3)] == ["ok"] * 3
    assert desk.stamp == before


def test_another_password_is_one_change(taken: Desk) -> None:
    result = taken.apply(s101=NEW)
    assert [(c["section"], c["key"]) for c in result["changes"]] == [("Account1", "password")]
    assert codes(result) == []
    assert taken.stored() == NEW
    taken.store(blob(NEW))
    before = taken.stamp
    assert [taken.apply(s101=NEW)["changed"] for _ in range(3)] == [False] * 3
    assert taken.stamp == before
    assert taken.apply(s101=OLD)["changed"], "the old one is not taken for the new one"


@pytest.mark.parametrize("text", [blob(OLD, "another phone's"), "typed in by hand", blob("z" * 99)])
def test_a_foreign_text_is_drift(taken: Desk, text: str) -> None:
    taken.store(text)
    planned = taken.apply(verb="plan", s101=OLD)
    assert (codes(planned), planned["status"]) == (["password-drift"], "differs")
    result = taken.apply(s101=OLD)
    assert codes(result) == ["password-drift"]
    assert result["warnings"][0]["where"] == "Account1.password"
    assert result["changed"]
    assert taken.stored() == OLD
    taken.store(blob(OLD))
    assert (taken.apply(s101=OLD)["status"], codes(taken.apply(s101=OLD))) == ("ok", [])


def test_a_removed_password_is_drift(taken: Desk) -> None:
    taken.store("")
    result = taken.apply(s101=OLD)
    assert (codes(result), taken.stored()) == (["password-drift"], OLD)


def test_a_blob_of_another_length_is_not_learned(desk: Desk) -> None:
    desk.apply(s101=OLD)
    desk.store(blob("quite another length of password"))
    assert codes(desk.apply(s101=OLD)) == ["password-drift"]


def test_a_text_that_is_no_blob_is_not_learned(desk: Desk) -> None:
    desk.apply(s101=OLD)
    desk.store(blob(OLD)[:-1] + "g")
    assert codes(desk.apply(s101=OLD)) == ["password-drift"]


def test_rotate_writes_in_any_case(taken: Desk) -> None:
    result = taken.apply("--rotate", s101=OLD)
    assert [change["key"] for change in result["changes"]] == ["password"]
    assert taken.stored() == OLD


def test_an_unknown_blob_is_written_over_by_default(desk: Desk) -> None:
    desk.apply(s101=OLD)
    desk.store(blob(OLD))
    desk.record.unlink()
    assert desk.apply(s101=OLD)["changed"]
    assert desk.stored() == OLD


def test_an_unknown_blob_is_adopted_when_told(desk: Desk) -> None:
    desk.apply(s101=OLD)
    desk.store(blob(OLD))
    desk.record.unlink()
    before = desk.stamp
    result = desk.apply("--adopt", s101=OLD)
    assert (result["changed"], codes(result)) == (False, ["password-adopted"])
    later = desk.apply(s101=OLD)
    assert (later["changed"], codes(later)) == (False, []), "it is known from now on"
    assert desk.stamp == before
    assert desk.apply(s101=NEW)["changed"]


def test_adopt_does_not_hide_drift(taken: Desk) -> None:
    taken.store(blob(OLD, "another phone's"))
    assert codes(taken.apply("--adopt", s101=OLD)) == ["password-drift"]


def _truncated(desk: Desk) -> None:
    desk.record.write_bytes(desk.record.read_bytes()[:-40])


def _foreign(desk: Desk) -> None:
    text = desk.record.read_text("ascii")
    desk.record.write_text(text.replace(desk.record.parent.name, "0" * 16), "ascii")


def _garbage(desk: Desk) -> None:
    desk.record.write_bytes(bytes(range(256)))


def _nested(desk: Desk) -> None:
    desk.record.write_bytes(b"[" * 100_000)


def _linked(desk: Desk) -> None:
    other = desk.folder / "elsewhere.json"
    desk.record.rename(other)
    (desk.folder / "our data" / "targets" / other.name).touch()
    (folder,) = (desk.folder / "our data" / "targets").glob("*/backups")
    (folder.parent / "state.json").symlink_to(other)


def _cheap(desk: Desk) -> None:
    """A record made by somebody who would like to test passwords faster."""
    text = desk.record.read_text("ascii")
    assert '"n": 16384' in text
    desk.record.write_text(text.replace('"n": 16384', '"n": 2'), "ascii")


@pytest.mark.parametrize("damage", [_truncated, _foreign, _garbage, _nested, _linked, _cheap])
def test_a_useless_record_is_a_warning(taken: Desk, damage: Callable[[Desk], None]) -> None:
    damage(taken)
    result = taken.apply(s101=OLD)
    assert (result["exit_code"], codes(result)) == (0, ["record-unusable"])
    assert taken.stored() == OLD, "written once more"
    taken.store(blob(OLD))
    again = taken.apply(s101=OLD)
    assert (again["status"], codes(again)) == ("ok", []), "and known again"


def test_accounts_in_another_order(desk: Desk) -> None:
    """The template names them the other way round; nobody's password changes."""
    both = {"s101": OLD, "s202": NEW}
    assert desk.apply(**both)["changed"]
    desk.store(blob(OLD), 1)
    desk.store(blob(NEW), 2)
    assert desk.apply(**both)["status"] == "ok"
    before = desk.stamp
    swapped = dict(reversed(both.items()))
    assert [desk.apply(**swapped)["status"] for _ in range(3)] == ["ok"] * 3
    assert desk.stamp == before


def test_accounts_that_the_user_has_moved_get_their_own_passwords(desk: Desk) -> None:
    """The phone's dialog deletes Account1 and copies Account2 down: blobs move with it."""
    both = {"s101": OLD, "s202": NEW}
    desk.apply(**both)
    desk.store(blob(OLD), 1)
    desk.store(blob(NEW), 2)
    desk.apply(**both)
    text = desk.text.replace("[Account1]", "[Account3]").replace("[Account2]", "[Account1]")
    desk.ini.write_bytes(b"\xff\xfe" + text.replace("[Account3]", "[Account2]").encode("utf-16-le"))
    desk.apply(**both)
    assert (desk.stored(1), desk.stored(2)) == (NEW, OLD)
    assert "username=202" in desk.text.split("[Account1]")[1]
    desk.store(blob(NEW), 1)
    desk.store(blob(OLD), 2)
    assert [desk.apply(**both)["status"] for _ in range(3)] == ["ok"] * 3


def test_set_remembers_as_apply_does(desk: Desk) -> None:
    def given() -> dict[str, object]:
        words = ("set", f"Account1.password={OLD}", "--ini", desk.ini, "--json")
        return desk.cli(*words).json

    result = given()
    assert (result["changed"], codes(result)) == (True, ["password-visible"])
    desk.store(blob(OLD))
    before = desk.stamp
    assert [given()["changed"] for _ in range(3)] == [False] * 3
    assert desk.stamp == before


def test_an_empty_password_needs_no_memory(desk: Desk) -> None:
    def given(text: str) -> dict[str, object]:
        return desk.cli("set", f"Account1.password={text}", "--ini", desk.ini, "--json").json

    given(OLD)
    desk.store(blob(OLD))
    assert given("")["changed"]
    assert desk.fingerprints() == {}
    assert given("")["changed"] is False


def test_what_the_phone_would_misread_is_refused_or_protected(desk: Desk) -> None:
    for text, stored in ((" edge ", '" edge "'), ('"in quotes"', '""in quotes""')):
        assert desk.apply(s101=text)["changed"], text
        assert desk.stored() == stored
        assert desk.apply(s101=text)["changed"] is False
    before = desk.stamp
    for text in ("x" * 257, "two\nlines", "bell\a"):
        refused = desk.apply(s101=text)
        assert (refused["exit_code"], refused["changed"]) == (3, False), text
        assert text not in str(refused)
    assert desk.stamp == before
    assert desk.apply(s101=blob(OLD))["changed"], "whatever it looks like, it was given as one"
    assert desk.apply(s101=blob(OLD))["changed"] is False


def test_the_record_says_nothing_cheap_about_the_password(taken: Desk) -> None:
    (entry,) = taken.fingerprints().values()
    assert (entry["n"], entry["r"], entry["p"]) == (2**14, 8, 1)
    values = [entry["salt"], entry["password"], entry["text"]]
    assert len(set(values)) == 3
    assert taken.record.stat().st_mode & 0o077 == 0
    salted = taken.fingerprints()
    taken.record.unlink()
    taken.apply(s101=OLD)
    taken.store(blob(OLD))
    taken.apply(s101=OLD)
    (other,) = taken.fingerprints().values()
    (entry,) = salted.values()
    assert not {entry[name] for name in ("salt", "password", "text")} & set(other.values())
