"""The few calls into Windows that finding, ending and starting a process need."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    raise ImportError("only on Windows")

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import wintypes
from typing import Any, NamedTuple

QUERY_LIMITED = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
SYNCHRONIZE = 0x100000
_QUERY_INFORMATION, _VM_READ = 0x400, 0x10
TERMINATE = 0x0001

_WAIT_OBJECT_0 = 0
_ABORT_IF_HUNG = 2
_WM_NULL, _WM_GETTEXT = 0, 0x0D
_GW_OWNER = 4
_SNAP_PROCESSES = 2
_TOKEN_QUERY, _TOKEN_USER, _TOKEN_ELEVATION_TYPE, _FULL = 8, 1, 18, 2
_EPOCH = 116444736000000000  # 1970 as FILETIME
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_HWND, _HANDLE, _DWORD, _BOOL = wintypes.HWND, wintypes.HANDLE, wintypes.DWORD, wintypes.BOOL
_EnumProc = ctypes.WINFUNCTYPE(_BOOL, _HWND, wintypes.LPARAM)


class _ProcessEntry(ctypes.Structure):  # PROCESSENTRY32W
    _fields_ = (
        ("size", _DWORD),
        ("usage", _DWORD),
        ("pid", _DWORD),
        ("heap", ctypes.c_size_t),
        ("module", _DWORD),
        ("threads", _DWORD),
        ("parent", _DWORD),
        ("priority", wintypes.LONG),
        ("flags", _DWORD),
        ("name", wintypes.WCHAR * 260),
    )


def bind(library: Any, name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


KERNEL = ctypes.WinDLL("kernel32", use_last_error=True)
_user = ctypes.WinDLL("user32", use_last_error=True)
_advapi = ctypes.WinDLL("advapi32", use_last_error=True)
_LPDWORD = ctypes.POINTER(_DWORD)
_LPFILETIME = ctypes.POINTER(wintypes.FILETIME)

_OpenProcess = bind(KERNEL, "OpenProcess", _HANDLE, _DWORD, _BOOL, _DWORD)
_CloseHandle = bind(KERNEL, "CloseHandle", _BOOL, _HANDLE)
_ImageName = bind(
    KERNEL, "QueryFullProcessImageNameW", _BOOL, _HANDLE, _DWORD, wintypes.LPWSTR, _LPDWORD
)
_SessionId = bind(KERNEL, "ProcessIdToSessionId", _BOOL, _DWORD, _LPDWORD)
_ProcessTimes = bind(KERNEL, "GetProcessTimes", _BOOL, _HANDLE, *[_LPFILETIME] * 4)
_Modules = bind(
    KERNEL,
    "K32EnumProcessModules",
    _BOOL,
    _HANDLE,
    ctypes.POINTER(_HANDLE),
    _DWORD,
    _LPDWORD,
)
_Wait = bind(KERNEL, "WaitForSingleObject", _DWORD, _HANDLE, _DWORD)
_Terminate = bind(KERNEL, "TerminateProcess", _BOOL, _HANDLE, wintypes.UINT)
_Snapshot = bind(KERNEL, "CreateToolhelp32Snapshot", _HANDLE, _DWORD, _DWORD)
_First = bind(KERNEL, "Process32FirstW", _BOOL, _HANDLE, ctypes.POINTER(_ProcessEntry))
_Next = bind(KERNEL, "Process32NextW", _BOOL, _HANDLE, ctypes.POINTER(_ProcessEntry))
_LocalFree = bind(KERNEL, "LocalFree", ctypes.c_void_p, ctypes.c_void_p)
_OpenToken = bind(_advapi, "OpenProcessToken", _BOOL, _HANDLE, _DWORD, ctypes.POINTER(_HANDLE))
_TokenInformation = bind(
    _advapi, "GetTokenInformation", _BOOL, _HANDLE, ctypes.c_int, ctypes.c_void_p, _DWORD, _LPDWORD
)
_SidText = bind(
    _advapi, "ConvertSidToStringSidW", _BOOL, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)
)
_EnumWindows = bind(_user, "EnumWindows", _BOOL, _EnumProc, wintypes.LPARAM)
_EnumChildren = bind(_user, "EnumChildWindows", _BOOL, _HWND, _EnumProc, wintypes.LPARAM)
_ClassName = bind(_user, "GetClassNameW", ctypes.c_int, _HWND, wintypes.LPWSTR, ctypes.c_int)
_Text = bind(_user, "InternalGetWindowText", ctypes.c_int, _HWND, wintypes.LPWSTR, ctypes.c_int)
_Owner = bind(_user, "GetWindow", _HWND, _HWND, wintypes.UINT)
_WindowPid = bind(_user, "GetWindowThreadProcessId", _DWORD, _HWND, _LPDWORD)
_ShellWindow = bind(_user, "GetShellWindow", _HWND)
_Visible = bind(_user, "IsWindowVisible", _BOOL, _HWND)
_ControlId = bind(_user, "GetDlgCtrlID", ctypes.c_int, _HWND)
_Style = bind(_user, "GetWindowLongW", wintypes.LONG, _HWND, ctypes.c_int)
_SendTimeout = bind(
    _user,
    "SendMessageTimeoutW",
    ctypes.c_ssize_t,
    _HWND,
    wintypes.UINT,
    wintypes.WPARAM,
    ctypes.c_void_p,
    wintypes.UINT,
    wintypes.UINT,
    ctypes.POINTER(ctypes.c_size_t),
)


class Window(NamedTuple):
    """A window as it is now: ``shown`` is its own style, ``visible`` counts its parents too."""

    handle: int
    pid: int
    class_name: str
    title: str
    owned: bool
    visible: bool
    shown: bool
    control_id: int


def top_windows() -> list[Window]:
    """The top-level windows of this desktop."""
    return _collected(lambda callback: _EnumWindows(callback, 0))


def child_windows(parent: int) -> list[Window]:
    """All windows inside ``parent``, at any depth."""
    return _collected(lambda callback: _EnumChildren(parent, callback, 0))


def _collected(enumerate_with: Callable[[Any], object]) -> list[Window]:
    handles: list[int] = []

    def note(handle: int, _: int) -> bool:
        handles.append(handle)
        return True

    enumerate_with(_EnumProc(note))
    return [_window(handle) for handle in handles if handle]


def _window(handle: int) -> Window:
    pid = _DWORD()
    _WindowPid(handle, ctypes.byref(pid))
    name = ctypes.create_unicode_buffer(256)
    _ClassName(handle, name, 256)
    title = ctypes.create_unicode_buffer(512)
    _Text(handle, title, 512)  # asks the system, not the window: a hung one cannot block it
    return Window(
        handle=handle,
        pid=pid.value,
        class_name=name.value,
        title=title.value,
        owned=bool(_Owner(handle, _GW_OWNER)),
        visible=bool(_Visible(handle)),
        shown=bool(_Style(handle, -16) & 0x10000000),  # GWL_STYLE, WS_VISIBLE
        control_id=_ControlId(handle),
    )


def answers(handle: int, milliseconds: int) -> bool:
    """Whether the window handles a message in that time."""
    result = ctypes.c_size_t()
    return bool(
        _SendTimeout(handle, _WM_NULL, 0, None, _ABORT_IF_HUNG, milliseconds, ctypes.byref(result))
    )


def window_text(handle: int, milliseconds: int) -> str | None:
    """The text that the window itself gives; ``None`` when it does not answer in that time."""
    text, result = ctypes.create_unicode_buffer(512), ctypes.c_size_t()
    sent = _SendTimeout(
        handle, _WM_GETTEXT, 511, text, _ABORT_IF_HUNG, milliseconds, ctypes.byref(result)
    )
    return text.value if sent else None


class Seen(NamedTuple):
    """A process as the list of all processes shows it."""

    pid: int
    name: str


def processes() -> list[Seen]:
    """Every process of the machine with the name of its executable."""
    handle = _Snapshot(_SNAP_PROCESSES, 0)
    if handle == _INVALID_HANDLE:
        return []
    entry = _ProcessEntry(size=ctypes.sizeof(_ProcessEntry))
    found = []
    try:
        more = _First(handle, ctypes.byref(entry))
        while more:
            found.append(Seen(entry.pid, entry.name))
            more = _Next(handle, ctypes.byref(entry))
    finally:
        _CloseHandle(handle)
    return found


def open_process(pid: int, rights: int) -> int | None:
    """A handle to be closed with :func:`close`; ``None`` when it ended or rights are missing."""
    handle: int | None = _OpenProcess(rights, False, pid)
    return handle


def close(handle: int) -> None:
    _CloseHandle(handle)


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
    """The full path of the process's executable, "" when it cannot be had."""
    size = _DWORD(32768)
    path = ctypes.create_unicode_buffer(size.value)
    return path.value if _ImageName(handle, 0, path, ctypes.byref(size)) else ""


