"""The store on Windows files: attributes, sharing, odd paths; and the API it rests on."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from ctypes import wintypes
from pathlib import Path

import pytest

from microsip_config.errors import TargetError, WriteError
from microsip_config.ini import file as store
from microsip_config.records.pending import Pending
from microsip_config.system import files

assert sys.platform == "win32"

OLD = "[Settings]\r\nAA=0\r\n"
NEW = "[Settings]\r\nAA=1\r\n"
EXPECTED = {("Settings", "AA"): "1"}
READ, WRITE, DELETE = 0x80000000, 0x40000000, 0x10000
SHARE_READ, SHARE_WRITE, SHARE_DELETE = 1, 2, 4
READ_ONLY, HIDDEN, SYSTEM = 1, 2, 4

kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
kernel32.CreateFileW.argtypes = (
    wintypes.LPCWSTR,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.HANDLE,
)
kernel32.CreateFileW.restype = wintypes.HANDLE
kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
kernel32.SetFileAttributesW.argtypes = (wintypes.LPCWSTR, wintypes.DWORD)


@contextmanager
def held(path: Path, access: int = READ, share: int = SHARE_READ | SHARE_WRITE) -> Iterator[None]:
    """Another program's handle."""
    handle = kernel32.CreateFileW(str(path), access, share, None, 3, 0, None)
    assert handle != wintypes.HANDLE(-1).value, ctypes.get_last_error()
    try:
        yield
    finally:
        kernel32.CloseHandle(handle)


def write(path: Path) -> bool:
    return store.write(store.load(path), NEW, expected=EXPECTED)


def is_new(path: Path) -> bool:
    return path.read_bytes() == b"\xff\xfe" + NEW.encode("utf-16-le")


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "MicroSIP.ini"
    path.write_bytes(b"\xff\xfe" + OLD.encode("utf-16-le"))
    return path


# -- the store --------------------------------------------------------------------------------
def test_replaced_and_nothing_left_beside_it(ini: Path) -> None:
    assert write(ini)
    assert is_new(ini)
    assert list(ini.parent.iterdir()) == [ini]


@pytest.mark.parametrize("attributes", [HIDDEN, SYSTEM, HIDDEN | SYSTEM])
def test_attributes_stay(ini: Path, attributes: int) -> None:
    kernel32.SetFileAttributesW(str(ini), attributes)
    assert write(ini)
    assert is_new(ini)
    assert ini.stat().st_file_attributes & (HIDDEN | SYSTEM) == attributes


def test_read_only_is_respected(ini: Path) -> None:
    ini.chmod(0o444)
    with pytest.raises(WriteError) as error:
        write(ini)
    assert error.value.code == "read-only"
    assert not is_new(ini)
    assert ini.stat().st_file_attributes & READ_ONLY
    ini.chmod(0o666)


@pytest.mark.parametrize(
    ("access", "share"),
    [(READ, SHARE_READ), (READ, SHARE_READ | SHARE_WRITE), (WRITE, SHARE_READ | SHARE_WRITE)],
)
def test_a_file_that_another_holds_is_tried_for_a_bounded_time(
    ini: Path, access: int, share: int
) -> None:
    started = time.monotonic()
    with held(ini, access, share), pytest.raises(WriteError) as error:
        write(ini)
    assert error.value.code == "in-use"
    assert time.monotonic() - started < 20
    assert not is_new(ini)
    assert list(ini.parent.iterdir()) == [ini]


def test_a_file_that_nobody_else_may_read_is_in_use(ini: Path) -> None:
    with held(ini, READ | WRITE, 0), pytest.raises(TargetError) as error:
        store.load(ini)
    assert error.value.code == "in-use"


def test_a_file_that_nobody_else_may_read_for_a_moment_is_waited_for(ini: Path) -> None:
    """As a phone holds it while it starts or saves."""
    is_held = threading.Event()

    def hold() -> None:
        with held(ini, READ | WRITE, 0):
            is_held.set()
            time.sleep(0.4)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(10)
    assert store.load(ini).profile.get("Settings", "AA") == "0"
    holder.join()


