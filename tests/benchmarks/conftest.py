"""Prints the ratios that the figures are for: tools against each other in one run."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest


class Table(NamedTuple):
    """Median seconds by tool, to be printed as ratios to one of the tools."""

    title: str
    yardstick: str
    medians: dict[str, float]


TABLES = pytest.StashKey[list[Table]]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for table in config.stash.get(TABLES, []):
        terminalreporter.section(table.title)
        base = table.medians[table.yardstick]
        width = max(map(len, table.medians))
        heading = f"ratio to {table.yardstick}"
        terminalreporter.write_line(f"{'':{width}}  {'ms':>8}  {heading}")
        for tool, median in table.medians.items():
            line = f"{tool:{width}}  {median * 1000:8.1f}  {median / base:{len(heading)}.2f}"
            terminalreporter.write_line(line)
