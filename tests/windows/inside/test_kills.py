"""``apply`` killed: the file is whole, the next run finishes the job and starts the phone."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from microsip_config.ini.profile import Profile

from .conftest import profile_folders
from .program import HEALTHY, MISTAKES, Beside, ring
from .standin import Phone

assert sys.platform == "win32"

KILLS = 100  # beside a running phone; without one:
KILLS_ALONE = 20
KILLS_OF_THE_COMMAND = 20
CUTS = ("asked to stop", "stopped", "kept", "wrote", "asked to start", "started")

# Says when it is loaded, so that the moments of the kills spread over the protocol alone.
VICTIM = """
import sys, os
from datetime import UTC, datetime
from pathlib import Path
from microsip_config import Configurator, Target, World, edits, phone_for
import json, microsip_config.operations.locked_run
import microsip_config.records.lock, microsip_config.records.backups
ini, exe, data, text, cut = sys.argv[1:]
target = Target(ini, exe)
phone = phone_for(target, World(sys.platform, os.environ, Path.home()))

def log(line):
    if cut and line.startswith(cut):
        os.kill(os.getpid(), 9)  # TerminateProcess

def cutting(name, method):
    def call(*args, **options):
        log(f"asked to {name}")
        return method(*args, **options)
    return call

phone.stop, phone.start = cutting("stop", phone.stop), cutting("start", phone.start)
wish = edits([("Settings", "volumeRing", text)])
print("loaded", flush=True)
Configurator(target, data_dir=Path(data), phone=phone, log=log).apply(wish)
print("done", flush=True)
"""


@pytest.fixture
def beside(make_phone: Callable[..., Phone], tmp_path: Path) -> Iterator[Beside]:
    """A hidden phone that has saved once, so that its next save changes nothing else."""
    phone = make_phone()
    phone.write(HEALTHY)
    found = Beside(phone, tmp_path / "our data")
    phone.exit(phone.start("/minimized"))
    yield found
    found.seen.stop(0, kill=True, even_in_call=True)
    assert not MISTAKES & {event.name for event in phone.events()}, phone.events()


def victim(beside: Beside, text: str, cut: str = "") -> subprocess.Popen[bytes]:
    """A run that is loaded and about to begin."""
    target = beside.target
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", VICTIM, target.ini, target.exe, beside.data, text, cut],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"loaded"
    return child


TEMPLATE = """[Settings]
volumeRing = {ring}
[Account1]
password = {{{{ secret.sip }}}}
"""


@pytest.fixture
def installed(
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
    tmp_path: Path,
) -> Iterator[Beside]:
    """A hidden phone that nothing leads to from its ini: the folder is known for another one."""
    phone = make_phone(stem="Desk")
    shutil.copy(phone.exe, phone.exe.with_name("MicroSIP.exe"))
    registered("HKCU", str(phone.exe.parent))
    phone.ini = profile_folders()[0] / "Desk.ini"
    phone.ini.parent.mkdir(parents=True, exist_ok=True)
    phone.write(HEALTHY)
    found = Beside(phone, tmp_path / "our data")
    yield found
    found.seen.stop(0, kill=True, even_in_call=True)
    assert not MISTAKES & {event.name for event in phone.events()}, phone.events()


def test_the_command_is_killed_at_random_moments(
    installed: Beside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a password to be remembered; the next run may name the file alone, not the phone."""
    phone, template = installed.phone, tmp_path / "desk.ini"
    phone.start("/minimized")
    wish = ("apply", template, "--secret", "sip=env:SIP_PASSWORD", "--data-dir", installed.data)
    by_exe, by_ini = ("--exe", phone.exe), ("--ini", phone.ini)

    def start(password: str, *where: str | Path) -> subprocess.Popen[bytes]:
        words = map(str, (*wish, *where, "--json"))
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "microsip_config", *words],
            stdout=subprocess.PIPE,
            env={**os.environ, "SIP_PASSWORD": password},
        )

    def finished(child: subprocess.Popen[bytes]) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(child.communicate(timeout=60)[0])
        assert child.returncode == 0, told
        return told

    found: Counter[str] = Counter()
    moments = random.Random(20261124)
    seconds = 2.0
    for turn in range(3 * KILLS_OF_THE_COMMAND):
        if turn > KILLS_OF_THE_COMMAND and found["next named by its ini"]:
            break
        ring, password = str(20 + turn), f"Geheim-{turn}-und-lang"
        template.write_text(TEMPLATE.format(ring=ring))
        child, began = start(password, *by_exe), time.monotonic()
        if not turn:  # how long is one that is not killed
            assert finished(child)["phone"]["started"]
            seconds = time.monotonic() - began
            continue
        time.sleep(moments.uniform(0.35, 0.95) * seconds)  # the rest is its start and end
        child.kill()
        done = child.communicate(timeout=60)[0] != b""
        seconds *= 0.9 if done else 1.02  # as quick as the machine is just now
        profile = Profile(phone.read())
        assert profile.get("Settings", "volumeRing") in (str(int(ring) - 1), ring)
        assert profile.get("Account2", "username") == "102"
        owed = "phone owed" if installed.pending else "none owed"
        found[f"{owed}, {'new' if profile.get('Settings', 'volumeRing') == ring else 'old'}"] += 1
        stopped = installed.pending and not installed.seen.status().running
        found["left stopped"] += stopped
        where = by_ini if stopped and found["left stopped"] % 2 else by_exe
        found["next named by its ini"] += where is by_ini
        finished(start(password, *where))
        installed.wait_hidden(True)
        again = finished(start(password, *by_exe))
        assert (again["changed"], installed.pending) == (False, False), again
        assert installed.read("Settings", "volumeRing") == ring
        assert again["warnings"] == []
    with capsys.disabled():
        print(f"\n{turn - 1} kills of apply within some {seconds:.2f} s: {dict(found)}")
    assert found["phone owed, old"] + found["phone owed, new"] > 0
    assert found["next named by its ini"] > 0


