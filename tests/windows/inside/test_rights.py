"""An administrator's or SYSTEM's run over what another user of this Windows controls.

Wine has no second user, no junctions and no opportunistic locks: where they stand, the one function
that asks for them is told. What only Windows has is tested too, and expected to fail under Wine.
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from ctypes import wintypes
from pathlib import Path
from typing import Any

import pytest

from microsip_config import World
from microsip_config.errors import MicrosipConfigError, SecretError, TargetError, UsageError
from microsip_config.ini import file as store
from microsip_config.journal.log import Log
from microsip_config.records import RecordsFolder
from microsip_config.secrets.sources.file import read_secret_file
from microsip_config.system import files
from microsip_config.system.acl import Ace, Acl, strangers
from microsip_config.system.private import private_folder, read_private
from microsip_config.system.windows import bounded as bounded_windows
from microsip_config.system.windows import opening, outputs, owners, paths, private, users, win32
from microsip_config.system.windows import profiles as user_profiles
from microsip_config.system.windows.acl import (
    access_control,
    account_name,
    account_sid,
    current_user,
)
from microsip_config.system.windows.names import odd_name
from microsip_config.target.hosts import windows as hosts

from .conftest import ON_WINE
from .program import Beside
from .test_links import EXPECTED, NEW, OLD, PARTS, shown_as, utf16
from .test_secrets import rights, set_rights

assert sys.platform == "win32"

EVERYONE = "S-1-1-0"
kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "MicroSIP.ini"
    path.write_bytes(utf16(OLD))
    return path


@pytest.fixture
def bob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another user's profile; this run has an administrator's rights."""
    profiles = tmp_path / "Users of this PC"
    bob, own = profiles / "bob", profiles / "own"
    for home in (bob, own):
        ini = home.joinpath(*PARTS)
        ini.parent.mkdir(parents=True)
        ini.write_bytes(utf16(OLD))
    monkeypatch.setattr(user_profiles, "own_and_other_profiles", lambda: (own, [bob]))
    monkeypatch.setattr(paths, "elevated", lambda: True)
    return bob


# --- names that are none -----------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    [
        r"C:\x\MicroSIP.ini:stream",
        r"C:\x\MicroSIP.ini::$DATA",
        r"C:\x:y\MicroSIP.ini",
        r"C:\x\MicroSIP.ini.",
        r"C:\x\MicroSIP.ini ",
        r"C:\x. \MicroSIP.ini",
        r"C:\x\NUL",
        r"C:\x\con",
        r"C:\x\COM1.ini",
        r"C:\x\lpt9 .old.ini",
        r"C:\Aux\MicroSIP.ini",
        "C:\\x\\COM\N{SUPERSCRIPT TWO}",
        r"C:\x\CONIN$",
        r"\\.\pipe\MicroSIP.ini",
        r"\\.\PhysicalDrive0",
        r"\\?\GLOBALROOT\Device\Null",
        r"\\.\NUL",
        r"\\?\C:\x\MicroSIP.ini:stream",
        r"\\?\UNC\server\pipe\x",
        r"\\server\pipe\x",
        r"//server/IPC$/x",
        "MicroSIP.ini:stream",
        "C:/x/prn.txt",
    ],
)
def test_a_device_or_a_stream_is_no_file(path: str) -> None:
    assert odd_name(path)
    with pytest.raises(TargetError) as refusal:
        paths.secure_path(Path(path))
    assert refusal.value.code == "not-a-file"
    for opens in (opening.open_itself, outputs.open_update, outputs.create_output):
        with pytest.raises((OSError, MicrosipConfigError)):
            opens(Path(path))
    with pytest.raises(OSError, match=r"device"):
        private.create_private_folder(Path(path))


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Users\Zoë Tester\AppData\Roaming\MicroSIP\MicroSIP.ini",
        r"..\.\console\comm1\nul1.x\aux-port\MicroSIP.ini",
        r"\\?\C:\x\MicroSIP.ini",
        r"\\?\Volume{9a2a5ea4-8d2b-11ee-9d11-806e6f6e6963}\Users\bob\MicroSIP.ini",
        r"\\server\share\pipe\MicroSIP.ini",
        r"\\server@SSL@8443\DavWWWRoot\MicroSIP.ini",
        r"\\?\UNC\server\share\MicroSIP.ini",
        "C:/x/MicroSIP.ini",
    ],
)
def test_what_is_a_file_is_one(path: str) -> None:
    assert odd_name(path) == ""


