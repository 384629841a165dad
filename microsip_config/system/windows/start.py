"""Starting a Windows program so that it belongs to the user's desktop and not to this process."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    raise ImportError("only on Windows")

import ctypes
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from . import processes, sessions, win32

_DETACHED_PROCESS, _NO_WINDOW = 0x00000008, 0x08000000
_NEW_PROCESS_GROUP = 0x00000200
_UNICODE_ENVIRONMENT = 0x00000400
_EXTENDED_STARTUP = 0x00080000
_BREAKAWAY_FROM_JOB = 0x01000000
_DESKTOP = "winsta0\\default"
_LONGEST_FOLDER = 260
_USE_HANDLES = 0x00000100  # STARTF_USESTDHANDLES
# PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, PROC_THREAD_ATTRIBUTE_HANDLE_LIST
_PARENT_PROCESS, _HANDLE_LIST = 0x00020000, 0x00020002


class Started(NamedTuple):
    """A process that was started; ``handle`` is to be closed."""

    pid: int
    handle: int


def start(
    exe: str, command_line: str, folder: str, environ: Mapping[str, str], parent: int = 0
) -> Started:
    """Start ``command_line`` with nothing of this process: no handles, no console, no group.

    Out of its job too if the job allows that, as a job's end would end the phone. ``parent`` is
    the process whose child it becomes, and whose rights it gets; if that fails, this process.
    ``environ`` is its whole environment. Raises ``OSError``.
    """
    block = ctypes.create_unicode_buffer(
        "".join(f"{name}={text}\0" for name, text in sorted(environ.items())) + "\0"
    )
    flags = _DETACHED_PROCESS | _NEW_PROCESS_GROUP | _UNICODE_ENVIRONMENT
    with _parenthood(parent) as attributes:
        tries: list[tuple[int, int | None]] = [(flags | _BREAKAWAY_FROM_JOB, None), (flags, None)]
        if attributes:
            tries.insert(0, (flags | _EXTENDED_STARTUP, attributes))
        for chosen, extension in tries:
            startup = win32.StartupInfo(size=ctypes.sizeof(win32.StartupInfo), attributes=extension)
            if not extension:
                startup.size -= ctypes.sizeof(ctypes.c_void_p)  # a plain STARTUPINFOW
            information = win32.ProcessInformation()
            line = ctypes.create_unicode_buffer(command_line)  # CreateProcessW may write into it
            arguments = (exe, line, None, None, False, chosen, block, folder)
            if win32.CreateProcessW(*arguments, ctypes.byref(startup), ctypes.byref(information)):
                processes.close(information.thread)
                return Started(information.pid, information.process)
    raise win32.last_error()


def start_as(token: int, exe: str, command_line: str, folder: str) -> Started:
    """Start ``command_line`` as the user of a session's token: in that session, on its desktop.

    It gets that user's own environment and rights, nothing of this process. Raises ``OSError``.
    """
    startup = win32.StartupInfo()
    startup.size = ctypes.sizeof(startup) - ctypes.sizeof(ctypes.c_void_p)
    startup.texts[1] = _DESKTOP
    information = win32.ProcessInformation()
    line = ctypes.create_unicode_buffer(command_line)  # CreateProcessAsUserW may write into it
    flags = _DETACHED_PROCESS | _NEW_PROCESS_GROUP | _UNICODE_ENVIRONMENT
    with _environment_of(token) as block:
        arguments = (token, exe, line, None, None, False, flags, block, folder)
        if not win32.CreateProcessAsUserW(
            *arguments, ctypes.byref(startup), ctypes.byref(information)
        ):
            raise win32.last_error(exe)
    processes.close(information.thread)
    return Started(information.pid, information.process)


def start_worker(token: int, command_line: str, handles: Sequence[int]) -> Started:
    """Start ``command_line`` as the user of a token, without a window, in the folder of Windows.

    ``handles`` are to be its standard input, output and error; they must be inheritable, and it
    inherits no other one. It gets that user's own environment. Raises ``OSError``.
    """
    folder = ctypes.create_unicode_buffer(_LONGEST_FOLDER)
    win32.GetSystemWindowsDirectoryW(folder, _LONGEST_FOLDER)
    line = ctypes.create_unicode_buffer(command_line)  # CreateProcessAsUserW may write into it
    flags = _NO_WINDOW | _NEW_PROCESS_GROUP | _UNICODE_ENVIRONMENT | _EXTENDED_STARTUP
    information = win32.ProcessInformation()
    inherited = (win32.HANDLE * len(handles))(*handles)
    with _environment_of(token) as block, _attribute(_HANDLE_LIST, inherited) as attributes:
        startup = win32.StartupInfo(size=ctypes.sizeof(win32.StartupInfo), attributes=attributes)
        startup.texts[1] = _DESKTOP
        startup.numbers[7] = _USE_HANDLES
        startup.handles[:] = handles
        arguments = (token, None, line, None, None, True, flags, block, folder.value)
        if not attributes or not win32.CreateProcessAsUserW(
            *arguments, ctypes.byref(startup), ctypes.byref(information)
        ):
            raise win32.last_error()
    processes.close(information.thread)
    return Started(information.pid, information.process)


@contextmanager
def _environment_of(token: int) -> Iterator[ctypes.c_void_p]:
    library, block = win32.Environments(), win32.ADDRESS()
    if not library.create(ctypes.byref(block), token, False):
        raise win32.last_error()
    try:
        yield block
    finally:
        library.destroy(block)


def desktop_parent() -> int:
    """The parent for a phone: the shell if this process is elevated and the shell is not, else 0.

    An elevated phone would not be found by the user's own clicks: a second one would start.
    """
    shell = processes.shell_process()
    with (
        processes.opened(os.getpid(), processes.QUERY_LIMITED) as own,
        processes.opened(shell, processes.QUERY_LIMITED) as desktop,
    ):
        if not (own and desktop and processes.is_elevated(own)):
            return 0
        same_user = processes.user_of(own) == processes.user_of(desktop)
        return shell if same_user and not processes.is_elevated(desktop) else 0


def is_anothers_desktop() -> bool:
    """Whether this is the desktop of a user other than that of this process.

    Where nobody can tell whose it is, it counts as another user's.
    """
    shell = processes.shell_process()
    if not shell:
        return False
    with processes.opened(shell, processes.QUERY_LIMITED) as desktop:
        theirs = processes.user_of(desktop) if desktop else None
    if theirs is None:
        theirs = sessions.listed_users().get(shell)
    return theirs != processes.own_user()


@contextmanager
def _parenthood(parent: int) -> Iterator[int | None]:
    """The attribute list that makes ``parent`` the parent; ``None`` where it cannot be made."""
    if not parent:
        yield None
        return
    with processes.opened(parent, win32.PROCESS_CREATE_PROCESS) as handle:
        if not handle:
            yield None
            return
        with _attribute(_PARENT_PROCESS, win32.HANDLE(handle)) as attributes:
            yield attributes


@contextmanager
def _attribute(kind: int, value: ctypes.Array[Any] | ctypes.c_void_p) -> Iterator[int | None]:
    """The attribute list for a new process that has this one; ``None`` where it cannot be made."""
    size = ctypes.c_size_t()
    win32.InitializeProcThreadAttributeList(None, 1, 0, ctypes.byref(size))
    memory = ctypes.create_string_buffer(size.value)
    address = ctypes.addressof(memory)
    if not win32.InitializeProcThreadAttributeList(address, 1, 0, ctypes.byref(size)):
        yield None
        return
    try:
        where, length = ctypes.byref(value), ctypes.sizeof(value)
        done = win32.UpdateProcThreadAttribute(address, 0, kind, where, length, None, None)
        yield address if done else None
    finally:
        win32.DeleteProcThreadAttributeList(address)
