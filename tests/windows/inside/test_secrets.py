"""Secret files, the data folder and the log on Windows: access control lists and appending."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from ctypes import wintypes
from pathlib import Path

import pytest

from microsip_config.errors import SecretError, WriteError
from microsip_config.ini import file as store
from microsip_config.journal.log import Log
from microsip_config.records import RecordsFolder
from microsip_config.records.record import Record
from microsip_config.secret import Secret
from microsip_config.secrets.sources.file import read_secret_file
from microsip_config.system import files, links
from microsip_config.system.acl import ADMINISTRATORS, EVERYONE, SYSTEM, Acl, strangers
from microsip_config.system.private import private_folder, read_private
from microsip_config.system.windows import opening
from microsip_config.system.windows import private as private_windows
from microsip_config.system.windows.acl import access_control, current_user

assert sys.platform == "win32"


def set_rights(path: Path, sddl: str) -> None:
    """Replace the file's access control list."""
    advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    descriptor = ctypes.c_void_p()
    assert advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        ctypes.c_wchar_p(sddl), 1, ctypes.byref(descriptor), None
    )
    advapi32.SetFileSecurityW.argtypes = (wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_void_p)
    assert advapi32.SetFileSecurityW(str(path), 0x4, descriptor)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pw.txt"
    path.write_bytes(b"zebra")
    set_rights(path, f"D:P(A;;FA;;;{current_user()})")
    return path


def rights(path: Path, *, folder: bool = False) -> list[str]:
    descriptor = opening.open_folder(path) if folder else opening.open_itself(path)
    try:
        return strangers(access_control(descriptor), current_user())
    finally:
        os.close(descriptor)


def test_a_file_of_the_user_alone_is_read(file: Path) -> None:
    assert rights(file) == []
    assert read_secret_file(file, 100) == b"zebra"


def test_a_file_that_everyone_may_read_is_refused(file: Path) -> None:
    set_rights(file, f"D:P(A;;FA;;;{current_user()})(A;;FR;;;{EVERYONE})")
    with pytest.raises(SecretError, match=EVERYONE) as caught:
        read_secret_file(file, 100)
    assert caught.value.code == "secret-file-open"
    assert "icacls" in caught.value.hint
    assert read_secret_file(file, 100, allow_open=True) == b"zebra"


def test_the_list_that_is_read_is_the_files(file: Path) -> None:
    descriptor = opening.open_itself(file)
    try:
        acl = access_control(descriptor)
    finally:
        os.close(descriptor)
    assert acl.owner.startswith("S-1-")
    assert acl.entries is not None
    mine = [ace for ace in acl.entries if ace.sid == current_user() and ace.kind == 0]
    assert mine
    assert mine[0].mask & 0x1


def test_the_user_is_who_runs_this() -> None:
    import winreg

    sid = current_user()
    assert sid.startswith("S-1-5-21-")
    with winreg.OpenKey(winreg.HKEY_USERS, sid):
        pass


@pytest.mark.parametrize("name", ["missing.txt", "a\0b", "con?", "x" * 300])
def test_what_cannot_be_opened_is_an_error_of_ours(tmp_path: Path, name: str) -> None:
    with pytest.raises(SecretError):
        read_secret_file(tmp_path / name, 100)
    with pytest.raises(SecretError):
        read_secret_file(tmp_path / name, 100, allow_open=True)


def test_a_folder_is_no_secret_file(tmp_path: Path) -> None:
    with pytest.raises(SecretError):
        read_secret_file(tmp_path, 100)


def test_our_folder_is_the_owners(tmp_path: Path) -> None:
    folder = RecordsFolder(tmp_path / "data", tmp_path / "microsip.ini").secure()
    assert folder == RecordsFolder(tmp_path / "data", tmp_path / "MICROSIP.INI").secure()
    for path in (tmp_path / "data", tmp_path / "data" / "targets", folder):
        assert path.is_dir()
    (folder / "probe").write_bytes(b"x")
    descriptor = opening.open_itself(folder / "probe")
    os.close(descriptor)


