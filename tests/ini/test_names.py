"""Names are compared without regard to case, as far as anybody knows that of Windows."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microsip_config.ini.names import fold


@given(st.text())
@example("ſ")
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_case_is_ignored(name: str) -> None:
    assert fold(name) == fold(name.upper()) == fold(name.lower())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Приём", "ПРИЁМ", True), ("é", "É", True), ("straße", "STRASSE", False), ("ſ", "s", False)],
)
def test_beyond_ascii(one: str, other: str, same: bool) -> None:
    assert (fold(one) == fold(other)) is same
