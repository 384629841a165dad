"""The phone on Windows, found as MicroSIP finds its own running instance, and more.

MicroSIP looks for a top-level window of class ``MicroSIP`` without an owner whose process runs
from the same path. Processes of that executable without a window (starting, or
hanging at exit) are found here too, and those of other users and sessions as far as rights allow.
"""

from __future__ import annotations

import sys

if sys.platform != "win32":
    raise ImportError("only on Windows")

import ntpath
import os
import time
from pathlib import Path

from ..errors import PhoneError, StartsLater
from ..system.windows import processes as win32
from ..system.windows import sessions, users
from ..system.windows import start as win32_start
from . import grammar
from .control import BasePhone, Handle
from .grammar import Invocation
from .state import PhoneProcess, Signs

WINDOW_CLASS = "MicroSIP"
_DIALOG_CLASS = "#32770"
_STATUS_BAR = "msctls_statusbar32"
_CALL, _END, _HOLD, _TRANSFER = 1022, 1055, 1057, 1135  # ids of the dialler's buttons
_RECORD = 1005
_DECLINE, _IGNORE = 1032, 1059  # and of those of a ringing call, which no other dialog has both
_LOADED_WITHIN = 2.0  # seconds after its creation in which a process has loaded its program
_STAYS = 2.0  # seconds after which a phone in another session counts as started
_ANSWER = 500  # milliseconds that a healthy window needs at most for a message


class WindowsPhone(BasePhone):
    """The phone of one executable in this user's session."""

    sees_windows = True

    def _processes(self) -> list[PhoneProcess]:
        windows = _phone_windows()
        name = ntpath.basename(self.exe).casefold()
        found = []
        with win32.debugging():
            for seen in win32.processes():
                if seen.pid in windows or seen.name.casefold() == name:
                    process = self._look(seen.pid, windows.get(seen.pid))
                    if process is not None:
                        found.append(process)
        if all(process.user is not None for process in found):
            return found
        listed = sessions.listed_users()
        return [each._replace(user=each.user or listed.get(each.pid)) for each in found]

    def _look(self, pid: int, window: win32.Window | None) -> PhoneProcess | None:
        session = win32.session_of(pid)
        with win32.opened(pid, win32.QUERY_LIMITED | win32.SYNCHRONIZE) as handle:
            if handle is None:
                # Not accessible, or gone: worth a report if only its name is known.
                if window is None and session in (-1, win32.session_of(os.getpid())):
                    return None
                return PhoneProcess(pid, "", session, None, False, None, None, None, 0.0)
            if win32.ended(handle, 0):
                return None
            path, user = win32.image_path(handle), win32.user_of(handle)
            started = win32.started_at(handle)
        if not _same_file(path, self.exe) or (window is None and _is_stillborn(pid, started)):
            return None
        return PhoneProcess(
            pid=pid,
            exe=path,
            session=session,
            user=user,
            mine=session == win32.session_of(os.getpid())
            and user is not None
            and user == self._own_user(),
            has_window=window is not None,
            visible=window.visible if window else None,
            responsive=win32.answers(window.handle, _ANSWER) if window else None,
            started=started,
        )

    def _judged(self, process: PhoneProcess) -> PhoneProcess:
        """An elevated phone of this user may hide whose it is, and reads the file all the same."""
        judged = super()._judged(process)
        here = process.session == win32.session_of(os.getpid())
        hidden = process.user is None and here and self._owner is None
        return judged._replace(reads=True) if hidden else judged

    def _hold(self, process: PhoneProcess) -> Handle | None:
        kill = win32.TERMINATE if process.user is not None else 0
        look = win32.SYNCHRONIZE | win32.QUERY_LIMITED
        for rights in (look | kill, look):
            handle = win32.open_process(process.pid, rights)
            if handle and win32.started_at(handle) == process.started:
                return _WindowsHandle(process.pid, handle)
            if handle:  # the number has come to mean another process
                win32.close(handle)
                return None
        if self._look(process.pid, None) is None:
            return None
        raise PhoneError(
            f"process {process.pid} of the phone cannot be waited for",
            hint="it may have more rights: exit it, or run this with the same rights",
            where=process.exe,
            code="no-access",
        )

    def _launch(self, invocation: Invocation, running: PhoneProcess | None) -> Handle:
        exe = running.exe if running else self.exe
        # Same integrity level as the phone, or MicroSIP would not find the running one.
        parent = 0 if running and _is_elevated(running.pid) else win32_start.desktop_parent()
        line = invocation.command_line(exe)
        try:
            started = win32_start.start(exe, line, ntpath.dirname(exe), self._environ, parent)
        except OSError as error:
            raise _not_started(exe, error) from error
        return _WindowsHandle(started.pid, started.handle)

    def start(self, minimized: bool = False) -> str:
        """As ``BasePhone.start``; another user's phone as that user, in that user's session.

        Raises ``StartsLater`` where that cannot be done from here.
        """
        owner = self._owner
        if owner is None or not owner.alone or not owner.user or not users.elevated():
            return super().start(minimized)
        invocation = grammar.build("minimized" if minimized else "show")
        with sessions.session_token(owner.user) as token:
            if token is None or self.status().out_of_reach:
                raise StartsLater(
                    "this is another user's phone, which is not started from here: only that user "
                    "can do so, or SYSTEM while that user is logged on and it is not running",
                    hint="it starts when that user starts it, or with that user's next run",
                    where=self.exe,
                    code="other-users-phone",
                )
            self._start_as(token, invocation)
        return invocation.command_line(self.exe)

    def _start_as(self, token: int, invocation: Invocation) -> None:
        """In the user's session; its windows cannot be seen from here."""
        line = invocation.command_line(self.exe)
        try:
            started = win32_start.start_as(token, self.exe, line, ntpath.dirname(self.exe))
        except OSError as error:
            raise _not_started(self.exe, error) from error
        handle = _WindowsHandle(started.pid, started.handle)
        try:
            if handle.wait(_STAYS) and not self.status().out_of_reach:
                raise PhoneError(
                    "the phone exited as soon as it was started",
                    where=self.exe,
                    code="not-started",
                )
        finally:
            handle.close()

    def _is_up(self, handle: Handle) -> bool:
        window = _phone_windows().get(handle.pid)
        return window is not None and win32.answers(window.handle, _ANSWER)

    def _message_of(self, handle: Handle) -> str | None:
        for window in win32.top_windows():
            if window.pid == handle.pid and window.class_name == _DIALOG_CLASS:
                inner = win32.child_windows(window.handle)
                return " ".join([window.title, *(each.title for each in inner)]).casefold()
        return None

    def _own_user(self) -> str | None:
        return win32.own_user()

    def _check_desktop(self) -> None:
        if win32.session_of(os.getpid()) == 0:
            raise PhoneError(
                "a phone started by a service would have no desktop",
                hint="it starts at the user's next logon; or run this in the user's session",
                where=self.exe,
                code="no-desktop",
            )
        if win32_start.is_anothers_desktop():
            raise PhoneError(
                "this is running as another user than the one whose desktop this is: a phone would "
                "start as that user, with the wrong configuration",
                hint="run this as the user of the desktop",
                where=self.exe,
                code="no-desktop",
            )

    def _signs(self, process: PhoneProcess) -> Signs:
        windows = [each for each in win32.top_windows() if each.pid == process.pid]
        main = next((each for each in windows if _is_phone(each)), None)
        dialogs = [
            win32.child_windows(each.handle) for each in windows if each.class_name == _DIALOG_CLASS
        ]
        inner = win32.child_windows(main.handle) if main else []
        bar = next((each for each in inner if each.class_name == _STATUS_BAR), None)
        call = next((each for each in inner if each.control_id == _CALL), None)
        dialler = {each.control_id: each for each in inner if call and each.parent == call.parent}
        record = dialler.get(_RECORD)
        signs = Signs(
            status_text=win32.window_text(bar.handle, _ANSWER)
            if bar and process.responsive
            else None,
            ringing=any(map(_is_ringing, dialogs))
            or any(each.title == "Incoming Call" for each in windows),
            call_buttons=_call_buttons(dialler),
            recording=record is not None and record.shown and record.enabled,
            messages_end=any(
                each.control_id == _END and each.shown for one in dialogs for each in one
            ),
        )
        if process.responsive or signs.call_buttons:
            return signs
        return signs._replace(call_buttons=None)  # a window that hangs may show what was before


