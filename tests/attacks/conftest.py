"""Throw-away users, and a scene for them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .scene import Scene, User, end_all_of, free_uid

assert sys.platform != "win32"

HERE = Path(__file__).parent


@pytest.fixture(autouse=True, scope="session")
def _only_as_root() -> None:
    """In CI, which is root, a skipped test is a failed one."""
    if os.geteuid():
        pytest.skip("attacks on root need root: run this with sudo")


@pytest.fixture(scope="session")
def place(_only_as_root: None) -> Iterator[Path]:
    """Not below /tmp, and a way that anybody can go."""
    folder = Path(tempfile.mkdtemp(prefix="microsip-attacks-", dir="/var/lib"))
    folder.chmod(0o755)
    (folder / "home").mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def accounts(place: Path) -> Iterator[tuple[User, ...]]:
    """Two users with accounts and one without, made for this run of the tests alone."""
    names = [f"msattack{os.getpid()}{letter}" for letter in "ab"]
    users: list[User] = []
    try:
        for name in names:
            home = place / "home" / name
            uid = _added(name, home)
            users.append(User(uid, pwd.getpwnam(name).pw_gid, name, home))
        bare = free_uid(61501)
        users.append(User(bare, bare, "", place / "home" / "bare"))
        yield tuple(users)
    finally:
        for user in users:
            end_all_of(user)
            if user.name:
                subprocess.run(["userdel", user.name], capture_output=True)


def _added(name: str, home: Path) -> int:
    """The uid of a new account; another run of these tests may take one at the same time."""
    for start in range(61001, 61101):
        uid = free_uid(start)
        command = ["useradd", "--no-create-home", "--user-group", "--home-dir", str(home)]
        command += ["--uid", str(uid), "--shell", "/bin/sh", name]
        added = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if added.returncode == 0:
            return uid
    pytest.fail(added.stderr)


@pytest.fixture
def scene(place: Path, accounts: tuple[User, ...]) -> Iterator[Scene]:
    yield Scene(place, accounts)
    for user in accounts:
        end_all_of(user)


@pytest.fixture
def user(scene: Scene) -> User:
    """The attacker: somebody with an account."""
    return scene.users[0]


@pytest.fixture
def other(scene: Scene) -> User:
    """Somebody else with an account."""
    return scene.users[1]


@pytest.fixture(params=["with an account", "without an account"])
def anybody(scene: Scene, request: pytest.FixtureRequest) -> User:
    return scene.users[0 if request.param == "with an account" else 2]


@pytest.fixture(scope="session")
def built(place: Path) -> Callable[..., Path]:
    """Compiles a C program of this folder, where anybody can run it and only root can change it."""

    def build(source: str, name: str, *options: str) -> Path:
        program = place / name
        if not program.exists():
            command = ["gcc", "-O1", "-o", str(program), *options, str(HERE / source)]
            subprocess.run(command, check=True)
            program.chmod(0o755)
        return program

    return build
