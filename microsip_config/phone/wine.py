"""The phone under Wine, observed and controlled from Linux through ``/proc``.

Its windows cannot be seen from here: how it was started says whether it is hidden, the only sign
of a call that can be read is the open entry of the call log, and whether it has come up is told by
the call log that it then keeps open.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    raise ImportError("not on Windows")

import contextlib
import ntpath
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from shutil import which

from ..errors import PhoneError, TargetError
from ..system import files
from ..system.current import system
from ..system.posix.users import current_user_name, user_name
from .control import BasePhone, Handle
from .files import CALL_LOG_SINCE
from .grammar import SWITCHES, Invocation
from .state import PhoneProcess, Signs

_PROC = Path("/proc")
_USUAL_LOADERS = ("/usr/lib/wine/wine64", "/usr/lib/wine/wine", "/opt/wine-stable/bin/wine")
# Set by Wine for the processes that it starts; wrong for starting Wine.
_WINES_OWN = frozenset(
    {"WINELOADER", "WINELOADERNOEXEC", "WINEPRELOADRESERVE", "WINEDLLPATH", "WINESERVERSOCKET"}
)
# Switches that start no phone if none is running: their process only passes them on.
_NEVER_PHONES = frozenset(switch.text for switch in SWITCHES if switch.idle == "nothing")
_STARTING = 10.0  # seconds after its start in which a phone may not have its window yet
_QUIET_FOR = 0.6  # seconds without work after which a starting phone counts as up
_SETUP_WAIT = 60.0  # seconds that Wine may take to set up or update a prefix before it loads
_SLICE = 0.02  # seconds between two looks


# What a phone needs of its user's session to show its window.
_SESSION = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
)


class WinePhone(BasePhone):
    """The phone of one executable under Wine.

    ``environ`` and ``prefix`` are for a start if none is running; a running phone is sent switches
    in its own prefix and environment. Root takes neither from a process: who started it may have
    chosen them.
    """

    sees_windows = False
    _session: Mapping[str, str] = {}

    def _processes(self) -> list[PhoneProcess]:
        found = []
        for entry in _PROC.iterdir():
            if entry.name.isdigit():
                process = self._look(int(entry.name))
                if process is not None:
                    found.append(process)
        return _one_phone(found)

    def _look(self, pid: int) -> PhoneProcess | None:
        name = ntpath.basename(self.exe.replace("/", "\\")).casefold()
        arguments = _arguments(pid)
        if not arguments or name not in (_base(each) for each in arguments[:2]):
            return None
        started, users = _started(pid), _users(pid)
        if started is None or not users:
            return None
        # A set-user-ID program has its user's own number besides, and that user's environment.
        mine = users == {os.geteuid()}
        mapped = _mapped_programs(pid)
        named = [] if system.may_become() else [_host_path(each, pid) for each in arguments[:2]]
        exe = self._executable([*arguments[:2], *named, *mapped])
        if exe is None or (mine and not exe):
            return None
        # Until Wine has loaded the program, whose name then replaces its own, it may be setting up
        # the prefix; and a process other than Wine may have the same argument by chance.
        loaded = _base(arguments[0]) == name or self._executable(mapped)
        if mine and not loaded and not _base(arguments[0]).startswith("wine"):
            return None
        silent = not _NEVER_PHONES.isdisjoint(arguments) or (mine and not loaded)
        has_window = False if silent else None
        visible = None if silent else "/minimized" not in arguments
        user = user_name(min(users - {0}, default=0))
        return PhoneProcess(pid, exe, 0, user, mine, has_window, visible, None, started)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset({self.exe, os.path.realpath(self.exe)})

    def _executable(self, candidates: list[str]) -> str | None:
        """The one of these host paths that is the phone's program, ``None`` if all are others, ""
        if access is denied or nothing is known."""
        if system.may_become():  # what another user's process names is not even looked at
            return next((self.exe for each in candidates if each in self._names), None)
        known = [each for each in candidates if _is_program(each)]
        return next((each for each in known if _same_file(each, self.exe)), None if known else "")

    def _hold(self, process: PhoneProcess) -> Handle | None:
        try:
            handle = _ProcessHandle(process.pid)
        except ProcessLookupError:
            return None
        if _started(process.pid) == process.started:
            return handle
        handle.close()
        return None

    def _launch(self, invocation: Invocation, running: PhoneProcess | None) -> Handle:
        self._refuse_foreign()
        if running is not None:
            _settle(running)
        environment = self._environment(running)
        command = [self._loader(running), self.exe, *invocation.arguments]
        try:
            child = subprocess.Popen(  # noqa: S603 - no shell, one checked word
                command,
                env=environment,
                cwd=Path(self.exe).parent,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise PhoneError(
                f"cannot start the phone under Wine: {error.strerror}",
                where=self.exe,
                code="not-started",
            ) from error
        handle = _ChildHandle(child)
        if running is None:
            self._await_wine(handle)
        return handle

    def _await_wine(self, handle: Handle) -> None:
        """Wait until Wine has loaded the program of a new process, or this has ended."""
        end = time.monotonic() + _SETUP_WAIT
        while time.monotonic() < end and not handle.wait(_SLICE):
            process = self._look(handle.pid)
            if process is not None and process.has_window is not False:
                return

    def _environment(self, running: PhoneProcess | None) -> dict[str, str]:
        own = {} if running is None else _environment_of(running.pid)
        if own and not system.may_become():
            self._session = {name: own[name] for name in _SESSION if name in own}
            return own
        usual = str(Path(own.get("HOME", "/"), ".wine"))
        prefix = own.get("WINEPREFIX", usual) if own else self._prefix
        if system.is_foreign(Path(prefix)):
            prefix = self._prefix
        return {**self._session, **self._environ, "WINEPREFIX": prefix}

    def _loader(self, running: PhoneProcess | None) -> str:
        """The Wine that the phone is running in, else the one on the PATH or in a usual folder."""
        if running is not None:
            try:
                loader = str((_PROC / str(running.pid) / "exe").readlink()).removesuffix(
                    "-preloader"
                )
            except OSError:
                loader = ""
            if _may_run(loader):
                return loader
        path = self._environ.get("PATH", os.defpath)
        for candidate in ("wine", "wine64", *_USUAL_LOADERS):
            found = which(candidate, path=path)
            if found and _may_run(found):
                return found
        raise PhoneError(
            "Wine, which the phone needs to start, was not found",
            hint="put wine or wine64 on the PATH",
            where=self.exe,
            code="not-started",
        )

    def _is_up(self, handle: Handle) -> bool:
        """It runs as the phone and has been idle for a moment, so its window waits for messages."""
        phones = (each.pid for each in self._processes() if each.visible is not None)
        if handle.pid not in phones or not _is_quiet(handle.pid, handle.wait):
            return False
        # One that waits for somebody to close a message has nothing to do either.
        return self._files.version() < CALL_LOG_SINCE or self._has_call_log(handle.pid)

    def _has_call_log(self, pid: int) -> bool:
        """Whether the phone has come so far as to open its call log, which it keeps open."""
        try:
            opened = [link.readlink() for link in (_PROC / str(pid) / "fd").iterdir()]
        except OSError:
            return True  # nothing can be seen of it, so nothing speaks against it
        return any(each.name.casefold() == self._files.call_log.name for each in opened)

    def _message_of(self, handle: Handle) -> str | None:
        del handle
        return None

    def _own_user(self) -> str | None:
        return current_user_name()

    def _check_desktop(self) -> None:
        self._refuse_foreign()
        if not files.is_file(Path(self.exe)):
            raise PhoneError("the program does not exist", where=self.exe, code="not-started")

    def _refuse_foreign(self) -> None:
        """Whoever can change a program, or a prefix, decides what runs."""
        if any(system.is_foreign(Path(each)) for each in (self.exe, self._prefix) if each):
            raise PhoneError(
                "root does not run another user's program, or a program in another user's prefix",
                hint="run this as that user",
                where=self.exe,
                code="no-desktop",
            )

    def _signs(self, _process: PhoneProcess) -> Signs:
        return Signs()


class _ProcessHandle(Handle):
    """Any process, held by a process descriptor."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        return bool(self._poll.poll(max(0.0, seconds) * 1000))

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def close(self) -> None:
        os.close(self._descriptor)


