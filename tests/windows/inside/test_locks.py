"""Locks in whose place somebody has put something beforehand."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config.errors import WriteError
from microsip_config.ini import file as store
from microsip_config.records import RecordsFolder
from microsip_config.records.lock import locked
from microsip_config.results import Issue
from microsip_config.system import files, replace_lock, staged_names

assert sys.platform == "win32"

from microsip_config.system.windows import locks  # noqa: E402

from .conftest import ON_WINE  # noqa: E402

OLD = "[Settings]\r\nAA=0\r\n"
NEW = "[Settings]\r\nAA=1\r\n"


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "profile" / "MicroSIP.ini"
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe" + OLD.encode("utf-16-le"))
    return path


def read_only(place: Path) -> None:
    place.touch()
    place.chmod(0o444)


@pytest.mark.parametrize("planted", [read_only, Path.touch])
def test_a_file_in_the_place_of_the_lock_takes_none_away(
    ini: Path, planted: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wine opens a read-only file that is to be removed when it is closed, but not one whose
    attributes are to be set; Windows does the opposite."""
    real = locks._opened

    def opened(place: Path) -> int:
        if place.exists() and not place.stat().st_mode & 0o200:
            raise ctypes.WinError(5)
        return real(place)

    if ON_WINE:
        monkeypatch.setattr(locks, "_opened", opened)
        monkeypatch.setattr(locks, "set_attributes", lambda place, _: place.chmod(0o600))
    planted(staged_names.lock_file(ini))
    with replace_lock.replace_lock(ini, ini) as alone:
        assert alone
        with pytest.raises(BlockingIOError):
            files.hold_place(ini)
    assert list(ini.parent.iterdir()) == [ini]


def test_a_folder_in_the_place_of_the_lock_is_told(ini: Path) -> None:
    lock = staged_names.lock_file(ini)
    lock.mkdir()
    warnings: list[Issue] = []
    assert store.write(store.load(ini), NEW, {("Settings", "AA"): "1"}, warnings.append)
    assert [warning.code for warning in warnings] == ["not-locked"]
    assert sorted(ini.parent.iterdir()) == sorted([ini, lock])


def test_a_claim_is_waited_for_and_its_holder_named(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged_names.lock_file(ini).mkdir()
    monkeypatch.setattr(replace_lock, "PATIENCE", 0.05)
    claim = staged_names.claim_file(ini)
    claim.write_text("process 7 of somebody")
    with pytest.raises(WriteError) as caught:
        store.write(store.load(ini), NEW, {("Settings", "AA"): "1"})
    assert caught.value.code == "in-use"
    assert "process 7 of somebody" in caught.value.message
    os.utime(claim, (1, 1))
    assert store.write(store.load(ini), NEW, {("Settings", "AA"): "1"})
    assert not claim.exists()


def test_the_lock_of_a_target_that_is_read_only_holds(tmp_path: Path) -> None:
    folder = RecordsFolder.at(tmp_path / "data")
    folder.secure()
    read_only(folder.lock)
    with locked(folder, 0), pytest.raises(WriteError) as caught, locked(folder, 0):
        pytest.fail("locked twice")
    assert caught.value.code == "locked"
