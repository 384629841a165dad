"""Backups are whole, few, for their owner alone, and prove themselves."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from microsip_config.errors import TargetError, WriteError
from microsip_config.records import backups
from microsip_config.system import files

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "targets" / "0123" / "backups"


def test_kept_and_read_again(folder: Path) -> None:
    name = backups.keep(folder, b"one", NOON)
    assert backups.read(folder, name) == b"one"
    (entry,) = backups.entries(folder)
    assert (entry.id, entry.when, entry.size) == (name, NOON, 3)
    assert entry.path.read_bytes() == b"one"


def test_times_are_told_in_utc(folder: Path) -> None:
    name = backups.keep(folder, b"one", NOON.astimezone(timezone(timedelta(hours=5))))
    assert name == "20261123T120000Z"


def test_no_backups(folder: Path) -> None:
    assert backups.entries(folder) == []
    with pytest.raises(TargetError) as caught:
        backups.read(folder, "20261123T120000Z")
    assert caught.value.code == "no-backup"


def test_several_in_one_second_in_order(folder: Path) -> None:
    names = [backups.keep(folder, b"%d" % n, NOON) for n in range(12)]
    assert len(set(names)) == 12
    assert [entry.id for entry in backups.entries(folder)] == names
    assert [backups.read(folder, name) for name in names] == [b"%d" % n for n in range(12)]


def test_what_the_newest_holds_is_not_kept_twice(folder: Path) -> None:
    first = backups.keep(folder, b"one", NOON)
    assert backups.keep(folder, b"one", NOON + timedelta(hours=1)) == first
    backups.keep(folder, b"two", NOON + timedelta(hours=2))
    assert backups.keep(folder, b"one", NOON + timedelta(hours=3)) != first
    assert len(backups.entries(folder)) == 3


def test_a_damaged_newest_one_is_no_substitute(folder: Path) -> None:
    backups.keep(folder, b"one", NOON)
    backups.entries(folder)[0].path.write_bytes(b"onx")
    name = backups.keep(folder, b"one", NOON + timedelta(hours=1))
    assert backups.read(folder, name) == b"one"


def test_rotation_removes_the_oldest(folder: Path) -> None:
    names = [backups.keep(folder, b"%d" % n, NOON + timedelta(minutes=n)) for n in range(9)]
    backups.rotate(folder, 3)
    assert [entry.id for entry in backups.entries(folder)] == names[-3:]
    backups.rotate(folder, 3)
    assert [entry.id for entry in backups.entries(folder)] == names[-3:]


@pytest.mark.parametrize(
    "before",
    [
        ["20261123T120000Z"],
        ["20261123T120000Z", "20261123T120000Z-2"],
        ["20261123T120000Z-9", "20261123T120000Z-11"],  # rotation took the others
        ["20261123T115959Z", "20271123T120000Z"],  # the clock was ahead
        ["20271123T120000Z", "20271123T120000Z-2"],
        ["20271123T120000Z-10"],
        [f"2027{month:02}{day:02}T000000Z" for month in (1, 2) for day in range(1, 11)],
        ["99991231T235959Z"],
    ],
)
def test_a_new_one_is_the_newest_whatever_is_there(folder: Path, before: list[str]) -> None:
    folder.mkdir(parents=True)
    for name in before:
        (folder / f"{name}.{'0' * 64}.ini").write_bytes(b"x")
    kept = []
    for n in range(30):
        kept.append(backups.keep(folder, b"%d" % n, NOON + timedelta(seconds=n // 25)))
        backups.rotate(folder, 20, spare={kept[-1]})
    entries = backups.entries(folder)
    assert [entry.id for entry in entries] == kept[-20:]
    assert [entry.when for entry in entries] == sorted(entry.when for entry in entries)
    assert [backups.read(folder, name) for name in kept[-2:]] == [b"28", b"29"]


@pytest.mark.parametrize("keep", [1, 0, -5])
def test_the_one_just_made_is_never_removed(folder: Path, keep: int) -> None:
    backups.keep(folder, b"one", NOON)
    name = backups.keep(folder, b"two", NOON - timedelta(days=1))
    backups.rotate(folder, keep, spare={name})
    assert name in [entry.id for entry in backups.entries(folder)]
    assert len(backups.entries(folder)) <= 2


def test_what_was_put_back_is_not_removed(folder: Path) -> None:
    names = [backups.keep(folder, b"%d" % n, NOON + timedelta(minutes=n)) for n in range(5)]
    backups.rotate(folder, 2, spare={backups.entries(folder)[0].sha256})
    assert [entry.id for entry in backups.entries(folder)] == [names[0], *names[3:]]


def test_an_unreadable_entry_does_not_make_an_older_one_the_newest(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.keep(folder, b"one", NOON)
    newest = backups.keep(folder, b"two", NOON + timedelta(hours=1))
    real = files.inspect

    def inspect(path: Path) -> os.stat_result | None:
        if path.name.startswith(newest):
            raise OSError(5, "Input/output error")
        return real(path)

    monkeypatch.setattr(files, "inspect", inspect)
    with pytest.raises(TargetError):
        backups.entries(folder)
    backups.rotate(folder, 1)
    assert len(list(folder.iterdir())) == 2


def test_for_the_owner_alone(folder: Path) -> None:
    previous = os.umask(0)
    try:
        backups.keep(folder, b"password", NOON)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(backups.entries(folder)[0].path.stat().st_mode) == 0o600


def test_a_damaged_one_is_not_given_out(folder: Path) -> None:
    name = backups.keep(folder, b"one", NOON)
    backups.entries(folder)[0].path.write_bytes(b"two")
    with pytest.raises(TargetError) as caught:
        backups.read(folder, name)
    assert caught.value.code == "damaged-backup"


@pytest.mark.parametrize("name", ["", "..", "../../secret", "/etc/passwd", "20261123T120000Z.ini"])
def test_only_ids_of_the_list_are_read(folder: Path, name: str) -> None:
    backups.keep(folder, b"one", NOON)
    with pytest.raises(TargetError):
        backups.read(folder, name)


def test_foreign_files_and_links_are_passed_over(folder: Path, tmp_path: Path) -> None:
    name = backups.keep(folder, b"one", NOON)
    (folder / "notes.txt").write_text("mine")
    (folder / f"99999999T999999Z.{'0' * 64}.ini").write_text("no time")
    (tmp_path / "outside").write_text("x")
    (folder / f"20261124T120000Z.{'0' * 64}.ini").symlink_to(tmp_path / "outside")
    assert [entry.id for entry in backups.entries(folder)] == [name]


@pytest.mark.parametrize("operation", ["create", "write", "flush", "read", "close", "swap"])
def test_a_backup_that_fails_leaves_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    name = backups.keep(folder, b"one", NOON)
    real = getattr(files, operation)

    def full(*arguments: object) -> None:
        if operation == "close":
            real(*arguments)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, operation, full)
        with pytest.raises(WriteError) as caught:
            backups.keep(folder, b"two", NOON + timedelta(hours=1))
    assert caught.value.code == "disk-full"
    assert [entry.id for entry in backups.entries(folder)] == [name]
    assert backups.read(folder, name) == b"one"
    assert len(list(folder.iterdir())) == 1
