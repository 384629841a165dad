"""Who else can read a secret file: POSIX rights with real files, Windows lists as a table."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config.errors import SecretError
from microsip_config.secrets.sources.file import read_secret_file
from microsip_config.system.acl import ADMINISTRATORS, OWNER_RIGHTS, SYSTEM, Ace, Acl, strangers


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pw"
    path.write_bytes(b"zebra")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700, 0o4600])
def test_a_file_of_the_owner_alone_is_read(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert read_secret_file(file, 100) == b"zebra"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o660, 0o666])
def test_a_file_with_rights_for_others_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SecretError) as caught:
        read_secret_file(file, 100)
    assert caught.value.code == "secret-file-open"
    assert caught.value.where == str(file)
    assert f"{mode:04o}" in caught.value.message
    assert "--allow-open-secrets" in caught.value.hint
    assert read_secret_file(file, 100, allow_open=True) == b"zebra"


def test_a_file_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(file, 12345, 12345)
    else:  # only root can give files away; to the reader it is the same
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(SecretError, match="another user"):
        read_secret_file(file, 100)
    assert read_secret_file(file, 100, allow_open=True) == b"zebra"


def test_a_link_is_refused(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    with pytest.raises(SecretError, match="link"):
        read_secret_file(link, 100)
    assert read_secret_file(link, 100, allow_open=True) == b"zebra"


def test_a_link_that_comes_up_after_the_look_is_not_followed(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    monkeypatch.setattr(Path, "is_symlink", lambda _: False)
    with pytest.raises(SecretError):
        read_secret_file(link, 100)


def _folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def _pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def _nothing(_: Path) -> None:
    pass


@pytest.mark.parametrize("allow_open", [False, True])
@pytest.mark.parametrize("make", [_folder, _pipe, _socket, _nothing])
def test_what_is_no_regular_file_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None], allow_open: bool
) -> None:
    make(tmp_path / "x")
    with pytest.raises(SecretError):
        read_secret_file(tmp_path / "x", 100, allow_open=allow_open)


def test_limit_and_odd_names(file: Path) -> None:
    assert read_secret_file(file, 5) == b"zebra"
    with pytest.raises(SecretError, match="longer than 4"):
        read_secret_file(file, 4)
    with pytest.raises(SecretError):
        read_secret_file(Path("a\0b"), 4)


# --- Windows: the decision ------------------------------------------------------------------

ME, OTHER, EVERYONE, USERS = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002", "S-1-1-0", "S-1-5-32-545"
ALLOW, DENY, ALLOW_OBJECT, ALLOW_CALLBACK = 0, 1, 5, 9
READ, FULL, WRITE_DATA, ATTRIBUTES = 0x120089, 0x1F01FF, 0x2, 0x80
MINE = Ace(ALLOW, 0, FULL, ME)


@pytest.mark.parametrize(
    ("owner", "entries", "expected"),
    [
        (ME, (MINE,), []),
        (ME, (), []),
        (ME, (MINE, Ace(ALLOW, 0x10, FULL, SYSTEM), Ace(ALLOW, 0x10, FULL, ADMINISTRATORS)), []),
        (ADMINISTRATORS, (MINE,), []),
        (SYSTEM, (MINE, Ace(ALLOW, 0, FULL, OWNER_RIGHTS)), []),
        (OTHER, (MINE,), [OTHER]),
        (OTHER, (MINE, Ace(ALLOW, 0, FULL, OTHER)), [OTHER]),
        (ME, (MINE, Ace(ALLOW, 0, READ, EVERYONE)), [EVERYONE]),
        (ME, (MINE, Ace(ALLOW, 0x10, READ, USERS)), [USERS]),
        (ME, (MINE, Ace(ALLOW, 0, 0x80000000, USERS)), [USERS]),
        (ME, (MINE, Ace(ALLOW, 0, 0x10000000, USERS)), [USERS]),
        (ME, (MINE, Ace(ALLOW, 0, 0x40000, OTHER)), [OTHER]),
        (ME, (MINE, Ace(ALLOW, 0, 0x80000, OTHER)), [OTHER]),
        (ME, (MINE, Ace(ALLOW, 0, WRITE_DATA | ATTRIBUTES, OTHER)), []),
        (ME, (MINE, Ace(ALLOW, 0x0B, READ, EVERYONE)), []),  # for what is made inside only
        (ME, (Ace(DENY, 0, FULL, EVERYONE), MINE), []),
        (ME, (Ace(DENY, 0, FULL, USERS), Ace(ALLOW, 0, READ, USERS)), [USERS]),
        (ME, (MINE, Ace(ALLOW_CALLBACK, 0, READ, OTHER)), [OTHER]),
        (
            ME,
            (MINE, Ace(ALLOW_OBJECT, 0, 0, "an entry of an unknown kind")),
            ["an entry of an unknown kind"],
        ),
        (ME, (MINE, Ace(ALLOW, 0, READ, USERS), Ace(ALLOW, 0, FULL, USERS)), [USERS]),
        (ME, None, ["everyone (there is no access control list)"]),
    ],
)
def test_who_can_read_by_a_windows_list(
    owner: str, entries: tuple[Ace, ...] | None, expected: list[str]
) -> None:
    assert strangers(Acl(owner, entries), ME) == expected


def test_a_reparse_point_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Windows says of a link or junction that was opened itself."""
    real = os.fstat

    class Stat:
        st_file_attributes = stat.FILE_ATTRIBUTE_REPARSE_POINT | stat.FILE_ATTRIBUTE_ARCHIVE

        def __init__(self, descriptor: int) -> None:
            self.real = real(descriptor)

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

    monkeypatch.setattr(os, "fstat", Stat)
    with pytest.raises(SecretError, match="link"):
        read_secret_file(file, 100)
