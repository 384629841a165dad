"""The command line as its own tests run it, and a desk with passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, cli

from .desk import Desk

__all__ = ["cli"]


@pytest.fixture
def desk(tmp_path: Path, cli: Cli) -> Desk:
    """A configured phone, and templates with passwords for it."""
    return Desk(tmp_path, cli)
