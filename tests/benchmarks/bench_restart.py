"""An apply that has to restart the phone, against what the phone itself needs for a restart.

    python -m pytest tests/benchmarks/bench_restart.py

The phone is the stand-in under Wine; the program runs on Linux, and as a Windows program in the
same prefix. The yardstick is the phone's own minimum: from ``/exit`` to the end of its process, and
from the start of a process to its window. From Linux no window can be seen, so there a start counts
as done after a moment without work (``phone.wine._QUIET_FOR``). No time is asserted.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.phone.copy_under_wine import Copy, rig_copy
from tests.windows.rig import ROOT, RUN, windows_path
from tests.windows.rig.run import Wine, boot

from .conftest import TABLES, Table

YARDSTICK = "the phone's own minimum"
ROUNDS, WARM_UP = 9, 1

# The same on both systems. Each round takes both times; the phone is up before each of them.
MEASURE = """
import json, os, subprocess, sys, time
from pathlib import Path
from microsip_config import Configurator, Target, World, edits, phone_for
from microsip_config.phone import control

exe, ini, log, data, loader, rounds = json.loads(sys.argv[1])
world = World(sys.platform, os.environ, Path.home())
target = Target(ini, exe)
if sys.platform != "win32":
    from microsip_config.phone import wine
    wine._STARTING = 0.0  # as for a phone that was not started just now

def start(*switch):
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    return subprocess.Popen([*loader, exe, *switch], **quiet)

def count(event):
    try:
        lines = Path(log).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, PermissionError):
        return 0
    return sum(line.startswith(event + "\\t") for line in lines)

def started(event, *switch):
    before, child = count(event), start(*switch)
    while count(event) == before:
        time.sleep(0.001)
    return child

def up():
    child = started("ready", "/minimized")
    time.sleep(0.2)
    return child

def exited(child):
    helper = start("/exit")
    child.wait()
    taken = time.perf_counter() - began
    helper.wait()
    return taken

phone = phone_for(target, world)
result = []
for number in range(rounds):
    child = up()
    began = time.perf_counter()
    ending = exited(child)
    began = time.perf_counter()
    child = started("window", "/minimized")
    minimum = ending + time.perf_counter() - began
    exited(child)

    configurator = Configurator(target, data_dir=Path(data), phone=phone)
    wanted = edits([("Settings", "volumeRing", str(10 + number))])
    began = time.perf_counter()
    assert configurator.apply(wanted).status == "changed"
    change = time.perf_counter() - began

    child = up()
    wanted = edits([("Settings", "volumeRing", str(50 + number))])
    began = time.perf_counter()
    done = configurator.apply(wanted)
    restart = time.perf_counter() - began
    assert done.status == "changed" and done.phone.started, done
    child.wait()
    phone.stop(20)
    result.append((minimum, restart, change))
print(json.dumps(result))
"""


@pytest.fixture(scope="module")
def wine() -> Iterator[Wine]:
    with contextlib.ExitStack() as cleanup:
        copy = rig_copy(cleanup)
        boot(copy)
        yield copy


@pytest.mark.parametrize("system", ["Linux", "Windows"])
def test_restart(wine: Wine, tmp_path: Path, pytestconfig: pytest.Config, system: str) -> None:
    copy = Copy(wine, tmp_path / "phone")
    rounds = WARM_UP + ROUNDS
    paths = [copy.exe, copy.ini, copy.log, tmp_path / "data"]
    if system == "Linux":
        given = [*map(str, paths), [wine.program], rounds]
        command = [sys.executable, "-c", MEASURE, json.dumps(given)]
        environment = {**os.environ, **wine.environment, "PATH": os.environ["PATH"]}
    else:
        given = [*map(windows_path, paths), [], rounds]
        options = ("--prefix", str(wine.prefix), "--timeout", "300")
        package = ("--env", f"PYTHONPATH={windows_path(ROOT)}")
        command = [*RUN, *options, *package, "-c", MEASURE, json.dumps(given)]
        environment = dict(os.environ)
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    columns = zip(*json.loads(done.stdout)[WARM_UP:], strict=True)
    minimum, restart, change = (statistics.median(each) for each in columns)
    medians = {
        YARDSTICK: minimum,
        "apply with restart": restart,
        "apply without a phone": change,
        "apply above the minimum": restart - minimum,
    }
    title = f"restart, from {system}: median of {ROUNDS}"
    pytestconfig.stash.setdefault(TABLES, []).append(Table(title, YARDSTICK, medians))
