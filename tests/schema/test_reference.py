"""Every row of the reference of MicroSIP's keys against the declared keys, fact by fact."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from microsip_config.schema import (
    LEGACY,
    PHONES_OWN,
    RETIRED,
    SECTIONS,
    all_keys,
    find_key,
    lookup,
)
from microsip_config.schema.codecs import KNOWN
from microsip_config.schema.key import Key
from microsip_config.schema.versions import NEWEST, number_of, phone_of


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(__file__).with_name(name).open(encoding="utf-8")))


ROWS = rows_of("keys.csv")
BEFORE = phone_of("3.22.3")  # whose source those rows were read off
LATER = rows_of(f"keys-{NEWEST}.csv")
"""What differs in the newest version from ``ROWS``."""
NOW = phone_of(NEWEST)
OLDEST = (3, 19, 17)
KINDS = {"string": "text", "codec-list": "codecs"}


def kind_of(row: dict[str, str]) -> str:
    return "Account" if row["section"] == "AccountN" else row["section"]


def names_of(row: dict[str, str]) -> list[str]:
    return re.split(r"\s*/\s*", re.sub(r"\s*\(.*\)", "", row["key"]))


def is_legacy(row: dict[str, str]) -> bool:
    return "(legacy account in [Settings])" in row["key"]


def is_out_of_range(row: dict[str, str]) -> bool:
    """Gone before 3.19.17, known to vendor builds only, or never read at all."""
    gone = re.search(r"(?:gone in|by) (\d+\.\d+\.\d+)", row["removed_in"])
    if gone and tuple(map(int, gone.group(1).split("."))) <= OLDEST:
        return True
    return "not upstream" in row["removed_in"] or row["how_read"] in {"never read", "not read"}


def name_of(row: dict[str, str]) -> str:
    return f"{row['section']}.{row['key'][:24]}"


def known(row: dict[str, str], rows: list[dict[str, str]]) -> bool:
    return any((row["section"], row["key"]) == (one["section"], one["key"]) for one in rows)


OF_OFFICIAL_PROGRAMS = [
    row for row in LATER if row["how_read"].startswith(("not in the", "not read by"))
]
GONE = [row for row in LATER if row["removed_in"]]
CHANGED = [row for row in LATER if row not in OF_OFFICIAL_PROGRAMS and row not in GONE]
KEY_ROWS = [row for row in ROWS if not is_legacy(row) and not is_out_of_range(row)]
RETIRED_ROWS = [row for row in ROWS if is_out_of_range(row)]


def key_of(row: dict[str, str]) -> Key:
    return SECTIONS[kind_of(row)][row["key"]].of(NOW if row in LATER else BEFORE)


def row_params(rows: list[dict[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[name_of(row) for row in rows])


def test_the_reference_is_whole_and_every_row_is_looked_at() -> None:
    assert len(ROWS) >= 155
    assert len(KEY_ROWS) + len(RETIRED_ROWS) + sum(map(is_legacy, ROWS)) == len(ROWS)


def test_no_key_is_declared_that_the_reference_does_not_know() -> None:
    names = {(kind_of(row), row["key"]) for row in [*KEY_ROWS, *CHANGED]}
    assert {(key.section, key.name) for key in all_keys()} == names


@row_params(KEY_ROWS)
def test_kind_limit_and_group(row: dict[str, str]) -> None:
    key = key_of(row)
    assert key.name == row["key"]
    assert key.section == kind_of(row)
    assert key.kind == KINDS.get(row["kind"], row["kind"])
    assert key.limit == int(row["read_buffer_chars"])
    assert key.group == row["group"]
    assert key.doc.endswith(".")
    assert "\n" not in key.doc


@row_params(KEY_ROWS)
def test_volatile_and_quoted(row: dict[str, str]) -> None:
    key = key_of(row)
    assert key.volatile == row["volatile"].startswith("yes")
    assert key.quoted == row["write_form"].startswith("quoted")


@row_params(KEY_ROWS)
def test_versions(row: dict[str, str]) -> None:
    key = key_of(row)
    first = re.search(r"(?:>=|only in the )(\d+\.\d+\.\d+)", row["introduced_in"])
    assert key.since == (first.group(1) if first else "")
    last = re.search(r"(?:last seen|read up to) (\d+\.\d+\.\d+)", row["removed_in"])
    if last:
        assert key.until == last.group(1)
    elif row["removed_in"]:
        assert key.until == key.since == "3.20.5"
    elif not known(row, GONE):
        assert key.until == ""


def first_of(text: str) -> str:
    found = re.search(r"\d+\.\d+\.\d+", text)
    assert found
    return found.group()


@row_params(GONE)
def test_what_the_newest_version_does_not_read_any_more(row: dict[str, str]) -> None:
    key = SECTIONS[kind_of(row)][row["key"]]
    assert number_of(key.until)[:2] == (3, 22)
    assert number_of(key.until)[2] == number_of(first_of(row["removed_in"]))[2] - 1
    assert key.own
    assert key.read_by(BEFORE)
    assert not key.read_by(NOW)


@row_params([row for row in CHANGED if row["section"] == "Global"])
def test_what_moved_to_global(row: dict[str, str]) -> None:
    key = key_of(row)
    assert key.since == first_of(row["introduced_in"])
    assert key.own
    assert not key.read_by(BEFORE)
    assert not SECTIONS["Settings"][key.name].read_by(NOW)


@row_params([row for row in CHANGED if row["section"] != "Global"])
def test_kind_limit_and_words_of_the_newest_version(row: dict[str, str]) -> None:
    key = key_of(row)
    assert key.read_by(NOW)
    assert key.kind == KINDS.get(row["kind"], row["kind"])
    assert key.limit == int(row["read_buffer_chars"])
    assert key.group == row["group"]
    assert key.volatile == row["volatile"].startswith("yes")
    assert key.quoted == row["write_form"].startswith("quoted")
    if row["write_form"].count(";") >= 4:
        fields = re.sub(r"\(.*?\)", "", row["write_form"])
        assert re.sub(r"\(.*?\)", "", key.expects) == fields


@row_params([row for row in CHANGED if row["key"] == "hideCID"])
def test_the_word_of_the_newest_version(row: dict[str, str]) -> None:
    key = key_of(row)
    words = re.findall(r"(?:^|; )(\S+) = ", row["allowed_values"])
    assert ["(empty)" if word == "" else word for word in key.choices] == words
    assert {raw: key.read(raw).value for raw in ("", "0", "1", "soft", "hard", "Soft", "no")} == {
        "": "",
        "0": "",
        "1": "hard",
        "soft": "soft",
        "hard": "hard",
        "Soft": "soft",
        "no": "soft",
    }


@row_params([row for row in CHANGED if row["section"] == "Shortcuts"])
def test_the_types_of_shortcut_of_the_newest_version(row: dict[str, str]) -> None:
    types = row["allowed_values"].partition("type: ")[2].partition(";")[0].split()
    button = key_of(row)
    assert all(not button.read(f"A;1;{kind};2;1;B").notices for kind in types)
    assert button.read("A;1;callOrOr").notices


@row_params(OF_OFFICIAL_PROGRAMS)
def test_what_only_official_programs_know_is_the_phones_own(row: dict[str, str]) -> None:
    assert (kind_of(row), row["key"]) in PHONES_OWN
    assert lookup(row["section"], row["key"]) is None


READERS = {
    "_wtoi": "integer",
    '_wtoi (=="1" up to 3.21.3)': "integer",
    '== "1"': "exactly-1",
    '=="1"': "exactly-1",
    '!= "0"': "not-0",
}
SIGNATURES = {  # what each reader makes of these texts
    "integer": {"0": False, "1": True, "2": True, "01": True, "true": False, "": False, "-1": True},
    "exactly-1": {"0": False, "1": True, "2": False, "01": False, "true": False, "": False},
    "not-0": {"0": False, "1": True, "2": True, "00": True, "false": True, "": True},
}


@row_params([row for row in KEY_ROWS if row["kind"] == "bool"])
def test_switches_read_with_the_reader_of_the_reference(row: dict[str, str]) -> None:
    key = key_of(row)
    expected = SIGNATURES[READERS[row["how_read"]]]
    assert {text: key.read(text).value for text in expected} == expected
    default = row["default_when_absent"]
    assert key.read(None).value is (default.startswith("1") or default.endswith("-> on"))
    assert {key.encode(True), key.encode(False)} == {"1", "0"}


@row_params([row for row in KEY_ROWS if row["kind"] == "int"])
def test_numbers_have_the_default_and_clamps_of_the_reference(row: dict[str, str]) -> None:
    key = key_of(row)
    default = row["default_when_absent"]
    start = re.match(r"-?\d+", default)
    assert key.read(None).value == (int(start.group()) if start else key.default)
    if row["key"] == "accountId":
        assert key.read(None).value is None
        assert key.read("").value is None
        return
    rule = row["normalisation_on_read"]
    empty = {"empty -> 100": 100, "<=0 or non-numeric -> 300": 300, "<=0 or non-numeric -> 15": 15}
    assert key.read("").value == next((v for k, v in empty.items() if k in rule), 0)
    table = {"1..10 -> 10": {"1": 10, "9": 10, "10": 10, "11": 11}, "1 -> 2": {"1": 2, "3": 3}}
    for phrase, cases in table.items():
        if phrase in rule:
            assert {text: key.read(text).value for text in cases} == cases
    if "no clamp" in rule:
        assert key.read("-7").value == -7
        assert key.read("123456").value == 123456


DEFAULTS = {  # what is not said in one word
    "audioCodecs": ("PCMA/8000/1", "PCMU/8000/1"),
    "recordingPath": None,
    "DTMFMethod": 0,
    "updatesInterval": "weekly",
    "recordingFormat": "mp3",
}


@row_params([row for row in KEY_ROWS if row["kind"] in {"string", "enum", "path", "command"}])
def test_texts_have_the_default_of_the_reference(row: dict[str, str]) -> None:
    default = row["default_when_absent"]
    if row["key"] in DEFAULTS:
        expected = DEFAULTS[row["key"]]
    elif default.startswith("empty"):
        expected = ""
    else:
        expected = default.split(" ")[0]
    assert key_of(row).read(None).value == expected


@row_params([row for row in KEY_ROWS if row["kind"] == "enum"])
def test_words_are_those_of_the_reference(row: dict[str, str]) -> None:
    key = key_of(row)
    allowed = row["allowed_values"]
    if row["key"] == "videoCodec":
        words = set(re.findall(r"\S+/\d+", allowed))
    else:
        firsts = re.split(r";\s*", re.sub(r"\([^)]*;[^)]*\)|\(X-[^)]*\)", "", allowed))
        words = {re.split(r"[ =/(]", first)[0] for first in firsts}
        words |= {"weekly"} if "weekly" in allowed else set()
        words |= {"mp3"} if "(mp3," in allowed else set()
    known = {word for word in key.choices if word}
    assert known == words - {"", "anything", "empty", "other"}
    for word in known:
        assert str(key.read(word).value) == word
    empty = key.read("").value
    expected: dict[str, Any] = {"recordingFormat": "mp3", "updatesInterval": "weekly"}
    assert empty == expected.get(row["key"], 0 if row["key"] == "DTMFMethod" else "")


def test_unknown_words_are_taken_as_the_reference_says() -> None:
    other = {"defaultAction": "message", "recordingFormat": "mp3", "updatesInterval": "weekly"}
    for row in KEY_ROWS:
        if row["kind"] == "enum" and row["how_read"] == "string":
            assert key_of(row).read("no-such-word").value == other.get(row["key"], "")


def test_codecs_are_those_of_the_reference() -> None:
    row = next(row for row in ROWS if row["key"] == "audioCodecs")
    listed = row["allowed_values"].partition(": ")[2].partition(";")[0].split()
    assert list(KNOWN) == listed
    assert len(KNOWN) == 28
    assert key_of(row).read(None).value == DEFAULTS["audioCodecs"]


@row_params([row for row in KEY_ROWS if row["section"] not in {"Settings", "AccountN"}])
def test_numbered_lists_have_the_range_of_the_reference(row: dict[str, str]) -> None:
    section, last = row["section"], row["key"].rpartition(".")[2]
    assert find_key(section, "0").name == "0"
    if last != "n":
        assert find_key(section, last).limit == int(row["read_buffer_chars"])
        assert str(int(last) + 1) not in SECTIONS[section]


def test_the_legacy_account_is_read_from_settings() -> None:
    (row,) = (row for row in ROWS if is_legacy(row))
    assert list(LEGACY) == names_of(row)
    for name in LEGACY:
        key = lookup("Settings", name)
        assert key is not None
        assert key.legacy
        assert key.limit == int(row["read_buffer_chars"])
        assert key.section == "Settings"


@row_params(RETIRED_ROWS)
def test_keys_that_no_supported_version_reads_are_retired(row: dict[str, str]) -> None:
    for name in names_of(row):
        assert ((kind_of(row), name) in RETIRED) != known(row, OF_OFFICIAL_PROGRAMS)
        assert lookup(row["section"].replace("N", "1"), name) is None


def test_the_passwords_are_secrets() -> None:
    secrets = {(key.section, key.name) for key in all_keys() if key.kind == "secret"}
    assert secrets == {("Account", "password")}
    assert LEGACY["password"].kind == "secret"
