"""``python -m microsip_config`` in a folder of somebody else runs none of the modules there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

import microsip_config

PACKAGE = Path(microsip_config.__file__).parent
BY_PYTHON = subprocess.run(
    [sys.executable, "-c", "import runpy, sys; print(*sys.modules)"],
    capture_output=True,
    text=True,
    check=True,
).stdout.split()
"""What Python has imported when it begins to look for the package: beyond the reach of its code."""
NAMES = {*sys.stdlib_module_names, *packages_distributions(), "keyring"}
PLANTED = sorted(filter(str.isidentifier, NAMES - {*BY_PYTHON, "microsip_config", "distutils"}))
TEMPLATE = "[Settings]\nuserAgent = {{ 'x' | upper }}\n"
RUNS = [
    ["--version"],
    ["--help"],
    ["bogus"],
    ["check", "--ini", "MicroSIP.ini"],
    ["plan", "t.ini", "--ini", "MicroSIP.ini", "--json", "--vars", "v.toml"],
    ["set", "Settings.VAD=1", "--ini", "MicroSIP.ini", "--data-dir", "data"],
    ["plan", "t.ini", "--ini", "MicroSIP.ini", "--secret", "x=keyring:a/b"],
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder full of planted modules; each leaves a mark when it is imported."""
    mark = f"open({str(tmp_path / 'ran')!r}, 'a').write(__name__ + '\\n')\nraise SystemExit(99)\n"
    here = tmp_path / "here"
    here.mkdir()
    for name in PLANTED:
        (here / f"{name}.py").write_text(mark)
    (here / "MicroSIP.ini").write_bytes(b"\xff\xfe" + "[Settings]\r\nVAD=0\r\n".encode("utf-16-le"))
    (here / "t.ini").write_text(TEMPLATE)
    (here / "v.toml").write_text("a = 1\n")
    return here


def run(folder: Path, *words: str, options: tuple[str, ...] = (), **environ: str) -> int:
    given = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *options, "-m", "microsip_config", *words],
        cwd=folder,
        env=given | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode


def ran(folder: Path) -> set[str]:
    mark = folder.parent / "ran"
    return set(mark.read_text().split()) if mark.exists() else set()


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_no_planted_module_runs(folder: Path, words: list[str]) -> None:
    code = run(folder, *words)
    assert ran(folder) == set()
    assert code in {0, 1, 2, 3}


def _checkout(folder: Path) -> None:
    shutil.copytree(PACKAGE, folder / "microsip_config", ignore=shutil.ignore_patterns("*.pyc"))
    (folder / "microsip_config" / "version.py").write_text("__version__ = '9.9.9'\n")


def _trust_with_what_is_nowhere_else(folder: Path) -> None:
    for name in PLANTED:
        if find_spec(name) is None:
            (folder / f"{name}.py").unlink()


@pytest.mark.parametrize("words", RUNS[:6], ids=" ".join)
def test_a_checkout_runs_and_shadows_nothing(folder: Path, words: list[str]) -> None:
    _trust_with_what_is_nowhere_else(folder)
    _checkout(folder)
    assert run(folder, *words) in {0, 1, 2}
    assert ran(folder) == set()


def test_the_checkout_is_the_one_that_runs(folder: Path) -> None:
    _checkout(folder)
    done = subprocess.run(
        [sys.executable, "-m", "microsip_config", "--version"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "microsip-config 9.9.9\n"


@pytest.mark.parametrize("option", ["-P", "-I"])
def test_a_safe_path_is_left_alone(folder: Path, option: str) -> None:
    assert run(folder, "--version", options=(option,)) == 0
    assert ran(folder) == set()


def test_a_folder_of_python_itself_stays_in_the_path(tmp_path: Path) -> None:
    for entry in (Path(os.__file__).parent, PACKAGE.parent):
        assert run(entry, "schema", XDG_STATE_HOME=str(tmp_path)) == 0


def test_a_folder_that_pythonpath_names_comes_last(folder: Path) -> None:
    _trust_with_what_is_nowhere_else(folder)
    assert run(folder, *RUNS[3], PYTHONPATH=os.pathsep) in {0, 1}
    assert ran(folder) == set()


def test_a_folder_that_was_removed(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    shell = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m microsip_config --version"
    assert subprocess.run(["sh", "-c", shell], check=False, capture_output=True).returncode == 0
