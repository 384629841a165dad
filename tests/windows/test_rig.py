"""The pinned packages of the rig's Python are those that the project asks for."""

from __future__ import annotations

import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.windows.rig import HERE, ROOT


def pinned() -> dict[str, str]:
    lines = (HERE / "requirements.txt").read_text().splitlines()
    pairs = (line.split()[0].split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def test_every_pin_is_hashed() -> None:
    lines = (HERE / "requirements.txt").read_text().splitlines()
    assert all("--hash=sha256:" in line for line in lines if not line.startswith("#"))


def test_the_pins_satisfy_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pins = pinned()
    for requirement in map(Requirement, wanted):
        version = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}, pinned: {version}"
