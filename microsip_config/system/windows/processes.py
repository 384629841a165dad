"""The few calls into Windows that finding, ending and starting a process need."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    raise ImportError("only on Windows")

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from . import acl, users, win32

QUERY_LIMITED = win32.PROCESS_QUERY_LIMITED
SYNCHRONIZE = win32.SYNCHRONIZE
TERMINATE = win32.PROCESS_TERMINATE

_WAIT_OBJECT_0 = 0
_ABORT_IF_HUNG = 2
_WM_NULL, _WM_GETTEXT = 0, 0x0D
_GW_OWNER = 4
_GWL_STYLE, _WS_VISIBLE = -16, 0x10000000
_SNAP_PROCESSES = 2
_FULL = 2  # TokenElevationTypeFull
_DEBUG = "SeDebugPrivilege"


class Window(NamedTuple):
    """A window as it is now: ``shown`` is its own style, ``visible`` counts its parents too.

    ``parent`` is the handle of the window that it is in, or of its owner, 0 without either.
    """

    handle: int
    pid: int
    class_name: str
    title: str
    owned: bool
    visible: bool
    shown: bool
    control_id: int
    parent: int
    enabled: bool


def top_windows() -> list[Window]:
    """The top-level windows of this desktop."""
    return _collected(lambda callback: win32.EnumWindows(callback, 0))


def child_windows(parent: int) -> list[Window]:
    """All windows inside ``parent``, at any depth."""
    return _collected(lambda callback: win32.EnumChildWindows(parent, callback, 0))


def _collected(enumerate_with: Callable[[Any], object]) -> list[Window]:
    handles: list[int] = []

    def note(handle: int, _: int) -> bool:
        handles.append(handle)
        return True

    enumerate_with(win32.EnumWindowsProc(note))
    return [_window(handle) for handle in handles if handle]


def _window(handle: int) -> Window:
    pid = win32.DWORD()
    win32.GetWindowThreadProcessId(handle, ctypes.byref(pid))
    name = ctypes.create_unicode_buffer(256)
    win32.GetClassNameW(handle, name, 256)
    title = ctypes.create_unicode_buffer(512)
    win32.InternalGetWindowText(
        handle, title, 512
    )  # asks the system, not the window: a hung one cannot block it
    return Window(
        handle=handle,
        pid=pid.value,
        class_name=name.value,
        title=title.value,
        owned=bool(win32.GetWindow(handle, _GW_OWNER)),
        visible=bool(win32.IsWindowVisible(handle)),
        shown=bool(win32.GetWindowLongW(handle, _GWL_STYLE) & _WS_VISIBLE),
        control_id=win32.GetDlgCtrlID(handle),
        parent=int(win32.GetParent(handle) or 0),
        enabled=bool(win32.IsWindowEnabled(handle)),
    )


def answers(handle: int, milliseconds: int) -> bool:
    """Whether the window handles a message in that time."""
    result = ctypes.c_size_t()
    return bool(
        win32.SendMessageTimeoutW(
            handle, _WM_NULL, 0, None, _ABORT_IF_HUNG, milliseconds, ctypes.byref(result)
        )
    )


def window_text(handle: int, milliseconds: int) -> str | None:
    """The text that the window itself gives; ``None`` when it does not answer in that time."""
    text, result = ctypes.create_unicode_buffer(512), ctypes.c_size_t()
    sent = win32.SendMessageTimeoutW(
        handle, _WM_GETTEXT, 511, text, _ABORT_IF_HUNG, milliseconds, ctypes.byref(result)
    )
    return text.value if sent else None


class Seen(NamedTuple):
    """A process as the list of all processes shows it."""

    pid: int
    name: str


def processes() -> list[Seen]:
    """Every process of the machine with the name of its executable."""
    handle = win32.CreateToolhelp32Snapshot(_SNAP_PROCESSES, 0)
    if handle == win32.INVALID_HANDLE:
        return []
    entry = win32.ProcessEntry(size=ctypes.sizeof(win32.ProcessEntry))
    found = []
    try:
        more = win32.Process32FirstW(handle, ctypes.byref(entry))
        while more:
            found.append(Seen(entry.pid, entry.name))
            more = win32.Process32NextW(handle, ctypes.byref(entry))
    finally:
        win32.CloseHandle(handle)
    return found


@contextmanager
def debugging() -> Iterator[None]:
    """An administrator may look at the processes of others, where that is allowed to them."""
    users.switch_privilege(_DEBUG, True)
    try:
        yield
    finally:
        users.switch_privilege(_DEBUG, False)


def open_process(pid: int, rights: int) -> int | None:
    """A handle to be closed with :func:`close`; ``None`` when it ended or rights are missing."""
    handle: int | None = win32.OpenProcess(rights, False, pid)
    return handle


def close(handle: int) -> None:
    win32.CloseHandle(handle)


@contextmanager
def opened(pid: int, rights: int) -> Iterator[int | None]:
    """A process handle for the block."""
    handle = open_process(pid, rights)
    try:
        yield handle
    finally:
        if handle:
            close(handle)


def image_path(handle: int) -> str:
    """The full path of the process's executable, "" when it cannot be read."""
    size = win32.DWORD(32768)
    path = ctypes.create_unicode_buffer(size.value)
    return (
        path.value if win32.QueryFullProcessImageNameW(handle, 0, path, ctypes.byref(size)) else ""
    )