def session_of(pid: int) -> int:
    """The session of a process, -1 when unknown."""
    session = _DWORD()
    return session.value if _SessionId(pid, ctypes.byref(session)) else -1


def has_modules(pid: int) -> bool:
    """Whether the process has loaded its program; ``True`` where that cannot be told.

    A process that was created but never ran has nothing to list. Nor has a 64-bit one for a 32-bit
    Python.
    """
    if ctypes.sizeof(ctypes.c_void_p) < 8:
        return True
    with opened(pid, _QUERY_INFORMATION | _VM_READ) as handle:
        needed, first = _DWORD(), _HANDLE()
        size = ctypes.sizeof(first)
        arguments = (handle, ctypes.byref(first), size, ctypes.byref(needed))
        return not handle or bool(_Modules(*arguments) and needed.value)


def started_at(handle: int) -> float:
    """The start of the process in seconds since 1970, 0 when unknown."""
    times = [wintypes.FILETIME() for _ in range(4)]
    if not _ProcessTimes(handle, *map(ctypes.byref, times)):
        return 0.0
    ticks = (times[0].dwHighDateTime << 32) + times[0].dwLowDateTime
    return (ticks - _EPOCH) / 10_000_000


@contextmanager
def _token(process: int) -> Iterator[int | None]:
    token = _HANDLE()
    if not _OpenToken(process, _TOKEN_QUERY, ctypes.byref(token)):
        yield None
        return
    try:
        yield token.value
    finally:
        _CloseHandle(token)


