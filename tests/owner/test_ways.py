"""Whose a way is: folders, links and files by owner and mode, and what root makes of them."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from microsip_config.errors import TargetError
from microsip_config.system.current import system

from .conftest import OTHER, USER

assert sys.platform != "win32"


class Way(NamedTuple):
    """What is made below a folder of root's, and the path that is asked about."""

    make: Callable[[Path], None]
    path: str = "a/b/MicroSIP.ini"


def folder(name: str, user: int = 0, mode: int = 0o755, group: int = 0) -> Callable[[Path], None]:
    def make(top: Path) -> None:
        path = top / name
        path.mkdir(exist_ok=True)
        os.chown(path, user, group)
        path.chmod(mode)

    return make


def link(name: str, to: str, user: int = 0) -> Callable[[Path], None]:
    def make(top: Path) -> None:
        (top / name).symlink_to(to)
        os.chown(top / name, user, user, follow_symlinks=False)

    return make


def file(name: str, user: int = 0) -> Callable[[Path], None]:
    def make(top: Path) -> None:
        (top / name).write_bytes(b"")
        os.chown(top / name, user, user)

    return make


def access_list(name: str) -> Callable[[Path], None]:
    """Root's folder, in which ``USER`` may write by an entry of its access list."""

    def make(top: Path) -> None:
        entries = [(1, 7, -1), (2, 7, USER), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
        packed = b"".join(struct.pack("<HHi", *entry) for entry in entries)
        (top / name).mkdir()
        os.setxattr(top / name, "system.posix_acl_access", struct.pack("<I", 2) + packed)

    return make


def all_of(*parts: Callable[[Path], None]) -> Callable[[Path], None]:
    def make(top: Path) -> None:
        for part in parts:
            part(top)

    return make


ROOTS = all_of(folder("a"), folder("a/b"))
OWNER: dict[str, tuple[Way, int | str | None]] = {
    # None: root works itself; a number: as that user; else the code of the refusal
    "root's own": (Way(ROOTS), None),
    "not there yet": (Way(folder("a")), None),
    "the user's folder": (Way(all_of(folder("a", USER), folder("a/b"))), USER),
    "the user's folder in root's": (Way(all_of(folder("a"), folder("a/b", USER))), USER),
    "another one's below": (Way(all_of(folder("a", USER), folder("a/b", OTHER))), USER),
    "all may write": (Way(all_of(folder("a", 0, 0o777), folder("a/b"))), "many-owners"),
    "a group may write": (Way(folder("a", 0, 0o775, 61000)), "many-owners"),
    "root's group may write": (Way(all_of(folder("a", 0, 0o775), folder("a/b"))), None),
    "somebody may write by the access list": (Way(access_list("a")), "many-owners"),
    "sticky, root's below": (Way(all_of(folder("a", 0, 0o1777), folder("a/b"))), None),
    "sticky, the user's below": (Way(all_of(folder("a", 0, 0o1777), folder("a/b", USER))), USER),
    "sticky, nothing below": (Way(folder("a", 0, 0o1777)), None),
    "sticky, the user's file": (
        Way(all_of(folder("a", 0, 0o1777), file("a/x.ini", USER)), "a/x.ini"),
        USER,
    ),
    "the user's file in root's folder": (Way(all_of(ROOTS, file("a/b/x", USER)), "a/b/x"), None),
    "root's link to the user's": (
        Way(all_of(link("a", "c"), folder("c", USER), folder("c/b"))),
        USER,
    ),
    "root's link at the end": (
        Way(all_of(folder("a", USER), link("x.ini", "a/x.ini")), "x.ini"),
        USER,
    ),
    "the user's link in root's folder": (Way(all_of(folder("c"), link("a", "c", USER))), "link"),
    "the user's link at the end, sticky": (
        Way(all_of(folder("a", 0, 0o1777), link("a/x", "/etc/passwd", USER)), "a/x"),
        "link",
    ),
    "a loop": (Way(link("a", "a")), "unreadable"),
    "a file on the way": (Way(file("a")), "unreadable"),
    "up again": (Way(all_of(ROOTS, folder("c", USER)), "a/b/../../c/x.ini"), USER),
    "a name that is too long": (Way(ROOTS, f"a/{'x' * 300}/y"), "unreadable"),
}


@pytest.mark.parametrize("name", OWNER)
def test_who_works_on_it(tmp_path: Path, name: str) -> None:
    way, expected = OWNER[name]
    way.make(tmp_path)
    path = tmp_path / way.path
    if isinstance(expected, str):
        with pytest.raises(TargetError) as refusal:
            system.target_owner([path], None)
        assert (refusal.value.code, refusal.value.exit_code) == (expected, 4)
        assert refusal.value.hint
        assert refusal.value.where
    else:
        account = system.target_owner([path], None)
        assert (account and account.uid) == expected
    assert system.is_foreign(path) == (expected not in (None, "unreadable")) or name == "a loop"


@pytest.mark.parametrize(
    "name", [name for name in OWNER if name not in ("not there yet", "a name that is too long")]
)
def test_root_opens_only_what_root_controls(tmp_path: Path, name: str) -> None:
    way, expected = OWNER[name]
    way.make(tmp_path)
    path = tmp_path / way.path
    if not os.path.lexists(path) and path.parent.is_dir():
        path.write_bytes(b"x")
        os.chown(path, 0, 0)
    try:
        os.close(system.open_given(path, None))
    except (TargetError, OSError):
        assert expected is not None or "user's file" in name or "nothing" in name
    else:
        assert expected is None


def test_what_the_caller_of_sudo_controls_is_opened(tmp_path: Path) -> None:
    all_of(folder("a", USER), file("a/x", USER))(tmp_path)
    os.close(system.open_given(tmp_path / "a" / "x", USER))
    for caller in (None, OTHER):
        with pytest.raises(TargetError) as refusal:
            system.open_given(tmp_path / "a" / "x", caller)
        assert refusal.value.code == "untrusted-place"


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.close(system.open_given(tmp_path / "pipe", None))


def test_several_owners_are_not_guessed(tmp_path: Path) -> None:
    all_of(folder("a", USER), folder("b", OTHER))(tmp_path)
    paths = [tmp_path / "a" / "x.ini", tmp_path / "b" / "x.exe"]
    with pytest.raises(TargetError, match=f"{USER} and {OTHER}") as refusal:
        system.target_owner(paths, None)
    assert "--as-user" in refusal.value.hint
    account = system.target_owner(paths, str(OTHER))
    assert account is not None
    assert (account.uid, account.home) == (OTHER, str(tmp_path / "b"))


@pytest.mark.parametrize("name", ["", "no-such-user", "-1", "4294967295", "99999999999", "a:b\0c"])
def test_a_user_that_there_is_not(name: str) -> None:
    with pytest.raises(TargetError) as refusal:
        system.target_owner([Path("/")], name)
    assert refusal.value.code == "no-user"
