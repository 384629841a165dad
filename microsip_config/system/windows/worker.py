"""Windows: a process of another user, started with the token of that user's own session."""

from __future__ import annotations

import msvcrt
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial

assert sys.platform == "win32"

import ctypes  # noqa: E402

from ..account import Account, NotStartedError  # noqa: E402
from . import processes, sessions, start, win32  # noqa: E402
from .bounded import bounded  # noqa: E402

_BLOCK = 1 << 16
_PAUSE = 0.01  # seconds between two looks
_TO_DIE = 10.0  # seconds


class Worker:
    """See ``api.Worker``. It is never believed to do anything: neither to read nor to end."""

    def __init__(
        self, account: Account, command: Sequence[str], environ: Mapping[str, str]
    ) -> None:
        del environ  # it gets that of its user
        with ExitStack() as cleanup:
            theirs_in, self._input = _pipe(cleanup)
            self._output, theirs_out = _pipe(cleanup)
            nothing = os.open(os.devnull, os.O_RDWR | os.O_NOINHERIT)
            ends = (theirs_in, theirs_out, nothing)
            try:
                self._process = _started(account, command, ends)
            finally:
                for end in ends:
                    os.close(end)
            cleanup.pop_all()

    def send(self, request: bytes) -> None:
        try:
            while request:
                request = request[bounded(partial(os.write, self._input, request), bool) :]
        except OSError:  # it has ended, or is kept from reading
            processes.terminate(self._process)

    def read(self, seconds: float) -> bytes | None:
        """Looks before it reads: somebody else may keep the other end open, silently."""
        handle, there = msvcrt.get_osfhandle(self._output), win32.DWORD()
        until = time.monotonic() + seconds
        while win32.PeekNamedPipe(handle, None, 0, None, ctypes.byref(there), None):
            if there.value:
                return os.read(self._output, min(there.value, _BLOCK))
            if time.monotonic() >= until:
                return None
            time.sleep(_PAUSE)
        return b""

    def stop(self) -> None:
        if self._input >= 0:
            with suppress(OSError):
                os.close(self._input)
        self._input = -1

    def end(self) -> None:
        if not processes.ended(self._process, 1):
            processes.terminate(self._process)
            processes.ended(self._process, _TO_DIE)
        processes.close(self._process)
        self.stop()
        os.close(self._output)


def _pipe(cleanup: ExitStack) -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        cleanup.callback(_close, end)
    return ends


def _close(descriptor: int) -> None:
    with suppress(OSError):  # it is closed already
        os.close(descriptor)


def _started(account: Account, command: Sequence[str], ends: Sequence[int]) -> int:
    """The handle of the process; ``ends`` are its standard input, output and error."""
    from subprocess import list2cmdline

    handles = [msvcrt.get_osfhandle(end) for end in ends]
    for handle in handles:
        os.set_handle_inheritable(handle, True)
    try:
        with sessions.session_token(account.sid) as token:
            if token is None or processes.is_elevated_token(token):
                raise NotStartedError("the user is not logged on")
            return start.start_worker(token, list2cmdline(command), handles).handle
    except OSError as error:
        raise NotStartedError(error.strerror or str(error)) from error
