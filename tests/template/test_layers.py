"""Finding and reading template files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from microsip_config.errors import InputError, TemplateError
from microsip_config.template import InputErrors, load

LABEL = "[Account1]\nlabel = Jörg Ж\n"


def label(template: Path) -> object:
    return load([template], template.parent).render({}, {}).assignments[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_of_editors(tmp_path: Path, encoding: str, end: str) -> None:
    text = LABEL.replace("\n", end)
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "t.ini").write_bytes((mark + text).encode(encoding))

    assert label(tmp_path / "t.ini") == "Jörg Ж"


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (LABEL.encode("cp1252", "replace"), ":2", "not valid UTF-8"),
        (LABEL.encode("utf-16-le"), "", "UTF-16 without a byte-order mark"),
        (b"\xff\xfe[", ":1", "UTF-16"),
        (b"#" * 300_000, "", "larger than 256 KiB"),
    ],
)
def test_bytes_that_are_not_text(tmp_path: Path, data: bytes, place: str, message: str) -> None:
    path = tmp_path / "t.ini"
    path.write_bytes(data)

    with pytest.raises(TemplateError, match=message) as caught:
        load([path], tmp_path / "none")

    assert caught.value.where == f"{path}{place}"


def test_a_file_with_nul_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.ini").write_bytes("[Settings]\nEC = 1\n".encode("utf-16-le"))

    with pytest.raises(InputError):
        load([tmp_path / "t.ini"], tmp_path)


@pytest.mark.parametrize("name", ["", "nothing", "no/where.ini", "x" * 5000, "a\0b", "."])
def test_a_template_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(TemplateError, match="no template named"):
        load([name], tmp_path)


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.ini")

    with pytest.raises(TemplateError, match="no template named"):
        load([tmp_path / "t.ini"], tmp_path / "none")


def test_several_templates_are_layers_and_their_common_base_counts_once(tmp_path: Path) -> None:
    (tmp_path / "base.ini").write_text("[Settings]\nEC = yes\nVAD = no\n")
    (tmp_path / "one.ini").write_text("[template]\nextends = base\n[Settings]\nEC = no\n")
    (tmp_path / "two.ini").write_text("[template]\nextends = base\n[Settings]\nVAD = yes\n")

    desired = load(["one", tmp_path / "two.ini"], tmp_path).render({}, {})

    assert [(a.key.name, a.text) for a in desired.assignments] == [("EC", "0"), ("VAD", "1")]


def test_extends_names_a_file_next_to_it_with_its_suffix(tmp_path: Path) -> None:
    ready, mine = tmp_path / "ready", tmp_path / "mine"
    for folder, text in ((ready, "ready"), (mine, "mine")):
        folder.mkdir()
        (folder / "base.ini").write_text(f"[Settings]\nuserAgent = {text}\n")
    (ready / "other.ini").write_text("[Settings]\nSTUN = a.example.com\n")
    (mine / "t.ini").write_text("[template]\nextends = base.ini, other\n")

    desired = load([mine / "t.ini"], ready).render({}, {})

    assert [a.text for a in desired.assignments] == ["mine", "a.example.com"]
    assert [a.where for a in desired.assignments] == [f"{mine / 'base.ini'}:2", "other.ini:2"]


def test_parents_in_other_folders(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "base.ini").write_text("[Settings]\nEC = no\n")
    (tmp_path / "site" / "t.ini").write_text("[template]\nextends = ../base.ini\n")

    assert len(load([tmp_path / "site" / "t.ini"], tmp_path).render({}, {}).assignments) == 1


def test_a_long_chain_ends(tmp_path: Path) -> None:
    for number in range(80):
        (tmp_path / f"{number}.ini").write_text(f"[template]\nextends = {number + 1}.ini\n")

    with pytest.raises(TemplateError, match="more than 64 templates"):
        load([tmp_path / "0.ini"], tmp_path)


def test_errors_of_all_files_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "one.ini").write_text("[Settings]\nEC = maybe\n")
    (tmp_path / "two.ini").write_text("[Settings]\nvad = yes\n")

    with pytest.raises(InputErrors) as caught:
        load([tmp_path / "one.ini", tmp_path / "two.ini", "three"], tmp_path)

    issues = caught.value.issues
    assert [issue.code for issue in issues] == ["bad-value", "unknown-key", "bad-template"]
    assert [issue.where for issue in issues] == ["one.ini:2", "two.ini:2", ""]
    assert all(issue.message in str(caught.value) for issue in issues)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(("lines", "shown", "last"), [(9, 9, "neither"), (24, 9, "and 16 more")])
def test_a_file_that_is_not_a_template_does_not_fill_the_screen(
    tmp_path: Path, lines: int, shown: int, last: str
) -> None:
    (tmp_path / "passwd").write_text("root:x:0:0\n" * lines)
    (tmp_path / "t.ini").write_text("[template]\nextends = passwd\n")

    for name in ("passwd", "t.ini"):
        with pytest.raises(InputErrors, match=last) as caught:
            load([tmp_path / name])
        assert len(caught.value.issues) == shown
        assert last in caught.value.issues[-1].message
        assert caught.value.issues[-1].where == f"{tmp_path / 'passwd'}:9"
        assert caught.value.message.startswith(f"{lines} errors")
