"""Shared by the tests that run in the rig's Windows Python.

Every test states what real Windows does. Where Wine 8 differs the test carries
``@pytest.mark.wine_differs("how")``: a strict xfail under Wine and nothing on Windows, so a newer
Wine that gets it right turns it red, and the list of quirks stays true.
"""

from __future__ import annotations

import _winapi
import ctypes
import os
import shutil
import sys
import winreg
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from .program import DESK, HEALTHY, MISTAKES, Beside
from .standin import OLD, Phone

assert sys.platform == "win32"

RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
DIALLED = {"dialled", "undialled", "message"}
ON_WINE = hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "wine_differs(how): Wine 8 does not do what Windows does")
    config.addinivalue_line("markers", "dials: a phone of this test is meant to dial or to send")


def pytest_report_header() -> str:
    code_page = ctypes.windll.kernel32.GetACP()
    return f"Windows {sys.getwindowsversion()[:3]}, {'Wine, ' * ON_WINE}code page {code_page}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("wine_differs"):
            if ON_WINE:
                item.add_marker(pytest.mark.xfail(strict=True, reason=mark.args[0]))


@pytest.fixture(autouse=True, scope="session")
def _lost_processes() -> Iterator[None]:
    """Under load, Wine 8 once lost a process while making it: error 1359, and nothing has run."""
    real = _winapi.CreateProcess

    def create(*arguments: Any) -> Any:
        for _ in range(2):
            try:
                return real(*arguments)
            except OSError as error:
                if not (ON_WINE and error.winerror == 1359):
                    raise
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_winapi, "CreateProcess", create)
        yield


@pytest.fixture
def generation(request: pytest.FixtureRequest) -> str:
    """Which MicroSIP the stand-in phones of a test are like; see ``both_generations``."""
    found: str = getattr(request, "param", OLD)
    return found


@pytest.fixture
def make_phone(
    tmp_path: Path, request: pytest.FixtureRequest, generation: str
) -> Iterator[Callable[..., Phone]]:
    """Makes copies of the stand-in in folders of this test; at its end they are killed.

    Unless the test is marked ``dials``, none of them may have been told what it took for a number
    or a message.
    """
    phones: list[Phone] = []

    def make(folder: str = "Phone ü", stem: str = "MicroSIP") -> Phone:
        phones.append(Phone(tmp_path / folder, stem, generation))
        return phones[-1]

    yield make
    for phone in phones:
        for child in phone.children:
            child.kill()
            child.wait()
    if request.node.get_closest_marker("dials") is None:
        for phone in phones:
            assert not DIALLED & {event.name for event in phone.events()}, phone.events()


@pytest.fixture
def phone(make_phone: Callable[..., Phone]) -> Phone:
    """A portable stand-in phone."""
    return make_phone()


@pytest.fixture
def registered(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Sets the default value of Software\\MicroSIP: ``registered("HKCU", folder)``."""
    hives = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}

    def register(hive: str, folder: str) -> None:
        with winreg.CreateKey(hives[hive], r"Software\MicroSIP") as key:
            winreg.SetValueEx(key, "", 0, winreg.REG_SZ, folder)

    yield register
    for hive in hives.values():
        with suppress(OSError):
            winreg.DeleteKey(hive, r"Software\MicroSIP")
    access = winreg.KEY_ALL_ACCESS
    with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY, 0, access) as run:
        winreg.DeleteValue(run, "MicroSIP")
    for folder in profile_folders():
        shutil.rmtree(folder, ignore_errors=True)


def profile_folders() -> tuple[Path, Path]:
    """MicroSIP's roaming and local folders of this user."""
    return Path(os.environ["APPDATA"], "MicroSIP"), Path(os.environ["LOCALAPPDATA"], "MicroSIP")


@pytest.fixture
def beside(make_phone: Callable[..., Phone], tmp_path: Path) -> Iterator[Beside]:
    """A copy with a healthy ini. Whatever the test does, the phone must not have dialled."""
    phone = make_phone()
    phone.write(HEALTHY)
    found = Beside(phone, tmp_path / "our data")
    yield found
    found.seen.stop(0, kill=True, even_in_call=True)
    assert not MISTAKES & {event.name for event in phone.events()}, phone.events()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "desk.ini"
    path.write_text(DESK, encoding="utf-8")
    return path
