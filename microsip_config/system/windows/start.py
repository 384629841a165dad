"""Starting a Windows program so that it belongs to the user's desktop and not to us."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    raise ImportError("only on Windows")

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import wintypes
from typing import NamedTuple

from . import processes as win32
from .processes import KERNEL, bind

_DETACHED_PROCESS = 0x00000008
_NEW_PROCESS_GROUP = 0x00000200
_UNICODE_ENVIRONMENT = 0x00000400
_EXTENDED_STARTUP = 0x00080000
_BREAKAWAY_FROM_JOB = 0x01000000
_PARENT_PROCESS = 0x00020000  # PROC_THREAD_ATTRIBUTE_PARENT_PROCESS
_CREATE_PROCESS = 0x0080  # the right to be made a parent
_HANDLE, _DWORD, _BOOL = wintypes.HANDLE, wintypes.DWORD, wintypes.BOOL


class _StartupInfo(ctypes.Structure):  # STARTUPINFOEXW
    _fields_ = (
        ("size", _DWORD),
        ("texts", wintypes.LPWSTR * 3),
        ("numbers", _DWORD * 8),
        ("words", wintypes.WORD * 2),
        ("reserved", ctypes.c_void_p),
        ("handles", _HANDLE * 3),
        ("attributes", ctypes.c_void_p),
    )


class _ProcessInformation(ctypes.Structure):
    _fields_ = (("process", _HANDLE), ("thread", _HANDLE), ("pid", _DWORD), ("tid", _DWORD))


_LPSIZE = ctypes.POINTER(ctypes.c_size_t)
_CreateProcess = bind(
    KERNEL,
    "CreateProcessW",
    _BOOL,
    wintypes.LPCWSTR,
    wintypes.LPWSTR,
    ctypes.c_void_p,
    ctypes.c_void_p,
    _BOOL,
    _DWORD,
    ctypes.c_void_p,
    wintypes.LPCWSTR,
    ctypes.POINTER(_StartupInfo),
    ctypes.POINTER(_ProcessInformation),
)
_InitList = bind(
    KERNEL, "InitializeProcThreadAttributeList", _BOOL, ctypes.c_void_p, _DWORD, _DWORD, _LPSIZE
)
_UpdateList = bind(
    KERNEL,
    "UpdateProcThreadAttribute",
    _BOOL,
    ctypes.c_void_p,
    _DWORD,
    ctypes.c_size_t,
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_void_p,
    _LPSIZE,
)
_DeleteList = bind(KERNEL, "DeleteProcThreadAttributeList", None, ctypes.c_void_p)


class Started(NamedTuple):
    """A process that was started; ``handle`` is to be closed."""

    pid: int
    handle: int


def start(exe: str, command_line: str, folder: str, parent: int = 0) -> Started:
    """Start ``command_line`` with nothing of ours: no handles, no console, no process group.

    Out of our job too where the job allows it, as a job's end would end the phone. ``parent`` is
    the process whose child it becomes, and whose rights it gets; where that cannot be, ours.
    Raises ``OSError``.
    """
    flags = _DETACHED_PROCESS | _NEW_PROCESS_GROUP | _UNICODE_ENVIRONMENT
    with _parenthood(parent) as attributes:
        tries: list[tuple[int, int | None]] = [(flags | _BREAKAWAY_FROM_JOB, None), (flags, None)]
        if attributes:
            tries.insert(0, (flags | _EXTENDED_STARTUP, attributes))
        for chosen, extension in tries:
            startup = _StartupInfo(size=ctypes.sizeof(_StartupInfo), attributes=extension)
            if not extension:
                startup.size -= ctypes.sizeof(ctypes.c_void_p)  # a plain STARTUPINFOW
            information = _ProcessInformation()
            line = ctypes.create_unicode_buffer(command_line)  # CreateProcessW may write into it
            arguments = (exe, line, None, None, False, chosen, None, folder)
            if _CreateProcess(*arguments, ctypes.byref(startup), ctypes.byref(information)):
                win32.close(information.thread)
                return Started(information.pid, information.process)
    raise ctypes.WinError(ctypes.get_last_error())


def desktop_parent() -> int:
    """Who a phone should be the child of: the shell if we are elevated and it is not, else 0.

    An elevated phone would not be found by the user's own clicks: a second one would start.
    """
    shell = win32.shell_process()
    with (
        win32.opened(os.getpid(), win32.QUERY_LIMITED) as own,
        win32.opened(shell, win32.QUERY_LIMITED) as desktop,
    ):
        if not (own and desktop and win32.is_elevated(own)):
            return 0
        same_user = win32.user_of(own) == win32.user_of(desktop)
        return shell if same_user and not win32.is_elevated(desktop) else 0


def is_anothers_desktop() -> bool:
    """Whether we are elevated on the desktop of a user who is not the one that we run as."""
    with (
        win32.opened(os.getpid(), win32.QUERY_LIMITED) as own,
        win32.opened(win32.shell_process(), win32.QUERY_LIMITED) as desktop,
    ):
        if not (own and desktop and win32.is_elevated(own)):
            return False
        theirs = win32.user_of(desktop)
        return theirs is not None and theirs != win32.user_of(own)


@contextmanager
def _parenthood(parent: int) -> Iterator[int | None]:
    """The attribute list that makes ``parent`` the parent; ``None`` where it cannot be made."""
    if not parent:
        yield None
        return
    size = ctypes.c_size_t()
    _InitList(None, 1, 0, ctypes.byref(size))
    memory = ctypes.create_string_buffer(size.value)
    address = ctypes.addressof(memory)
    with win32.opened(parent, _CREATE_PROCESS) as handle:
        value = _HANDLE(handle)
        if not handle or not _InitList(address, 1, 0, ctypes.byref(size)):
            yield None
            return
        try:
            where, length = ctypes.byref(value), ctypes.sizeof(value)
            done = _UpdateList(address, 0, _PARENT_PROCESS, where, length, None, None)
            yield address if done else None
        finally:
            _DeleteList(address)
