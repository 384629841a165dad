"""``restore``: what is put back, and what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from microsip_config import Configurator, Target
from microsip_config.operations import edits

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