def test_the_program_refuses_a_stream(ini: Path, beside: Beside) -> None:
    stream = Path(f"{ini}:stream")
    stream.write_bytes(utf16(OLD))
    command = [*beside.command("show")[:-4], "--ini", str(stream), "--json"]
    ran = beside.run_command(command)
    assert (ran.exit_code, ran.codes[1]) == (4, {"not-a-file"})


# --- another name for a profile ----------------------------------------------------------------
@pytest.fixture
def drive(bob: Path) -> Iterator[str]:
    """What ``subst`` makes; under Wine, which makes it of no use, the drive Z:."""
    if ON_WINE:
        kernel32.wine_get_unix_file_name.restype = ctypes.c_char_p
        unix = os.fsdecode(kernel32.wine_get_unix_file_name(str(bob.parent)))
        yield "Z:" + unix.replace("/dosdevices/c:", "/drive_c").replace("/", "\\")
        return
    letter = "Q:"
    assert kernel32.DefineDosDeviceW(0, letter, str(bob.parent))
    yield letter + "\\"
    kernel32.DefineDosDeviceW(2, letter, None)


def other_names(bob: Path) -> dict[str, str]:
    short = ctypes.create_unicode_buffer(400)
    assert kernel32.GetShortPathNameW(str(bob.parent), short, 400)
    return {"short name": short.value, "upper case": str(bob.parent).upper()}