class _ChildHandle(Handle):
    """A process that this one started."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.pid = child.pid
        self._child = child

    def wait(self, seconds: float) -> bool:
        try:
            self._child.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        self._child.kill()

    def close(self) -> None:
        if self._child.poll() is None:
            self._child.returncode = 0  # it is to outlive this process: no warning, no zombie hunt


def _one_phone(processes: list[PhoneProcess]) -> list[PhoneProcess]:
    """``processes``, of which only this user's oldest phone shows whether it is visible.

    One that was started later passes a switch to it and ends. It stays in the list: an ``/exit``
    that is under way, as an interrupted run leaves it, must end before the phone is started again.
    """
    windows = (each for each in processes if each.mine and each.visible is not None)
    phone = min(windows, key=lambda each: each.started, default=None)
    return [
        each if each is phone or not each.mine else each._replace(visible=None)
        for each in processes
    ]


def _arguments(pid: int) -> list[str]:
    try:
        raw = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return os.fsdecode(raw.rstrip(b"\0")).split("\0")  # Wine leaves padding behind


def _mapped_programs(pid: int) -> list[str]:
    """The Windows programs in a process's memory: Wine maps them wherever it found them."""
    try:
        maps = (_PROC / str(pid) / "maps").read_text(errors="surrogateescape")
    except OSError:
        return []
    return [line.split(None, 5)[5] for line in maps.splitlines() if ".exe" in line]


