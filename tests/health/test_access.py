"""What the phone may not write, as ``check`` finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from microsip_config import Configurator, Target
from microsip_config.health.findings import Finding
from microsip_config.system.current import system

from .table import HEALTHY

CODES = {"ini-read-only", "ini-not-writable", "folder-not-writable"}
OLD = "[Settings]\nversion=3.22.3\n"
NEW = "[Global]\nversion=3.22.16\n[Settings]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    made = tmp_path / "phone"
    made.mkdir()
    yield made
    made.chmod(0o755)


def found(folder: Path, start: str) -> dict[str, str]:
    """The codes about access, with their severities."""
    ini = folder / "MicroSIP.ini"
    if start:
        text = HEALTHY.replace("[Settings]\n", start).replace("\n", "\r\n")
        ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    return {each.code: each.severity for each in checked(ini) if each.code in CODES}


def checked(ini: Path) -> list[Finding]:
    return Configurator(Target(str(ini)), data_dir=ini.parent.parent / "data").check()


@pytest.mark.parametrize(
    ("start", "severity"), [("[Settings]\n", "error"), (NEW, "error"), (OLD, "warning")]
)
def test_a_read_only_ini(folder: Path, start: str, severity: str) -> None:
    assert found(folder, start) == {}
    (folder / "MicroSIP.ini").chmod(0o444)
    assert found(folder, "") == {"ini-read-only": severity}


def test_an_older_phone_loses_its_settings(folder: Path) -> None:
    found(folder, OLD)
    (folder / "MicroSIP.ini").chmod(0o444)
    (finding,) = (each for each in checked(folder / "MicroSIP.ini") if each.code == "ini-read-only")
    assert "loses every setting" in finding.effect
    assert "does not start" not in finding.effect


@pytest.mark.parametrize(
    ("start", "severity"), [("[Settings]\n", "error"), (NEW, "error"), (OLD, "warning")]
)
def test_a_folder_that_its_owner_may_not_write(folder: Path, start: str, severity: str) -> None:
    found(folder, start)
    folder.chmod(0o555)
    assert found(folder, "") == {"folder-not-writable": severity}


def test_an_ini_that_its_owner_may_not_write(folder: Path) -> None:
    found(folder, NEW)
    (folder / "MicroSIP.ini").chmod(0o464)
    assert found(folder, "") == {"ini-not-writable": "error"}


def test_the_rights_of_one_who_only_looks_tell_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(folder, NEW)
    folder.chmod(0o555)
    monkeypatch.setattr(system, "other_owner", lambda _: "ada")
    assert found(folder, "") == {}
    (folder / "MicroSIP.ini").chmod(0o444)  # for everybody
    assert found(folder, "") == {"ini-read-only": "error"}


def test_nothing_is_opened_for_longer_than_the_look(folder: Path) -> None:
    found(folder, NEW)
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert found(folder, "") == {}
    assert len(list(Path("/proc/self/fd").iterdir())) == before
