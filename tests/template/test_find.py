"""Which file a template's name means, the same for users and for ``extends``."""

from __future__ import annotations

from pathlib import Path

import pytest

from microsip_config.errors import TemplateError
from microsip_config.template import load
from microsip_config.template.library import find


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the bundled templates; the current folder has some of the same names."""
    ready, here = tmp_path / "ready", tmp_path / "here"
    for folder, names in (
        (ready, ["office.ini", "lab.ini"]),
        (here, ["office.ini", "l1.ini", "mine", "v1.2.ini"]),
    ):
        folder.mkdir()
        for name in names:
            (folder / name).write_text(f"[Settings]\nuserAgent = {folder.name}\n")
    monkeypatch.chdir(here)
    return ready


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("office", "ready/office.ini"),
        ("office.ini", "here/office.ini"),
        ("./office", "here/office.ini"),
        ("./office.ini", "here/office.ini"),
        ("../here/office", "here/office.ini"),
        ("lab", "ready/lab.ini"),
        ("lab.ini", "ready/lab.ini"),
        ("l1", "here/l1.ini"),
        ("mine", "here/mine"),
        ("v1.2", "here/v1.2.ini"),
    ],
)
def test_what_a_name_means(ready: Path, name: str, found: str) -> None:
    assert find(name, ready).path.resolve() == ready.parent / found


def test_the_current_folder_cannot_replace_a_ready_template(ready: Path) -> None:
    (assignment,) = load(["office"], ready).render({}, {}).assignments

    assert assignment.text == "ready"
    assert assignment.where == "office.ini:2"


@pytest.mark.parametrize(("parent", "text"), [("office", "ready"), ("office.ini", "here")])
def test_extends_follows_the_same_rule(ready: Path, parent: str, text: str) -> None:
    child = ready.parent / "here" / "child.ini"
    child.write_text(f"[template]\nextends = {parent}\n")

    assert [a.text for a in load([child], ready).render({}, {}).assignments] == [text]


@pytest.mark.parametrize("name", ["./lab", "./lab.ini", "ready/lab", r".\lab"])
def test_a_path_is_never_a_ready_template(ready: Path, name: str) -> None:
    with pytest.raises(TemplateError, match="no template named"):
        find(name, ready)


@pytest.mark.parametrize(
    ("name", "hint"), [("ofice", "office"), ("./ofice.ini", "office.ini"), ("q", "list")]
)
def test_the_hint_has_the_likely_name(ready: Path, name: str, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        find(name, ready)
    assert hint in caught.value.hint