def _users(pid: int) -> set[int]:
    """The real, effective, saved and file system user of a process; none if it has ended."""
    try:
        text = (_PROC / str(pid) / "status").read_text(errors="replace")
    except OSError:
        return set()
    line = text.partition("\nUid:")[2].partition("\n")[0]
    return set(map(int, line.split()))


def _may_run(program: str) -> bool:
    return os.access(program, os.X_OK) and not system.is_foreign(Path(program))


def _base(argument: str) -> str:
    return ntpath.basename(argument.replace("/", "\\")).casefold()


def _host_path(argument: str, pid: int) -> str:
    """The host path of an argument of a Wine process; "" if it leads nowhere."""
    if argument.startswith("/"):
        return argument
    drive, rest = ntpath.splitdrive(argument)
    try:
        if len(drive) == 2 and rest[:1] in ("\\", "/"):
            environment = _environment_of(pid)
            usual = Path(environment.get("HOME", "/")) / ".wine"
            from ..target.hosts.wine import Prefix

            prefix = Prefix(Path(environment.get("WINEPREFIX") or usual))
            return str(prefix.host_path(argument))
        return str((_PROC / str(pid) / "cwd").readlink() / argument.replace("\\", "/"))
    except (OSError, TargetError):
        return ""


def _environment_of(pid: int) -> dict[str, str]:
    try:
        raw = (_PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return {}
    pairs = (os.fsdecode(each).partition("=") for each in raw.split(b"\0") if each)
    return {name: text for name, _, text in pairs if name and name not in _WINES_OWN}


def _stat(pid: int) -> list[str] | None:
    """The fields of ``/proc/<pid>/stat`` from the state on; ``None`` if it has ended."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields


def _started(pid: int) -> float | None:
    """The start in seconds since 1970."""
    fields = _stat(pid)
    return None if fields is None else _boot_time() + int(fields[19]) / os.sysconf("SC_CLK_TCK")


@lru_cache(maxsize=1)
def _boot_time() -> float:
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def _work(pid: int) -> tuple[str, str] | None:
    """The processor time that it has used, in ticks; ``None`` if it has ended."""
    fields = _stat(pid)
    return None if fields is None else (fields[11], fields[12])


def _is_quiet(pid: int, wait: Callable[[float], object]) -> bool:
    """Wait until the process has done no work for a moment; false if it ends or keeps working."""
    work, since = _work(pid), time.monotonic()
    end = since + 2 * _QUIET_FOR
    while work is not None and (now := time.monotonic()) < end:
        if now - since >= _QUIET_FOR:
            return True
        if wait(_SLICE):
            return False
        if (latest := _work(pid)) != work:
            work, since = latest, time.monotonic()
    return False


def _settle(process: PhoneProcess) -> None:
    """Wait for a phone that has just been started: before it has its window, the process of a
    switch would become a second phone instead of passing the switch on."""
    while time.time() - process.started < _STARTING:
        if _is_quiet(process.pid, time.sleep):
            return


def _is_program(path: str) -> bool:
    return path.lower().endswith(".exe") and files.is_file(Path(path))


def _same_file(path: str, exe: str) -> bool:
    try:
        return Path(path).samefile(exe)
    except OSError:
        return Path(path) == Path(exe)
