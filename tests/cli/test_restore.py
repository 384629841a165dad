"""``restore``: what is put back, and what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from microsip_config import Configurator, Target, edits

from .conftest import Cli


def test_after_a_clock_that_was_ahead_the_last_version_is_put_back(
    cli: Cli, ini: Path, tmp_path: Path
) -> None:
    cli("set", "--ini", ini, "Settings.volumeRing=11")
    [backup] = (tmp_path / "our data").rglob("20*.ini")
    backup.rename(backup.with_name(f"2999{backup.name[4:]}"))
    cli("set", "--ini", ini, "Settings.volumeRing=12")
    before = ini.read_bytes()
    cli("set", "--ini", ini, "Settings.volumeRing=13")
    assert cli("restore", "--ini", ini).code == 0
    assert ini.read_bytes() == before


def test_after_many_changes_in_one_second_the_last_version_is_put_back(
    ini: Path, tmp_path: Path
) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    phone = Configurator(Target(str(ini)), data_dir=tmp_path / "records", now=lambda: noon)
    for volume in range(30):
        phone.apply(edits([("Settings", "volumeRing", str(volume))]))
    phone.restore()
    assert phone.load().profile.get("Settings", "volumeRing") == "28"


CYRILLIC = "[Settings]\r\nEC=1\r\nuserAgent=Телефон\r\n".encode("cp1251")
PLAIN = b"[Settings]\r\nEC=1\r\n"


@pytest.mark.parametrize(
    ("data", "damage", "hint"),
    [
        (CYRILLIC, None, "--ansi-codepage"),
        (PLAIN, CYRILLIC, "--ansi-codepage"),
        (PLAIN, b"[Settings]\0\xe9\0garbage\0", "damaged"),
    ],
    ids=["the backup", "the file", "the damaged file"],
)
def test_what_cannot_be_decoded_is_put_back_or_replaced_without_a_guess(
    cli: Cli, tmp_path: Path, data: bytes, damage: bytes | None, hint: str
) -> None:
    ini = tmp_path / "m.ini"
    ini.write_bytes(data)
    cli("set", "--ini", ini, "--ansi-codepage", "1251", "Settings.EC=0")
    if damage is not None:
        ini.write_bytes(damage)
    outcome = cli("restore", "--ini", ini, "--json").json
    assert ini.read_bytes() == data
    assert outcome["changed"] is True
    assert outcome["changes"] == []
    [warning] = outcome["warnings"]
    assert warning["code"] == "changes-unseen"
    assert hint in warning["hint"]


def test_with_its_code_page_the_changes_of_an_ansi_file_are_told(cli: Cli, tmp_path: Path) -> None:
    ini = tmp_path / "m.ini"
    ini.write_bytes(CYRILLIC)
    cli("set", "--ini", ini, "--ansi-codepage", "1251", "Settings.EC=0")
    outcome = cli("restore", "--ini", ini, "--ansi-codepage", "1251", "--json").json
    [change] = outcome["changes"]
    assert (change["key"], change["old"], change["new"]) == ("EC", "0", "1")
    assert outcome["warnings"] == []