def user_of(handle: int) -> str | None:
    """The security identifier (S-1-5-21-...) of the process's user; ``None`` without the right."""
    buffer, size, text = ctypes.create_string_buffer(256), _DWORD(), ctypes.c_void_p()
    with _token(handle) as token:
        if not (token and _TokenInformation(token, _TOKEN_USER, buffer, 256, ctypes.byref(size))):
            return None
    sid = ctypes.c_void_p.from_buffer(buffer)  # TOKEN_USER begins with the pointer to it
    if not _SidText(sid, ctypes.byref(text)) or not text.value:
        return None
    try:
        return ctypes.wstring_at(text.value)
    finally:
        _LocalFree(text)


def own_user() -> str | None:
    """The security identifier of the user that this process runs as."""
    with opened(os.getpid(), QUERY_LIMITED) as handle:
        return user_of(handle) if handle else None


def is_elevated(handle: int) -> bool:
    """Whether the process runs with the full rights of a user whose programs have fewer (UAC)."""
    kind, size = _DWORD(), _DWORD()
    with _token(handle) as token:
        known = token and _TokenInformation(
            token, _TOKEN_ELEVATION_TYPE, ctypes.byref(kind), 4, ctypes.byref(size)
        )
    return bool(known) and kind.value == _FULL


def shell_process() -> int:
    """The process of this desktop's shell (Explorer), 0 when there is none."""
    pid, window = _DWORD(), _ShellWindow()
    if window:
        _WindowPid(window, ctypes.byref(pid))
    return pid.value


def ended(handle: int, seconds: float) -> bool:
    """Whether the process ends within that time. The handle needs ``SYNCHRONIZE``."""
    milliseconds = max(0, min(int(seconds * 1000), 0x7FFFFFFF))
    return bool(_Wait(handle, milliseconds) == _WAIT_OBJECT_0)


def terminate(handle: int) -> bool:
    """End the process at once, without a save."""
    return bool(_Terminate(handle, 1))
