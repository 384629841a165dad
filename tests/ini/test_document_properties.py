"""Whatever stands in a file and whatever is changed: the change is read, and nothing else is."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from microsip_config.ini.document import Document
from microsip_config.ini.names import fold
from microsip_config.ini.profile import Profile

from .hostile import Edit, edits, texts

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def edited(text: str, changes: list[Edit]) -> str:
    document = Document(text)
    for section, key, value, quoted in changes:
        if value is None:
            document.remove(section, key)
        else:
            document.set(section, key, value, quoted)
    return document.render()


def readable(profile: Profile) -> dict[tuple[str, str], str]:
    return {
        (section, key): value
        for section, pairs in profile.snapshot().items()
        for key, value in pairs.items()
    }


def intended(text: str, changes: list[Edit]) -> dict[tuple[str, str], str]:
    after = readable(Profile(text))
    for section, key, value, _ in changes:
        place = (fold(section), fold(key))
        after.pop(place, None)
        if value is not None:
            after[place] = value
    return after


@settings(max_examples=600, deadline=None)
@given(texts(), edits)
def test_the_change_is_read_and_nothing_else(text: str, changes: list[Edit]) -> None:
    assert readable(Profile(edited(text, changes))) == intended(text, changes)


@settings(max_examples=300, deadline=None)
@given(texts(), edits)
def test_a_second_time_changes_nothing(text: str, changes: list[Edit]) -> None:
    once = edited(text, changes)
    assert edited(once, changes) == once


@settings(max_examples=300, deadline=None)
@given(texts(), edits)
def test_lines_of_no_change_stay_in_order_and_byte_for_byte(text: str, changes: list[Edit]) -> None:
    names = {fold(change.key) for change in changes}

    def untouched(source: str) -> list[str]:
        contents = [line for line in re.split(r"[\r\n]", source) if line]
        return [line for line in contents if not named(line)]

    def named(line: str) -> bool:
        return fold(line.split("=")[0].strip(" \t\v\f\x1a").split("\0")[0]) in names

    after = untouched(edited(text, changes))
    before = untouched(text)
    added = Counter(after) - Counter(before)
    assert not Counter(before) - Counter(after)
    assert all(re.fullmatch(r"\[\w+\]", line) for line in added)
    assert [line for line in after if line in before][: len(before)] == before


@settings(max_examples=300, deadline=None)
@given(texts(), edits)
def test_values_that_are_there_already_rewrite_nothing(text: str, changes: list[Edit]) -> None:
    profile = Profile(text)
    same = [c._replace(value=profile.get(c.section, c.key)) for c in changes]
    refused = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
    same = [c for c in same if c.value is None or not refused.search(c.value)]
    assert edited(text, same) == text


@settings(max_examples=300, deadline=None)
@given(texts(), st.sampled_from(("Settings", "ACCOUNT1")))
def test_a_removed_section_is_gone_with_all_its_duplicates(text: str, section: str) -> None:
    document = Document(text)
    document.remove_section(section)
    after = Profile(document.render())
    expected = dict(Profile(text).snapshot())
    expected.pop(fold(section), None)
    assert after.snapshot() == expected
    comments = [line for line in re.split(r"[\r\n]", text) if line.strip(" \t\v\f\x1a")[:1] == ";"]
    kept = re.split(r"[\r\n]", document.render())
    assert [line for line in kept if line in comments] == comments
