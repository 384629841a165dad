"""Stop and start the phone, and send it switches, in the same way on Windows and under Wine.

What differs between the two is behind the abstract methods: list the running processes, hold one,
launch the executable with a switch, read the signs of a call.
"""

from __future__ import annotations

import ntpath
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from ..errors import PhoneError, TargetError
from ..limits import HOOK_SECONDS, HOOKS
from . import grammar
from .files import EXCLUSIVE_SINCE, PhoneFiles
from .grammar import Invocation
from .state import Owner, PhoneProcess, PhoneState, Signs, StopReport, combine

START_WAIT = 20.0  # seconds for the phone's window to appear
STEADY = 1.0  # seconds that it then has to stay: what ends a phone at its start comes in these
ANSWER_WAIT = 10.0  # seconds for the running phone to take a switch
_KILL_WAIT = 10.0
_ASK_AGAIN = 5.0  # seconds after which a phone that still has its window has missed /exit
_HELPER_WAIT = 0.3  # the process that said /exit ends right after the phone
_LOOK_AGAIN = 1.0
_SLICE = 0.05  # between two looks at a phone that is exiting; its end is noticed at once
_FIRST_PAUSE, _LONGEST_PAUSE = 0.004, 0.05  # seconds between two looks at a phone that starts


class Handle(ABC):
    """A hold on one process, so that its number cannot come to mean another one."""

    pid: int

    @abstractmethod
    def wait(self, seconds: float) -> bool:
        """Whether the process ends within that time."""

    @abstractmethod
    def kill(self) -> None:
        """End the process at once; it saves nothing."""

    @abstractmethod
    def close(self) -> None:
        """Release the hold."""


