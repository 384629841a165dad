"""A run of root ends, soon and with little memory, whatever a user puts in its way."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.target.prefixes import FakePrefix

from .scene import (
    PASSWORD,
    WITH_PASSWORD,
    Scene,
    User,
    exchange,
    processes_of,
)

assert sys.platform != "win32"

SET = ("set", "Settings.volumeRing=50", "--lock-timeout", "1")
ROUNDS = 8


# --- what is put in the place of a file -----------------------------------------------------------


def pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def ten_gigabytes(path: Path) -> None:
    """Of zeros that take no room."""
    with path.open("wb") as file:
        file.truncate(10 << 30)


def a_folder(path: Path) -> None:
    path.mkdir()


def itself(path: Path) -> None:
    path.symlink_to(path.name)


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(here)


def unreadable(path: Path) -> None:
    path.write_bytes(b"x")
    path.chmod(0)


KINDS = [pipe, endless, ten_gigabytes, a_folder, itself, a_socket, unreadable]
REPLACED = ["ini", "user.reg", "system.reg", "dosdevices", "drive_c", "exe"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", REPLACED)
def test_in_the_place_of_a_file_of_the_phone(
    scene: Scene, user: User, what: str, kind: Callable[[Path], None]
) -> None:
    prefix = FakePrefix(user.home / ".wine")
    inside = prefix.roaming / "MicroSIP" / "MicroSIP.ini"
    inside.parent.mkdir()
    inside.write_bytes(user.ini.read_bytes())
    path = {"ini": inside, "exe": user.exe}.get(what, prefix.root / what)
    if path.exists():
        path.rename(path.with_name("aside"))
    kind(path)
    user.owns(user.home)
    option = ("--exe", user.exe) if what == "exe" else ("--wine-prefix", prefix.root)
    scene.root(*SET, *option).is_documented()
    scene.root("show", "--ini", inside).is_documented()
    scene.is_unharmed()


RECORDS = ["state.json", "pending.json", "lock", "backups", "a backup"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", RECORDS)
@pytest.mark.parametrize("named", ["by default", "--data-dir"])
def test_in_the_place_of_a_record(
    scene: Scene, user: User, what: str, kind: Callable[[Path], None], named: str
) -> None:
    """Records of the user's are in a folder of the user's."""
    options = ["--data-dir", str(user.home / "mine")] if named == "--data-dir" else []
    words = ["apply", str(scene.template(WITH_PASSWORD)), "--ini", str(user.ini)]
    words += ["--secret", "sip=stdin"]
    words += ["--lock-timeout", "1", *options]
    scene.root(*words, stdin=PASSWORD.encode()).is_documented()
    state = next(user.home.rglob("state.json"), None)
    assert state is not None, "the records of the user are not the user's"
    if what == "a backup":
        path = next((state.parent / "backups").iterdir())
    else:
        path = state.with_name(what)
    if path.exists():
        path.rename(user.home / "aside")
    kind(path)
    user.owns(user.home)
    scene.root(*words, "--rotate", stdin=PASSWORD.encode()).is_documented()
    for verb in (("backups",), ("restore", "--lock-timeout", "1")):
        scene.root(*verb, "--ini", user.ini, *options).is_documented()
    scene.is_unharmed()


@pytest.mark.parametrize("kind", [pipe, ten_gigabytes, itself, a_socket])
@pytest.mark.parametrize("where", ["home", "common", "root's"])
@pytest.mark.parametrize(
    "words",
    [
        ("calls", "--out", "{}"),
        ("capture", "--out", "{}"),
        (*SET, "--log", "{}"),
        (*SET, "--log-file", "{}"),
        ("apply", "{}"),
        ("apply", "{template}", "--vars", "{}"),
        ("apply", "{template}", "--secret", "sip=file:{}"),
        ("apply", "{template}", "--secret", "sip=file:{}", "--allow-open-secrets"),
    ],
    ids=lambda words: " ".join(words[-3:]),
)
def test_in_the_place_of_a_file_that_is_given(
    scene: Scene, user: User, words: tuple[str, ...], kind: Callable[[Path], None], where: str
) -> None:
    folder = {"home": user.home, "common": scene.common}.get(where, scene.root_home)
    path = folder / "given"
    kind(path)
    if where != "root's":
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
    template = scene.template(WITH_PASSWORD)
    filled = [word.format(path, template=template) for word in words]
    scene.root(*filled, "--ini", user.ini).is_documented()
    scene.is_unharmed()


@pytest.mark.parametrize("what", ["ini", "user.reg"])
@pytest.mark.parametrize("kind", [pipe, ten_gigabytes])
def test_swapped_in_after_a_first_look(
    scene: Scene, user: User, what: str, kind: Callable[[Path], None]
) -> None:
    prefix = FakePrefix(user.home / ".wine")
    ini = prefix.roaming / "MicroSIP" / "MicroSIP.ini"
    ini.parent.mkdir()
    ini.write_bytes(user.ini.read_bytes())
    path = ini if what == "ini" else prefix.root / what
    spare = path.with_name("spare")
    kind(spare)
    user.owns(user.home)
    with user.keeps(lambda: exchange(path, spare)):
        for _ in range(ROUNDS):
            scene.root(*SET, "--wine-prefix", prefix.root).is_documented()
    scene.is_unharmed()


# --- the process that works as the user -----------------------------------------------------------


def signalling(user: User, number: signal.Signals, pause: float = 0.001) -> Callable[[], None]:
    """Sends a signal to every process of the user's but the one that sends it."""

    def send() -> None:
        for pid in processes_of(user):
            if pid != os.getpid():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        time.sleep(pause)

    return send


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_process_is_ended_by_its_user(scene: Scene, user: User, number: signal.Signals) -> None:
    with user.keeps(signalling(user, number)):
        for _ in range(3):
            scene.root(*SET, "--ini", user.ini).is_documented()
    scene.is_unharmed()
    assert user.ini.stat().st_uid == user.uid
    scene.root("set", "Settings.volumeRing=20", "--ini", user.ini).is_done()


