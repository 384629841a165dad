"""The register of codes: complete, without leftovers, and readable."""

from __future__ import annotations

import pytest

from microsip_config.codes import access, files, keys, phone, rules, runs, settings, templates
from microsip_config.codes.register import CODES
from microsip_config.codes.row import Code

from .codes_given import CODE, given, strings

TABLES = (
    files.CODES,
    keys.NAMES,
    keys.VALUES,
    keys.FORMS,
    settings.CODES,
    rules.CODES,
    access.CODES,
    templates.CODES,
    runs.CODES,
    phone.CODES,
)


def test_every_code_that_the_source_gives_is_in_the_register() -> None:
    unknown = {code: where for code, where in given().items() if code not in CODES}
    assert not unknown


def test_every_code_of_the_register_is_given_somewhere() -> None:
    assert set(CODES) - strings() == set()


def test_a_code_has_one_row() -> None:
    assert len(CODES) == sum(map(len, TABLES))


def test_the_rules_give_the_codes_of_their_module_and_no_others() -> None:
    given_there = strings("schema/rules.py") | strings("schema/account_rules.py")
    assert given_there & set(CODES) == set(rules.CODES)


@pytest.mark.parametrize(("code", "row"), CODES.items(), ids=list(CODES))
def test_a_row_is_complete_and_reads_as_part_of_a_sentence(code: str, row: Code) -> None:
    assert CODE.fullmatch(code)
    assert row.severity in {"error", "warning", "info"}
    assert row.meaning
    assert row.effect
    assert row.fix or row.severity != "error"
    for text in (row.meaning, row.effect, row.fix):
        assert text == text.strip()
        assert not text.endswith(".")
