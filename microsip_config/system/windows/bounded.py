"""Windows: an opening that another user can make wait for ever (an opportunistic lock) is given up.

Who holds such a lock on a file is asked before anybody else may open it, and need not answer.
"""

from __future__ import annotations

import _thread
import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

assert sys.platform == "win32"

from . import win32  # noqa: E402

LONGEST = 10.0
"""Seconds."""
_AFTER_CANCEL = 2.0

_T = TypeVar("_T")


class _Here(_thread._local):
    """Of this thread: is it where another user may keep files open?"""

    foreign = False


_here = _Here()


@contextmanager
def among_others(foreign: bool) -> Iterator[None]:
    """Whether another user may keep what is opened in this block."""
    before, _here.foreign = _here.foreign, foreign
    try:
        yield
    finally:
        _here.foreign = before


def is_among_others() -> bool:
    """Whether this is in a block of :func:`among_others`."""
    return _here.foreign


def bounded(operation: Callable[[], _T], undo: Callable[[_T], object]) -> _T:
    """The result of a call into Windows that may wait for another user.

    It is made in a thread of its own. After :data:`LONGEST` it is cancelled and the ``OSError``
    raised that stands for such a lock; what it brings after all is given to ``undo``.
    """
    call = _Call(operation, undo)
    thread = _thread.start_new_thread(call.run, ())
    if not call.ended.acquire(timeout=LONGEST):
        _cancel(thread)
        if not call.ended.acquire(timeout=_AFTER_CANCEL) and call.abandon():
            raise ctypes.WinError(win32.CANNOT_BREAK_OPLOCK)
    if isinstance(call.error, OSError) and call.error.winerror == win32.OPERATION_ABORTED:
        raise ctypes.WinError(win32.CANNOT_BREAK_OPLOCK)
    if call.error is not None:
        raise call.error
    return call.results[0]


class _Call(Generic[_T]):
    """The operation and what became of it; ``ended`` can be had once it has ended."""

    def __init__(self, operation: Callable[[], _T], undo: Callable[[_T], object]) -> None:
        self._operation, self._undo = operation, undo
        self._handing_over = _thread.allocate_lock()
        self._abandoned = False
        self.ended = _thread.allocate_lock()
        self.ended.acquire()
        self.results: list[_T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            result = self._operation()
        except BaseException as error:  # raised where it is waited for
            self.error = error
        else:
            with self._handing_over:
                self.results.append(result)
                if self._abandoned:
                    self._undo(result)
        self.ended.release()

    def abandon(self) -> bool:
        """Whether nobody will come for the result; False if it has just come."""
        with self._handing_over:
            self._abandoned = not self.results and self.error is None
        return self._abandoned


def _cancel(thread: int) -> None:
    handle = win32.OpenThread(win32.THREAD_TERMINATE, False, thread)
    if handle:
        win32.CancelSynchronousIo(handle)
        win32.CloseHandle(handle)