@pytest.mark.parametrize("name", ["short name", "upper case", "drive", "prefix", "dots"])
def test_links_are_found_under_every_name_of_a_profile(
    bob: Path, drive: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    named = {
        **other_names(bob),
        "drive": drive,
        "prefix": f"\\\\.\\{bob.parent}",
        "dots": str(bob.parent / "own" / ".."),
    }[name]
    ini = Path(named, "bob", *PARTS)
    assert store.load(ini).text == OLD
    assert store.write(store.load(ini), NEW, EXPECTED)
    shown_as(monkeypatch, bob / "AppData")
    with pytest.raises(TargetError) as refusal:
        store.load(ini)
    assert refusal.value.code == "link"


@pytest.mark.parametrize("name", ["short name", "drive", "prefix"])
def test_the_owner_is_found_under_every_name_of_a_profile(
    bob: Path, drive: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    named = {**other_names(bob), "drive": drive, "prefix": f"\\\\.\\{bob.parent}"}[name]
    listed = [("S-1-5-21-1-2-3-7", bob), (current_user(), bob.with_name("own"))]
    monkeypatch.setattr(user_profiles, "profile_list", lambda: iter(listed))
    world = World(sys.platform, os.environ, bob.with_name("own"))
    for profile, owner in (("bob", "S-1-5-21-1-2-3-7"), ("own", None), ("left over", "")):
        assert hosts.owner_of_path(world, Path(named, profile, *PARTS)) == owner


@pytest.mark.wine_differs("no junctions")
def test_a_junction_to_the_profiles_is_seen_through(bob: Path, tmp_path: Path) -> None:
    """As C:\\Documents and Settings."""
    alias = tmp_path / "Documents and Settings"
    make_junction(alias, bob.parent)
    ini = alias.joinpath("bob", *PARTS)
    assert store.load(ini).text == OLD
    make_junction(bob / "evil", tmp_path)
    with pytest.raises(TargetError) as refusal:
        store.load(alias / "bob" / "evil" / "MicroSIP.ini")
    assert refusal.value.code == "link"


@pytest.mark.wine_differs("no volume has such a name")
def test_a_volume_by_its_number_is_seen_through(bob: Path, tmp_path: Path) -> None:
    volume = ctypes.create_unicode_buffer(60)
    assert kernel32.GetVolumeNameForVolumeMountPointW(bob.anchor, volume, 60)
    make_junction(bob / "evil", tmp_path)
    with pytest.raises(TargetError) as refusal:
        store.load(Path(volume.value, *bob.parts[1:], "evil", "MicroSIP.ini"))
    assert refusal.value.code == "link"


def make_junction(link: Path, target: Path) -> None:
    import _winapi

    _winapi.CreateJunction(str(target), str(link))


def test_no_folder_on_the_way_can_be_exchanged_while_it_is_used(bob: Path) -> None:
    ini = bob.joinpath(*PARTS)
    reached = paths.secure_path(ini)
    assert reached is not None
    with reached:
        for folder in (ini.parent, bob / "AppData"):
            with pytest.raises(OSError, match=r".") as refusal:
                folder.rename(folder.with_name("moved"))
            assert refusal.value.winerror in (5, 32)
    ini.parent.rename(ini.parent.with_name("moved"))


def test_a_given_file_is_not_read_through_a_link_of_another_user(
    bob: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "elevated", lambda: True)
    given = bob / "AppData" / "desk.ini"
    given.write_bytes(b"[template]")
    assert files.read_given(given, 100) == b"[template]"
    shown_as(monkeypatch, bob / "AppData")
    with pytest.raises(TargetError) as refusal:
        files.read_given(given, 100)
    assert refusal.value.code == "link"


# --- who has more rights -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("administrator", "held", "elevated"),
    [
        (True, (), True),
        (False, ("SeBackupPrivilege",), True),
        (False, ("SeRestorePrivilege", "SeChangeNotifyPrivilege"), True),
        (False, ("SeTakeOwnershipPrivilege",), True),
        (False, ("SeDebugPrivilege",), True),
        (False, ("SeChangeNotifyPrivilege", "SeShutdownPrivilege"), False),
        (False, (), False),
    ],
)
def test_backup_operators_have_more_rights(
    monkeypatch: pytest.MonkeyPatch, administrator: bool, held: tuple[str, ...], elevated: bool
) -> None:
    numbers = frozenset(users._number(name) or 0 for name in held)
    monkeypatch.setattr(win32, "IsUserAnAdmin", lambda: administrator)
    monkeypatch.setattr(users, "held_privileges", lambda: numbers)
    for cached in (users._administrator, users._powerful):
        cached.cache_clear()
    try:
        assert users.elevated() is elevated
    finally:
        for cached in (users._administrator, users._powerful):
            cached.cache_clear()


def test_the_privileges_of_this_process_are_known() -> None:
    """Everybody holds this one, which lets them pass folders that they cannot list."""
    assert users._number("SeChangeNotifyPrivilege") in users.held_privileges()
    assert users._number("SeNoSuchPrivilege") is None


# --- who may read a secret ---------------------------------------------------------------------
@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "pw.txt"
    path.write_bytes(b"zebra")
    set_rights(path, f"D:P(A;;FA;;;{current_user()})(A;;FR;;;{EVERYONE})")
    return path


@pytest.mark.parametrize("readers", [[EVERYONE], ["Everyone"], ["BUILTIN\\Users", "everyone"]])
def test_readers_that_are_trusted_may_read(secret: Path, readers: list[str]) -> None:
    assert read_secret_file(secret, 100, trusted=readers) == b"zebra"


def test_readers_that_are_not_trusted_are_named(secret: Path) -> None:
    with pytest.raises(SecretError, match=r"Everyone \(S-1-1-0\)") as refusal:
        read_secret_file(secret, 100, trusted=["S-1-5-32-545"])
    assert (refusal.value.code, "--trust-readers" in refusal.value.hint) == (
        "secret-file-open",
        True,
    )


@pytest.mark.parametrize("unknown", ["nobody such", "", "S-1-x"])
def test_a_reader_that_nobody_knows_is_an_error(secret: Path, unknown: str) -> None:
    with pytest.raises(UsageError):
        read_secret_file(secret, 100, trusted=[unknown])


def test_names_and_identifiers_of_accounts() -> None:
    assert account_sid("BUILTIN\\Administrators") == "S-1-5-32-544"
    assert account_sid("S-1-5-18") == "S-1-5-18"
    assert account_name("S-1-5-32-544") == "BUILTIN\\Administrators (S-1-5-32-544)"
    assert account_name("S-1-5-21-1-2-3-4567") == "S-1-5-21-1-2-3-4567"


@pytest.mark.parametrize(("trust", "exit_code"), [((), 3), (("--trust-readers", EVERYONE), 0)])
def test_the_program_takes_readers_that_are_trusted(
    beside: Beside, secret: Path, tmp_path: Path, trust: tuple[str, ...], exit_code: int
) -> None:
    template = tmp_path / "desk.ini"
    template.write_text("[template]\n[Account1]\npassword = {{ secret.sip }}\n", encoding="utf-8")
    ran = beside.json("apply", template, "--secret", f"sip=file:{secret}", *trust)
    assert ran.exit_code == exit_code, ran
    assert "zebra" not in ran.out + ran.err


DOMAIN = "S-1-5-21-111-222-333"
INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"


@pytest.mark.parametrize(
    ("sid", "stranger"),
    [
        (f"{DOMAIN}-500", False),
        (f"{DOMAIN}-512", False),
        (f"{DOMAIN}-519", False),
        ("S-1-5-18", False),
        ("S-1-5-32-544", False),
        (INSTALLER, False),
        (f"{DOMAIN}-513", True),
        (f"{DOMAIN}-518", True),
        (f"{DOMAIN}-1512", True),
        ("S-1-5-21-111-222-512", True),
        ("S-1-5-32-512", True),
        ("S-1-12-1-111-222-333-512", True),
        ("S-1-5-80-512", True),
    ],
)
def test_administrators_of_a_domain_are_no_strangers(sid: str, stranger: bool) -> None:
    user = f"{DOMAIN}-1001"
    reading = Ace(0, 0, 0x1, sid)
    assert strangers(Acl(user, (reading,)), user) == [sid] * stranger
    assert strangers(Acl(sid, ()), user) == [sid] * stranger
    assert strangers(Acl(user, (reading,)), user, [sid]) == []


# --- by handle, not by name --------------------------------------------------------------------
def test_the_folder_that_is_narrowed_is_the_one_that_was_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the change, another folder takes its name."""
    ours, moved = tmp_path / "ours", tmp_path / "moved"
    wide = f"D:(A;OICI;FA;;;{current_user()})(A;OICI;FR;;;WD)"
    for folder in (ours, tmp_path / "other"):
        folder.mkdir()
        set_rights(folder, wide)
    real = access_control

    def exchanged(descriptor: int) -> object:
        found = real(descriptor)
        ours.rename(moved)
        (tmp_path / "other").rename(ours)
        return found

    monkeypatch.setattr(private, "access_control", exchanged)
    assert private.close_to_others(ours, ours.lstat())
    assert rights(moved, folder=True) == []
    assert rights(ours, folder=True) == [EVERYONE]


def test_attributes_are_set_on_the_file_itself(ini: Path) -> None:
    from microsip_config.system.windows.opening import set_attributes

    before = ini.stat().st_mtime_ns
    set_attributes(ini, stat.FILE_ATTRIBUTE_HIDDEN)
    found = ini.stat()
    assert found.st_file_attributes & stat.FILE_ATTRIBUTE_HIDDEN
    assert found.st_mtime_ns == before


@pytest.mark.parametrize("own", [True, False])
def test_no_log_is_written_into_a_file_with_two_names(tmp_path: Path, own: bool) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    os.link(other, tmp_path / "x.log")
    log = Log(tmp_path / "x.log", rotate=own)
    log.write("a line")
    log.close()
    assert "one name" in log.failure
    assert other.read_bytes() == b"precious"


@pytest.mark.parametrize("way", ["log", "calls", "out"])
@pytest.mark.parametrize("place", ["file", "folder"])
def test_nothing_is_written_through_a_link(
    bob: Path, monkeypatch: pytest.MonkeyPatch, way: str, place: str
) -> None:
    path = bob / "AppData" / "x.txt"
    if place == "folder":
        shown_as(monkeypatch, bob / "AppData")
    else:
        if way == "out":
            path.write_bytes(b"")
        shown_open_as(monkeypatch, 0xA000000C)
    opens: dict[str, Callable[[Path], int]] = {
        "log": lambda given: outputs.open_append(given, own=True),
        "calls": outputs.open_update,
        "out": outputs.create_output,
    }
    with pytest.raises((OSError, MicrosipConfigError)):
        opens[way](path)


# --- placeholders, servers ---------------------------------------------------------------------
def shown_open_as(monkeypatch: pytest.MonkeyPatch, tag: int) -> None:
    """What is open looks like a reparse point of that kind."""
    real = opening.inspect_open

    def inspect_open(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        fields = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
        fields["st_file_attributes"] |= stat.FILE_ATTRIBUTE_REPARSE_POINT
        return os.stat_result(tuple(found), {**fields, "st_reparse_tag": tag})

    monkeypatch.setattr(opening, "inspect_open", inspect_open)
    monkeypatch.setattr(files, "inspect_open", inspect_open)


CLOUD, ONEDRIVE, DEDUP, WOF, ARCHIVE = 0x9000701A, 0x80000021, 0x80000013, 0x80000017, 0x00000010
JUNCTION, SYMLINK, SUBSYSTEM, ALIAS, NFS = (
    0xA0000003,
    0xA000000C,
    0xA000001D,
    0x8000001B,
    0x80000014,
)


@pytest.mark.parametrize("tag", [CLOUD, ONEDRIVE, DEDUP, WOF, ARCHIVE])
def test_a_file_that_is_stored_elsewhere_is_a_file(
    ini: Path, monkeypatch: pytest.MonkeyPatch, tag: int
) -> None:
    shown_as(monkeypatch, ini, tag)
    shown_open_as(monkeypatch, tag)
    assert store.load(ini).text == OLD
    assert read_private(ini, 100) == utf16(OLD)


@pytest.mark.parametrize("tag", [JUNCTION, SYMLINK, SUBSYSTEM, ALIAS, NFS])
def test_what_stands_for_another_name_is_no_file(
    ini: Path, monkeypatch: pytest.MonkeyPatch, tag: int
) -> None:
    shown_open_as(monkeypatch, tag)
    with pytest.raises(OSError, match=r"."):
        opening.open_itself(ini)
    shown_as(monkeypatch, ini, tag)
    with pytest.raises(TargetError) as refusal:
        store.load(ini)
    assert refusal.value.code == "link"


@pytest.mark.parametrize(("tag", "ours"), [(DEDUP, True), (CLOUD, True), (SYMLINK, False)])
def test_the_tag_of_what_is_open_is_asked_for(
    ini: Path, monkeypatch: pytest.MonkeyPatch, tag: int, ours: bool
) -> None:
    """``os.fstat`` does not tell it."""
    fstat, information = os.fstat, win32.GetFileInformationByHandleEx

    def reparse_point(descriptor: int) -> os.stat_result:
        found = fstat(descriptor)
        fields = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
        fields["st_file_attributes"] |= stat.FILE_ATTRIBUTE_REPARSE_POINT
        return os.stat_result(tuple(found), fields)

    def tagged(handle: int, kind: int, where: Any, size: int) -> int:
        if kind == win32.FILE_ATTRIBUTE_TAG_INFO:
            where._obj.tag = tag
            return 1
        return int(information(handle, kind, where, size))

    monkeypatch.setattr(os, "fstat", reparse_point)
    monkeypatch.setattr(win32, "GetFileInformationByHandleEx", tagged)
    if ours:
        assert read_private(ini, 100) == utf16(OLD)
    else:
        with pytest.raises(OSError, match=r"."):
            read_private(ini, 100)


def test_the_kind_of_an_ordinary_file_is_that_of_the_system(ini: Path) -> None:
    descriptor = opening.open_itself(ini)
    try:
        assert opening.inspect_open(descriptor) == os.fstat(descriptor)
        other = opening.reopened(descriptor, win32.READ_CONTROL)
        try:
            assert opening.same_file(descriptor, other)
        finally:
            os.close(other)
    finally:
        os.close(descriptor)


def test_a_server_may_number_names_and_handles_differently(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        fields = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
        return os.stat_result((found[0], found[1] ^ 1, found[2] ^ 1, *found[3:]), fields)

    monkeypatch.setattr(os, "fstat", fstat)
    assert store.load(ini).text == OLD
    assert store.write(store.load(ini), NEW, EXPECTED)


# --- bounded -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("where", "what"), [("profile", ".ini"), ("profile", "bob"), ("elsewhere", ".ini")]
)
def test_a_user_who_keeps_a_file_keeps_nobody_waiting(
    bob: Path, tmp_path: Path, where: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call cannot even be cancelled; what it brings in the end is closed again."""
    real = win32.CreateFileW
    closed: list[object] = []

    def close(handle: object) -> int:
        closed.append(handle)
        return 1

    def stalled(path: str, *arguments: object) -> object:
        if path.endswith(what):
            time.sleep(3)
        return real(path, *arguments)

    monkeypatch.setattr(win32, "CloseHandle", close)
    monkeypatch.setattr(bounded_windows, "LONGEST", 0.2)
    monkeypatch.setattr(bounded_windows, "_AFTER_CANCEL", 0.2)
    ini = bob.joinpath(*PARTS) if where == "profile" else tmp_path / "MicroSIP.ini"
    ini.write_bytes(utf16(OLD))
    assert store.load(ini).text == OLD
    monkeypatch.setattr(win32, "CreateFileW", stalled)
    with pytest.raises(TargetError) as refusal:
        store.load(ini)
    assert refusal.value.code == "in-use"
    before = len(closed)
    time.sleep(4)
    assert len(closed) > before


def test_a_call_that_waits_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_windows, "LONGEST", 0.2)
    kernel32.CreateNamedPipeW.restype = wintypes.HANDLE
    kernel32.ConnectNamedPipe.argtypes = (wintypes.HANDLE, ctypes.c_void_p)
    pipe = kernel32.CreateNamedPipeW(rf"\\.\pipe\waits-{os.getpid()}", 3, 0, 1, 0, 0, 0, None)
    ended = []

    def wait() -> int:
        kernel32.ConnectNamedPipe(pipe, None)
        ended.append(ctypes.get_last_error())
        raise ctypes.WinError(ctypes.get_last_error())

    with pytest.raises(OSError, match=r".*") as refusal:
        bounded_windows.bounded(wait, lambda _: None)
    assert (refusal.value.winerror, ended) == (802, [995])


