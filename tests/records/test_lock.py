"""One run at a time; who waits is told for whom; a dead holder holds nobody up."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from microsip_config.errors import WriteError
from microsip_config.records.lock import locked

HOLD = """
import sys, time
from pathlib import Path
from microsip_config.records.lock import locked
with locked(Path(sys.argv[1]), 5):
    print("held", flush=True)
    time.sleep(60)
"""
COUNT = """
import sys, time
from pathlib import Path
from microsip_config.records.lock import locked
folder = Path(sys.argv[1])
for _ in range(5):
    with locked(folder, 30):
        value = int((folder / "counter").read_text())
        time.sleep(0.002)
        (folder / "counter").write_text(str(value + 1))
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_free_again_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for _ in range(3):
        with locked(folder, 0):
            pass
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} <= {0o600}


def test_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(LookupError), locked(tmp_path, 0):
        raise LookupError
    with locked(tmp_path, 0):
        pass


def test_who_waits_in_vain_is_told_for_whom(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        began = time.monotonic()
        with pytest.raises(WriteError) as caught, locked(tmp_path, 0.2):
            pytest.fail("locked twice")
        assert 0.1 < time.monotonic() - began < 20
        assert caught.value.code == "locked"
        assert caught.value.exit_code == 6
        assert f"process {process.pid} of " in caught.value.message
        assert time.strftime("%Y-%m-%d") in caught.value.message
        assert caught.value.hint
    finally:
        process.kill()
        process.communicate()


def test_a_killed_holder_does_not_block(tmp_path: Path) -> None:
    process = holder(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with locked(tmp_path, 1):
        pass


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "counter").write_text("0")
    processes = [subprocess.Popen([sys.executable, "-c", COUNT, str(tmp_path)]) for _ in range(8)]
    assert [process.wait() for process in processes] == [0] * 8
    assert (tmp_path / "counter").read_text() == "40"
