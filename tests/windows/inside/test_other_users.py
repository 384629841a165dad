"""Other users on the same Windows: their files, their phones, their desktop."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import winreg
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from ctypes import wintypes
from pathlib import Path
from typing import Any

import pytest

from microsip_config import Configurator, Policy, World, phone_for
from microsip_config.errors import PhoneError
from microsip_config.phone.grammar import build
from microsip_config.records import RecordsFolder, target_path
from microsip_config.records.pending import Pending
from microsip_config.system.windows import processes as win32
from microsip_config.system.windows import sessions, users
from microsip_config.system.windows import start as win32_start
from microsip_config.target import TargetRequest, resolve
from microsip_config.target.hosts.windows import Windows

from .program import HEALTHY, Beside, ring
from .standin import Phone
from .test_phone import pid_of

assert sys.platform == "win32"

SID, OTHER = "S-1-5-21-1-2-3-1235", "S-1-5-21-1-2-3-1236"
PROFILE = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList" + "\\" + SID
AMONG_OURS = Path.home().parent / "heidi"


@pytest.fixture
def theirs() -> Iterator[Path]:
    """The ini in the profile of a user of this Windows."""
    ini = AMONG_OURS / "AppData/Roaming/MicroSIP/MicroSIP.ini"
    ini.parent.mkdir(parents=True)
    ini.write_bytes(b"\xff\xfe" + HEALTHY.encode("utf-16-le"))
    with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, PROFILE) as key:
        winreg.SetValueEx(key, "ProfileImagePath", 0, winreg.REG_EXPAND_SZ, str(AMONG_OURS))
    yield ini
    with suppress(OSError):
        winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, PROFILE)
    shutil.rmtree(AMONG_OURS)


@pytest.fixture
def run_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str | None], None]:
    """Makes a process seem to be run by another user."""
    real = win32.user_of
    users: dict[int, str | None] = {}
    monkeypatch.setattr(win32, "user_of", lambda h: users.get(pid_of(h), real(h)))

    def seem(pid: int, user: str | None) -> None:
        users[pid] = user

    return seem


def configurator(ini: Path, data: Path, **policy: Any) -> Configurator:
    world = World(sys.platform, os.environ, Path.home())
    target = resolve(TargetRequest(ini=ini), world)
    phone = phone_for(target, world)
    assert phone is not None
    chosen = Policy(restart="never", **policy) if "while_running" in policy else Policy(**policy)
    return Configurator(target, data_dir=data, policy=chosen, phone=phone)


@pytest.mark.parametrize("listed", [True, False])
def test_a_file_in_another_profile_is_not_written_under_its_users_phone(
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
    run_by: Callable[[int, str | None], None],
    theirs: Path,
    tmp_path: Path,
    listed: bool,
) -> None:
    phone = make_phone("all users")
    registered("HKLM", str(phone.exe.parent))
    child = phone.start("/minimized")
    run_by(child.pid, SID)
    if not listed:  # a folder that was left of a profile, or is not Windows' own
        winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, PROFILE)
    before = theirs.read_bytes()
    with pytest.raises(PhoneError) as refusal:
        configurator(theirs, tmp_path / "data").apply(ring("55"))
    assert (refusal.value.exit_code, refusal.value.code) == (5, "other-users-phone")
    assert (theirs.read_bytes(), child.poll(), phone.said("close")) == (before, None, [])
    result = configurator(theirs, tmp_path / "data", while_running=True).apply(ring("55"))
    assert (result.changed, [w.code for w in result.warnings]) == (False, ["left-for-later"])


def test_our_own_phone_does_not_read_the_file_in_another_profile(
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
    theirs: Path,
    tmp_path: Path,
) -> None:
    phone = make_phone("all users")
    registered("HKLM", str(phone.exe.parent))
    child = phone.start("/minimized")
    result = configurator(theirs, tmp_path / "data").apply(ring("55"))
    assert (result.changed, result.phone.was_running) == (True, False)
    assert (child.poll(), phone.said("close")) == (None, [])


def test_a_phone_of_ours_in_another_session_is_not_written_under(
    phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    real = win32.session_of
    monkeypatch.setattr(win32, "session_of", lambda pid: 77 if pid == child.pid else real(pid))
    with pytest.raises(PhoneError) as refusal:
        Beside(phone, tmp_path / "data").configurator().apply(ring("55"))
    assert refusal.value.code == "other-users-phone"
    assert (child.poll(), phone.said("close")) == (None, [])


def test_the_window_of_another_user_on_our_desktop_is_not_taken_for_our_phone(
    phone: Phone, run_by: Callable[[int, str | None], None]
) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    world = World(sys.platform, os.environ, Path.home())
    assert [exe.lower() for exe in Windows(world).running()] == [str(phone.exe).lower()]
    for stranger in (SID, None):
        run_by(child.pid, stranger)
        assert Windows(world).running() == ()


@pytest.mark.parametrize("elevated", [True, False])  # the built-in Administrator is not
def test_no_phone_is_started_on_the_desktop_of_another_user(
    make_phone: Callable[..., Phone],
    run_by: Callable[[int, str | None], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    elevated: bool,
) -> None:
    phone, shell = make_phone(), make_phone("shell")
    for each in (phone, shell):
        each.write(HEALTHY)
    desktop = shell.start("/minimized").pid
    monkeypatch.setattr(win32, "shell_process", lambda: desktop)
    monkeypatch.setattr(win32, "is_elevated", lambda _: elevated)
    seen = Beside(phone, tmp_path / "data").seen
    assert not win32_start.is_anothers_desktop()
    run_by(desktop, SID)
    with pytest.raises(PhoneError) as refusal:
        seen.start(minimized=True)
    assert refusal.value.code == "no-desktop"
    assert phone.events() == []
    run_by(desktop, win32.own_user())
    seen.start(minimized=True)
    assert seen.stop(10).was_running


@pytest.mark.parametrize("phone_elevated", [False, True])
def test_what_speaks_to_a_phone_has_its_level(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, phone_elevated: bool
) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    parents: list[int] = []
    start = win32_start.start

    def noted(
        exe: str, line: str, folder: str, environ: Mapping[str, str], parent: int = 0
    ) -> win32_start.Started:
        parents.append(parent)
        return start(exe, line, folder, environ, 0)

    monkeypatch.setattr(win32_start, "start", noted)
    monkeypatch.setattr(win32_start, "desktop_parent", lambda: 4711)
    monkeypatch.setattr(win32, "is_elevated", lambda h: phone_elevated and pid_of(h) == child.pid)
    seen = Beside(phone, tmp_path / "data").seen
    seen.send(build("hangup"))
    assert seen.stop(10).was_running
    assert parents == [0 if phone_elevated else 4711] * 2


def test_a_number_that_means_another_process_by_now_is_not_held(
    phone: Phone, tmp_path: Path
) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    seen = Beside(phone, tmp_path / "data").seen
    (process,) = seen.status().mine
    earlier = process._replace(started=process.started - 5)
    assert seen._hold(earlier) is None
    handle = seen._hold(process)
    assert handle is not None
    handle.close()
    assert child.poll() is None


# --- whose phone it is -------------------------------------------------------------------------
def test_a_phone_whose_user_cannot_be_seen_is_not_ours_to_stop(
    phone: Phone,
    run_by: Callable[[int, str | None], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Whatever it is, its exit would undo what is written: so nothing is."""
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    for listed in ({}, {child.pid: win32.own_user()}):
        monkeypatch.setattr(sessions, "listed_users", lambda found=listed: found)
        run_by(child.pid, None)
        beside = Beside(phone, tmp_path / "data")
        state = beside.seen.status()
        assert (state.mine, [each.pid for each in state.out_of_reach]) == ((), [child.pid])
        with pytest.raises(PhoneError) as refusal:
            beside.configurator(kill=True).apply(ring("55"))
        assert refusal.value.code == "other-users-phone"
    assert (child.poll(), phone.said("close")) == (None, [])


