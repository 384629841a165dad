"""A profile of an unprivileged user, and root."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.scene import OLD, utf16

USER, OTHER = 62001, 62002


class Profile:
    """A home with a portable phone's ini in it, all of it ``USER``'s."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.home = folder / "home" / "u"
        self.ini = self.home / "MicroSIP" / "MicroSIP.ini"
        self.ini.parent.mkdir(parents=True)
        self.ini.write_bytes(utf16(OLD))
        give(self.home, USER)

    def owners(self) -> set[int]:
        """Whose the files and folders of the home are."""
        return {path.lstat().st_uid for path in (self.home, *self.home.rglob("*"))}


def give(folder: Path, user: int, group: int | None = None) -> None:
    """A folder and all in it; ``group`` None: of the same number."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user if group is None else group, follow_symlinks=False)


@pytest.fixture(scope="session", autouse=True)
def _root() -> None:
    if os.geteuid():
        pytest.skip("needs root: it gives files to other users")


@pytest.fixture
def profile() -> Iterator[Profile]:
    """In a folder that others may enter, which pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="microsip-config-owner-") as folder:
        yield Profile(Path(folder))
