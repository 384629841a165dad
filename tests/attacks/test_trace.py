"""The system calls of a run: nobody with uid 0 does anything below a folder of the user's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.target.prefixes import FakePrefix

from .scene import PASSWORD, WITH_PASSWORD, Scene, User
from .trace import STRACE, Step, steps

assert sys.platform != "win32"

LOOKS = {"openat", "open", "lstat", "newfstatat", "fstatat64", "statx", "fstat", "close", "dup"}
LOOKS |= {"readlinkat", "readlink", "getxattr", "fgetxattr"}
"""What root may do to the folder itself: see whose it is. ``openat`` names nothing below it."""

RUNS = {
    "apply": ("apply", "{template}", "--ini", "{ini}", "--secret", "sip=stdin"),
    "set": ("set", "Settings.volumeRing=50", "--portable", "{folder}"),
    "set always": ("set", "Settings.volumeRing=50", "--exe", "{exe}", "--restart", "never"),
    "set log": ("set", "Settings.volumeRing=50", "--ini", "{ini}", "--log", "{home}/calls.csv"),
    "set log-file": ("set", "Settings.volumeRing=50", "--ini", "{ini}", "--log-file", "{home}/log"),
    "create": ("set", "Settings.volumeRing=50", "--wine-prefix", "{prefix}", "--create"),
    "data-dir": ("set", "Settings.volumeRing=50", "--ini", "{ini}", "--data-dir", "{home}/data"),
    "restore": ("restore", "--ini", "{ini}"),
    "repair": ("repair", "--ini", "{ini}"),
    "show": ("show", "--wine-prefix", "{prefix}"),
    "locate": ("locate", "--all", "--wine-prefix", "{prefix}"),
    "capture": ("capture", "--ini", "{ini}", "--out", "{home}/captured.ini"),
    "calls": ("calls", "--ini", "{ini}", "--out", "{home}/calls.csv"),
    "calls of root": ("calls", "--ini", "{ini}", "--out", "{root}/calls.csv"),
    "phone status": ("phone", "status", "--exe", "{exe}"),
    "a missing file": ("set", "Settings.volumeRing=50", "--ini", "{home}/none/MicroSIP.ini"),
    "a linked folder": ("set", "Settings.volumeRing=50", "--ini", "{home}/link/MicroSIP.ini"),
    "kept environment": ("set", "Settings.volumeRing=50"),
}


def traced(scene: Scene, user: User, name: str) -> list[Step]:
    prefix = FakePrefix(user.home / ".wine")
    (user.home / "link").symlink_to(scene.vault)
    user.owns(user.home)
    names = {
        "template": scene.template(WITH_PASSWORD),
        "ini": user.ini,
        "exe": user.exe,
        "folder": user.ini.parent,
        "home": user.home,
        "prefix": prefix.root,
        "root": scene.root_home,
    }
    words = [word.format(**names) for word in RUNS[name]]
    if name == "restore":
        scene.root("set", "Settings.volumeRing=60", "--ini", user.ini).is_done()
    kept = {"HOME": str(user.home), "WINEPREFIX": str(prefix.root)}
    env = kept if name == "kept environment" else {}
    file = scene.base / "trace"
    under = tuple(word.format(file) for word in STRACE)
    scene.root(*words, stdin=PASSWORD.encode(), env=env, under=under).is_documented()
    return list(steps(file.read_text(errors="replace"), scene.base))


def of_root_within(found: list[Step], folder: Path) -> Iterator[str]:
    """The calls with uid 0 on anything below the folder, and on itself those that do not look."""
    inside = f"{folder}/"
    for step in found:
        if step.uid == 0 and step.call != "execve":
            below = any(path.startswith(inside) for path in step.paths)
            itself = str(folder) in step.paths and step.call not in LOOKS
            if below or itself:
                yield step.line


@pytest.mark.parametrize("name", RUNS)
def test_root_does_nothing_in_a_folder_of_the_user(scene: Scene, user: User, name: str) -> None:
    found = traced(scene, user, name)
    assert list(of_root_within(found, user.home)) == []
    # What the trace was taken for: the process of the user was there.
    assert {step.uid for step in found} == {0, user.uid}
    assert any(str(user.home) in path for step in found if step.uid for path in step.paths)
    scene.is_unharmed()


def test_root_does_nothing_where_only_a_link_of_roots_leads(scene: Scene, user: User) -> None:
    """The way goes through a link that only root could make: it is the user's all the same."""
    link = scene.base / "link"
    link.unlink(missing_ok=True)
    link.symlink_to(user.home)
    file = scene.base / "trace"
    under = tuple(word.format(file) for word in STRACE)
    ini = link / "phone" / "MicroSIP.ini"
    scene.root("set", "Settings.volumeRing=50", "--ini", ini, under=under).is_done()
    found = list(steps(file.read_text(errors="replace"), scene.base))
    assert list(of_root_within(found, user.home)) == []
    scene.is_unharmed()


EXAMPLE = """\
10 openat(AT_FDCWD</base>, "home/u", O_PATH) = 4</base/home/u>
10 newfstatat(4</base/home/u>, "phone", {st_mode=0}, 0) = 0
10 openat(AT_FDCWD</base>, "/proc/self/fd/4/phone/x", O_RDONLY) = 5</base/home/u/phone/x>
10 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
11 read(4</base/home/u>, "", 1) = 0
10 <... clone resumed>) = 11
11 setresuid(61001, 61001, 61001) = 0
11 unlink("/base/home/u/phone/x") = 0
11 clone(child_stack=NULL, flags=SIGCHLD) = 12
12 unlink("/base/home/u/phone/y") = 0
10 rename("/base/home/u/a", "/base/b") = 0
"""


def test_a_trace_is_understood() -> None:
    found = list(steps(EXAMPLE, Path("/base")))
    assert [step.uid for step in found] == [0, 0, 0, 0, 0, 0, 61001, 61001, 61001, 0]
    lines = EXAMPLE.splitlines()
    seen = list(of_root_within(found, Path("/base/home/u")))
    assert seen == [lines[at].partition(" ")[2] for at in (1, 2, 4, 10)]
