"""Statements and expressions that are not inside one value, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from microsip_config.errors import TemplateError
from microsip_config.template import load
from microsip_config.template.check import validate
from microsip_config.template.library import folder
from microsip_config.template.variables import collect


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("{% if x %}", "statement cannot stand on a line", "conditions go inside values"),
        ("  {% if x == '1' %}", "statement cannot stand on a line", "conditions go inside values"),
        ("{%- if x -%}", "statement cannot stand on a line", "conditions go inside values"),
        ("{% else %}", "statement cannot stand on a line", "conditions go inside values"),
        ("{% endif %}", "statement cannot stand on a line", "conditions go inside values"),
        ("{% set x = 1 %}", "statement cannot stand on a line", "inside values"),
        ("{% for a in b %}", "statement cannot stand on a line", "there are no loops"),
        ("{% include 'base.ini' %}", "statement cannot stand on a line", "extends = base.ini"),
        ("{% extends 'base.ini' %}", "statement cannot stand on a line", "extends = base.ini"),
        ("{# a comment #}", "not a comment", "'#' or ';'"),
        ("{# VAD = 1 #}", "not a comment", "'#' or ';'"),
        ("{{ include }}", "expression cannot stand on a line", "extends = base.ini"),
        ("{{ name }}", "expression cannot stand on a line", "inside a value"),
        ("{{ name }} = 1", "expression cannot stand on a line", "inside a value"),
        ("volume{{ x }} = 1", "key cannot contain an expression", "only values"),
        ("%}", "several lines", "one line"),
        ("[Account{{ n }}]", "header cannot contain an expression", "[Account by"),
        ("VAD = {% if x %}1", "begins and ends in different values", "one value"),
        ("VAD = 1{% endif %}", "begins and ends in different values", "one value"),
        ("VAD = 1{% else %}0", "begins and ends in different values", "one value"),
        ("VAD = {{ x", "it is not closed", "'}}'"),
        ("VAD = {% if x", "it is not closed", "'%}'"),
    ],
)
def test_statements_are_parts_of_values(tmp_path: Path, line: str, message: str, hint: str) -> None:
    (tmp_path / "t.ini").write_text(f"[Settings]\nEC = yes\n{line}\n")

    [issue] = validate([tmp_path / "t.ini"], folder()).errors

    assert issue.where == f"{tmp_path / 't.ini'}:3"
    assert message in issue.message
    assert hint in issue.hint
    with pytest.raises(TemplateError, match=message):
        load([tmp_path / "t.ini"]).render(collect(["x=1"]), {})
