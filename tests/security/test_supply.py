"""What the program is made of is pinned and hashed, and importing it does nothing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = {
    "runtime": PROJECT["project"]["dependencies"],
    "build": PROJECT["build-system"]["requires"],
}


def locked(name: str) -> dict[str, tuple[str, int]]:
    """The pinned packages of a lock: name -> version and number of hashes."""
    text = (ROOT / ".ci" / "lock" / f"{name}.txt").read_text("ascii")
    lines = [line for line in text.replace("\\\n", "").splitlines() if line.strip()[:1] != "#"]
    found: dict[str, tuple[str, int]] = {}
    for line in filter(None, lines):
        pin, *hashes = line.split()
        package, version = pin.split("==")
        assert all(word.startswith("--hash=sha256:") and len(word) == 78 for word in hashes), line
        found[canonicalize_name(package)] = version, len(hashes)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_part_is_pinned_and_hashed(name: str) -> None:
    pins = locked(name)
    assert all(count for _, count in pins.values())
    for text in LOCKS[name]:
        wanted = Requirement(text)
        version, _ = pins[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), f"{text}: locked is {version}"


def test_the_lock_is_complete() -> None:
    """All that the installed dependencies ask for, here and on Windows."""
    from importlib.metadata import requires

    pins = locked("runtime")
    for package in pins.keys() - {"colorama"}:  # for Windows only, and it needs nothing
        for text in requires(package) or ():
            wanted = Requirement(text)
            for system in ("Linux", "Windows"):
                platform = {"Linux": "linux", "Windows": "win32"}[system]
                about = {"platform_system": system, "sys_platform": platform, "extra": ""}
                if wanted.marker is None or wanted.marker.evaluate(about):
                    assert canonicalize_name(wanted.name) in pins, f"{package} needs {text}"


WATCHED = """
import sys
seen = []
def watch(event, arguments):
    writes = event == "open" and arguments[2] & 3
    started = event.startswith(("subprocess.", "os.system", "os.exec", "os.spawn", "os.fork"))
    reached = event.startswith(("socket.", "urllib.", "winreg."))
    made = event in ("os.mkdir", "os.remove", "os.rename", "os.chmod", "os.putenv", "exec_input")
    if writes or started or reached or made:
        seen.append((event, str(arguments)[:200]))
import pkgutil
from importlib import import_module
sys.dont_write_bytecode = True
sys.addaudithook(watch)
import microsip_config
count = 0
for found in pkgutil.walk_packages(microsip_config.__path__, "microsip_config.", len):
    if found.name.endswith("__main__"):
        continue
    try:
        import_module(found.name)
        count += 1
    except (ImportError, AssertionError):
        with open(found.module_finder.find_spec(found.name).origin, encoding="utf-8") as file:
            assert 'sys.platform' in file.read() and sys.platform != "win32", found.name
assert count > 90, count
print(seen)
"""


def test_an_import_does_nothing() -> None:
    """No file is written, no program started, no connection made by importing any module."""
    command = [sys.executable, "-c", WATCHED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert done.stderr == ""
