"""Windows: who is logged on, and whose processes run: asked of the system, not of each process."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

assert sys.platform == "win32"

from . import win32  # noqa: E402
from .acl import sid_text, token_user  # noqa: E402

_ACTIVE, _DISCONNECTED = 0, 4  # WTS_CONNECTSTATE_CLASS
_VERSION = 1


def listed_users() -> dict[int, str]:
    """The security identifier of the user of each process, as far as this user may know it.

    To open a process takes more rights than to see it listed.
    """
    library = win32.Sessions()
    found = {}
    with _listed(library, library.processes, win32.SessionProcess) as rows:
        for process in rows:
            if process.sid:
                with suppress(OSError):
                    found[process.pid] = sid_text(process.sid)
    return found


def sessions() -> list[int]:
    """The sessions in which somebody may be logged on; what is on a screen now comes first."""
    library = win32.Sessions()
    with _listed(library, library.enumerate, win32.SessionInfo) as rows:
        used = sorted((each.state, each.session) for each in rows)
    return [session for state, session in used if state in (_ACTIVE, _DISCONNECTED)]


@contextmanager
def session_token(sid: str) -> Iterator[int | None]:
    """The token of a user's own session; None: not logged on, or this is not SYSTEM."""
    library = win32.Sessions()
    for session in sessions():
        token = win32.HANDLE()
        if not library.user_token(session, ctypes.byref(token)):
            continue
        try:
            if token_user(token) == sid:
                yield token.value
                return
        finally:
            win32.CloseHandle(token)
    yield None


@contextmanager
def _listed(
    library: win32.Sessions, enumerate_with: Callable[..., int], kind: type[ctypes.Structure]
) -> Iterator[Any]:
    """The rows, whose texts and identifiers are there as long as they are."""
    address, count = win32.ADDRESS(), win32.DWORD()
    if not enumerate_with(None, 0, _VERSION, ctypes.byref(address), ctypes.byref(count)):
        yield ()
        return
    try:
        yield (kind * count.value).from_address(address.value) if address.value else ()
    finally:
        library.free(address)
