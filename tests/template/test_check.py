"""What can be checked of a template without its variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from microsip_config.template.check import validate


def codes(tmp_path: Path, text: str) -> tuple[list[str], list[str]]:
    (tmp_path / "t.ini").write_text(text, encoding="utf-8")
    report = validate([tmp_path / "t.ini"], tmp_path / "none")
    issues = (*report.errors, *report.warnings)
    assert all(issue.where.startswith(str(tmp_path / "t.ini")) for issue in issues)
    return [issue.code for issue in report.errors], [issue.code for issue in report.warnings]


@pytest.mark.parametrize(
    ("text", "errors", "warnings"),
    [
        ("[Settings]\nSTUN = a.example.com\n", [], []),
        ("[Settings]\nSTUN = \nEC = maybe\nX = 1\n", ["bad-value", "unknown-key"], []),
        ("[Settings]\nSTUN = {{ a | nothing }}\n", ["bad-template"], []),
        ("[Settings]\nSTUN = {{ a.upper() }}\nuserAgent = {{ b }\n", ["bad-template"] * 2, []),
        ("[Settings]\nSTUN = {{ a }}\n", [], ["undeclared-variable"]),
        ("[Settings]\nSTUN = {{ a.b ~ c }}\n", [], ["undeclared-variable"] * 2),
        ("[Settings]\nSTUN = {{ a | default('x') }}{{ env.X }}{{ secret.y }}\n", [], []),
        ("[Settings]\nSTUN = {{ a if a is defined else absent }}\n", [], []),
        ("[template]\nrequires = a\n[Settings]\nSTUN = {{ a.b }}\n", [], []),
        ("[template]\nrequires = a\n[Settings]\nSTUN = {{ a | default('x') }}\n", [], []),
        ("[template]\nrequires = a.b\n[Settings]\nSTUN = {{ a.c }}\n", [],
         ["undeclared-variable", "unused-variable"]),
        ("[template]\nrequires = a\n[Settings]\nEC = yes\n", [], ["unused-variable"]),
        ("", ["bad-template"], []),
        ("# only a comment\n\n", ["bad-template"], []),
        ("[template]\nrequires = a\n", ["bad-template"], []),
        ("[Account1]\npassword = invented\n", [], ["literal-secret"]),
        ("[Account1]\npassword = {{ secret.sip }}\n", [], []),
        ("[Settings]\nDND = no\n", [], ["volatile-key"]),
        ("[Settings]\nDND ?= no\nmainX = {{ absent }}\n", [], []),
        ("[Settings]\ncmdCallEnd = C:\\a.exe\n", [], ["runs-program"]),
        ("[Settings]\nsilent = yes\n", [], ["old-key"]),
    ],
)  # fmt: skip
def test_problems(tmp_path: Path, text: str, errors: list[str], warnings: list[str]) -> None:
    assert codes(tmp_path, text) == (errors, warnings)


def test_an_expression_that_cannot_be_read_names_line_and_key(tmp_path: Path) -> None:
    (tmp_path / "t.ini").write_text("[Settings]\nSTUN = {{ a | uper }}\n")

    (error,) = validate([tmp_path / "t.ini"], tmp_path / "none").errors

    assert error.where == f"{tmp_path / 't.ini'}:2"
    assert error.message.startswith("STUN: no filter named 'uper'")
    assert error.hint == "did you mean 'upper'?"
