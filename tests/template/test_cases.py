"""The template language, case by case: see cases.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import InputError
from microsip_config.secret import Secret
from microsip_config.template import Assignment, Desired, Selector, load

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))["case"]


def shown_selector(selector: Selector) -> str:
    if selector.kind == "section":
        return f"[{selector.name}]"
    words = [selector.kind, selector.name, *(f"{key}={text}" for key, text in selector.match)]
    return f"[{' '.join(words)}]"


def shown(assignment: Assignment) -> str:
    place = shown_selector(assignment.selector)
    if assignment.text is None:
        return f"{place} - {assignment.key.name}"
    operator = "?=" if assignment.only_if_absent else "="
    text = repr(assignment.text) if isinstance(assignment.text, Secret) else assignment.text
    return f"{place} {assignment.key.name} {operator} {text}"


def rendered(case: dict[str, Any], folder: Path) -> Desired:
    for name, text in {"t.ini": case["template"], **case.get("files", {})}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    secrets = {name: Secret(text) for name, text in case.get("secrets", {}).items()}
    template = load([folder / "t.ini"], folder / "none")
    return template.render(
        case.get("vars", {}), secrets, allow_commands=case.get("allow_commands", False)
    )


@pytest.mark.parametrize(
    "case", [c for c in CASES if "expect" in c], ids=lambda case: str(case["name"])
)
def test_what_a_template_asks_for(case: dict[str, Any], tmp_path: Path) -> None:
    desired = rendered(case, tmp_path)

    assert [shown(assignment) for assignment in desired.assignments] == case["expect"]
    activate = shown_selector(desired.activate) if desired.activate else None
    assert activate == case.get("activate")


@pytest.mark.parametrize(
    "case", [c for c in CASES if "errors" in c], ids=lambda case: str(case["name"])
)
def test_what_a_template_may_not_say(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        rendered(case, tmp_path)

    raised = caught.value
    errors = raised.parts()
    expected = [tuple(part.strip(" ") for part in line.split(" | ")) for line in case["errors"]]
    found = [(type(e).__name__, e.where.replace(f"{tmp_path}/", "")) for e in errors]
    assert found == [(kind, where) for kind, where, *_ in expected]
    for error, (_, _, message, hint) in zip(errors, expected, strict=True):
        assert message in error.message.replace(f"{tmp_path}/", "")
        assert hint in error.hint


def test_every_case_has_an_outcome_and_a_name_of_its_own() -> None:
    assert all(("expect" in case) != ("errors" in case) for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)