@pytest.mark.parametrize(("of", "reads"), [(SID, True), (OTHER, False), (None, True)])
def test_a_phone_that_cannot_be_opened_is_judged_by_the_list_of_the_system(
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
    theirs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    of: str | None,
    reads: bool,
) -> None:
    """As on a terminal server, for an administrator who may not debug."""
    phone = make_phone("all users")
    registered("HKLM", str(phone.exe.parent))
    child = phone.start("/minimized")
    real, session = win32.open_process, win32.session_of
    monkeypatch.setattr(
        win32, "open_process", lambda pid, r: None if pid == child.pid else real(pid, r)
    )
    monkeypatch.setattr(win32, "session_of", lambda pid: 77 if pid == child.pid else session(pid))
    monkeypatch.setattr(sessions, "listed_users", lambda: {child.pid: of} if of else {})
    run = configurator(theirs, tmp_path / "data")
    if reads:
        with pytest.raises(PhoneError) as refusal:
            run.apply(ring("55"))
        assert refusal.value.code == "other-users-phone"
    else:
        assert run.apply(ring("55")).changed
    assert child.poll() is None


def test_the_system_lists_whose_processes_run() -> None:
    assert sessions.listed_users()[os.getpid()] == win32.own_user()


def test_the_right_to_debug_is_used_and_rested(monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[tuple[str, bool]] = []
    monkeypatch.setattr(users, "switch_privilege", lambda *given: states.append(given))
    with win32.debugging():
        assert states == [("SeDebugPrivilege", True)]
    assert states[1:] == [("SeDebugPrivilege", False)]


# --- another user's phone is started by a token of that user, or not at all --------------------
@pytest.fixture
def own_token(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """This user's token in the place of that of the session; who was asked for."""
    asked: list[str] = []
    advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)

    @contextmanager
    def session_token(sid: str) -> Iterator[int | None]:
        asked.append(sid)
        token = wintypes.HANDLE()
        own = wintypes.HANDLE(-1)
        assert advapi32.OpenProcessToken(own, 0xF01FF, ctypes.byref(token))
        yield token.value

    monkeypatch.setattr(sessions, "session_token", session_token)
    return asked


def test_the_phone_of_another_user_is_started_with_that_users_token(
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
    own_token: list[str],
    theirs: Path,
    tmp_path: Path,
) -> None:
    phone = make_phone("all users")
    registered("HKLM", str(phone.exe.parent))
    result = configurator(theirs, tmp_path / "data", restart="always").apply(ring("55"))
    assert (result.phone.started, result.warnings) == (True, ())
    assert own_token == [SID]
    assert phone.said("start")
    Beside(phone, tmp_path / "data").seen.stop(10, kill=True, even_in_call=True)


@pytest.mark.parametrize("differs", [True, False])
def test_without_that_users_token_the_restart_is_pending(
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
    theirs: Path,
    tmp_path: Path,
    differs: bool,
) -> None:
    phone = make_phone("all users")
    registered("HKLM", str(phone.exe.parent))
    data = tmp_path / "data"
    run = configurator(theirs, data, restart="always")
    result = run.apply(ring("55" if differs else "40"))
    assert result.changed is differs
    assert [warning.code for warning in result.warnings] == ["restart-pending"]
    assert (result.exit_code, result.phone.started, phone.events()) == (0, False, [])
    assert not (target_path(data, theirs) / "pending.json").exists(), "nothing was stopped"


def test_what_is_owed_to_another_user_stays_owed(
    make_phone: Callable[..., Phone],
    registered: Callable[[str, str], None],
    own_token: list[str],
    theirs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run was cut between stop and start; the next is made while the user is logged off."""
    phone = make_phone("all users")
    registered("HKLM", str(phone.exe.parent))
    data = tmp_path / "data"
    folder = RecordsFolder(data, theirs)
    folder.secure()
    Pending(folder.pending).begin(str(phone.exe), True, "apply")
    there = sessions.session_token
    monkeypatch.setattr(sessions, "session_token", lambda _: nullcontext(None))
    result = configurator(theirs, data).apply(ring("55"))
    assert [warning.code for warning in result.warnings] == ["restart-pending"]
    assert folder.pending.exists()
    monkeypatch.setattr(sessions, "session_token", there)
    result = configurator(theirs, data).apply(ring("55"))
    assert (result.phone.started, result.warnings, folder.pending.exists()) == (True, (), False)
    assert own_token == [SID]
    assert phone.said("start") == ["/minimized"]
    Beside(phone, data).seen.stop(10, kill=True, even_in_call=True)


def test_this_process_is_not_given_the_tokens_of_sessions() -> None:
    """Only SYSTEM is, and Wine lists no session."""
    with sessions.session_token(SID) as token:
        assert token is None
