"""Cases of plans from the field, each with its siblings."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from .conftest import SMALL, Cli, utf16

TEMPLATE = "[Settings]\nvolumeRing = 20\n"
OTHER_ENCODINGS = {
    "ASCII": SMALL.encode("ascii"),
    "in an ANSI code page": SMALL.replace("Old", "B\xfcro").encode("cp1252"),
    "UTF-8 with": codecs.BOM_UTF8 + SMALL.encode(),
    "UTF-16BE": codecs.BOM_UTF16_BE + SMALL.encode("utf-16-be"),
    "UTF-16 without": SMALL.encode("utf-16-le"),
}
CHANGING = [
    ("set", "Settings.volumeRing=20"),
    ("unset", "Settings.volumeRing"),
    ("apply", "t.ini"),
    ("plan", "t.ini"),
]


@pytest.mark.parametrize("verb", CHANGING, ids=lambda verb: verb[0])
@pytest.mark.parametrize("encoding", OTHER_ENCODINGS)
def test_a_file_in_another_encoding_is_not_rewritten_without_a_word(
    cli: Cli, ini: Path, tmp_path: Path, verb: tuple[str, ...], encoding: str
) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    options = ["--ansi-codepage", "1252"] if "ANSI" in encoding else []
    ini.write_bytes(OTHER_ENCODINGS[encoding])

    said = cli(*verb, "--ini", ini, *options)
    assert "UTF-16LE" in said.err
    ini.write_bytes(OTHER_ENCODINGS[encoding])
    warnings = cli(*verb, "--ini", ini, *options, "--json").json["warnings"]
    assert [each["code"] for each in warnings if each["code"] == "rewritten"] == ["rewritten"]
    if verb[0] != "plan":
        assert ini.read_bytes().startswith(codecs.BOM_UTF16_LE)
        again = cli("set", "Settings.volumeRing=21", "--ini", ini, "--json").json
        assert not again["warnings"]
        assert cli("restore", "--original", "--ini", ini).code == 0
        assert ini.read_bytes() == OTHER_ENCODINGS[encoding]


def test_a_file_that_already_is_so_is_not_rewritten(cli: Cli, ini: Path) -> None:
    ini.write_bytes(OTHER_ENCODINGS["ASCII"])
    assert cli("set", "Settings.volumeRing=80", "--ini", ini, "--json").json["warnings"] == []


WRITE_NOTHING = [
    ("plan", "t.ini"), ("check",), ("show",), ("capture",), ("locate",), ("backups",), ("calls",),
    ("phone", "status"), ("phone", "stop"), ("phone", "dial", "100"), ("phone", "answer"),
]  # fmt: skip


@pytest.mark.parametrize("verb", WRITE_NOTHING, ids=" ".join)
def test_verbs_that_write_nothing_have_no_create(
    cli: Cli, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    assert cli(*verb, "--ini", tmp_path / "no.ini", "--create").code == 2


def test_the_plan_for_a_missing_file_says_what_makes_it(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    outcome = cli("plan", "t.ini", "--ini", tmp_path / "no.ini")
    assert outcome.code == 4
    assert "apply --create" in outcome.err


@pytest.mark.parametrize("verb", [("set", "Settings.volumeRing=20"), ("apply", "t.ini")])
@pytest.mark.parametrize("deep", ["new", "new/er/MicroSIP/and more"])
def test_create_makes_the_missing_folders(
    cli: Cli, tmp_path: Path, verb: tuple[str, ...], deep: str
) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    ini = tmp_path / deep / "MicroSIP.ini"
    assert cli(*verb, "--ini", ini).code == 4
    assert not (tmp_path / "new").exists()
    assert cli(*verb, "--ini", ini, "--create").code == 0
    assert ini.read_bytes() == utf16("[Settings]\r\nvolumeRing=20\r\n")
    assert ini.parent.stat().st_mode & 0o022 == 0


@pytest.mark.parametrize("fails", ["swap", "write", "flush", "make_folder"])
def test_a_file_that_cannot_be_made_leaves_no_folder(
    cli: Cli, tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from microsip_config.system import files

    ini = tmp_path / "new" / "er" / "MicroSIP.ini"
    real = getattr(files, fails)

    def failing(*arguments: object) -> object:
        if fails != "make_folder" or str(arguments[0]).endswith("er"):
            raise OSError(28, "No space left on device")
        return real(*arguments)

    (tmp_path / "our data").mkdir(mode=0o700)
    cli("set", "Settings.volumeRing=20", "--ini", tmp_path / "first.ini", "--create")
    monkeypatch.setattr(files, fails, failing)
    outcome = cli("set", "Settings.volumeRing=20", "--ini", ini, "--create")
    assert outcome.code == 6
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_way_is_no_folder(cli: Cli, ini: Path) -> None:
    outcome = cli("set", "Settings.volumeRing=20", "--ini", ini / "x" / "MicroSIP.ini", "--create")
    assert outcome.code == 4