def test_our_reading_is_in_nobodys_way(ini: Path) -> None:
    descriptor = files.open_existing(ini)
    try:
        with held(ini, READ | WRITE | DELETE):
            pass
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("seconds", [0.4, 30])
def test_a_note_that_another_program_holds(tmp_path: Path, seconds: float) -> None:
    note = Pending(tmp_path / "pending.json")
    note.begin("C:\\MicroSIP.exe", True, "apply")
    code = (
        "import sys, time\nname, seconds = sys.argv[1:]\n"
        "with open(name): print('held', flush=True); time.sleep(float(seconds))"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "pending.json"), str(seconds)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"held"
        with nullcontext() if seconds < 1 else pytest.raises(WriteError):
            note.finish()
        child.kill()
    assert (note.read() is None) == (seconds < 1)


def test_a_short_hold_is_waited_for(ini: Path) -> None:
    code = (
        "import sys, time\nwith open(sys.argv[1], 'rb'): print('held', flush=True); time.sleep(.4)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(ini)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"held"
    assert write(ini)
    assert is_new(ini)
    child.communicate()


@pytest.mark.wine_differs("no open file is replaced (Windows 10 since 1709 does)")
def test_an_open_that_shares_deletion_is_no_obstacle(ini: Path) -> None:
    with held(ini, READ, SHARE_READ | SHARE_WRITE | SHARE_DELETE):
        assert write(ini)
    assert is_new(ini)


def test_a_hard_link_is_refused(ini: Path) -> None:
    other = ini.with_name("other.ini")
    os.link(ini, other)
    with pytest.raises(TargetError) as error:
        store.load(ini)
    assert error.value.code == "link"


def test_a_path_beyond_260_characters(tmp_path: Path) -> None:
    folder = "\\\\?\\" + str(tmp_path / "\\".join(["d" * 60] * 5))
    Path(folder).mkdir(parents=True)
    path = Path(folder[4:]) / "Жук.ini"
    Path("\\\\?\\" + str(path)).write_bytes(b"\xff\xfe" + OLD.encode("utf-16-le"))
    assert len(str(path)) > 300
    assert write(path)
    assert is_new(Path("\\\\?\\" + str(path)))


def test_a_long_path_with_dots(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 180)
    (folder / "x").mkdir(parents=True)
    ini = folder / "MicroSIP.ini"
    ini.write_bytes(b"\xff\xfe" + OLD.encode("utf-16-le"))
    assert write(folder / "x" / ".." / "MicroSIP.ini")
    assert is_new(ini)


def test_the_name_is_found_in_any_case(ini: Path) -> None:
    assert write(ini.with_name("MICROSIP.INI"))
    assert len(list(ini.parent.iterdir())) == 1
    assert is_new(ini)


# -- what it rests on -------------------------------------------------------------------------
@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.ini", tmp_path / "new.tmp"
    old.write_text("old")
    new.write_text("new")
    return old, new


def test_replacing_an_open_file_fails(two: tuple[Path, Path]) -> None:
    with held(two[0]), pytest.raises(PermissionError, match="5"):
        two[1].replace(two[0])
    assert two[0].read_text() == "old"


@pytest.mark.wine_differs("a read-only file is replaced")
def test_a_read_only_file_cannot_be_replaced(two: tuple[Path, Path]) -> None:
    two[0].chmod(0o444)
    try:
        with pytest.raises(PermissionError):
            two[1].replace(two[0])
    finally:
        two[0].chmod(0o666)


def test_replace_of_an_open_source_fails(two: tuple[Path, Path]) -> None:
    with held(two[1]), pytest.raises(OSError, match="32"):
        two[1].replace(two[0])


@pytest.mark.wine_differs("junctions cannot be made, and symbolic links come to nothing")
def test_a_symbolic_link_can_be_seen(two: tuple[Path, Path]) -> None:
    link = two[0].with_name("link")
    link.symlink_to(two[0])
    assert link.is_symlink()


def test_two_files_of_a_folder_at_once(ini: Path) -> None:
    """The lock covers that file alone: the staged file of the other one stays."""
    paths = [ini, ini.with_name("second.ini")]
    paths[1].write_bytes(ini.read_bytes())
    code = (
        "import sys; from pathlib import Path; from microsip_config.ini import file as store\n"
        "path = Path(sys.argv[1])\n"
        "for n in range(40):\n"
        "    text = f'[Settings]\\r\\nAA={n % 2 + 1}\\r\\n'\n"
        "    assert store.write(store.load(path), text, {('Settings', 'AA'): str(n % 2 + 1)})\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for path in paths]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert sorted(ini.parent.iterdir()) == sorted(paths)
