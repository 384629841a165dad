"""Nothing that root writes lands where a user leads it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from microsip_config.history.csv_file import csv_text
from tests.target.prefixes import FakePrefix

from .scene import Scene, User, exchange

assert sys.platform != "win32"

SET = ("set", "Settings.volumeRing=50")
ROUNDS = 10  # of each race


class Way(NamedTuple):
    """A verb with an option that names a file to be written; ``{}`` is that file."""

    words: tuple[str, ...]

    def at(self, path: Path) -> list[str]:
        return [word.format(path) for word in self.words]


WAYS = {
    "calls": Way(("calls", "--out", "{}")),
    "capture": Way(("capture", "--out", "{}")),
    "set log": Way((*SET, "--log", "{}")),
    "log-file": Way((*SET, "--log-file", "{}")),
    "failing log-file": Way(("set", "Settings.volumeRing=x", "--log-file", "{}")),
}


def a_link_to_a_file(scene: Scene, user: User, name: Path) -> Path:
    return user.links(name, scene.vault / "conf")


def a_link_to_nothing(scene: Scene, user: User, name: Path) -> Path:
    return user.links(name, scene.vault / "new")


def a_linked_folder(scene: Scene, user: User, name: Path) -> Path:
    user.links(name.with_name("folder"), scene.vault)
    return name.with_name("folder") / "conf"


def a_new_file_in_a_linked_folder(scene: Scene, user: User, name: Path) -> Path:
    return a_linked_folder(scene, user, name).with_name("new")


def a_hard_link(scene: Scene, user: User, name: Path) -> Path:
    """As the user can make one where fs.protected_hardlinks is 0."""
    os.link(scene.vault / "conf", name)
    return name


def a_hard_link_to_calls(scene: Scene, user: User, name: Path) -> Path:
    """Calls are appended only to what starts with their header: here it does."""
    (scene.vault / "conf").write_text(csv_text(()))
    os.link(scene.vault / "conf", name)
    return name


def a_link_to_calls(scene: Scene, user: User, name: Path) -> Path:
    (scene.vault / "conf").write_text(csv_text(()))
    return user.links(name, scene.vault / "conf")


PLANTS = [
    a_link_to_a_file,
    a_link_to_nothing,
    a_linked_folder,
    a_new_file_in_a_linked_folder,
    a_hard_link,
    a_hard_link_to_calls,
    a_link_to_calls,
]


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("way", WAYS)
def test_a_file_to_be_written_in_the_users_folder(
    scene: Scene, user: User, way: str, plant: Callable[[Scene, User, Path], Path]
) -> None:
    path = plant(scene, user, user.home / "out.csv")
    scene.before = scene.state()
    scene.root(*WAYS[way].at(path), "--ini", user.ini).is_documented()
    scene.is_unharmed()


@pytest.mark.parametrize("plant", [a_link_to_a_file, a_link_to_nothing, a_link_to_calls])
@pytest.mark.parametrize("way", WAYS)
def test_a_name_in_a_common_folder_that_somebody_else_has_taken(
    scene: Scene, user: User, way: str, plant: Callable[[Scene, User, Path], Path]
) -> None:
    """As in /tmp. What the kernel protects there (fs.protected_*) is off on many systems."""
    path = plant(scene, user, scene.common / "out.csv")
    os.chown(path, user.uid, user.gid, follow_symlinks=False)
    scene.before = scene.state()
    ini = scene.root_home / "MicroSIP.ini"
    ini.write_bytes(user.ini.read_bytes())
    scene.root(*WAYS[way].at(path), "--ini", ini).is_documented()
    scene.is_unharmed()


@pytest.mark.parametrize("text", ["", csv_text(())])
@pytest.mark.parametrize("way", WAYS)
def test_a_file_of_a_user_in_a_common_folder_gets_nothing_to_read(
    scene: Scene, user: User, way: str, text: str
) -> None:
    """Made by the user before root's run, it would stay the user's."""
    path = scene.common / "out.csv"
    user.does(lambda: path.write_bytes(text.encode()))
    ini = scene.root_home / "MicroSIP.ini"
    ini.write_bytes(user.ini.read_bytes())
    scene.root(*WAYS[way].at(path), "--ini", ini).is_documented()
    assert path.stat().st_uid in (0, user.uid)
    if path.stat().st_uid:
        assert path.read_bytes() == text.encode()


@pytest.mark.parametrize("way", ["calls", "capture", "set log", "log-file"])
def test_a_file_that_is_swapped_for_a_link(scene: Scene, user: User, way: str) -> None:
    """A moment after it was looked at."""
    (scene.vault / "conf").write_text(csv_text(()))
    scene.before = scene.state()
    path, spare = user.home / "out.csv", user.home / "spare"

    def swap() -> None:
        """Missing, a link, an ordinary file."""
        spare.symlink_to(scene.vault / "conf")
        spare.rename(path)
        time.sleep(0.0005)
        path.unlink(missing_ok=True)
        time.sleep(0.002)

    with user.keeps(swap):
        for number in range(ROUNDS):
            words = [word.replace("=50", f"={40 + number}") for word in WAYS[way].at(path)]
            scene.root(*words, "--ini", user.ini).is_documented()
            assert scene.state() == scene.before, number
    scene.is_unharmed()


@pytest.mark.parametrize("way", WAYS)
def test_roots_own_file_in_roots_own_folder(scene: Scene, user: User, way: str) -> None:
    """It is written, and is root's: also for the target of somebody else."""
    path = scene.root_home / "out.csv"
    run = scene.root(*WAYS[way].at(path), "--ini", user.ini).is_documented()
    assert path.stat().st_uid == 0, run.told
    assert path.stat().st_mode & 0o077 in (0, 0o040, 0o044)
    assert path.read_text()
    scene.is_unharmed()


