"""``apply`` that fails or is interrupted beside a phone: the file whole, the phone as it was."""

from __future__ import annotations

import _thread
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config.errors import WriteError

from .program import Beside, ring
from .standin import until

assert sys.platform == "win32"


# -- failures -----------------------------------------------------------------------------------
def test_a_read_only_file(beside: Beside, template: Path) -> None:
    beside.phone.start("/minimized")
    before = beside.phone.ini.read_bytes()
    beside.phone.ini.chmod(0o444)
    ran = beside.json("apply", template)
    assert (ran.exit_code, ran.codes[1], ran.json["changed"]) == (6, {"read-only"}, False)
    assert beside.phone.ini.read_bytes() == before
    assert beside.phone.said("close") == []  # a user is not disturbed for nothing
    beside.wait_hidden(True)
    assert not beside.pending
    beside.phone.ini.chmod(0o666)


def test_a_file_that_another_program_holds(beside: Beside, template: Path) -> None:
    beside.phone.start("/minimized", STANDIN_COMMANDS="set volumeOutput=37")
    with beside.phone.ini.open("rb"):  # without FILE_SHARE_DELETE
        ran = beside.json("apply", template)
    assert (ran.exit_code, ran.codes[1], ran.json["changed"]) == (6, {"in-use"}, False)
    assert (ran.json["phone"]["stopped"], ran.json["phone"]["started"]) == (True, True)
    assert beside.read("Settings", "volumeRing") == "40"
    assert beside.read("Settings", "volumeOutput") == "37"
    beside.wait_hidden(True)
    assert not list(beside.phone.ini.parent.glob("*.tmp"))
    assert not beside.pending
    assert beside.json("apply", template).exit_code == 0


def test_without_a_note_the_phone_is_not_stopped(beside: Beside) -> None:
    child = beside.phone.start("/minimized")
    beside.folder.mkdir(parents=True)
    (beside.folder / "pending.json").mkdir()
    with pytest.raises(WriteError):
        beside.configurator().apply(ring("55"))
    assert child.poll() is None
    assert beside.phone.said("close") == []


def test_a_damaged_note_is_a_warning(beside: Beside) -> None:
    beside.folder.mkdir(parents=True)
    (beside.folder / "pending.json").write_bytes(b"{")
    for text in ("55", "55"):
        result = beside.configurator().apply(ring(text))
        assert [each.code for each in result.warnings] == ["note-unusable"]


# -- Ctrl-C -------------------------------------------------------------------------------------
@pytest.mark.parametrize("moment", ["stopped", "kept", "wrote", "started"])
def test_ctrl_c(beside: Beside, moment: str) -> None:
    beside.phone.start("/minimized")

    def interrupt(line: str) -> None:
        if line.startswith(moment):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        beside.configurator(interrupt).apply(ring("55"))
    assert beside.read("Settings", "volumeRing") == (
        "40" if moment in ("stopped", "kept") else "55"
    )
    beside.wait_hidden(True)
    result = beside.configurator().apply(ring("55"))
    assert result.changed == (moment in ("stopped", "kept"))
    beside.wait_hidden(True)
    assert not beside.pending


def interrupt_when(condition: Callable[[], object], delay: float = 0) -> None:
    """Ctrl-C that long after something has come about."""

    def interrupt() -> None:
        until(condition)
        time.sleep(delay)
        _thread.interrupt_main()

    threading.Thread(target=interrupt, daemon=True).start()


@pytest.mark.parametrize("delay", [0, 0.5])
def test_ctrl_c_while_the_phone_ends(beside: Beside, delay: float) -> None:
    child = beside.phone.start("/minimized", STANDIN_EXIT_DELAY_MS="4000")
    interrupt_when(lambda: beside.phone.said("close"), delay)
    with pytest.raises(KeyboardInterrupt):
        beside.configurator().apply(ring("55"))
    assert beside.pending
    assert child.wait(10) == 0
    assert beside.read("Settings", "volumeRing") == "40"
    result = beside.configurator().apply(ring("55"))
    assert (result.changed, result.phone.started) == (True, True)
    beside.wait_hidden(True)
    assert not beside.pending


def test_ctrl_c_while_it_starts_again(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    beside.phone.start("/minimized")
    monkeypatch.setenv("STANDIN_START_DELAY_MS", "3000")
    interrupt_when(lambda: beside.phone.said("start")[2:])  # after its own and /exit
    with pytest.raises(KeyboardInterrupt):
        beside.configurator().apply(ring("55"))
    assert beside.pending
    assert not beside.configurator().apply(ring("55")).changed
    assert not beside.pending
    beside.wait_hidden(True)
    assert beside.read("Settings", "volumeRing") == "55"
