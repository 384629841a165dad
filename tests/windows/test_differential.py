"""Our reader and our editor against the Windows profile API, on thousands of hostile files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microsip_config.errors import ValueRefused
from microsip_config.ini.document import Document
from microsip_config.ini.encoding import encode

from .differential import Mismatch, compared, judge, judge_reader
from .hostile import Case, cases, hand_picked
from .oracle import Oracle, running_oracle
from .planted import EDITORS, READERS

RANDOM_EDITS = 2800
RANDOM_READS = 1200
RANDOM_VALUES = 300  # files of up to 12 values each
ONE_ORACLE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with running_oracle() as running:
        yield running


@pytest.mark.parametrize(("name", "case"), hand_picked(), ids=lambda x: x if type(x) is str else "")
def test_hand_picked_file(oracle: Oracle, name: str, case: Case) -> None:
    judge(oracle, case)
    judge_reader(oracle, case)


@settings(max_examples=RANDOM_EDITS, suppress_health_check=ONE_ORACLE)
@given(cases())
def test_random_edit(oracle: Oracle, case: Case) -> None:
    judge(oracle, case)


@settings(max_examples=RANDOM_READS, suppress_health_check=ONE_ORACLE)
@given(cases())
def test_random_read(oracle: Oracle, case: Case) -> None:
    judge_reader(oracle, case)


@settings(max_examples=RANDOM_VALUES, suppress_health_check=ONE_ORACLE)
@given(st.lists(st.text(max_size=30), max_size=12))
def test_any_value_is_refused_or_read_back_exactly(oracle: Oracle, values: list[str]) -> None:
    document = Document("[Settings]\r\n")
    accepted = {}
    for number, value in enumerate(values):
        with suppress(ValueRefused):
            document.set("Settings", f"key{number}", value)
            accepted["settings", f"key{number}"] = value
    assert oracle.ask_bytes(encode(document.render())).values() == accepted
    compared["value"] += len(accepted)


def test_enough_was_compared() -> None:
    assert compared["edit"] + compared["dropped section"] >= 2000, compared
    assert compared["read file"] >= 800, compared


@pytest.mark.parametrize("name", EDITORS)
def test_planted_bug_in_the_editor_is_found(
    oracle: Oracle, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = EDITORS[name](monkeypatch)
    assert any(differs(judge, oracle, case, edit, verify=False) for _, case in hand_picked())


@pytest.mark.parametrize("name", READERS)
def test_planted_bug_in_the_reader_is_found(
    oracle: Oracle, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = READERS[name](monkeypatch)
    assert any(differs(judge_reader, oracle, case, read) for _, case in hand_picked())


def differs(judged: Callable[..., None], *args: object, **options: bool) -> bool:
    try:
        judged(*args, **options)
    except Mismatch:
        return True
    return False
