"""Nothing of a user's runs as root: no program, no library, no environment of theirs."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .decoys import Decoy, Proof
from .scene import TEMPLATE, Run, Scene, User, exchange, processes_of

assert sys.platform != "win32"

SET = ("set", "Settings.volumeRing=50")
VERBS = {
    "set": SET,
    "set always": (*SET, "--restart", "always"),
    "set call": (*SET, "--call", "100"),
    "apply": ("apply", "{template}"),
    "repair": ("repair",),
    "phone stop": ("phone", "stop", "--stop-timeout", "1"),
    "phone stop kill": ("phone", "stop", "--stop-timeout", "1", "--kill", "--even-in-call"),
    "phone dial": ("phone", "dial", "100"),
    "phone start": ("phone", "start"),
    "phone restart": ("phone", "restart", "--stop-timeout", "1"),
    "phone hangup": ("phone", "hangup"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_process_that_only_looks_like_roots(
    scene: Scene, user: User, decoy: Decoy, proof: Proof, verb: str
) -> None:
    """Its program and environment (LD_PRELOAD) are the user's: they are not used."""
    with decoy((str(user.exe),)):
        run = scene.root(*words_of(scene, verb), "--ini", user.ini).is_documented()
    assert 0 not in proof.uids, run.told
    scene.is_unharmed()


@pytest.mark.parametrize(
    "words", [("{exe}",), ("wine64", "{exe}"), ("MicroSIP.exe",), ("{exe}", "/minimized")]
)
@pytest.mark.parametrize("verb", ["set", "phone stop", "phone dial"])
def test_a_process_that_looks_like_a_phone_of_roots_own_target(
    scene: Scene, decoy: Decoy, proof: Proof, verb: str, words: tuple[str, ...]
) -> None:
    """Anybody can give a process any name, that of root's own exe as well."""
    folder = scene.base / "shared-phone"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("MicroSIP.ini", "MicroSIP.exe"):
        shutil.copy(scene.users[0].ini.with_name(name), folder / name)
    exe = str(folder / "MicroSIP.exe")
    with decoy(tuple(word.format(exe=exe) for word in words), cwd=folder):
        run = scene.root(*words_of(scene, verb), "--portable", folder).is_documented()
    assert 0 not in proof.uids, run.told


def words_of(scene: Scene, verb: str) -> list[str]:
    template = str(scene.template(TEMPLATE))
    return [word.format(template=template) for word in VERBS[verb]]


PLANTED = [
    f"{name}.py" for name in ("json", "typing", "microsip_config", "sitecustomize", "ctypes")
]


