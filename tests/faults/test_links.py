"""A run as root in somebody else's profile is not led away by links, not even while it runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from microsip_config.errors import TargetError, WriteError
from microsip_config.ini import file as store
from microsip_config.journal.log import Log
from microsip_config.system.atomic import stage
from microsip_config.system.posix import ways
from microsip_config.system.private import private_folder

from .scene import OLD, utf16

PARTS = ("bob", "AppData", "Roaming", "MicroSIP", "MicroSIP.ini")
STRANGER = 12345
NEW = OLD.replace("80", "50")
EXPECTED: store.Expected = {("Settings", "volumeRing"): "50"}
AS_ROOT = os.geteuid() == 0


def give_away(folder: Path) -> None:
    """To somebody else, as far as we may; else we are that somebody, and root is pretended."""
    if AS_ROOT:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, STRANGER, STRANGER, follow_symlinks=False)


class Profile:
    """Bob's profile, and a folder of the administrator's with the same names in it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "homes"
        self.ini = self.home.joinpath(*PARTS)
        self.elsewhere = folder / "etc"
        for top in (self.home, self.elsewhere):
            path = top.joinpath(*PARTS)
            path.parent.mkdir(parents=True)
            path.write_bytes(utf16(OLD))
        give_away(self.home / "bob")
        self.before = self.state()

    def state(self) -> dict[str, object]:
        """Everything in the administrator's folder."""
        return {
            str(path): (path.lstat().st_mtime_ns, path.lstat().st_ino, path.lstat().st_uid)
            for path in (self.elsewhere, *self.elsewhere.rglob("*"))
        }

    def untouched(self) -> bool:
        return self.state() == self.before

    def linked(self, depth: int) -> Path:
        """Bob puts a link in the place of the component ``depth`` (1: below his profile)."""
        component = self.home.joinpath(*PARTS[: depth + 1])
        aside = component.with_name(component.name + ".aside")
        if component.exists() and not aside.exists():
            component.rename(aside)
        component.symlink_to(self.elsewhere.joinpath(*PARTS[: depth + 1]))
        if AS_ROOT:
            os.chown(component, STRANGER, STRANGER, follow_symlinks=False)
        return component


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Profile]:
    monkeypatch.setattr(ways, "may_become", lambda: True)
    yield Profile(tmp_path)
    shutil.rmtree(tmp_path / "homes", ignore_errors=True)


def refusal(action: Callable[[], object]) -> TargetError:
    with pytest.raises(TargetError) as caught:
        action()
    return caught.value


@pytest.mark.parametrize("depth", range(len(PARTS)))
def test_root_does_not_work_in_a_profile_itself(profile: Profile, depth: int) -> None:
    """Whatever is linked where: it becomes its owner for that, see tests/attacks."""
    if depth:
        profile.linked(depth)
    for create in (False, True):
        error = refusal(partial(store.load, profile.ini, create=create, follow_links=create))
        assert (error.code, error.exit_code) == ("foreign-folder", 4)
        assert str(profile.home / "bob") in error.where or not AS_ROOT
        assert error.hint
    assert profile.untouched()


def test_a_file_that_was_read_is_not_written_once_its_folder_is_given_away(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "may_become", lambda: False)
    source = store.load(profile.ini)
    monkeypatch.setattr(ways, "may_become", lambda: True)
    with pytest.raises(TargetError, match="can change"):
        store.write(source, NEW, EXPECTED)
    assert profile.ini.read_bytes() == utf16(OLD)


def test_a_hard_link_is_refused(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "may_become", lambda: False)
    profile.ini.unlink()
    os.link(profile.elsewhere.joinpath(*PARTS), profile.ini)
    assert refusal(lambda: store.load(profile.ini)).code == "link"


@pytest.mark.skipif(not AS_ROOT, reason="needs root: the ways must be root's")
def test_links_that_only_root_can_have_made_are_followed() -> None:
    """``/home`` itself may be one: it is on the way to each profile of the machine."""
    for link in filter(os.path.islink, ("/bin", "/lib", "/var/run", "/var/lock")):
        assert ways.secure_path(Path(link, "x")) is not None
        assert not ways.is_foreign(Path(link, "x"))


def test_loops_and_missing_folders(profile: Profile) -> None:
    if AS_ROOT:
        assert ways.secure_path(profile.elsewhere / "nobody" / "x" / "y") is None
    loop = profile.elsewhere / "loop"
    loop.symlink_to("loop")
    with pytest.raises((OSError, TargetError)):
        ways.secure_path(loop / "x")


def test_our_data_folder_is_not_made_through_a_link(profile: Profile) -> None:
    profile.linked(2)
    with pytest.raises(WriteError) as caught:
        private_folder(profile.ini.parent / "data")
    assert caught.value.code == "unsafe-folder"
    assert profile.untouched()


def test_our_log_is_not_written_through_a_link(profile: Profile) -> None:
    profile.linked(2)
    log = Log(profile.ini.parent / "logs" / "run.log", rotate=True)
    log.write("a decision")
    assert "can change" in log.failure
    assert profile.untouched()


def test_a_staged_file_is_made_exclusively(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if its name were known: what lies there is neither written to nor removed."""
    monkeypatch.setattr(ways, "may_become", lambda: False)
    name = stage(profile.ini, b"").name
    trap = profile.ini.with_name(f"{name[: -len('.tmp') - 16]}{'00' * 8}.tmp")

    def foreseen(count: int) -> bytes:
        trap.symlink_to(profile.elsewhere / "victim")
        return b"\0" * count

    monkeypatch.setattr(os, "urandom", foreseen)
    with pytest.raises(WriteError):
        store.write(store.load(profile.ini), NEW, EXPECTED)
    assert trap.is_symlink()
    assert not (profile.elsewhere / "victim").exists()
    assert profile.ini.read_bytes() == utf16(OLD)