Snapshot = dict[tuple[str, str], str]


def snapshot(beside: Beside) -> tuple[str, Snapshot]:
    """Our key, and all the others."""
    found = {
        (section, key): value
        for section, values in Profile(beside.phone.read()).snapshot().items()
        for key, value in values.items()
    }
    return found.pop(("settings", "volumering")), found


def check_whole(beside: Beside, old: str, new: str, rest: Snapshot) -> str:
    """The file is complete, one of old and new; gives its value."""
    text, found = snapshot(beside)
    assert text in (old, new)
    assert found == rest
    return text


def finish(beside: Beside, text: str, *, ran: bool) -> None:
    """The next run does what was left to do, and the phone runs hidden if it did before."""
    beside.configurator().apply(ring(text))
    assert beside.read("Settings", "volumeRing") == text
    assert not beside.pending
    if ran:
        beside.wait_hidden(True)
    else:
        assert not beside.seen.status().running


@pytest.mark.parametrize("cut", CUTS)
def test_cut_at_every_step(beside: Beside, cut: str) -> None:
    beside.phone.start("/minimized")
    _, rest = snapshot(beside)
    child = victim(beside, "55", cut)
    assert b"done" not in child.communicate(timeout=60)[0]
    expected = "55" if CUTS.index(cut) >= CUTS.index("wrote") else "40"
    assert check_whole(beside, "40", "55", rest) == expected
    assert beside.pending
    assert beside.seen.status().running == (cut in ("asked to stop", "started"))
    finish(beside, "55", ran=True)


@pytest.mark.parametrize(("running", "kills"), [(True, KILLS), (False, KILLS_ALONE)])
def test_killed_at_random_moments(
    beside: Beside, capsys: pytest.CaptureFixture[str], running: bool, kills: int
) -> None:
    if running:
        beside.phone.start("/minimized")
    _, rest = snapshot(beside)
    old = "40"
    took: list[float] = []
    for new in ("41", "42", "43"):
        child, began = victim(beside, new), time.monotonic()
        assert b"done" in child.communicate(timeout=60)[0]
        old = new
        took.append(time.monotonic() - began)
    seconds = median(took)
    found: Counter[str] = Counter()
    moments = random.Random(20261123)
    for turn in range(kills):
        new = str(50 + turn % 50)
        child = victim(beside, new)
        time.sleep(moments.uniform(0, seconds))
        child.kill()
        done = b"done" in child.communicate(timeout=60)[0]
        text = check_whole(beside, old, new, rest)
        left = "done" if done else "phone owed" if beside.pending else "cut"
        found[f"{left}, {'new' if text == new else 'old'}"] += 1
        finish(beside, new, ran=running)
        old = new
    with capsys.disabled():
        beside_it = "beside a running phone" if running else "without a phone"
        print(f"\n{kills} kills within {seconds:.2f} s {beside_it}: {dict(found)}")
    assert found["done, new"] < kills / 2  # else the moments have missed what is to be tested
    assert (
        sum(found[each] for each in ("phone owed, old", "phone owed, new")) >= kills / 4 * running
    )
