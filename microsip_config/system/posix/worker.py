"""POSIX: a process of root that is about to become another user."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from ..account import Account

assert sys.platform != "win32"

_BLOCK = 1 << 16


class Worker:
    """See ``api.Worker``."""

    def __init__(
        self, account: Account, command: Sequence[str], environ: Mapping[str, str]
    ) -> None:
        import subprocess

        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(account, environ),
            cwd="/",
            umask=0o022,
            start_new_session=True,
        )
        self._timeout = subprocess.TimeoutExpired
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._input, self._output = self._child.stdin, self._child.stdout

    def send(self, request: bytes) -> None:
        """Read while it is root: nobody can stop it before."""
        with suppress(BrokenPipeError):
            self._input.write(request)
            self._input.flush()

    def read(self, seconds: float) -> bytes | None:
        descriptor = self._output.fileno()
        if not select.select([descriptor], [], [], seconds)[0]:
            return None
        return os.read(descriptor, _BLOCK)

    def stop(self) -> None:
        with suppress(BrokenPipeError):
            self._input.close()

    def end(self) -> None:
        try:
            self._child.wait(1)
        except self._timeout:
            self._child.kill()
            self._child.wait()
        self.stop()
        self._output.close()


def start_worker(account: Account, command: Sequence[str], environ: Mapping[str, str]) -> Worker:
    """A process that is still root."""
    return Worker(account, command, environ)


def interrupt_itself() -> None:
    """A signal to the process: it wakes its main thread, too."""
    os.kill(os.getpid(), signal.SIGINT)


def _environment(account: Account, environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: text for name, text in environ.items() if name in ("LANG", "LC_ALL", "TZ")}
    return {
        **kept,
        "HOME": account.home or "/",
        "LOGNAME": account.name,
        "USER": account.name,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