@pytest.mark.parametrize("way", ["calls", "capture"])
def test_a_file_in_the_folder_of_the_user_is_the_users(scene: Scene, user: User, way: str) -> None:
    path = user.home / "out.csv"
    scene.root(*WAYS[way].at(path), "--ini", user.ini).is_done()
    assert path.stat().st_uid == user.uid
    scene.is_unharmed()


@pytest.mark.parametrize("what", ["the log", "its folder", "the state folder", ".local"])
@pytest.mark.parametrize("kept", ["HOME", "XDG_STATE_HOME"])
def test_the_default_log_with_the_home_of_the_user_kept(
    scene: Scene, user: User, what: str, kept: str
) -> None:
    """As with ``sudo -E``."""
    state = user.home / ".local" / "state"
    names = {
        "the log": state / "microsip-config" / "log" / "microsip-config.log",
        "its folder": state / "microsip-config" / "log",
        "the state folder": state,
        ".local": user.home / ".local",
    }
    user.links(names[what], scene.vault / "conf" if what == "the log" else scene.vault)
    value = user.home if kept == "HOME" else state
    scene.root(*SET, "--ini", user.ini, env={kept: str(value)}).is_documented()
    scene.is_unharmed()


@pytest.mark.parametrize("part", ["data", "targets", "target", "backups"])
@pytest.mark.parametrize("named", ["by default", "--data-dir"])
def test_a_data_folder_that_leads_away(scene: Scene, user: User, part: str, named: str) -> None:
    """Found where an honest run has made it."""
    options = ["--data-dir", str(user.home / "mine")] if named == "--data-dir" else []
    scene.root(*SET, "--ini", user.ini, *options).is_documented()
    backups = next(user.home.rglob("backups"), None)
    assert backups is not None, "the data folder of the user is not the user's"
    folders = {
        "backups": backups,
        "target": backups.parent,
        "targets": backups.parent.parent,
        "data": backups.parent.parent.parent,
    }
    user.links(folders[part], scene.vault)
    scene.root("set", "Settings.volumeRing=60", "--ini", user.ini, *options).is_documented()
    scene.is_unharmed()


# --- the file itself ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["set", "repair", "restore", "show", "capture", "check", "calls"])
@pytest.mark.parametrize("what", ["a link", "a hard link", "a linked folder", "a linked home"])
@pytest.mark.parametrize("follow", [(), ("--follow-links",)])
def test_a_file_of_roots_in_the_place_of_the_ini(
    scene: Scene, user: User, verb: str, what: str, follow: tuple[str, ...]
) -> None:
    """Neither changed, nor shown, nor kept as a backup of the user's."""
    scene.root(*SET, "--ini", user.ini).is_done()  # so that there is something to restore
    if what == "a link":
        user.links(user.ini, scene.vault / "shadow")
    elif what == "a hard link":
        user.ini.unlink()
        os.link(scene.vault / "shadow", user.ini)
        scene.before = scene.state()
    elif what == "a linked folder":
        user.links(user.ini.parent, scene.vault)
    else:
        aside = user.home.with_name(f"{user.home.name}.aside")
        user.home.rename(aside)
        user.home.symlink_to(scene.vault)
        os.chown(user.home, user.uid, user.gid, follow_symlinks=False)
        (scene.vault / "phone").mkdir()
        (scene.vault / "MicroSIP.ini").rename(scene.vault / "phone" / "MicroSIP.ini")
        scene.before = scene.state()
    words = SET if verb == "set" else (verb,)
    run = scene.root(*words, "--ini", user.ini, *follow)
    if what == "a linked home":
        user.home.unlink()
        aside.rename(user.home)
    run.is_documented()
    scene.is_unharmed()
    for path in user.home.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_uid == user.uid:
            assert b"v\0a\0u\0l\0t\0e\0d" not in path.read_bytes()