@pytest.mark.wine_differs("lists are made from mode bits; what is set is not inherited")
def test_what_is_made_in_our_folder_is_the_owners(tmp_path: Path) -> None:
    folder = RecordsFolder(tmp_path / "data", tmp_path / "microsip.ini").secure()
    (folder / "probe").write_bytes(b"x")
    descriptor = opening.open_itself(folder / "probe")
    try:
        acl = access_control(descriptor)
    finally:
        os.close(descriptor)
    assert acl.entries is not None
    assert {ace.sid for ace in acl.entries} == {SYSTEM, ADMINISTRATORS, current_user()}


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that everybody may enter, with a file that everybody may read."""
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "state.json").write_bytes(b"x")
    for path in (folder, folder / "state.json"):
        set_rights(path, f"D:(A;OICI;FA;;;{current_user()})(A;OICI;FR;;;WD)")
        assert rights(path, folder=path == folder) == [EVERYONE]
    return folder


def test_a_folder_of_ours_that_is_open_to_others_is_closed(open_folder: Path) -> None:
    assert private_folder(open_folder) == open_folder
    assert rights(open_folder, folder=True) == []


def test_a_folder_that_somebody_else_owns_is_refused(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = Acl("S-1-5-21-1-2-3-1004", ())
    monkeypatch.setattr(private_windows, "access_control", lambda _: theirs)
    with pytest.raises(WriteError) as caught:
        private_folder(open_folder)
    assert caught.value.code == "unsafe-folder"


def test_a_disk_without_rights_is_taken_as_it_is(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_windows, "access_control", lambda _: Acl(EVERYONE, None))
    assert private_folder(open_folder) == open_folder


def test_no_file_of_ours_is_read_through_a_link(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No link can be made here: what is open only says that it is one."""
    assert read_private(open_folder / "state.json", 10) == b"x"
    assert read_private(open_folder / "not there", 10) is None
    attributes = (open_folder / "state.json").stat().st_file_attributes
    monkeypatch.setattr(links, "FILE_ATTRIBUTE_REPARSE_POINT", attributes)
    with pytest.raises(ValueError, match="microsip-config did not write it"):
        read_private(open_folder / "state.json", 10)


def test_what_is_staged_can_be_read_by_those_alone_who_can_read_the_file(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini = open_folder / "microsip.ini"
    ini.write_bytes(b"[Settings]\r\nAA=0\r\n")
    set_rights(ini, f"D:P(A;;FA;;;{current_user()})")
    seen: list[list[str]] = []
    real = files.write

    def write(descriptor: int, data: bytes) -> None:
        seen.append(strangers(access_control(descriptor), current_user()))
        real(descriptor, data)

    monkeypatch.setattr(files, "write", write)
    assert store.put(store.load(ini), b"[Settings]\r\nAA=1\r\n")
    assert seen == [[]]
    assert ini.read_bytes() == b"[Settings]\r\nAA=1\r\n"
    assert rights(ini) == []


def test_the_record_works_here(tmp_path: Path) -> None:
    path = RecordsFolder(tmp_path / "data", tmp_path / "microsip.ini").secure() / "state.json"
    blob = "0123456789abcdef" * 4
    password = Secret("green-gate-71")
    record = Record()
    record.remember("Account1", password, password.reveal())
    assert record.save(path) == ()
    record, warnings = Record.load(path)
    assert warnings == ()
    assert record.judge("Account1", blob, password).kind == "learned"
    record.remember("Account1", password, blob)
    assert record.save(path) == ()
    assert Record.load(path)[0].judge("Account1", blob, password).kind == "same"


def test_a_record_that_is_held_open_for_a_moment_is_saved(tmp_path: Path) -> None:
    path = RecordsFolder(tmp_path, tmp_path / "microsip.ini").secure() / "state.json"
    path.write_bytes(b"old")
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; f = open(sys.argv[1]); print(flush=True); time.sleep(.3); f.close()",
            str(path),
        ],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    record = Record()
    record.remember("Account1", Secret("green-gate-71"), "x")
    assert record.save(path) == ()
    assert Record.load(path)[1] == ()
    holder.communicate()


def test_log_lines_of_two_processes_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    script = (
        "import sys; from pathlib import Path; from microsip_config.journal.log import Log\n"
        "record = Log(Path(sys.argv[1]), rotate=False)\n"
        "for n in range(100): record.write(sys.argv[2] + ' ' + str(n))\n"
        "assert not record.failure, record.failure\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, str(path), who]) for who in "ab"]
    assert [run.wait() for run in runs] == [0, 0]
    found = [line.split()[3:] for line in path.read_text(encoding="utf-8").splitlines()]
    for who in "ab":
        numbers = [int(line[1]) for line in found if line[0] == who]
        assert numbers == sorted(numbers)


def test_a_log_can_be_rotated_while_another_process_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    one, other = Log(path, rotate=True), Log(path, rotate=True)
    one.write("one")
    other.write("other")
    path.replace(tmp_path / "x.log.1")
    one.close()
    one.write("again")
    other.write("late")
    assert not one.failure
    assert [line.split()[3] for line in path.read_text().splitlines()] == ["again"]
    rotated = (tmp_path / "x.log.1").read_text().splitlines()
    assert [line.split()[3] for line in rotated] == ["one", "other", "late"]
