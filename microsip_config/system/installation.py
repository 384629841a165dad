"""How the program is installed, and so how a package that it lacks is added."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path


def how_to_add(package: str) -> str:
    """The command that adds ``package``, a name on PyPI, to the Python that runs this."""
    if getattr(sys, "frozen", False):
        return f"this build lacks '{package}': use another source, or install with pip"
    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").is_file():
        return f"pipx inject {prefix.name} {package}"
    if (prefix / "uv-receipt.toml").is_file():
        return f'uv pip install --python "{sys.executable}" {package}'
    own = sys.prefix != sys.base_prefix
    managed = Path(sysconfig.get_path("stdlib")) / "EXTERNALLY-MANAGED"
    if not own and managed.is_file():
        return f"install the package python3-{package} of the system, or use a virtual environment"
    return f'"{sys.executable}" -m pip install {package}'