def test_what_is_bounded_gives_its_result_and_its_error() -> None:
    assert bounded_windows.bounded(lambda: 7, lambda _: None) == 7
    with pytest.raises(ZeroDivisionError):
        bounded_windows.bounded(lambda: 1 // 0, lambda _: None)


@pytest.mark.wine_differs("no opportunistic locks")
def test_an_opportunistic_lock_is_not_waited_for(
    bob: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini = bob.joinpath(*PARTS)
    monkeypatch.setattr(bounded_windows, "LONGEST", 1.0)
    kernel32.CreateFileW.restype = wintypes.HANDLE
    kernel32.CreateEventW.restype = wintypes.HANDLE
    overlapped = (ctypes.c_uint64 * 4)(0, 0, 0, kernel32.CreateEventW(None, True, False, None))
    handle = kernel32.CreateFileW(str(ini), 0x80000000, 7, None, 3, 0x40000000, None)
    batch = 0x00090008  # FSCTL_REQUEST_BATCH_OPLOCK
    arguments = (wintypes.HANDLE(handle), batch, None, 0, None, 0, None, overlapped)
    assert not kernel32.DeviceIoControl(*arguments)
    assert ctypes.get_last_error() == 997
    try:
        with pytest.raises(TargetError) as refusal:
            store.load(ini)
        assert refusal.value.code == "in-use"
    finally:
        kernel32.CloseHandle(wintypes.HANDLE(handle))


# --- a long data folder ------------------------------------------------------------------------
def test_a_data_folder_may_have_a_long_path(tmp_path: Path) -> None:
    data = tmp_path.joinpath(*["a long name of a folder"] * 12)
    folder = RecordsFolder(data, tmp_path / "MicroSIP.ini")
    assert str(folder.path).startswith("\\\\?\\")
    assert folder.secure().is_dir()
    assert private_folder(data) == data
    assert str(RecordsFolder(tmp_path, tmp_path / "MicroSIP.ini").path).startswith(str(tmp_path))