@pytest.mark.parametrize("depth", [1, 2])
def test_a_folder_that_is_swapped_for_a_link_while_root_works_in_it(
    scene: Scene, user: User, depth: int
) -> None:
    """Depth 1: the folder of the ini, 2: the one above it."""
    folder = user.home / "one" / "two"
    folder.mkdir(parents=True)
    ini = folder / "MicroSIP.ini"
    ini.write_bytes(user.ini.read_bytes())
    honest = (folder, folder.parent)[depth - 1]
    spare = user.home / "spare"
    spare.symlink_to(scene.vault)
    if depth == 2:
        (scene.vault / "two").mkdir()
        (scene.vault / "MicroSIP.ini").rename(scene.vault / "two" / "MicroSIP.ini")
        scene.before = scene.state()
    user.owns(user.home)
    with user.keeps(lambda: exchange(honest, spare)):
        for number in range(ROUNDS):
            words = ("set", f"Settings.volumeRing={20 + number}", "--ini", ini)
            scene.root(*words, "--lock-timeout", "2").is_documented()
            assert scene.state() == scene.before, number
    scene.is_unharmed()


def test_no_file_of_roots_is_given_away_while_a_folder_is_made(
    scene: Scene, user: User, built: Callable[..., Path]
) -> None:
    """mkdir, then chown by name: between the two the user has put another name of root's file
    there. That the user has one, fs.protected_hardlinks prevents only where it is on."""
    prefix = FakePrefix(user.home / ".wine")
    spare, folder = user.home / "spare", prefix.roaming / "MicroSIP"
    user.owns(user.home)
    attacker = built("in_place.c", "in_place")
    calls = "mkdir,mkdirat"
    slowly: tuple[str, ...] = ("strace", "-f", "-o", os.devnull, "-e", f"trace={calls}")
    slowly += ("-e", f"inject={calls}:delay_exit=50000")  # microseconds
    for number in range(3):
        os.link(scene.vault / "conf", spare)
        scene.before = scene.state()
        with user.starts(attacker, folder, spare) as attack:
            scene.root(*SET, "--wine-prefix", prefix.root, "--create", under=slowly)
            attack.kill()
        assert scene.state() == scene.before, number
        spare.unlink(missing_ok=True)
        if folder.is_dir():
            shutil.rmtree(folder)
        else:
            folder.unlink(missing_ok=True)
    scene.before = scene.state()
    scene.is_unharmed()


# --- the data folder ------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", ["HOME", "XDG_DATA_HOME", "MICROSIP_CONFIG_DATA_DIR", "all"])
@pytest.mark.parametrize("target", ["the user's", "root's", "none given"])
def test_nothing_in_the_home_becomes_roots(
    scene: Scene, user: User, kept: str, target: str
) -> None:
    """The environment of the user is kept, as with ``sudo -E``, in a home that is still bare."""
    values = {
        "HOME": user.home,
        "XDG_DATA_HOME": user.home / ".local" / "share",
        "XDG_STATE_HOME": user.home / ".local" / "state",
        "MICROSIP_CONFIG_DATA_DIR": user.home / ".data",
    }
    env = {name: str(value) for name, value in values.items() if kept in ("all", name)}
    ini = user.ini
    if target == "root's":
        ini = scene.root_home / "MicroSIP.ini"
        ini.write_bytes(user.ini.read_bytes())
    words = () if target == "none given" else ("--ini", str(ini))
    scene.root(*SET, *words, env=env).is_documented()
    scene.root("demo", user.home / "demo", env=env).is_documented()
    scene.is_unharmed()
    # What the user does next works as it always did.
    user.does(lambda: (user.home / ".local" / "share" / "mine").mkdir(parents=True))
    run = scene.own_run(user, "set", "Settings.volumeRing=30", "--ini", user.ini).is_done()
    assert run.envelope["changed"]


@pytest.mark.parametrize("words", [("demo", "{}"), ("template", "new", "{}")])
@pytest.mark.parametrize("what", ["a link to nothing", "a linked folder", "nothing"])
def test_what_other_verbs_make_in_a_folder_of_the_user(
    scene: Scene, user: User, words: tuple[str, ...], what: str
) -> None:
    path = user.home / "made"
    if what == "a link to nothing":
        user.links(path, scene.vault / "made")
    elif what == "a linked folder":
        user.links(path, scene.vault)
        path /= "made"
    scene.root(*(word.format(path) for word in words)).is_documented()
    scene.is_unharmed()
