"""``python -m tests [LANE ...]``: every check of this project, one lane after another.

Lanes, in order: lint, format, types, rig (builds the Windows Python of ``.rig``), windows (the
tests in ``tests/windows/inside``, in that Python, under Wine), linux (all other tests). All lanes
run, whatever fails before them; the exit status is 0 only if all passed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.windows.rig import BUILD, ROOT, RUN

PYTHON = sys.executable


class Lane(NamedTuple):
    """A name for the command line, and the commands that must all succeed."""

    name: str
    commands: tuple[tuple[str, ...], ...]


INSIDE = "tests/windows/inside"
# -P: the package that pip installed there is tested, not the working tree.
WINDOWS_PYTEST = ("-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", INSIDE)
MYPY = (PYTHON, "-m", "mypy")
ON_WINDOWS = ("-p", "microsip_config", "-p", "tests.windows.inside")
LANES = (
    Lane("lint", ((PYTHON, "-m", "ruff", "check", "."),)),
    Lane("format", ((PYTHON, "-m", "ruff", "format", "--check", "."),)),
    # The second run checks what exists only on Windows, the tests inside among it.
    Lane("types", ((*MYPY, "--exclude", f"^{INSIDE}/"), (*MYPY, "--platform=win32", *ON_WINDOWS))),
    Lane("rig", (BUILD,)),
    Lane("windows", ((*RUN, "--fresh", "--timeout", "3600", "--env", "CI", *WINDOWS_PYTEST),)),
    Lane("linux", ((PYTHON, "-m", "pytest", "-q", "tests"),)),
)


def run(lane: Lane) -> bool:
    print(f"\n=== {lane.name} ===", flush=True)
    started = time.monotonic()
    passed = True
    for command in lane.commands:
        shown = [Path(word).name if word.startswith("/") else word for word in command]
        print("$", *shown, flush=True)
        passed &= subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode == 0
    if lane is not LANES[-1]:  # the last lane's own summary ends the output
        print(f"--- {lane.name} {'ok' if passed else 'FAILED'}, {time.monotonic() - started:.0f} s")
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests", description="Run the checks.")
    names = [lane.name for lane in LANES]
    parser.add_argument("lanes", nargs="*", metavar="LANE", help=f"default: {' '.join(names)}")
    wanted = parser.parse_args().lanes or names
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"no lane {', '.join(unknown)}; there are {', '.join(names)}")
    if "windows" in wanted and "rig" not in wanted:
        wanted.append("rig")
    failed: list[str] = []
    for lane in LANES:
        if lane.name not in wanted:
            continue
        if lane is LANES[-1] and failed:
            print(f"\n*** failed so far: {', '.join(failed)}; the exit status will be 1 ***")
        if not run(lane):
            failed.append(lane.name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
