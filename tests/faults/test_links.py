"""A run as root in somebody else's profile is not led away by links, not even while it runs."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microsip_config import Configurator, edits
from microsip_config.errors import TargetError, WriteError
from microsip_config.ini import file as store
from microsip_config.journal.log import Log
from microsip_config.results import Target
from microsip_config.system.atomic import stage
from microsip_config.system.posix import paths
from microsip_config.system.private import private_folder

from .inject import Operation, watched
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
    monkeypatch.setattr(paths, "elevated", lambda: True)
    yield Profile(tmp_path)
    shutil.rmtree(tmp_path / "homes", ignore_errors=True)


def refusal(action: Callable[[], object]) -> TargetError:
    with pytest.raises(TargetError) as caught:
        action()
    return caught.value


def test_a_profile_without_links_is_written_and_stays_its_owners(profile: Profile) -> None:
    profile.ini.chmod(0o640)
    os.setxattr(profile.ini, "user.DOSATTRIB", b"0x2")
    before = profile.ini.stat()
    assert store.write(store.load(profile.ini), NEW, EXPECTED)
    after = profile.ini.stat()
    assert profile.ini.read_bytes() == utf16(NEW)
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert after.st_mode == before.st_mode
    assert os.getxattr(profile.ini, "user.DOSATTRIB") == b"0x2"
    assert list(profile.ini.parent.iterdir()) == [profile.ini]


@pytest.mark.parametrize("depth", range(1, len(PARTS)))
@pytest.mark.parametrize("follow", [None, False])
def test_a_link_in_any_component_is_refused(
    profile: Profile, depth: int, follow: bool | None
) -> None:
    profile.linked(depth)
    error = refusal(lambda: store.load(profile.ini, follow_links=follow))
    assert (error.code, error.exit_code) == ("link", 4)
    assert str(profile.ini.parent) in error.where
    assert error.hint
    assert PARTS[depth] in str(error)
    assert profile.untouched()


def test_links_inside_the_profile_are_refused_too(profile: Profile) -> None:
    profile.ini.parent.rename(profile.ini.parent.with_name("real"))
    profile.ini.parent.symlink_to("real")
    give_away(profile.home / "bob")
    assert refusal(lambda: store.load(profile.ini)).code == "link"


def test_a_hard_link_is_refused(profile: Profile) -> None:
    profile.ini.unlink()
    os.link(profile.elsewhere.joinpath(*PARTS), profile.ini)
    assert refusal(lambda: store.load(profile.ini)).code == "link"


def test_a_new_file_is_not_made_through_a_link(profile: Profile) -> None:
    shutil.rmtree(profile.elsewhere.joinpath(*PARTS).parent)
    profile.before = profile.state()
    profile.linked(2)
    assert refusal(lambda: store.load(profile.ini, create=True)).code == "link"
    assert profile.untouched()


def test_a_new_file_belongs_to_whom_its_folder_belongs(profile: Profile) -> None:
    shutil.rmtree(profile.ini.parent)
    owner = profile.ini.parent.parent.stat().st_uid
    store.write(store.load(profile.ini, create=True), "[Settings]\r\n", {})
    assert profile.ini.read_bytes() == utf16("[Settings]\r\n")
    assert (profile.ini.stat().st_uid, profile.ini.parent.stat().st_uid) == (owner, owner)
    assert stat.S_IMODE(profile.ini.stat().st_mode) == 0o600


def test_a_file_of_a_third_user_is_refused(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    if AS_ROOT:
        os.chown(profile.ini, STRANGER + 1, STRANGER + 1)
    else:
        real = paths._walk

        def walk(folder: Path) -> tuple[int, os.stat_result | None]:
            descriptor, found = real(folder)
            assert found is not None
            fields = list(found)
            fields[stat.ST_UID] = STRANGER
            return descriptor, os.stat_result(fields)

        monkeypatch.setattr(paths, "_walk", walk)
    assert refusal(lambda: store.load(profile.ini)).code == "foreign-owner"


def test_links_that_only_root_can_have_made_are_followed(tmp_path: Path) -> None:
    """``/home`` itself may be one: it is on the way to each profile of the machine."""
    for link in filter(os.path.islink, ("/bin", "/lib", "/var/run", "/var/lock")):
        place = paths.secure_path(Path(link, "x"))
        assert place is not None
        with place:
            assert place.foreign is None
            assert os.path.realpath(place.path) == os.path.realpath(Path(link, "x"))


def test_a_folder_that_all_may_write_in_is_foreign(profile: Profile) -> None:
    shared = profile.home / "shared"
    shared.mkdir()
    for mode, foreign in ((0o755, not AS_ROOT), (0o777, True), (0o775, True)):
        shared.chmod(mode)
        place = paths.secure_path(shared / "x")
        assert place is not None
        with place:
            assert (place.foreign is not None) == foreign, oct(mode)


def test_loops_and_missing_folders(profile: Profile) -> None:
    assert paths.secure_path(profile.home / "nobody" / "x" / "y") is None
    loop = profile.home / "loop"
    loop.symlink_to("loop")
    with pytest.raises((OSError, TargetError)):
        paths.secure_path(loop / "x")


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
    assert "link" in log.failure
    assert profile.untouched()


# --- while the run is at it ------------------------------------------------------------------


@pytest.mark.parametrize("depth", range(1, len(PARTS)))
def test_a_component_exchanged_before_any_operation(
    profile: Profile, tmp_path: Path, depth: int
) -> None:
    """The link comes right before the first, the second ... file operation of the whole run."""
    data = tmp_path / "data"
    saved = profile.home / "saved"
    shutil.copytree(profile.home / "bob", saved)
    wanted = edits([("Settings", "volumeRing", "50")])

    def run(number: int) -> int:
        shutil.rmtree(profile.home / "bob")
        shutil.copytree(saved, profile.home / "bob")
        give_away(profile.home / "bob")
        shutil.rmtree(data, ignore_errors=True)

        def strike(operation: Operation) -> None:
            if operation.number == number:
                profile.linked(depth)

        desk = Configurator(Target(str(profile.ini)), data_dir=data)
        with watched(tmp_path / "homes", fault=strike) as watch:
            try:
                desk.apply(wanted)
            except (TargetError, WriteError):
                pass
            finally:
                assert profile.untouched(), f"led away before operation {number}"
        return len(watch.operations)

    count = run(0)
    assert profile.ini.read_bytes() == utf16(NEW)
    assert count > 30
    for number in range(1, count + 1):
        run(number)


RUNS = """
import sys, time
from pathlib import Path
from microsip_config.errors import MicrosipConfigError
from microsip_config import Configurator, edits
from microsip_config.results import Target
from microsip_config.system.posix import paths
paths.elevated = lambda: True
end = time.monotonic() + 2
written = refused = 0
while time.monotonic() < end:
    desk = Configurator(Target(sys.argv[1]), data_dir=Path(sys.argv[2]))
    try:
        written += desk.apply(edits([("Settings", "volumeRing", str(written % 100))])).changed
    except MicrosipConfigError:
        refused += 1
print(written, refused)
"""


def test_a_race_against_a_folder_that_is_exchanged_all_the_time(
    profile: Profile, tmp_path: Path
) -> None:
    folder, aside = profile.ini.parent, profile.ini.parent.with_name("aside")
    target = profile.elsewhere.joinpath(*PARTS).parent
    over = threading.Event()

    def attack() -> None:
        while not over.is_set():
            folder.rename(aside)
            folder.symlink_to(target)
            time.sleep(0.0005)
            folder.unlink()
            aside.rename(folder)
            time.sleep(0.0015)

    attacker = threading.Thread(target=attack)
    attacker.start()
    try:
        command = [sys.executable, "-c", RUNS, str(profile.ini), str(tmp_path / "data")]
        done = subprocess.run(command, capture_output=True, text=True)
    finally:
        over.set()
        attacker.join()
    assert not done.returncode, done.stderr
    written, refused = map(int, done.stdout.split())
    assert written
    assert refused
    assert profile.untouched()


def test_a_staged_file_is_made_exclusively(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if its name were known: what lies there is neither written to nor removed."""
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
