"""``python -m tests [LANE ...]``: every check of this project, a lane for each CPU at a time.

Lanes: rig (builds the Windows Python of ``.rig``), lint (ruff, the layers of pyproject.toml, the
doors of tests/lint), format, types, windows (the tests in ``tests/windows/inside``, in that
Python, under Wine), attacks (what an unprivileged user can do to a run of root), linux (all other
tests). All lanes run, whatever fails before them; the exit status is 0 only if all passed. A lane's
output appears whole when the lane has ended; that of linux comes last. One lane alone writes as it
runs. Ctrl-C ends them all.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, NamedTuple

from tests.windows.rig import BUILD, ROOT, RUN

PYTHON = sys.executable
PROGRESS = 60.0  # seconds between two lines that say what is running
GRACE = 30.0  # seconds that an interrupted lane has to clean up after itself


class Lane(NamedTuple):
    """A name for the command line, commands that must all succeed, and the lanes to wait for."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    after: tuple[str, ...] = ()


INSIDE = "tests/windows/inside"
# -P: the package that pip installed there is tested, not the working tree.
WINDOWS_PYTEST = ("-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", INSIDE)
# As root, with users of their own.
ATTACKS = ("tests/attacks", "tests/owner")
WITHOUT_ATTACKS = tuple(f"--ignore={folder}" for folder in ATTACKS)
MYPY = (PYTHON, "-m", "mypy")
ON_WINDOWS = ("-p", "microsip_config", "-p", "tests.windows.inside")
LAYERS = (str(Path(PYTHON).with_name("lint-imports")), "--no-logo", "--no-cache")
# In the order of their start. The last is the one whose output ends the whole.
LANES = (
    Lane("rig", (BUILD,)),
    Lane(
        "lint",
        ((PYTHON, "-m", "ruff", "check", "."), LAYERS, (PYTHON, "-m", "tests.lint.doors")),
    ),
    Lane("format", ((PYTHON, "-m", "ruff", "format", "--check", "."),)),
    # The second run checks what exists only on Windows, the tests inside among it.
    Lane("types", ((*MYPY, "--exclude", f"^{INSIDE}/"), (*MYPY, "--platform=win32", *ON_WINDOWS))),
    Lane(
        "windows",
        ((*RUN, "--fresh", "--timeout", "3600", "--env", "CI", *WINDOWS_PYTEST),),
        after=("rig",),
    ),
    Lane("attacks", ((PYTHON, "-m", "pytest", "-q", *ATTACKS),), after=("rig",)),
    Lane("linux", ((PYTHON, "-m", "pytest", "-q", "tests", *WITHOUT_ATTACKS),), after=("rig",)),
)


class Running:
    """A lane at work: one command after another, each in a process group of its own."""

    def __init__(self, lane: Lane, output: IO[bytes] | None) -> None:
        self.lane, self.output = lane, output
        self.started = time.monotonic()
        self.passed = True
        self.left = list(lane.commands)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def ended(self) -> bool:
        """Look once: start the next command if one has ended; True after the last."""
        if self.process is not None:
            if self.process.poll() is None:
                return False
            self.passed &= self.process.returncode == 0
            self.process = None
        if not self.left:
            return True
        command = self.left.pop(0)
        shown = [Path(word).name if word.startswith("/") else word for word in command]
        self.say(f"$ {' '.join(shown)}\n")
        try:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=self.output,
                stderr=subprocess.STDOUT if self.output else None,
                start_new_session=True,
            )
        except OSError as error:
            self.say(f"{error}\n")
            self.passed = False
        return False

    def say(self, text: str) -> None:
        if self.output is None:
            print(text, end="", flush=True)
        else:
            self.output.write(text.encode())
            self.output.flush()

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def summary(self) -> str:
        return f"{self.lane.name} {'ok' if self.passed else 'FAILED'}, {self.seconds:.0f} s"

    def show(self) -> None:
        """Print what was held back."""
        if self.output is not None:
            print(f"\n=== {self.lane.name} ===", flush=True)
            self.output.seek(0)
            shutil.copyfileobj(self.output, sys.stdout.buffer)
            sys.stdout.buffer.flush()


class Runner:
    """Runs lanes, ``width`` at a time."""

    def __init__(self, lanes: list[Lane], width: int) -> None:
        self.waiting, self.width = list(lanes), width
        self.alone = len(lanes) == 1
        self.running: list[Running] = []
        self.failed: list[str] = []
        self.last: Running | None = None
        self.said = time.monotonic()

    def run(self) -> list[str]:
        """Run all; gives the names of those that failed."""
        with contextlib.ExitStack() as files:
            try:
                while self.waiting or self.running:
                    self.start(files)
                    self.look()
                    self.progress()
                    time.sleep(0.1)
            finally:
                self.end()
            if self.last is not None:
                if self.failed:
                    print(f"\n*** failed: {', '.join(self.failed)}; the exit status is 1 ***")
                self.last.show()
        return self.failed

    def start(self, files: contextlib.ExitStack) -> None:
        busy = {each.name for each in self.waiting} | {each.lane.name for each in self.running}
        ready = [lane for lane in self.waiting if not busy & set(lane.after)]
        for lane in ready[: self.width - len(self.running)]:
            output: IO[bytes] | None = None
            if not self.alone:
                output = tempfile.TemporaryFile()  # noqa: SIM115  (the stack closes it)
                files.callback(output.close)
            print(f"=== {lane.name} ===" if self.alone else f"... {lane.name} started", flush=True)
            self.waiting.remove(lane)
            self.running.append(Running(lane, output))

    def look(self) -> None:
        for each in [each for each in self.running if each.ended()]:
            self.running.remove(each)
            if not each.passed:
                self.failed.append(each.lane.name)
            if each.lane is not LANES[-1]:
                each.show()
                print(f"--- {each.summary()}", flush=True)
            elif not self.alone:
                print(f"... {each.summary()}; its output comes last", flush=True)
                self.last = each

    def progress(self) -> None:
        if self.alone or time.monotonic() - self.said < PROGRESS:
            return
        self.said = time.monotonic()
        states = [f"{each.lane.name} {each.seconds:.0f} s" for each in self.running]
        if self.waiting:
            states.append(f"waiting: {', '.join(lane.name for lane in self.waiting)}")
        print(f"... running: {'; '.join(states)}", flush=True)

    def end(self) -> None:
        """End what runs as Ctrl-C does; by force what has not ended after :data:`GRACE`."""
        with contextlib.ExitStack() as force:
            for each in self.running:
                force.callback(each.signal, signal.SIGKILL)
                each.signal(signal.SIGINT)
                print(f"*** {each.lane.name} interrupted after {each.seconds:.0f} s", flush=True)
            limit = time.monotonic() + GRACE
            for each in self.running:
                if each.process is not None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        each.process.wait(max(0.0, limit - time.monotonic()))


def main() -> int:
    # A shell script's background job ignores Ctrl-C, and so would every lane.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m tests", description="Run the checks.")
    names = [lane.name for lane in LANES]
    parser.add_argument("lanes", nargs="*", metavar="LANE", help=f"default: {' '.join(names)}")
    wanted = parser.parse_args().lanes or names
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"no lane {', '.join(unknown)}; there are {', '.join(names)}")
    if "windows" in wanted and "rig" not in wanted:
        wanted.append("rig")
    lanes = [lane for lane in LANES if lane.name in wanted]
    try:
        failed = Runner(lanes, len(os.sched_getaffinity(0))).run()
    except KeyboardInterrupt:
        return 130
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
