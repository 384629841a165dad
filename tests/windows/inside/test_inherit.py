"""What a new file takes over from the one that it replaces: rights, owner, streams, birth."""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import wintypes
from pathlib import Path

import pytest

from microsip_config.errors import WriteError
from microsip_config.system.windows import inherit as inherit_windows
from microsip_config.system.windows import win32
from microsip_config.system.windows.inherit import inherit

from .test_files import OLD, is_new
from .test_files import write as replace

assert sys.platform == "win32"

OWNER, DACL = 1, 4
STREAM = ":Zone.Identifier:$DATA"
BORN = 978_307_200  # 2001-01-01
FOREIGNER = "S-1-5-21-1-2-3-1001"

advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
kernel32.GetCurrentProcess.restype = ctypes.c_void_p


def descriptor(sddl: str) -> inherit_windows.Descriptor:
    pointer, size = ctypes.c_void_p(), wintypes.DWORD()
    assert advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        ctypes.c_wchar_p(sddl), 1, ctypes.byref(pointer), ctypes.byref(size)
    ), ctypes.get_last_error()
    assert pointer.value
    return ctypes.create_string_buffer(ctypes.string_at(pointer.value, size.value), size.value)


def rights(path: Path, what: int = DACL) -> str:
    """In Microsoft's notation (SDDL)."""
    text = ctypes.c_wchar_p()
    with inherit_windows._held(path) as opened:
        found = inherit_windows._descriptor(opened, what)
    assert found is not None
    assert advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW(
        found, 1, what, ctypes.byref(text), None
    ), ctypes.get_last_error()
    assert text.value
    return text.value


def give_rights(path: Path, found: inherit_windows.Descriptor) -> None:
    with inherit_windows._held(path) as opened:
        inherit_windows._set(opened, DACL, found)


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "MicroSIP.ini"
    path.write_bytes(b"\xff\xfe" + OLD.encode("utf-16-le"))
    return path


def write(ini: Path) -> None:
    assert replace(ini)
    assert is_new(ini)


def test_rights_stay(ini: Path) -> None:
    """As far as Wine has them: what the owner, others, and SYSTEM may do."""
    mine = rights(ini, OWNER).removeprefix("O:")
    usual = rights(ini)
    give_rights(ini, descriptor(f"D:P(A;;FA;;;{mine})"))
    narrow = rights(ini)
    assert narrow != usual
    write(ini)
    assert rights(ini) == narrow


@pytest.mark.wine_differs("rights are made of mode bits: neither marks nor other users are kept")
@pytest.mark.parametrize("flags", ["P", "AI", ""])
def test_marks_and_other_users_stay(ini: Path, flags: str) -> None:
    mine = rights(ini, OWNER).removeprefix("O:")
    entry = "ID" if flags == "AI" else ""
    wanted = f"D:{flags}(A;{entry};FA;;;{mine})(A;{entry};FR;;;{FOREIGNER})"
    found = descriptor(wanted)
    inherit_windows._control(found).value |= 0x100 if flags == "AI" else 0
    give_rights(ini, found)
    assert rights(ini) == wanted
    write(ini)
    assert rights(ini) == wanted


def test_the_owner_stays(ini: Path) -> None:
    before = rights(ini, OWNER)
    write(ini)
    assert rights(ini, OWNER) == before


def test_a_foreign_owner_is_kept_where_that_is_allowed(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody but an administrator gives files away; for others that is no obstacle."""
    real = inherit_windows._descriptor
    owners: list[int] = []

    def foreign(opened: int, what: int) -> inherit_windows.Descriptor | None:
        if what == OWNER:
            owners.append(opened)
            if len(owners) == 1:  # the old file is asked first
                return descriptor(f"O:{FOREIGNER}")
        return real(opened, what)

    monkeypatch.setattr(inherit_windows, "_descriptor", foreign)
    write(ini)
    assert len(owners) == 2


@pytest.mark.parametrize("error", [5, 87])
def test_a_share_that_takes_no_rights(
    ini: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def refuse(*_: object) -> int:
        ctypes.set_last_error(error)
        return 0

    monkeypatch.setattr(win32, "SetKernelObjectSecurity", refuse)
    if error == 5:
        write(ini)  # the file was made with the same list
    else:
        with pytest.raises(WriteError):
            write(ini)
        assert not is_new(ini)
        assert list(ini.parent.iterdir()) == [ini]


def test_a_share_that_takes_no_rights_even_for_a_new_file(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = rights(ini, OWNER).removeprefix("O:")
    give_rights(ini, descriptor(f"D:P(A;;FA;;;{mine})"))

    def refuse(*_: object) -> None:
        raise ctypes.WinError(5)

    monkeypatch.setattr(inherit_windows, "rights_for_now", lambda _: None)
    monkeypatch.setattr(inherit_windows, "_set", refuse)
    with pytest.raises(WriteError):
        write(ini)
    assert not is_new(ini)


def test_the_privilege_to_give_files_away_is_used_and_rested() -> None:
    class Set(ctypes.Structure):
        _fields_ = (
            ("count", wintypes.DWORD),
            ("control", wintypes.DWORD),
            ("privilege", wintypes.DWORD * 3),
        )

    def in_use() -> bool:
        token, found = ctypes.c_void_p(), wintypes.BOOL()
        wanted = Set(1, 1, (wintypes.DWORD * 3)(18, 0, 0))  # SE_RESTORE_PRIVILEGE
        process = ctypes.c_void_p(kernel32.GetCurrentProcess())
        assert advapi32.OpenProcessToken(process, 8, ctypes.byref(token))
        try:
            assert advapi32.PrivilegeCheck(token, ctypes.byref(wanted), ctypes.byref(found))
        finally:
            kernel32.CloseHandle(token)
        return bool(found.value)

    inherit_windows._may_give_away(False)
    seen = [in_use()]
    inherit_windows._may_give_away(True)
    seen.append(in_use())
    inherit_windows._may_give_away(False)
    assert [*seen, in_use()] == [False, True, False]


def test_streams_are_copied(ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under Wine a stream is an ordinary file of that name, which its list does not have."""
    new = ini.with_name("new.ini")
    new.write_bytes(b"")
    Path(f"{ini}{STREAM}").write_bytes(b"[ZoneTransfer]")
    monkeypatch.setattr(inherit_windows, "_streams", lambda _: iter([STREAM]))
    opened = os.open(new, os.O_RDWR | os.O_BINARY)
    try:
        inherit(opened, new, ini, ini.lstat())
    finally:
        os.close(opened)
    assert Path(f"{new}{STREAM}").read_bytes() == b"[ZoneTransfer]"


@pytest.mark.wine_differs("there are no streams")
def test_streams_stay(ini: Path) -> None:
    Path(f"{ini}{STREAM}").write_bytes(b"[ZoneTransfer]")
    write(ini)
    assert list(ini.parent.iterdir()) == [ini]
    assert list(inherit_windows._streams(ini)) == [STREAM]
    assert Path(f"{ini}{STREAM}").read_bytes() == b"[ZoneTransfer]"


@pytest.mark.wine_differs("the time of creation cannot be set")
def test_the_time_of_creation_stays(ini: Path) -> None:
    opened = os.open(ini, os.O_RDWR | os.O_BINARY)
    try:
        inherit_windows._set_creation(
            opened, os.stat_result([0] * 10, {"st_ctime_ns": BORN * 10**9})
        )
    finally:
        os.close(opened)
    assert ini.stat().st_ctime == BORN
    write(ini)
    assert ini.stat().st_ctime == BORN
