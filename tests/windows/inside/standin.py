"""The stand-in phone from the tests' side: start it, tell it things, read its log and its ini."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from ctypes import wintypes
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

assert sys.platform == "win32"

BIN = Path(sys.executable).parent.parent / "bin"
GENERATIONS = {"3.22.3": "standin.exe", "3.22.16": "standin-3.22.16.exe"}
OLD, MODERN = GENERATIONS
both_generations = pytest.mark.parametrize("generation", GENERATIONS, indirect=True)
"""For what depends on the phone's version; other tests take the older one."""
WM_COPYDATA, RUN_NOW, TEST_COMMAND = 0x4A, 1, 0x5354
T = TypeVar("T")

user32 = ctypes.WinDLL("user32", use_last_error=True)
user32.SendMessageW.argtypes = (
    wintypes.HWND,
    wintypes.UINT,
    wintypes.WPARAM,
    ctypes.c_void_p,
)
user32.SendMessageW.restype = ctypes.c_ssize_t


class CopyData(ctypes.Structure):
    _fields_ = (("kind", ctypes.c_size_t), ("size", wintypes.DWORD), ("text", ctypes.c_wchar_p))


class Event(NamedTuple):
    """One line of standin.log; the names stand in standin/main.c."""

    name: str
    pid: int
    text: str


def until(condition: Callable[[], T], seconds: float = 15) -> T:
    """Wait for a condition to be true, and give its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s")


class Phone:
    """One copy of the stand-in in a folder of its own; ``generation``: like which MicroSIP."""

    def __init__(self, folder: Path, stem: str = "MicroSIP", generation: str = "3.22.3") -> None:
        self.generation = generation
        folder.mkdir(parents=True, exist_ok=True)
        self.exe = folder / f"{stem}.exe"
        self.ini = folder / f"{stem}.ini"
        self.log = folder / "standin.log"
        self.children: list[subprocess.Popen[bytes]] = []
        shutil.copy(BIN / GENERATIONS[generation], self.exe)

    def start(self, *args: str, ready: bool = True, **environment: str) -> subprocess.Popen[bytes]:
        """Start it; ``ready``: wait until its window, stack and start-up save are done."""
        child = subprocess.Popen([str(self.exe), *args], env={**os.environ, **environment})
        self.children.append(child)
        if ready:
            until(lambda: any(e.name == "ready" and e.pid == child.pid for e in self.events()))
        return child

    def tell(self, *args: str) -> int:
        """Start it with these arguments and wait for its end; gives the exit code."""
        return subprocess.run([str(self.exe), *args], timeout=20).returncode

    def exit(self, child: subprocess.Popen[bytes]) -> None:
        assert self.tell("/exit") == 0
        assert child.wait(10) == 0

    def events(self) -> list[Event]:
        try:
            text = self.log.read_text(encoding="utf-8")
        except (FileNotFoundError, PermissionError):  # not begun, or being written
            return []
        parts = [line.split("\t", 2) for line in text.splitlines()]
        return [Event(name, int(pid), text) for name, pid, text in parts]

    def said(self, name: str) -> list[str]:
        """The texts of all events of this name."""
        return [event.text for event in self.events() if event.name == name]

    def window(self) -> int:
        """The main window of the copy started last, 0 when there is none."""
        window = user32.FindWindowExW(None, None, "MicroSIP", None)
        while window:
            pid = wintypes.DWORD()
            user32.GetWindowThreadProcessId(window, ctypes.byref(pid))
            if pid.value == self.children[-1].pid:
                return int(window)
            window = user32.FindWindowExW(None, window, "MicroSIP", None)
        return 0

    def send(self, text: str, kind: int = TEST_COMMAND) -> int:
        """WM_COPYDATA: a test command (standin/commands.c), or a command line (RUN_NOW)."""
        data = CopyData(kind, 2 * len(text) + 2, text)
        return int(user32.SendMessageW(self.window(), WM_COPYDATA, 0, ctypes.byref(data)))

    def read(self) -> str:
        """The ini's text; it must be UTF-16LE with a byte-order mark."""

        def whole() -> bytes:
            try:
                return self.ini.read_bytes()
            except PermissionError:  # a phone that starts keeps it to itself for a moment
                return b""

        data = until(whole)
        assert data[:2] == b"\xff\xfe"
        return data[2:].decode("utf-16-le")

    def write(self, text: str) -> None:
        self.ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))

    def lines(self) -> list[str]:
        return self.read().split("\r\n")

    @property
    def modern(self) -> bool:
        """Whether it is of the generation with ``[Global]`` and call_log.db."""
        return self.generation != "3.22.3"

    def logged_calls(self) -> list[tuple[str, int, int, str]]:
        """Number, type, duration and end reason of each call in call_log.db."""
        log = self.ini.with_name("call_log.db")
        with closing(sqlite3.connect(f"{log.as_uri()}?mode=ro", uri=True)) as database:
            query = "SELECT number, type, duration, info FROM call_log ORDER BY id"
            return list(database.execute(query))
