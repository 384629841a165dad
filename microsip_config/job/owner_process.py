"""The process that does one job as the owner of the target: on POSIX it becomes that user first."""

from __future__ import annotations

import encodings
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from ..system.account import Account
from ..system.current import system
from .job_run import JobRun
from .owner_wire import job_from_json, line, result_as_json
from .surroundings import of_this_process

_PACKAGE = Path(__file__).parents[1]
# What is imported inside functions (tests/lint/doors.py), from outside of the package.
_LATE = (
    *("configupdater", "platformdirs.unix", "pydantic"),
    *("datetime", "difflib", "getpass", "grp", "hashlib", "ipaddress", "platform", "pwd"),
    *("resource", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "traceback"),
)
_ALIVE_EVERY = 2.0  # seconds


class _Answer:
    """The way back; nothing else writes to it."""

    def __init__(self) -> None:
        self._descriptor = os.dup(1)
        os.dup2(2, 1)
        self._lock = threading.Lock()

    def say(self, **message: Any) -> None:
        """One message, whole, whoever else speaks."""
        data = memoryview(line(**message))
        with self._lock:
            while data:
                data = data[os.write(self._descriptor, data) :]

    def say_alive(self) -> None:
        """Until the process ends, or nobody hears it any more."""
        pause = threading.Event()
        with suppress(OSError):
            while not pause.wait(_ALIVE_EVERY):
                self.say(alive=1)


class _Asked:
    """The way here; nothing else reads from it."""

    def __init__(self) -> None:
        self.request: Mapping[str, Any] = json.loads(sys.stdin.buffer.readline())
        self._descriptor = os.dup(0)
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)

    def obey(self) -> None:
        """Its end is that of whoever asked, or a word to stop: this process ends as by Ctrl-C."""
        with suppress(OSError):
            while os.read(self._descriptor, 1):
                pass
        system.interrupt_itself()


def main() -> None:
    """Read the request from stdin, become the user, do the job, answer on stdout."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asked = _Asked()
    request, answer = asked.request, _Answer()
    account = Account(**request["account"])
    try:
        if not system.can_read(account, [_PACKAGE, *map(_folder_of, ("os", "configupdater"))]):
            _load_program()
        system.become(account)
    except Exception as error:  # what it is, is all that root can tell
        answer.say(failed=getattr(error, "strerror", None) or type(error).__name__)
        return
    for watch in (answer.say_alive, asked.obey):
        threading.Thread(target=watch, daemon=True).start()
    _do(request, answer)


def _do(request: Mapping[str, Any], answer: _Answer) -> None:
    run = JobRun(job_from_json(request["job"]), of_this_process())
    run.id = request["id"]
    run.listener = lambda rows: answer.say(item=rows)
    if not request["logs"]:
        run.log_to(lambda text: answer.say(log=text))

    def body(run: JobRun) -> None:
        if request["checked"]:
            _check_ways(run)
        run.carry_out()

    answer.say(result=result_as_json(run.execute(body)))


def _check_ways(run: JobRun) -> None:
    for name in ("ini", "exe", "portable", "wine_prefix"):
        given = run.options.get(name)
        if given:
            system.check_way(Path(given))


def _folder_of(module: str) -> Path:
    return Path(import_module(module).__file__ or "").parent


def _load_program() -> None:
    """Everything that may be needed later, where that user cannot read it then."""
    for module in _LATE:
        with suppress(ImportError):  # a Python without it says so where it is used
            import_module(module)
    for package in (_PACKAGE, Path(encodings.__path__[0])):
        for found in walk_packages([str(package)], f"{package.name}."):
            if not found.name.endswith(".__main__"):
                with suppress(ImportError, AssertionError):  # those of another system
                    import_module(found.name)
