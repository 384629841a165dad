"""A run with an administrator's rights in another user's profile, and the lock of one file.

Wine makes hard links but neither junctions nor symbolic links: where those stand, ``lstat`` is told
to show what Windows shows for them.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from microsip_config.errors import TargetError, WriteError
from microsip_config.ini import file as store
from microsip_config.records import RecordsFolder
from microsip_config.records.lock import locked
from microsip_config.system import files, links
from microsip_config.system.windows import paths
from microsip_config.system.windows import profiles as user_profiles

assert sys.platform == "win32"

OLD = "[Settings]\r\nAA=0\r\n"
NEW = "[Settings]\r\nAA=1\r\n"
EXPECTED = {("Settings", "AA"): "1"}
PARTS = ("AppData", "Roaming", "MicroSIP", "MicroSIP.ini")


def utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Bob's, listed by Windows, beside ours; we have an administrator's rights."""
    bob, own = tmp_path / "Users" / "bob", tmp_path / "Users" / "own"
    for home in (bob, own):
        ini = home.joinpath(*PARTS)
        ini.parent.mkdir(parents=True)
        ini.write_bytes(utf16(OLD))
    monkeypatch.setattr(user_profiles, "own_and_other_profiles", lambda: (own, [bob]))
    monkeypatch.setattr(paths, "elevated", lambda: True)
    return bob


def shown_as(
    monkeypatch: pytest.MonkeyPatch, place: Path, tag: int = links.IO_REPARSE_TAG_MOUNT_POINT
) -> None:
    """``place`` looks like a reparse point."""
    real = os.lstat

    def lstat(path: Path, **named: object) -> object:
        found = real(path)
        if Path(path) != place:
            return found
        fields = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
        fields["st_file_attributes"] |= stat.FILE_ATTRIBUTE_REPARSE_POINT
        fields["st_reparse_tag"] = tag
        return SimpleNamespace(**fields)

    monkeypatch.setattr(os, "lstat", lstat)


def test_a_profile_without_links_is_written(profile: Path) -> None:
    ini = profile.joinpath(*PARTS)
    assert store.write(store.load(ini), NEW, EXPECTED)
    assert ini.read_bytes() == utf16(NEW)


@pytest.mark.parametrize("depth", range(1, len(PARTS) + 1))
@pytest.mark.parametrize("prefix", ["", "\\\\?\\"])
def test_a_reparse_point_in_any_component_is_refused(
    profile: Path, monkeypatch: pytest.MonkeyPatch, depth: int, prefix: str
) -> None:
    ini = profile.joinpath(*PARTS)
    source = store.load(ini)
    link = profile.joinpath(*PARTS[:depth])
    shown_as(monkeypatch, Path(prefix + str(link)) if depth == len(PARTS) else link)
    with pytest.raises(TargetError) as caught:
        store.load(prefix + str(ini))
    assert caught.value.code == "link"
    if depth < len(PARTS):
        assert str(link) in caught.value.message
        with pytest.raises(TargetError):
            store.write(source, NEW, EXPECTED)
    assert ini.read_bytes() == utf16(OLD)


def test_a_junction_that_comes_up_while_we_wait_for_the_lock_is_refused(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From then on our open file keeps the folders from being moved away."""
    ini = profile.joinpath(*PARTS)
    source = store.load(ini)
    real = files.hold_place

    def hold_place(target: Path) -> tuple[int, Path]:
        shown_as(monkeypatch, profile / "AppData")
        return real(target)

    monkeypatch.setattr(files, "hold_place", hold_place)
    with pytest.raises(TargetError) as caught:
        store.write(source, NEW, EXPECTED)
    assert caught.value.code == "link"
    assert ini.read_bytes() == utf16(OLD)
    assert list(ini.parent.iterdir()) == [ini]


def test_a_deduplicated_file_is_a_file(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ini = profile.joinpath(*PARTS)
    shown_as(monkeypatch, ini, tag=0x80000013)  # IO_REPARSE_TAG_DEDUP
    assert store.load(ini).text == OLD


def test_links_in_the_own_profile_are_the_users_own_business(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = profile.with_name("own")
    shown_as(monkeypatch, own / "AppData")
    assert store.write(store.load(own.joinpath(*PARTS)), NEW, EXPECTED)


def test_without_rights_nothing_more_is_looked_at(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "elevated", lambda: False)
    shown_as(monkeypatch, profile / "AppData")
    assert store.load(profile.joinpath(*PARTS)).text == OLD


def test_a_hard_link_is_refused(profile: Path, tmp_path: Path) -> None:
    ini = profile.joinpath(*PARTS)
    ini.unlink()
    (tmp_path / "private").write_bytes(utf16(OLD))
    os.link(tmp_path / "private", ini)
    with pytest.raises(TargetError) as caught:
        store.load(ini)
    assert caught.value.code == "link"


def test_the_own_profile_is_known() -> None:
    own, others = user_profiles.own_and_other_profiles()
    assert own is not None
    assert own.samefile(Path.home())
    assert own not in others


HOLD = """
import sys
from pathlib import Path
from microsip_config.system import files
files.hold_place(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("ended", ["by itself", "killed"])
def test_one_at_a_time_and_others_may_read_write_and_move(tmp_path: Path, ended: str) -> None:
    ini = tmp_path / "MicroSIP.ini"
    ini.write_bytes(utf16(OLD))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(ini)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(BlockingIOError):
            files.hold_place(ini)
        assert ini.read_bytes() == utf16(OLD)
        ini.write_bytes(utf16(OLD))
        ini.replace(ini.with_name("moved.ini"))
        if ended == "killed":
            holder.kill()
    finally:
        holder.communicate("\n")
    files.release_place(files.hold_place(ini))
    assert [path.name for path in tmp_path.iterdir()] == ["moved.ini"]


HOLD_TARGET = """
import sys
from pathlib import Path
from microsip_config.records import RecordsFolder
from microsip_config.records.lock import locked
with locked(RecordsFolder.at(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("ended", ["by itself", "killed"])
def test_the_lock_of_a_target_names_its_holder_and_dies_with_it(tmp_path: Path, ended: str) -> None:
    folder = RecordsFolder.at(tmp_path / "data")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_TARGET, str(folder.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(WriteError) as caught, locked(folder, 0.1):
            pytest.fail("locked twice")
        assert caught.value.code == "locked"
        assert f"process {holder.pid} of " in caught.value.message
        if ended == "killed":
            holder.kill()
    finally:
        holder.communicate("\n")
    for _ in range(2):
        with locked(folder, 1):
            pass
    assert folder.lock.read_bytes() == b""