class _WindowsHandle(Handle):
    def __init__(self, pid: int, handle: int) -> None:
        self.pid = pid
        self._handle = handle

    def wait(self, seconds: float) -> bool:
        # In slices, so that Ctrl-C is noticed.
        end = time.monotonic() + seconds
        while not win32.ended(self._handle, min(0.1, max(0.0, end - time.monotonic()))):
            if time.monotonic() >= end:
                return False
        return True

    def kill(self) -> None:
        win32.terminate(self._handle)

    def close(self) -> None:
        win32.close(self._handle)


def _not_started(exe: str, error: OSError) -> PhoneError:
    return PhoneError(f"cannot start the phone: {error.strerror}", where=exe, code="not-started")


def _is_stillborn(pid: int, started: float) -> bool:
    """Whether its creator was killed before the process ran: it never loads anything.

    It has no settings to save, and would otherwise look like a phone that hangs.
    """
    if time.time() - started <= _LOADED_WITHIN:
        return False
    for _ in range(3):  # the answer is not available while the list is changing
        if win32.has_modules(pid):
            return False
        time.sleep(0.05)
    return True


def _is_elevated(pid: int) -> bool:
    with win32.opened(pid, win32.QUERY_LIMITED) as handle:
        return handle is not None and win32.is_elevated(handle)


def _phone_windows() -> dict[int, win32.Window]:
    """The main windows of phones by process."""
    return {each.pid: each for each in win32.top_windows() if _is_phone(each)}


def _is_phone(window: win32.Window) -> bool:
    return window.class_name == WINDOW_CLASS and not window.owned


def _is_ringing(dialog: list[win32.Window]) -> bool:
    """Whether a dialog with these controls is that of a ringing call, shown or not."""
    return {_DECLINE, _IGNORE} <= {each.control_id for each in dialog}


def _call_buttons(dialler: dict[int, win32.Window]) -> bool | None:
    """Whether End, Hold or Transfer has replaced Call; ``None`` without these buttons."""
    if _CALL not in dialler:
        return None
    others = [dialler[button] for button in (_END, _HOLD, _TRANSFER) if button in dialler]
    return not dialler[_CALL].shown and any(each.shown for each in others)


def _same_file(path: str, exe: str) -> bool:
    if not path:
        return False
    if ntpath.normcase(path) == ntpath.normcase(exe):
        return True
    try:  # a short name, a mapped drive, a link
        return Path(path).samefile(exe)
    except OSError:
        return False
