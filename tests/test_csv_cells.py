"""A cell of the calls as CSV is never a formula, whatever a spreadsheet makes of blanks in it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microsip_config.history.csv_file import csv_text
from microsip_config.history.ring import LoggedCall

BLANKS = [
    "", " ", "   ", "\t", "\r", "\n", "\v", "\0", "\x1f", "\x85", "\xa0", "\u1680", "\u2003",
    "\u200b", "\u200f", "\u2028", "\u202e", "\u2060", "\u3000", "\u3164", "\ufeff", "\u00ad",
    " \u3000\u200b\t",
]  # fmt: skip
SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe63", "\u207a"]


def cell(text: str) -> str:
    """The cell of a name, as a reader of RFC 4180 gets it."""
    call = LoggedCall("1", text, "missed", "", 0, "x", 0)
    (row,) = csv.reader(io.StringIO(csv_text([call], header=False), newline=""))
    return row[3]


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_formula_gets_an_apostrophe(blank: str, sign: str) -> None:
    for formula in (f"{sign}cmd|' /C calc'!A0", f"{sign}1+1", f"{sign}SUM(A1:A9)"):
        shown = cell(f"{blank}{formula}")
        assert shown.replace("'", "") == f"{blank}{formula}".replace("'", "")
        assert _first_seen(shown) == "'"


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r"])
def test_nor_does_one_begin_within_a_cell(separator: str) -> None:
    assert cell(f"x{separator} =1+1") == f"x{separator}' =1+1"


@pytest.mark.parametrize(
    "text",
    [
        "+49 30-1234",
        "Zoë",
        "a=b",
        "1-2",
        "x; y",
        "jo@example.com",
        " Jo",
        "\u202eab",
        "電話",
        "x\x1b",
    ],
    ids=ascii,
)
def test_what_is_no_formula_stays_exact(text: str) -> None:
    assert cell(text) == text


@given(st.text(st.one_of(st.sampled_from("=+-@;\t '\u3000\uff1d\u200b1"), st.characters())))
@example("'=1")
def test_no_cell_begins_with_a_formula(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    for part in re.split(r"[;\t\r\n]", cell(text)):
        seen = unicodedata.normalize("NFKC", _first_seen(part))[:1]
        assert seen not in {"=", "-", "@"}
        assert seen != "+" or re.fullmatch(r"\+[0-9 ()./-]*", part)
    assert cell(text).replace("'", "") == text.replace("'", "")


def _first_seen(text: str) -> str:
    kinds = {"Zs", "Zl", "Zp", "Cc", "Cf"}
    return next((c for c in text if unicodedata.category(c) not in kinds and c != "\u3164"), "")
