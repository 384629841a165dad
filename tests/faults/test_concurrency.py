"""Many runs on one file at once: no change is lost, and who cannot get at it is told why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from microsip_config import Configurator, edits
from microsip_config.ini.profile import Profile
from microsip_config.records.backups import entries
from microsip_config.results import Target
from microsip_config.schema import SECTIONS
from microsip_config.system import files

from .scene import OLD, utf16

BOOLS = [
    key
    for key in SECTIONS["Settings"].values()
    if key.kind == "bool" and not key.volatile and key.name != "singleMode"
]
HOLD = """
import sys, time
from pathlib import Path
from microsip_config.records.lock import locked
with locked(Path(sys.argv[1]), 5):
    print("held", flush=True)
    sys.stdin.read()
"""
HOLD_FOLDER = """
import sys
from pathlib import Path
from microsip_config.system import files
held = files.hold_place(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
files.release_place(held)
"""


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "profile" / "MicroSIP.ini"
    path.parent.mkdir()
    path.write_bytes(utf16(OLD))
    return path


def start(
    ini: Path, data: Path, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "microsip_config", *arguments, "--ini", str(ini), "--json"]
    command += ["--data-dir", str(data), "--log-file", str(data.parent / "log")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)


def outcomes(processes: Iterable[subprocess.Popen[bytes]]) -> list[tuple[int, list[str]]]:
    """The exit code and the codes of the errors of each."""
    found = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert not err, err
        found.append((process.returncode, [e["code"] for e in json.loads(out)["errors"]]))
    return found


def opposites() -> list[tuple[str, str]]:
    """Keys and texts that differ from what an absent key means."""
    return [(key.name, key.encode(not key.default)) for key in BOOLS]


def values(ini: Path) -> Profile:
    return Profile(ini.read_bytes()[2:].decode("utf-16-le"))


def held(script: str, place: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_fifty_at_once_lose_no_change(ini: Path, tmp_path: Path) -> None:
    wanted = [("Settings", *one) for one in opposites()][:40]
    wanted += [("Account1", key, f"text {key}") for key in ("label", "displayName")]
    wanted += [("Shortcuts", str(n), f"Desk {n};10{n};call;;0") for n in range(8)]
    wanted = wanted[:50]
    assert len(wanted) == 50
    data = tmp_path / "data"
    processes = [start(ini, data, "set", f"{s}.{key}={text}") for s, key, text in wanted]
    assert outcomes(processes) == [(0, [])] * 50
    profile = values(ini)
    assert [(s, k, profile.get(s, k)) for s, k, _ in wanted] == wanted
    assert profile.get("Settings", "unknownKey") == "stays"
    assert list(ini.parent.iterdir()) == [ini]


def test_fifty_applies_at_once_lose_no_change_and_no_password(ini: Path, tmp_path: Path) -> None:
    """Half of them write passwords, of accounts of their own; then all fifty have nothing to do."""
    accounts = range(1, 26)
    sections = [f"[Account{n}]\r\nserver=a.example\r\ndomain=a.example\r\nusername={n}\r\n"
                for n in accounts]  # fmt: skip
    ini.write_bytes(utf16("[Settings]\r\naccountId=1\r\n" + "".join(sections)))
    bodies = [f"[Account{n}]\npassword = {{{{ secret.sip }}}}\n" for n in accounts]
    bodies += [f"[Settings]\n{key} = {text}\n" for key, text in opposites()[:25]]
    assert len(bodies) == 50

    def round_of_all() -> list[dict[str, Any]]:
        processes = [applying(ini, tmp_path, n, body) for n, body in enumerate(bodies)]
        return [json.loads(process.communicate(timeout=120)[0]) for process in processes]

    first = round_of_all()
    assert [(r["status"], r["errors"]) for r in first] == [("changed", [])] * 50
    assert [r["warnings"] for r in first[:25]] == [[]] * 25
    profile = values(ini)
    assert [profile.get(f"Account{n}", "password") for n in accounts] == [
        f"green gate {n - 1}" for n in accounts
    ]
    for key, text in opposites()[:25]:
        assert profile.get("Settings", key) == text
    (record,) = tmp_path.glob("data/targets/*/state.json")
    assert json.loads(record.read_bytes())["accounts"].keys() == {f"Account{n}" for n in accounts}
    before = ini.read_bytes(), ini.stat().st_ino, ini.stat().st_mtime_ns, record.read_bytes()
    second = round_of_all()
    assert [(r["status"], r["changes"]) for r in second] == [("ok", [])] * 50
    assert [r["warnings"] for r in second[:25]] == [[]] * 25
    assert before == (
        ini.read_bytes(),
        ini.stat().st_ino,
        ini.stat().st_mtime_ns,
        record.read_bytes(),
    )


def applying(ini: Path, folder: Path, number: int, body: str) -> subprocess.Popen[bytes]:
    """An apply of a template of its own, with a password of its own if it has one."""
    template = folder / f"{number}.ini"
    template.write_text(f"[template]\n{body}", encoding="utf-8")
    secret = ("--secret", "sip=env:ITS_PASSWORD") if "secret" in body else ()
    surroundings = {**os.environ, "ITS_PASSWORD": f"green gate {number}"}
    given = ("apply", str(template), "--lock-timeout", "100", *secret)
    return start(ini, folder / "data", *given, env=surroundings)


def test_two_users_with_data_folders_of_their_own_lose_no_change(ini: Path, tmp_path: Path) -> None:
    """Their locks do not know of each other: what protects is the look at the file itself."""
    wanted = opposites()[:24]
    processes = [
        start(ini, tmp_path / f"user {number}" / "data", "set", f"Settings.{key}={text}")
        for number, (key, text) in enumerate(wanted)
    ]
    assert outcomes(processes) == [(0, [])] * len(wanted)
    profile = values(ini)
    assert [(key, profile.get("Settings", key)) for key, _ in wanted] == wanted


def test_changes_repairs_and_restores_mixed(ini: Path, tmp_path: Path) -> None:
    """Each is whole: the file is what one of them left, and every backup what one of them found."""
    data = tmp_path / "data"
    assert outcomes([start(ini, data, "set", "Settings.volumeRing=70")]) == [(0, [])]
    verbs = [
        ("restore",),
        ("repair",),
        ("set", "Settings.volumeRing=60"),
        ("set", "Account1.label=x"),
    ]
    processes = [start(ini, data, *verb) for verb in verbs * 4]
    assert outcomes(processes) == [(0, [])] * 16
    profile = values(ini)
    assert profile.get("Settings", "unknownKey") == "stays"
    assert profile.get("Settings", "volumeRing") in ("80", "70", "60")
    (folder,) = data.glob("targets/*/backups")
    for backup in entries(folder):
        assert Profile(backup.path.read_bytes()[2:].decode("utf-16-le")).get("Account1", "username")


def test_who_waits_too_long_is_told_for_whom(ini: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert outcomes([start(ini, data, "set", "Settings.volumeRing=70")]) == [(0, [])]
    before = ini.read_bytes()
    (folder,) = data.glob("targets/*")
    holder = held(HOLD, folder)
    try:
        waiting = start(ini, data, "set", "Settings.volumeRing=60", "--lock-timeout", "0.3")
        out, _ = waiting.communicate(timeout=30)
    finally:
        holder.communicate("")
    assert waiting.returncode == 6
    (error,) = json.loads(out)["errors"]
    assert error["code"] == "locked"
    assert f"process {holder.pid} of " in error["message"]
    assert "--lock-timeout" in error["hint"]
    assert ini.read_bytes() == before


def test_a_killed_holder_does_not_block(ini: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert outcomes([start(ini, data, "set", "Settings.volumeRing=70")]) == [(0, [])]
    (folder,) = data.glob("targets/*")
    holder = held(HOLD, folder)
    holder.kill()
    holder.communicate()
    assert (folder / "lock").exists()
    began = time.monotonic()
    assert outcomes([start(ini, data, "set", "Settings.volumeRing=60")]) == [(0, [])]
    assert time.monotonic() - began < 10
    assert values(ini).get("Settings", "volumeRing") == "60"


def test_a_folder_that_somebody_keeps_locked_is_no_endless_wait(ini: Path, tmp_path: Path) -> None:
    holder = held(HOLD_FOLDER, ini)
    try:
        assert outcomes([start(ini, tmp_path / "data", "set", "Settings.volumeRing=60")]) == [
            (6, ["in-use"])
        ]
    finally:
        holder.communicate("")
    assert values(ini).get("Settings", "volumeRing") == "80"
    assert list(ini.parent.iterdir()) == [ini]


def test_a_run_that_comes_between_the_last_look_and_the_replacement_has_to_wait(
    ini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a turn at the file itself the first one would undo what the second has written."""
    real = files.swap
    others: list[subprocess.Popen[bytes]] = []

    def swap(staged: Path, target: Path, existing: os.stat_result | None) -> None:
        if target.name == ini.name and not others:
            other = start(ini, tmp_path / "other" / "data", "set", "Settings.volumeRing=60")
            others.append(other)
            with pytest.raises(subprocess.TimeoutExpired):
                other.wait(1)
        real(staged, target, existing)

    monkeypatch.setattr(files, "swap", swap)
    desk = Configurator(Target(str(ini)), data_dir=tmp_path / "data")
    assert desk.apply(edits([("Account1", "label", "first")])).changed
    assert outcomes(others) == [(0, [])]
    profile = values(ini)
    assert profile.get("Account1", "label") == "first"
    assert profile.get("Settings", "volumeRing") == "60"