def session_of(pid: int) -> int:
    """The session of a process, -1 when unknown."""
    session = win32.DWORD()
    return session.value if win32.ProcessIdToSessionId(pid, ctypes.byref(session)) else -1


def has_modules(pid: int) -> bool:
    """Whether the process has loaded its program; ``True`` if that is not known.

    A process that was created but never ran has nothing to list. Nor has a 64-bit one for a 32-bit
    Python.
    """
    if ctypes.sizeof(ctypes.c_void_p) < 8:
        return True
    with opened(pid, win32.PROCESS_QUERY_INFORMATION | win32.PROCESS_VM_READ) as handle:
        needed, first = win32.DWORD(), win32.HANDLE()
        size = ctypes.sizeof(first)
        arguments = (handle, ctypes.byref(first), size, ctypes.byref(needed))
        return not handle or bool(win32.EnumProcessModules(*arguments) and needed.value)


def started_at(handle: int) -> float:
    """The start of the process in seconds since 1970, 0 when unknown."""
    times = [win32.FILETIME() for _ in range(4)]
    if not win32.GetProcessTimes(handle, *map(ctypes.byref, times)):
        return 0.0
    ticks = (times[0].dwHighDateTime << 32) + times[0].dwLowDateTime
    return (ticks - win32.EPOCH) / 10_000_000


@contextmanager
def _token(process: int) -> Iterator[int | None]:
    token = win32.HANDLE()
    if not win32.OpenProcessToken(process, win32.TOKEN_QUERY, ctypes.byref(token)):
        yield None
        return
    try:
        yield token.value
    finally:
        win32.CloseHandle(token)


def user_of(handle: int) -> str | None:
    """The security identifier of the process's user; ``None`` without the right to ask."""
    try:
        return acl.process_user(handle)
    except OSError:
        return None


def own_user() -> str | None:
    """The security identifier of the user that this process runs as."""
    with opened(os.getpid(), QUERY_LIMITED) as handle:
        return user_of(handle) if handle else None


def is_elevated(handle: int) -> bool:
    """Whether the process runs with the full rights of a user whose programs have fewer (UAC)."""
    with _token(handle) as token:
        return bool(token) and is_elevated_token(token)


def is_elevated_token(token: int | None) -> bool:
    """Whether these are the full rights of a user whose programs have fewer."""
    kind, size = win32.DWORD(), win32.DWORD()
    known = win32.GetTokenInformation(
        token, win32.TOKEN_ELEVATION_TYPE, ctypes.byref(kind), 4, ctypes.byref(size)
    )
    return bool(known) and kind.value == _FULL


def shell_process() -> int:
    """The process of this desktop's shell (Explorer), 0 when there is none."""
    pid, window = win32.DWORD(), win32.GetShellWindow()
    if window:
        win32.GetWindowThreadProcessId(window, ctypes.byref(pid))
    return pid.value


def ended(handle: int, seconds: float) -> bool:
    """Whether the process ends within that time. The handle needs ``SYNCHRONIZE``."""
    milliseconds = max(0, min(int(seconds * 1000), 0x7FFFFFFF))
    return bool(win32.WaitForSingleObject(handle, milliseconds) == _WAIT_OBJECT_0)


def terminate(handle: int) -> bool:
    """End the process at once, without a save."""
    return bool(win32.TerminateProcess(handle, 1))
