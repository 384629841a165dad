"""``python -m tests``: lanes at the same time, each output whole, the linux lane's at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.__main__ import LANES, Lane, Runner

ROOT = Path(__file__).parents[1]
LAST = LANES[-1].name


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def run(lanes: list[Lane], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("tests.__main__.LANES", lanes)
    return Runner(lanes, 2).run()


def test_two_lanes_run_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each waits for what the other writes, so neither could end alone."""
    meet = "import pathlib, sys, time\nmine, other = map(pathlib.Path, {!r})\nmine.touch()\n"
    meet += "while not other.exists(): time.sleep(0.01)\nprint('one of', mine.name)\n"
    meet += "print('two of', mine.name)"
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    lanes = [
        Lane(LAST, (python(meet.format((a, b))),)),
        Lane("quick", (python(meet.format((b, a))),)),
    ]
    lanes.reverse()
    assert run(lanes, monkeypatch) == []
    lines = capfd.readouterr().out.splitlines()
    for name in ("a", "b"):
        first = lines.index(f"one of {name}")
        assert lines[first + 1] == f"two of {name}"
    assert lines[-1] == "two of a"


def test_a_failed_lane_stops_no_other_and_the_last_one_ends_the_output(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lanes = [
        Lane("bad", (python("print('why'); raise SystemExit(3)"), python("print('second')"))),
        Lane("missing", (("/nowhere/program",),)),
        Lane("later", (python("print('later')"),), after=("bad",)),
        Lane(LAST, (python("print('12 passed')"),)),
    ]
    assert set(run(lanes, monkeypatch)) == {"bad", "missing"}
    output = capfd.readouterr().out
    assert "why\n" in output
    assert "second\n" in output
    assert "later\n" in output
    assert "--- bad FAILED" in output
    assert "*** failed: " in output
    assert output.endswith("12 passed\n")


def test_a_lane_waits_for_those_it_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    made = str(tmp_path / "made")
    slow = f"import pathlib, time; time.sleep(0.5); pathlib.Path({made!r}).touch()"
    lanes = [
        Lane("first", (python(slow),)),
        Lane(LAST, (python(f"import os; print(os.stat({made!r}).st_size)"),), after=("first",)),
    ]
    assert run(lanes, monkeypatch) == []


def test_ctrl_c_ends_every_lane(tmp_path: Path) -> None:
    sleeper = (
        "import os, pathlib, sys, time\n"
        "pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        "time.sleep(300)\n"
    )
    notes = [tmp_path / "a", tmp_path / "b"]
    lanes = [f"m.Lane({note.name!r}, (({sys.executable!r}, '-c', {sleeper!r}, {str(note)!r}),))"
             for note in notes]  # fmt: skip
    code = f"import sys, tests.__main__ as m\nm.LANES = ({', '.join(lanes)})\n"
    code += "sys.argv[1:] = []\nsys.exit(m.main())"
    runner = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 30
    while not all(note.exists() and note.read_text() for note in notes):
        assert time.monotonic() < end
        time.sleep(0.05)
    runner.send_signal(signal.SIGINT)
    output, _ = runner.communicate(timeout=30)
    assert runner.returncode == 130
    assert "*** a interrupted" in output
    for note in notes:
        with pytest.raises(ProcessLookupError):
            os.kill(int(note.read_text()), 0)
