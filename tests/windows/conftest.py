"""The Windows lane: tests/windows/inside runs in the rig's Python, the rest here, beside Wine."""

from __future__ import annotations

import sys

import pytest

# Those tests need winreg, msvcrt and ctypes.windll.
collect_ignore = [] if sys.platform == "win32" else ["inside"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was compared with the Windows API."""
    judged = sys.modules.get(f"{__package__}.differential")
    if judged is not None and judged.compared:
        counts = ", ".join(f"{count} {kind}s" for kind, count in judged.compared.items())
        terminalreporter.write_line(f"compared with the Windows profile API: {counts}")
