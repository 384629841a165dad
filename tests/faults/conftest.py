"""The sum of all faults at the end of the test run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .inject import Opens

_LINES: list[str] = []


@pytest.fixture
def tally() -> Callable[[str], None]:
    """Adds a line to the summary."""
    return _LINES.append


@pytest.fixture(scope="session")
def opens() -> Opens:
    return Opens()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _LINES:
        terminalreporter.section("faults injected")
        for line in _LINES:
            terminalreporter.write_line(line)