def test_the_process_is_stopped_by_its_user(scene: Scene, user: User) -> None:
    with user.keeps(signalling(user, signal.SIGSTOP)):
        run = scene.root(*SET, "--ini", user.ini).is_documented()
    assert run.code in {0, 6}, run.told
    if run.code:
        run.is_refused()
    left = list(processes_of(user))
    assert left == [], "a process is left behind"
    scene.root("set", "Settings.volumeRing=20", "--ini", user.ini).is_done()
    scene.is_unharmed()


def test_the_lock_is_held_by_its_user(scene: Scene, user: User) -> None:
    """Of the records, of the ini's folder, of the ini: each that a run may want."""
    import fcntl

    scene.root(*SET, "--ini", user.ini).is_documented()
    held = [user.ini, user.ini.parent, user.home, *user.home.rglob("lock")]
    held += [path.parent for path in user.home.rglob("lock")]

    def hold() -> None:
        for path in held:
            descriptor = os.open(path, os.O_RDONLY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        time.sleep(3600)

    with user.keeps(hold):
        time.sleep(0.3)
        words = ("set", "Settings.volumeRing=20", "--lock-timeout", "1", "--ini", user.ini)
        scene.root(*words).is_refused()
    scene.root("set", "Settings.volumeRing=20", "--ini", user.ini).is_done()
    scene.is_unharmed()


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["a\nb", "\x1b]0;title\x07", "\u202egnp", "x" * 255, "-rf", "a b", "%s{}", "\udcff", "{{ x }}"],
    ids=ascii,
)
def test_folders_with_any_name(scene: Scene, user: User, name: str) -> None:
    ini = user.home / name / "MicroSIP.ini"
    ini.parent.mkdir()
    ini.write_bytes(user.ini.read_bytes())
    user.owns(user.home)
    run = scene.root(*SET, "--ini", ini).is_done()
    assert run.out.isascii()
    told = scene.root("set", "Settings.volumeRing=x", "--ini", ini, asjson=False).is_documented()
    assert not any(mark in told.out + told.err for mark in "\x1b\x07\u202e")
    assert "\nb" not in told.err
    scene.is_unharmed()


def test_a_deep_way(scene: Scene, user: User) -> None:
    folder = user.home.joinpath(*["d" * 20] * 150)
    folder.mkdir(parents=True)
    user.owns(user.home)
    (folder / "MicroSIP.ini").write_bytes(user.ini.read_bytes())
    user.owns(folder)
    scene.root(*SET, "--ini", folder / "MicroSIP.ini").is_done()
    longer = folder.joinpath(*["d" * 200] * 30, "MicroSIP.ini")
    scene.root(*SET, "--ini", longer).is_refused()
    scene.is_unharmed()


@pytest.mark.parametrize("what", ["the user's", "removed"])
def test_a_working_folder_of_the_user(scene: Scene, user: User, what: str) -> None:
    folder = user.home / "here"
    folder.mkdir()
    (folder / "MicroSIP.ini").write_bytes(user.ini.read_bytes())
    user.owns(user.home)
    if what == "removed":
        under = ("sh", "-c", 'rm -r "$PWD"; exec "$@"', "sh")
        scene.root(*SET, "--ini", "MicroSIP.ini", cwd=folder, under=under).is_refused()
    else:
        scene.root(*SET, "--ini", "MicroSIP.ini", cwd=folder).is_done()
    scene.is_unharmed()


# --- without /proc --------------------------------------------------------------------------------

WITHOUT_PROC = (
    *("unshare", "--mount", "--propagation", "private", "sh", "-c"),
    *('mount -t tmpfs none /proc && exec "$@"', "sh"),
)


@pytest.mark.parametrize("verb", ["set", "apply", "restore", "capture", "calls", "show"])
@pytest.mark.parametrize("whose", ["the user's", "root's"])
def test_without_proc(scene: Scene, user: User, verb: str, whose: str) -> None:
    ini = user.ini
    if whose == "root's":
        ini = scene.root_home / "MicroSIP.ini"
        ini.write_bytes(user.ini.read_bytes())
    words = {
        "set": SET,
        "apply": ("apply", str(scene.template())),
        "capture": ("capture", "--out", str(ini.with_name("new"))),
        "calls": ("calls", "--out", str(ini.with_name("new.csv"))),
    }.get(verb, (verb,))
    scene.root("set", "Settings.volumeRing=60", "--ini", ini).is_done()
    run = scene.root(*words, "--ini", ini, under=WITHOUT_PROC).is_documented()
    if run.code:
        run.is_refused()
    scene.is_unharmed()


def test_no_link_leads_away_without_proc(scene: Scene, user: User) -> None:
    spare = user.home / "spare"
    spare.symlink_to(scene.vault)
    user.owns(user.home)
    with user.keeps(lambda: exchange(user.ini.parent, spare)):
        for number in range(ROUNDS):
            words = ("set", f"Settings.volumeRing={20 + number}", "--ini", user.ini)
            scene.root(*words, under=WITHOUT_PROC).is_documented()
            assert scene.state() == scene.before, number
    scene.is_unharmed()
