"""Facts about text: lengths in UTF-16, cuts, and which word was meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.schema import SECTIONS
from microsip_config.text import (
    HIDDEN_CLASS,
    control,
    did_you_mean,
    in_quotes,
    nearest,
    similar,
    utf16_cut,
    utf16_units,
)

KEYS = [*SECTIONS["Settings"], *SECTIONS["Account"]]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("volRng", "volumeRing"),
        ("audioCodec", "audioCodecs"),
        ("AUDIOCODECS", "audioCodecs"),
        ("displayNam", "displayName"),
        ("noIngoreCall", "noIgnoreCall"),
        ("keepAlvie", "keepAlive"),
        ("videoDevice", "videoCaptureDevice"),
        ("usrname", "username"),
        ("VAT", "VAD"),
        ("em", "EM"),
        # Names that another vendor's build may well have:
        ("EA", ""),
        ("colour", ""),
        ("serverPort", ""),
        ("proxyPort", ""),
        ("recordingMode", ""),
        ("cmdCallHold", ""),
        ("ringtone", ""),
        ("language", ""),
        ("customKey", ""),
        ("mediaBufSize", ""),
        ("", ""),
    ],
)
def test_one_rule_tells_what_was_meant(word: str, meant: str) -> None:
    assert nearest(word, KEYS) == meant


def test_the_nearest_comes_first() -> None:
    assert similar("cmdCalRing", ["cmdCallBusy", "cmdCallRings", "cmdCallRing"]) == [
        "cmdCallRing",
        "cmdCallRings",
    ]
    assert did_you_mean("sib", ["sip", "ldap"]) == "did you mean 'sip'?"
    assert did_you_mean("admin", ["sip", "ldap"]) == ""


@given(st.text(), st.lists(st.text(max_size=12), max_size=5))
def test_a_word_among_the_choices_is_its_own_nearest(word: str, others: list[str]) -> None:
    assert nearest(word, [*others, word]).lower() == word.lower()
    assert set(similar(word, others)) <= set(others)


@given(st.text(st.characters()), st.integers(0, 12))
def test_a_cut_keeps_whole_units(text: str, limit: int) -> None:
    kept = utf16_cut(text, limit)
    assert utf16_units(kept) == min(limit, utf16_units(text))
    units = text.encode("utf-16-le", "surrogatepass")
    assert kept.encode("utf-16-le", "surrogatepass") == units[: 2 * limit]


def test_control_characters() -> None:
    assert all(control().search(char) for char in "\0\t\r\n\x1b\x7f\x85\u2028\ud800")
    assert not control().search("Zoë 電話 \U0001f4de \ufeff")
    hidden = re.compile(f"[{HIDDEN_CLASS}]")
    assert all(hidden.search(char) for char in "\x01\x1b\x7f\x85\u2029\ufeff")
    assert not hidden.search("\t\r\n\0 Zoë")
    assert in_quotes("C:\\a\n") == "'C:\\a\\n'"
