"""Prints the ratios that the figures are for: tools against each other in one run."""

from __future__ import annotations

from typing import Any

import pytest

LINES: list[str] = []
"""What the benchmarks that measure by themselves have to say, the heading first."""


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    session = getattr(config, "_benchmarksession", None)
    groups: dict[str, dict[str, float]] = {}
    for bench in getattr(session, "benchmarks", ()):
        tool = bench.params.get("tool", bench.name) if bench.params else bench.name
        groups.setdefault(bench.group or "", {})[tool] = bench.stats.median
    for group, medians in groups.items():
        terminalreporter.section(f"{group}: medians and ratios")
        for tool, median in sorted(medians.items(), key=lambda item: item[1]):
            ratios = "  ".join(f"{median / other:5.2f}x {name}" for name, other in medians.items())
            terminalreporter.write_line(f"{tool:24}{median * 1000:9.1f} ms   {ratios}")
    if LINES:
        terminalreporter.section(LINES[0])
        for line in LINES[1:]:
            terminalreporter.write_line(line)
