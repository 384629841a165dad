"""The lint lane fails on a circle, on an arrow upwards, and on an import that is not at a door."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint.doors import DOORS, Door, complaints

ROOT = Path(__file__).parents[1]
TOP = "{}\n"
INSIDE = "def late() -> None:\n    {}\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, where a test may plant what it likes."""
    ignored = shutil.ignore_patterns("__pycache__", "templates")
    shutil.copytree(ROOT / "microsip_config", tmp_path / "microsip_config", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def layers(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def plant(folder: Path, module: str, form: str, statement: str) -> None:
    (folder / "microsip_config" / module).write_text(form.format(statement), "utf-8")


def test_the_rooms_are_layers_without_a_circle(copy: Path) -> None:
    done = layers(copy)
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


@pytest.mark.parametrize("form", [TOP, INSIDE], ids=["top", "in a function"])
def test_an_arrow_upwards_is_found(copy: Path, form: str) -> None:
    plant(copy, "system/planted.py", form, "from .. import cli")
    done = layers(copy)
    assert done.returncode == 1
    assert "system.planted -> microsip_config.cli" in done.stdout


@pytest.mark.parametrize("form", [TOP, INSIDE], ids=["top", "in a function"])
def test_an_arrow_to_a_room_of_the_same_layer_is_found(copy: Path, form: str) -> None:
    plant(copy, "history/planted.py", form, "from .. import journal")
    done = layers(copy)
    assert done.returncode == 1
    assert "history.planted -> microsip_config.journal" in done.stdout


@pytest.mark.parametrize("form", [TOP, INSIDE], ids=["top", "in a function"])
def test_a_circle_within_a_room_is_found(copy: Path, form: str) -> None:
    plant(copy, "ini/planted.py", TOP, "from . import replanted")
    plant(copy, "ini/replanted.py", form, "from . import planted")
    done = layers(copy)
    assert done.returncode == 1
    assert "No cycles are allowed in microsip_config.ini" in done.stdout
    assert "planted" in done.stdout.partition("microsip_config.ini")[2]


def test_a_room_that_is_not_on_the_map_is_found(copy: Path) -> None:
    (copy / "microsip_config" / "planted").mkdir()
    plant(copy, "planted/__init__.py", TOP, "")
    done = layers(copy)
    assert done.returncode == 1
    assert "planted" in done.stdout


@pytest.mark.parametrize(
    ("statement", "imported"),
    [
        ("import decimal", "decimal"),
        ("from . import names", "ini.names"),
        ("from ..errors import MicrosipConfigError", "errors"),
        ("importlib.import_module('decimal')", "decimal"),
    ],
)
def test_an_import_in_a_function_is_found(copy: Path, statement: str, imported: str) -> None:
    plant(copy, "ini/planted.py", INSIDE, statement)
    expected = f"microsip_config/ini/planted.py:2: {imported} is imported inside a function"
    assert any(line.startswith(expected) for line in complaints(copy))
    door = Door("ini.planted", imported, "planted")
    assert not any("planted" in line for line in complaints(copy, (*DOORS, door)))


def test_imports_at_the_top_and_for_types_need_no_door(copy: Path) -> None:
    plant(copy, "ini/planted.py", TOP, "import decimal")
    guarded = "import typing\n\ndef late() -> None:\n    if typing.TYPE_CHECKING:\n        {}\n"
    plant(copy, "ini/replanted.py", guarded, "import decimal")
    assert not any("planted" in line for line in complaints(copy))


def test_a_door_that_nobody_uses_is_found(copy: Path) -> None:
    lines = complaints(copy, (*DOORS, Door("ini.planted", "decimal", "planted")))
    assert "door without an import: ini.planted -> decimal" in lines


def test_the_doors_are_as_declared() -> None:
    assert complaints(ROOT) == []
