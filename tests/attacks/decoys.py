"""Processes of a user's that look like a phone of root's, and how it is seen whose code ran."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .scene import User

assert sys.platform != "win32"

Decoy = Callable[..., contextlib.AbstractContextManager[None]]


class Proof:
    """With whose rights the attacker's library was loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text("")
        path.chmod(0o666)

    @property
    def uids(self) -> set[int]:
        return {int(line) for line in self.path.read_text().split()}


def decoys(user: User, program: Path, library: Path, proof: Proof) -> Decoy:
    """Starts the set-user-ID ``program`` under the name of a phone, and ends it."""

    @contextlib.contextmanager
    def start(words: tuple[str, ...], cwd: Path | None = None) -> Iterator[None]:
        environment = {"LD_PRELOAD": str(library), "PATH": "/usr/bin:/bin", "HOME": str(user.home)}
        with user.starts(
            *words, executable=program, env=environment, cwd=cwd or user.home
        ) as process:
            until_owned_by_root(process.pid)
            proof.path.write_text("")
            try:
                yield
            finally:
                process.kill()

    return start


def until_owned_by_root(pid: int) -> None:
    end = time.monotonic() + 10
    process = Path(f"/proc/{pid}")
    while process.stat().st_uid or (process / "exe").readlink().name != "setuid":
        assert time.monotonic() < end
        time.sleep(0.01)
