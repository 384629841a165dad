"""Files of other users: nothing is written while a phone runs that this user may not stop."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from microsip_config import Configurator, Ledger, Policy, Result, Target, World, edits, phone_for
from microsip_config.errors import PhoneError
from microsip_config.ini.profile import Profile
from microsip_config.phone.files import PhoneFiles
from microsip_config.phone.state import Owner, PhoneProcess
from microsip_config.phone.wine import WinePhone
from microsip_config.system.posix import ways
from microsip_config.system.posix.users import user_name

from .copy_under_wine import until

assert sys.platform != "win32"

WISH = edits([("Settings", "volumeRing", "55"), ("Account1", "label", "Desk")])
TEXT = (
    "[Settings]\r\naccountId=1\r\nvolumeRing=40\r\n"
    "[Account1]\r\nserver=sip.example.com\r\ndomain=sip.example.com\r\nusername=101\r\n"
)


class Scene:
    """A phone, and a file in another folder, in a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self.exe = folder / "apps" / "MicroSIP.exe"
        self.ini = folder / "profile" / "MicroSIP.ini"
        self.data = folder / "data"
        for path in (self.exe, self.ini):
            path.parent.mkdir()
            path.write_bytes(b"MZ")
        self.ini.write_bytes(b"\xff\xfe" + TEXT.encode("utf-16-le"))

    def apply(self, mode: str = "given", **policy: Any) -> Result:
        target = Target(str(self.ini), str(self.exe), mode)
        world = World(sys.platform, {}, self.data)
        phone = phone_for(target, world)
        ledger = Ledger("apply")
        Configurator(
            target,
            data_dir=self.data,
            policy=Policy(**policy),
            phone=phone,
        ).apply(WISH, ledger=ledger)
        return ledger.result()

    def read(self, section: str, key: str) -> str | None:
        return Profile(self.ini.read_bytes()[2:].decode("utf-16-le")).get(section, key)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


@pytest.fixture
def theirs(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the phone; this one now acts as another user than the owner of both."""
    child = subprocess.Popen([str(scene.exe), "60"], executable="/bin/sleep")
    until(lambda: str(scene.exe).encode() in Path(f"/proc/{child.pid}/cmdline").read_bytes())
    for module in (
        "phone.wine",
        "system.posix.users",
    ):  # not the data folder, which stays this user's
        stranger = SimpleNamespace(**{**vars(os), "geteuid": lambda: 4242})
        monkeypatch.setattr(f"microsip_config.{module}.os", stranger)
    yield child
    child.kill()
    child.wait()


@pytest.mark.parametrize("mode", ["given", "installed"])
@pytest.mark.parametrize("restart", ["auto", "always", "never"])
def test_nothing_is_written_under_it(
    scene: Scene, theirs: subprocess.Popen[bytes], mode: str, restart: str
) -> None:
    before = scene.ini.read_bytes()
    with pytest.raises(PhoneError) as refusal:
        scene.apply(mode, restart=restart)
    assert (refusal.value.exit_code, refusal.value.code) == (5, "other-users-phone")
    assert (scene.ini.read_bytes(), theirs.poll()) == (before, None)


def test_what_it_does_not_overwrite_is_written_if_asked(
    scene: Scene, theirs: subprocess.Popen[bytes]
) -> None:
    result = scene.apply(restart="never", while_running=True)
    assert [change.key for change in result.changes] == ["label"]
    assert (scene.read("Settings", "volumeRing"), scene.read("Account1", "label")) == ("40", "Desk")
    assert [warning.code for warning in result.warnings] == ["left-for-later"]
    assert theirs.poll() is None


def test_once_it_has_ended_all_is_written(scene: Scene, theirs: subprocess.Popen[bytes]) -> None:
    theirs.kill()
    theirs.wait()
    assert scene.apply().changed
    assert scene.read("Settings", "volumeRing") == "55"
    with pytest.raises(PhoneError) as refusal:  # this user's phone would not read it
        scene.apply(restart="always")
    assert refusal.value.code == "other-users-phone"


OURS = user_name(os.geteuid())
NOBODYS, THEIRS, ANYBODYS = None, Owner("bob", True), Owner("", True)
CASES = [
    # whose file, a phone run by, is it this user's, may it be stopped, does it read the file
    (NOBODYS, OURS, True, True, True),
    (NOBODYS, OURS, False, False, True),  # in another session of this user
    (NOBODYS, "bob", False, False, False),
    (NOBODYS, None, False, False, False),
    (THEIRS, OURS, True, False, False),
    (THEIRS, "bob", False, False, True),
    (THEIRS, "eve", False, False, False),
    (THEIRS, None, False, False, True),
    (ANYBODYS, OURS, True, False, True),
    (ANYBODYS, "bob", False, False, True),
    (Owner("bob", False), OURS, True, True, True),  # portable, in bob's folder
    (Owner("bob", False), "bob", False, False, True),
    (Owner("bob", False), "eve", False, False, False),
    (Owner("", False), "eve", False, False, False),
]


NO_FILES = PhoneFiles("/nowhere/MicroSIP.ini", lambda _: ())


@pytest.mark.parametrize(("owner", "user", "mine", "stoppable", "reads"), CASES)
def test_whose_phone_reads_the_file(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    owner: Owner | None,
    user: str | None,
    mine: bool,
    stoppable: bool,
    reads: bool,
) -> None:
    exe = str(scene.exe)
    phone = WinePhone(exe, NO_FILES, prefix="/", environ={}, owner=lambda: owner)
    process = PhoneProcess(4, exe, 0, user, mine, True, True, True, 0.0)
    monkeypatch.setattr(phone, "_processes", lambda: [process])
    (seen,) = phone.status().processes
    assert (seen.mine, seen.reads) == (stoppable, reads)
    assert bool(phone.status().out_of_reach) == (reads and not stoppable)


@pytest.mark.parametrize("theirs", ["apps", "prefix"])
def test_root_runs_no_program_of_another_user(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, theirs: str
) -> None:
    """Nor one in the prefix of another user; where the test is not root, its own user is that."""
    monkeypatch.setattr(ways, "may_become", lambda: True)
    (tmp_path / "prefix").mkdir()
    if os.geteuid() == 0:
        os.chown(tmp_path / theirs, 1234, 1234)
    prefix = str(tmp_path / "prefix")
    phone = WinePhone(str(scene.exe), NO_FILES, prefix=prefix, environ={})
    with pytest.raises(PhoneError) as refusal:
        phone.start()
    assert refusal.value.code == "no-desktop"
