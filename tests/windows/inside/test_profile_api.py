"""The profile API itself, on files that the differential test must leave out among others."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from pathlib import Path

import pytest

from ..profile_facts import READS, WRITES, Read, Write

assert sys.platform == "win32"

MISSING = "\x1a<missing>"
SIZE = 70000
kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
text = wintypes.LPCWSTR
kernel32.GetPrivateProfileStringW.argtypes = (
    text,
    text,
    text,
    wintypes.LPWSTR,
    wintypes.DWORD,
    text,
)
kernel32.WritePrivateProfileStringW.argtypes = (text, text, text, text)
kernel32.CreateFileW.argtypes = (
    text,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.HANDLE,
)
kernel32.CreateFileW.restype = wintypes.HANDLE


def rows(table: tuple[Read, ...] | tuple[Write, ...]) -> list[object]:
    """The table's rows, those marked on which Wine differs."""
    return [
        pytest.param(
            row,
            id=row.name,
            marks=[pytest.mark.wine_differs(f"Wine {row.wine}")] if row.wine else [],
        )
        for row in table
    ]


def get(path: Path, section: str, key: str, size: int = SIZE) -> str | None:
    buffer = ctypes.create_unicode_buffer(size)
    kernel32.GetPrivateProfileStringW(section, key, MISSING, buffer, size, str(path))
    return None if buffer.value == MISSING else buffer.value


def write(path: Path, section: str, key: str | None, value: str | None) -> int:
    """0, or the Windows error."""
    done = kernel32.WritePrivateProfileStringW(section, key, value, str(path))
    return 0 if done else ctypes.get_last_error()


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return tmp_path / "phone.ini"


@pytest.mark.parametrize("row", rows(READS))
def test_read(ini: Path, row: Read) -> None:
    ini.write_bytes(row.data)
    assert get(ini, row.section, row.key) == row.value


@pytest.mark.parametrize("row", rows(WRITES))
def test_write(ini: Path, row: Write) -> None:
    if row.data is not None:
        ini.write_bytes(row.data)
    for section, key, value in row.calls:
        assert write(ini, section, key, value) == 0
    assert ini.read_bytes() == row.after


def test_a_bare_name_hides_the_key_below_it(ini: Path) -> None:
    """So Wine 8; nobody measured Windows, and the differential test leaves it out."""
    ini.write_bytes(b"[S]\r\nk\r\nk=1\r\n")
    assert get(ini, "S", "k") is None


def test_a_small_buffer_cuts_the_value(ini: Path) -> None:
    ini.write_bytes(b"[S]\r\nk=0123456789\r\n")
    assert get(ini, "S", "k", 5) == "0123"


def test_a_change_from_outside_is_seen_at_once(ini: Path) -> None:
    for number in range(5):
        ini.write_bytes(b"[S]\r\nk=%d\r\n" % number)
        assert get(ini, "S", "k") == str(number)


def test_a_read_only_file_is_not_written(ini: Path) -> None:
    ini.write_bytes(b"[S]\r\nk=1\r\n")
    ini.chmod(0o444)
    assert write(ini, "S", "k", "2") == 5
    ini.chmod(0o666)
    assert ini.read_bytes() == b"[S]\r\nk=1\r\n"


@pytest.mark.parametrize(("share", "error"), [(1, 32), (3, 0)], ids=["read", "read and write"])
def test_write_while_another_has_the_file_open(ini: Path, share: int, error: int) -> None:
    ini.write_bytes(b"[S]\r\nk=1\r\n")
    handle = kernel32.CreateFileW(str(ini), 0x80000000, share, None, 3, 0, None)
    assert write(ini, "S", "k", "2") == error
    kernel32.CloseHandle(wintypes.HANDLE(handle))
