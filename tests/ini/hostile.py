"""Random ini texts of the worst kind, and random changes to them."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

SECTIONS = ("Settings", "Account1", "Calls")
KEYS = ("a", "b", "STUN", "key c", "0")

_ends = st.sampled_from(("\r\n", "\n", "\r", "\r\r\n"))
_blanks = st.text(" \t\v\f\x1a", max_size=2)
_any_case = st.sampled_from((str, str.lower, str.upper, str.swapcase))
_piece = st.text(
    st.sampled_from("ab =;#[]\"':\t\v\f\x1a\0\x85\xa0\u2028\u212aé\U0001f600\ud800%\\"), max_size=6
)
_known_header = st.builds(
    lambda before, left, name, case, right, tail: f"{before}[{left}{case(name)}{right}{tail}",
    _blanks,
    _blanks,
    st.sampled_from(SECTIONS),
    _any_case,
    _blanks,
    st.sampled_from(("]", "]", "]", "", "]b]", "] ; see [T]", "]k=1")),
)
_known_key = st.builds(
    lambda before, name, case, left, right, value: f"{before}{case(name)}{left}={right}{value}",
    _blanks,
    st.sampled_from((*KEYS, "", '"a"', "#a", "a\0b", "\xa0a")),
    _any_case,
    _blanks,
    _blanks,
    _piece,
)
_odd_line = st.sampled_from(
    (
        "",
        "  ",
        "; note",
        "  ;a=1",
        "#a=1",
        "# note",
        "junk",
        "a: 1",
        "=",
        "=v",
        "[]",
        "[ ]",
        "[S",
        "  b",
    )
)
_line = st.one_of(_known_key, _known_key, _known_header, _odd_line, _piece)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """An ini text: known sections and keys among duplicates, junk and every line end."""
    lines = draw(st.lists(_line, max_size=14))
    text = "".join(line + draw(_ends) for line in lines)
    return text if draw(st.booleans()) else text.rstrip("\r\n")


class Edit(NamedTuple):
    section: str
    key: str
    value: str | None
    quoted: bool


values = st.one_of(
    st.text(st.sampled_from("ab =;#[]\"':\xa0é%\\\U0001f600"), max_size=8),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20),
)
edits = st.lists(
    st.builds(
        Edit,
        st.builds(lambda name, case: case(name), st.sampled_from((*SECTIONS, "New")), _any_case),
        st.builds(lambda name, case: case(name), st.sampled_from((*KEYS, "new")), _any_case),
        st.one_of(values, values, st.none()),
        st.booleans(),
    ),
    max_size=6,
)
