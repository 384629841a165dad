"""Shared by the tests that run in the rig's Windows Python.

Every test states what real Windows does. Where Wine 8 differs the test carries
``@pytest.mark.wine_differs("how")``: a strict xfail under Wine and nothing on Windows, so a newer
Wine that gets it right turns it red, and the list of quirks stays true.
"""

from __future__ import annotations

import ctypes
import sys

import pytest

assert sys.platform == "win32"

ON_WINE = hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "wine_differs(how): Wine 8 does not do what Windows does")


def pytest_report_header() -> str:
    code_page = ctypes.windll.kernel32.GetACP()
    return f"Windows {sys.getwindowsversion()[:3]}, {'Wine, ' * ON_WINE}code page {code_page}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("wine_differs"):
            if ON_WINE:
                item.add_marker(pytest.mark.xfail(strict=True, reason=mark.args[0]))