class BasePhone(ABC):
    """The phone of one executable.

    ``exe`` is a host path, ``files`` what its ini and call log tell. ``owner`` is the user whose
    file it is, if another user's. ``environ`` is the environment of a phone that is started,
    ``prefix`` (a host path) its Wine prefix. ``sees_windows``: whether the windows of a phone can
    be seen from here.
    """

    sees_windows: bool

    def __init__(
        self,
        exe: str,
        files: PhoneFiles,
        owner: Callable[[], Owner | None] = lambda: None,
        *,
        environ: Mapping[str, str],
        prefix: str = "",
    ) -> None:
        self.exe = exe
        self._environ = environ
        self._prefix = prefix
        self._files = files
        self._find_owner = owner
        self._helpers: set[int] = set()  # pids of the executable started only to pass a switch on

    @abstractmethod
    def _processes(self) -> list[PhoneProcess]:
        """All processes of the executable, of this user and of others."""

    @abstractmethod
    def _hold(self, process: PhoneProcess) -> Handle | None:
        """A handle of the process; ``None`` if it has ended. ``PhoneError`` if access is denied."""

    @abstractmethod
    def _launch(self, invocation: Invocation, running: PhoneProcess | None) -> Handle:
        """Start the executable of ``running`` (else ``exe``) detached. Raises ``PhoneError``."""

    @abstractmethod
    def _signs(self, process: PhoneProcess, /) -> Signs:
        """The signs of a call, all but ``open_entry``."""

    @abstractmethod
    def _is_up(self, handle: Handle) -> bool:
        """Whether this process has become a phone that takes switches."""

    @abstractmethod
    def _message_of(self, handle: Handle) -> str | None:
        """What a message says that this process shows instead of a phone's window; None: nothing
        can be seen of one."""

    @abstractmethod
    def _check_desktop(self) -> None:
        """Raise ``PhoneError`` where a phone cannot be started for this user."""

    @abstractmethod
    def _own_user(self) -> str | None:
        """This user, as ``PhoneProcess.user``."""

    @cached_property
    def _owner(self) -> Owner | None:
        return self._find_owner()

    def _judged(self, process: PhoneProcess) -> PhoneProcess:
        """``process`` with the answer to whether it reads the file.

        This user's phone reads this user's configuration, not one in another user's profile.
        """
        owner = self._owner
        if owner is None:
            return process._replace(reads=process.mine or process.user == self._own_user())
        reads = bool(owner.user) and process.user == owner.user
        if owner.alone:
            unknown = not owner.user or process.user is None
            return process._replace(mine=False, reads=reads or unknown)
        return process._replace(reads=reads or process.mine)

    def status(self) -> PhoneState:
        """What is running now, and whether a call is active."""
        return self._with_calls(self._seen())

    def _seen(self) -> PhoneState:
        """What is running now; the ini, which a phone that starts needs for itself, is not read."""
        seen = [each for each in self._processes() if each.pid not in self._helpers]
        return PhoneState(tuple(map(self._judged, seen)))

    def _with_calls(self, state: PhoneState) -> PhoneState:
        signs = (
            self._signs(each)._replace(
                open_entry=self._files.open_call(each.started),
                window=each.has_window is not False,
            )
            for each in state.mine
        )
        return PhoneState(state.processes, *combine(signs))

    def settled(self, timeout: float) -> PhoneState:
        """The state once a phone that has just been started takes messages, at the latest after
        ``timeout`` seconds.

        Before that it misses ``/exit``, and neither shows whether it is hidden nor whether it is in
        a call. A process without a window may also be one that only passes a switch on and ends.
        """
        end = time.monotonic() + timeout
        state = self._seen()
        pauses = _pauses()
        while state.mine and state.hidden is None and time.monotonic() < end:
            time.sleep(next(pauses))
            state = self._seen()
            if any(map(_seems_up, state.mine)):
                break
        return self._with_calls(state)

    def stop(self, timeout: float, kill: bool = False, even_in_call: bool = False) -> StopReport:
        """Exit this user's phone: ``/exit``, then wait up to ``timeout`` seconds for the process.

        That time grows by what the phone's own ``cmdCallEnd`` may take, for each call that it ends.
        With ``kill``, a phone that does not exit in time is killed and saves nothing. The phones
        of other users and sessions are left alone. Raises ``PhoneError``: ``in-call`` (also where
        no sign of a call can be read) and ``call-began`` (while it was being stopped), both unless
        ``even_in_call``; ``did-not-stop``, ``no-access``.
        """
        began = time.monotonic()
        state = self.settled(timeout)
        if not state.mine:
            return StopReport()
        if not even_in_call:
            _refuse_in_call(state)
        if timeout:
            timeout += self._hook_time(state)
        lines: list[str] = []
        check = _nothing if even_in_call else self._refuse_new_call
        with self._holding(state.mine) as handles:
            in_time = not handles or self._ask_to_exit(handles, began + timeout, lines, check)
            if not in_time and not kill:
                raise PhoneError(
                    f"the phone did not stop within {timeout:g} s; it is still running",
                    hint="raise --stop-timeout, or end it without saving with --kill",
                    where=self.exe,
                    code="did-not-stop",
                )
            if not in_time:
                check()
                self._kill(handles)
        seconds = round(time.monotonic() - began, 2)
        return StopReport(True, bool(state.hidden), not in_time, tuple(lines), seconds)

    def _hook_time(self, state: PhoneState) -> float:
        """The seconds that the phone may wait for its ``cmdCallEnd``, once for each call."""
        if state.in_call == "no" or not self._files.waits_for_end_hooks():
            return 0.0
        calls = sum(max(1, self._files.open_calls(each.started)) for each in state.mine)
        return HOOK_SECONDS * min(calls, HOOKS)

    def start(self, minimized: bool = False) -> str:
        """Start the phone, hidden if ``minimized``; the command line, once the phone has a window.

        It is believed once it has kept that window for a moment. Raises ``PhoneError``:
        ``no-window`` if there is none in time (it may come later), ``not-started``,
        ``ini-not-opened``, ``no-desktop``, ``other-users-phone``.
        """
        self._check_start()
        invocation = grammar.build("minimized" if minimized else "show")
        self._come_up(invocation)
        return invocation.command_line(self.exe)

    def send(self, invocation: Invocation, start: bool = False) -> str:
        """Pass the invocation to the running phone and return the command line.

        If no phone is running: ``TargetError``, unless ``start`` is set and the switch starts one.
        Raises ``PhoneError`` if the phone does not take it in time.
        """
        state = self.status()
        ready = next((each for each in state.mine if each.has_window is not False), None)
        if ready is None:
            if not (start and invocation.idle.startswith("starts")):
                raise not_running(self.exe)
            self._check_start()
            self._come_up(invocation)
            return invocation.command_line(self.exe)
        if ready.responsive is False:
            raise PhoneError("the phone does not respond", where=self.exe, code="phone-hung")
        helper = self._launch(invocation, ready)
        with self._helping(helper):
            # If the phone has exited meanwhile, the helper has become the phone: leave it.
            if not helper.wait(ANSWER_WAIT) and not self._is_up(helper):
                helper.kill()
                raise PhoneError("the phone does not respond", where=self.exe, code="phone-hung")
        return invocation.command_line(ready.exe)

    def _check_start(self) -> None:
        if self._owner is not None and self._owner.alone:
            raise PhoneError(
                "this is another user's configuration, which a phone of this user would not read",
                hint="run this as that user",
                where=self.exe,
                code="other-users-phone",
            )
        self._check_desktop()
        self.refuse_unstartable()

    def refuse_unstartable(self) -> None:
        """Raise ``PhoneError`` (``ini-not-opened``) for a phone that cannot start, as it may not
        write its ini: for those who would stop it first."""
        why = self._files.why_not_opened()
        number = self._files.version() if why else ()
        # Where the windows can be seen, a phone of unknown version shows what it does.
        if why and (number >= EXCLUSIVE_SINCE or (not number and not self.sees_windows)):
            raise self._ini_not_opened(why)

    def _ini_not_opened(self, why: str) -> PhoneError:
        return PhoneError(
            f"the phone does not start, as it cannot open its ini for itself alone: {why}",
            hint="make the file and its folder writable (attrib -r, chmod u+w, rights), and close "
            "the programs that keep it open (an editor, a backup, a virus scanner)",
            where=self._files.ini,
            code="ini-not-opened",
        )

    def _come_up(self, invocation: Invocation) -> None:
        handle = self._launch(invocation, None)
        try:
            end = time.monotonic() + START_WAIT
            pauses = _pauses()
            while not self._is_up(handle):
                if self._ends(handle, next(pauses)):
                    return
                message = self._message_of(handle)
                if message is not None and ntpath.basename(self._files.ini).casefold() in message:
                    handle.kill()  # nobody may be there to close the message, and it has no more
                    raise self._ini_not_opened("another program may be keeping it open")
                if time.monotonic() > end:
                    raise PhoneError(
                        f"the phone was started but shows no window after {START_WAIT:g} s",
                        hint="look at its desktop; it may be showing a message",
                        where=self.exe,
                        code="no-window",
                    )
            self._ends(handle, STEADY)
        finally:
            handle.close()

    def _ends(self, handle: Handle, seconds: float) -> bool:
        """Whether a process that was started ends in that time, as another phone took its switch.

        Raises ``PhoneError`` if there is no such phone.
        """
        if not handle.wait(seconds):
            return False
        if self._seen().running:
            return True
        raise PhoneError(
            "the phone exited as soon as it was started",
            where=self.exe,
            code="not-started",
        )

    def _refuse_new_call(self) -> None:
        """Raise ``PhoneError`` for a call that began after ``/exit`` was first sent."""
        state = self.status()
        if state.in_call == "yes":  # what could be read a moment ago may be going away with it
            _refuse_in_call(state, "call-began")

    def _ask_to_exit(
        self, handles: list[Handle], end: float, lines: list[str], check: Callable[[], None]
    ) -> bool:
        """Send ``/exit``, again if the phone may have missed it; whether all ended before ``end``.

        Only a phone with a window receives it, and it blocks for as long as that window hangs.
        ``check`` raises if it must not be sent again.
        """
        invocation = grammar.build("exit")
        looked = asked = float("-inf")
        helper = None
        try:
            while True:
                now = time.monotonic()
                unheard = helper is None or helper.wait(0)
                ready = self._listening(handles) if unheard and now - asked > _ASK_AGAIN else None
                if ready is not None:
                    check()
                    if helper is not None:
                        self._release(helper)
                    helper, asked = self._launch(invocation, ready), now
                    self._helpers.add(helper.pid)
                    lines.append(invocation.command_line(ready.exe))
                if now - looked > _LOOK_AGAIN:
                    handles, looked = self._phones_of(handles), now
                if _all_end(handles, min(_SLICE, max(0.0, end - now))):
                    return True
                if now > end:
                    return False
        finally:
            if helper is not None:
                helper.wait(_HELPER_WAIT)
                helper.kill()  # it would wait for the window of a hung phone for ever
                self._release(helper)

    def _phones_of(self, handles: list[Handle]) -> list[Handle]:
        """Those that still count as a phone; a stillborn process never ends by itself."""
        phones = {process.pid for process in self._processes()}
        return [handle for handle in handles if handle.pid in phones]

    def _listening(self, handles: list[Handle]) -> PhoneProcess | None:
        """One of the held processes that may receive a switch now."""
        alive = {handle.pid for handle in handles if not handle.wait(0)}
        for process in self._processes():
            if process.pid in alive and process.has_window is not False:
                return process
        return None

    def _kill(self, handles: list[Handle]) -> None:
        for handle in handles:
            handle.kill()
        if not _all_end(handles, _KILL_WAIT):
            raise PhoneError("the phone could not be killed", where=self.exe, code="did-not-stop")

    @contextmanager
    def _holding(self, processes: tuple[PhoneProcess, ...]) -> Iterator[list[Handle]]:
        handles: list[Handle] = []
        try:
            for process in processes:
                handle = self._hold(process)
                if handle is not None:
                    handles.append(handle)
            yield handles
        finally:
            for handle in handles:
                handle.close()

    @contextmanager
    def _helping(self, helper: Handle) -> Iterator[None]:
        self._helpers.add(helper.pid)
        try:
            yield
        finally:
            self._release(helper)

    def _release(self, helper: Handle) -> None:
        self._helpers.discard(helper.pid)
        helper.close()


def _all_end(handles: list[Handle], seconds: float) -> bool:
    end = time.monotonic() + seconds
    return all(handle.wait(max(0.0, end - time.monotonic())) for handle in handles)


def not_running(exe: str) -> TargetError:
    """The error of sending a switch to a phone that is not running."""
    return TargetError(
        "the phone is not running, or has no window yet",
        hint="start it first: microsip-config phone start",
        where=exe,
        code="phone-not-running",
    )


def _seems_up(process: PhoneProcess) -> bool:
    """Whether it has a window that responds, as far as can be seen."""
    return process.visible is not None and process.responsive is not False


def _pauses() -> Iterator[float]:
    """Short pauses that grow: a phone is up soon, or takes long."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.25, _LONGEST_PAUSE)


def _nothing() -> None:
    pass


def _refuse_in_call(state: PhoneState, code: str = "in-call") -> None:
    if state.in_call == "no":
        return
    said = "the phone is in a call"
    if state.in_call == "unknown":
        said = "whether the phone is in a call cannot be seen"
    raise PhoneError(
        f"{said} ({'; '.join(state.because)})",
        hint="try again later, or stop it anyway with --even-in-call",
        code=code,
    )
