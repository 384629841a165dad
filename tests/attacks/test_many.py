"""Root over twenty profiles of twenty users, three of which do not want it to succeed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import pytest

from .scene import INI, PASSWORD, WITH_PASSWORD, Scene, User, end_all_of, free_uid, utf16

assert sys.platform != "win32"

MANY = 20


@pytest.fixture
def many(scene: Scene) -> Iterator[list[User]]:
    folder = scene.base / "many"
    shutil.rmtree(folder, ignore_errors=True)
    uids: list[int] = []
    while len(uids) < MANY:
        uids.append(free_uid(uids[-1] + 1 if uids else 61601))
    users = [User(uid, uid, "", folder / f"desk{uid}") for uid in uids]
    for user in users:
        user.settles()
    yield users
    for user in users:
        end_all_of(user)
    shutil.rmtree(folder)


def test_the_hostile_fail_and_the_others_are_done(scene: Scene, many: list[User]) -> None:
    a_pipe, leads_away, shared, *honest = many
    a_pipe.ini.unlink()
    os.mkfifo(a_pipe.ini)
    a_pipe.owns(a_pipe.home)
    leads_away.links(leads_away.ini.parent, scene.vault)
    shared.ini.parent.chmod(0o777)
    shared.home.chmod(0o777)
    template = scene.template(WITH_PASSWORD)
    for user in many:
        words = ("apply", template, "--ini", user.ini, "--secret", "sip=stdin")
        run = scene.root(*words, stdin=PASSWORD.encode())
        if user in honest:
            assert run.is_done().envelope["changed"]
        else:
            run.is_refused()
    for user in honest:
        text = user.ini.read_bytes()[2:].decode("utf-16-le")
        assert "volumeRing=50" in text
        assert PASSWORD in text
        assert user.ini.stat().st_uid == user.uid
        assert not [path for path in user.home.rglob("*") if path.lstat().st_uid != user.uid]
    assert shared.ini.read_bytes() == utf16(INI)
    scene.is_unharmed()
    assert not [path for user in many for path in user.home.rglob("*") if not path.lstat().st_uid]
