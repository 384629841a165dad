"""A run in a process of its own, with little memory and little time."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS = 60  # a hang, on the slowest machine
MEMORY = 1 << 30  # bytes of addresses; the interpreter itself takes some 200 MB of them

Bounded = Callable[..., "subprocess.CompletedProcess[str]"]


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.fixture
def bounded(tmp_path: Path) -> Bounded:
    """``bounded("check", "--ini", path)``: the ended process; one that takes too long fails."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "MICROSIP_CONFIG_DATA_DIR": str(tmp_path / "data of ours"),
        "XDG_STATE_HOME": str(tmp_path / "logs"),
    }

    def run(*words: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [sys.executable, "-m", "microsip_config", *map(str, words)],
            input=given,
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env=environment,
            timeout=SECONDS,
            preexec_fn=_little_memory,
        )
        out, err = (stream.decode("utf-8", "replace") for stream in (ended.stdout, ended.stderr))
        return subprocess.CompletedProcess(ended.args, ended.returncode, out, err)

    return run


def utf16(text: str) -> bytes:
    """``text`` as MicroSIP stores it."""
    return b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    """A small configuration."""
    path = tmp_path / "MicroSIP.ini"
    path.write_bytes(utf16("[Settings]\r\naccountId=1\r\n[Account1]\r\ndomain=d.example.com\r\n"))
    return path
