"""The scene itself: an honest run works, and what the tests look for would be seen."""

from __future__ import annotations

import os

import pytest

from .scene import PASSWORD, WITH_PASSWORD, Scene, User


def test_an_honest_run_over_a_profile(scene: Scene, anybody: User) -> None:
    """Also the third promise: the owner's own next run finds the record of root's."""
    template = scene.template(WITH_PASSWORD)
    words = ("apply", template, "--ini", anybody.ini, "--secret", "sip=stdin")
    first = scene.root(*words, stdin=PASSWORD.encode()).is_done()
    assert first.envelope["changed"]
    assert "volumeRing=50" in anybody.ini.read_bytes()[2:].decode("utf-16-le")
    info = anybody.ini.stat()
    assert (info.st_uid, info.st_gid, info.st_mode & 0o777) == (anybody.uid, anybody.gid, 0o600)
    scene.is_unharmed()
    for run in (scene.own_run, lambda _, *words, **more: scene.root(*words, **more)):
        second = run(anybody, *words, stdin=PASSWORD.encode()).is_done()
        assert not second.envelope["changed"]
        assert second.envelope["warnings"] == []
    third = scene.own_run(anybody, "set", "Settings.volumeRing=40", "--ini", anybody.ini).is_done()
    assert third.envelope["changed"]
    backups = scene.own_run(anybody, "backups", "--ini", anybody.ini).is_done()
    assert len(backups.envelope["data"]) == 2  # root's and the user's own


def test_the_owner_undoes_what_root_did(scene: Scene, anybody: User) -> None:
    before = anybody.ini.read_bytes()
    scene.root("set", "Settings.volumeRing=50", "--ini", anybody.ini).is_done()
    scene.own_run(anybody, "restore", "--ini", anybody.ini).is_done()
    assert anybody.ini.read_bytes() == before


@pytest.mark.parametrize("option", ["--ini", "--exe", "--portable"])
def test_each_option_that_names_the_target(scene: Scene, anybody: User, option: str) -> None:
    path = {"--ini": anybody.ini, "--exe": anybody.exe, "--portable": anybody.ini.parent}[option]
    scene.root("set", "Settings.volumeRing=50", option, path).is_done()
    assert "volumeRing=50" in anybody.ini.read_bytes()[2:].decode("utf-16-le")
    scene.is_unharmed()


def test_roots_own_target_in_roots_own_folder(scene: Scene) -> None:
    ini = scene.root_home / "MicroSIP.ini"
    ini.write_bytes(scene.users[0].ini.read_bytes())
    scene.root("set", "Settings.volumeRing=50", "--ini", ini).is_done()
    assert list(scene.root_home.rglob("backups"))
    ini.unlink()
    scene.is_unharmed()


def test_an_attacker_has_no_rights_of_root(scene: Scene, user: User) -> None:
    seen = user.home / "seen"
    user.does(lambda: seen.write_text(f"{os.getresuid()} {os.getgroups()}"))
    assert seen.read_text() == f"{(user.uid,) * 3} []"
    with pytest.raises(AssertionError):
        user.does(lambda: scene.secret.read_text())