def test_modules_in_the_working_folder_or_the_home(scene: Scene, user: User, place: Path) -> None:
    """Neither root nor the process that root starts imports what a user has put there."""
    proof = place / "imported"
    proof.write_text("")
    proof.chmod(0o666)
    code = f"import os\nopen({str(proof)!r}, 'a').write(f'{{os.geteuid()}}\\n')\n"
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for folder in (user.home, user.home / ".local" / "lib" / version / "site-packages"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in PLANTED:
            (folder / name).write_text(code)
    user.owns(user.home)
    env = {"HOME": str(user.home)}
    run = scene.root(*SET, "--ini", user.ini, cwd=user.home, env=env).is_done()
    assert proof.read_text() == "", run.told


# --- the program that is started ------------------------------------------------------------------

STARTS = {
    "phone start": ("phone", "start"),
    "phone restart": ("phone", "restart"),
    "phone dial": ("phone", "dial", "100"),
    "set": (*SET, "--restart", "always"),
}


@pytest.fixture
def wine(scene: Scene, user: User) -> Path:
    """A Wine of root's, first on root's PATH, that notes who starts which program. A real one that
    the user starts ends at once: it cannot make a prefix."""
    (user.home / ".wine").touch()
    user.owns(user.home / ".wine")
    folder = scene.base / "bin"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    note = scene.base / "started"
    note.write_text("")
    note.chmod(0o666)
    for name in ("wine", "wine64"):
        (folder / name).write_text(f'#!/bin/sh\necho "$(id -u) $1" >> {note}\n')
        (folder / name).chmod(0o755)
    return note


def with_wine(scene: Scene, user: User, *words: str | Path) -> Run:
    path = f"{scene.base / 'bin'}:{os.environ['PATH']}"
    return scene.root(*words, env={"PATH": path}, memory=None)


def started_by_root(note: Path) -> list[str]:
    return [line for line in note.read_text().splitlines() if line.startswith("0 ")]


@pytest.fixture
def trusted(scene: Scene) -> Path:
    """A program of root's that anybody may read."""
    folder = scene.base / "apps"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    program = folder / "MicroSIP.exe"
    program.write_bytes(b"MZ trusted")
    (folder / "MicroSIP.ini").write_bytes(scene.users[0].ini.read_bytes())
    return program


@pytest.mark.parametrize(
    ("what", "verb"),
    [
        *((what, "phone start") for what in ("a hard link", "root's file", "a linked folder")),
        *(("a link to it", verb) for verb in STARTS),
    ],
)
def test_root_starts_no_program_in_a_folder_of_a_user(
    scene: Scene, user: User, wine: Path, trusted: Path, verb: str, what: str
) -> None:
    """Beside it there are libraries of the user's, and they are loaded first."""
    user.exe.unlink()
    if what == "a link to it":
        user.links(user.exe, trusted)
    elif what == "a hard link":
        os.link(trusted, user.exe)
    elif what == "root's file":
        shutil.copy(trusted, user.exe)
    else:
        user.links(user.exe.parent, trusted.parent)
    run = with_wine(scene, user, *STARTS[verb], "--exe", user.exe).is_documented()
    assert started_by_root(wine) == [], run.told


def test_no_swap_between_the_check_and_the_start(
    scene: Scene, user: User, wine: Path, trusted: Path
) -> None:
    evil = user.exe.with_name("evil.exe")
    user.exe.rename(evil)
    user.links(user.exe, trusted)
    with user.keeps(lambda: exchange(user.exe, evil)):
        for _ in range(12):
            with_wine(scene, user, "phone", "start", "--exe", user.exe).is_documented()
    assert started_by_root(wine) == []


def test_root_starts_its_own_program_in_its_own_folder(
    scene: Scene, user: User, wine: Path, trusted: Path
) -> None:
    """What the others must not do is done where it may."""
    run = with_wine(scene, user, "phone", "start", "--exe", trusted).is_documented()
    assert started_by_root(wine) == [f"0 {trusted}"], run.told


def test_root_starts_nothing_in_a_prefix_of_a_user(
    scene: Scene, user: User, wine: Path, trusted: Path
) -> None:
    """Its drives, registry and libraries are the user's, whosever program it is."""
    prefix = user.home / ".wine"
    prefix.unlink()
    (prefix / "drive_c").mkdir(parents=True)
    user.owns(user.home)
    path = f"{scene.base / 'bin'}:{os.environ['PATH']}"
    for env in ({"WINEPREFIX": str(prefix)}, {"HOME": str(user.home)}):
        run = scene.root("phone", "start", "--exe", trusted, env={"PATH": path, **env}, memory=None)
        run.is_documented()
        assert started_by_root(wine) == [f"0 {trusted}"] * bool(started_by_root(wine)), run.told
        assert not [path for path in prefix.rglob("*") if path.lstat().st_uid == 0]


# --- the process that root starts as the user -----------------------------------------------------


def test_a_user_gets_nothing_of_roots_out_of_the_process_that_works_for_them(
    scene: Scene, user: User
) -> None:
    """Stopped by the user as soon as it is theirs, and looked at at leisure."""
    seen: dict[str, str] = {}

    def stop_and_look() -> None:
        for pid in processes_of(user):
            folder = Path(f"/proc/{pid}")
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGSTOP)
                seen["environ"] = (folder / "environ").read_text()
                seen["cmdline"] = (folder / "cmdline").read_text()
                seen["status"] = (folder / "status").read_text()
                links = [entry.readlink() for entry in (folder / "fd").iterdir()]
                seen["fd"] = "\n".join(map(str, links))
                seen["cwd"] = str((folder / "cwd").readlink())
                seen["sid"] = str(os.getsid(pid))
                os.kill(pid, signal.SIGCONT)
                return

    with looking(stop_and_look, seen):
        run = scene.root(
            "apply", scene.template(), "--ini", user.ini, "--log-file", scene.root_home / "log",
            env={"TOKEN": "environment-of-root", "LD_LIBRARY_PATH": str(scene.vault)},
        ).is_done()  # fmt: skip
    assert seen, f"no process of the user's was seen: {run.told}"
    assert "environment-of-root" not in seen["environ"]
    assert "LD_LIBRARY_PATH" not in seen["environ"]
    assert f"HOME={user.home}" in seen["environ"].split("\0")
    facts = dict(line.split(":\t", 1) for line in seen["status"].splitlines() if ":\t" in line)
    assert facts["Uid"].split() == [str(user.uid)] * 4
    assert facts["Gid"].split() == [str(user.gid)] * 4
    assert "0" not in facts.get("Groups", "").split()
    assert facts["NoNewPrivs"].strip() == "1"
    assert {int(facts[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}
    roots_own = [each for each in seen["fd"].split("\n") if each.startswith(str(scene.root_home))]
    assert roots_own == []
    scene.is_unharmed()


@contextlib.contextmanager
def looking(look: Callable[[], None], seen: dict[str, str]) -> Iterator[None]:
    """Look again and again, in a thread, until something is seen or the block ends."""
    import threading

    end = threading.Event()

    def work() -> None:
        while not (seen or end.is_set()):
            look()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
