"""Sees every file operation below a folder, and makes any of them fail, or the last one of a run.

The functions of ``os`` (and ``flock``, and the exchange of names) are wrapped while a run is
watched, so nothing of the program has to cooperate. Operations elsewhere (imports, terminals) pass
unseen.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from microsip_config.system.posix import replace as posix_replace

NAMES = (
    "chmod", "chown", "close", "fchmod", "fchown", "fdopen", "fstat", "fsync", "getxattr", "link",
    "listdir", "listxattr", "lseek", "lstat", "mkdir", "open", "read", "readlink", "remove",
    "rename", "replace", "rmdir", "scandir", "setxattr", "stat", "symlink", "truncate", "unlink",
    "utime", "write",
)  # fmt: skip
BY_NAME = {"open", "mkdir", "replace", "rename", "link"}
_readlink = os.readlink


class Operation(NamedTuple):
    """One call: its number (from 1), the function, and the place below the watched folder."""

    number: int
    name: str
    place: str
    creates: bool = False


class Cut(BaseException):
    """Ends a run at once, but with the clean-up of a dying interpreter."""


class SharingViolation(PermissionError):
    """What Windows says while another program holds a file."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "The process cannot access the file: it is in use")
        self.winerror = 32


def error(number: int) -> Callable[[], OSError]:
    return lambda: OSError(number, os.strerror(number))


# What each operation may answer on a bad day. "short": half of the bytes are written, no error.
ANSWERS: dict[str, tuple[Callable[[], OSError] | str, ...]] = {
    "open": (error(errno.EACCES), error(errno.EMFILE), error(errno.EIO)),
    "create": (error(errno.ENOSPC), error(errno.EROFS)),
    "write": ("short", error(errno.ENOSPC), error(errno.EIO)),
    "fsync": (error(errno.EIO), error(errno.ENOSPC)),
    "close": (error(errno.EIO), error(errno.EDQUOT)),
    "replace": (SharingViolation, error(errno.EIO), error(errno.EACCES)),
    "mkdir": (error(errno.ENOSPC), error(errno.EACCES)),
    "unlink": (SharingViolation, error(errno.EACCES)),
    "flock": (error(errno.ENOLCK), error(errno.EIO)),
}
ANSWERS["remove"], ANSWERS["rename"] = ANSWERS["unlink"], ANSWERS["replace"]
OTHERWISE: tuple[Callable[[], OSError] | str, ...] = (error(errno.EIO),)
LOOKING = {
    "fdopen", "fstat", "getxattr", "listdir", "listxattr", "lseek", "lstat", "read", "readlink",
    "scandir", "stat",
}  # fmt: skip
"""What leaves the disk as it was: being killed after it is being killed before it."""

Fault = Callable[[Operation], OSError | str | None]
"""Asked before each operation: None lets it pass, an error is raised, "short" cuts a write."""


def answers(operation: Operation) -> tuple[Callable[[], OSError] | str, ...]:
    return ANSWERS.get("create" if operation.creates else operation.name, OTHERWISE)


class Watch:
    """The operations of a run below ``root``, in order.

    ``opened``: how many of them open a file by its whole path, as the interpreter's audit sees it;
    ``faults``: how many were made to fail.
    """

    def __init__(self, root: Path, fault: Fault, after: Callable[[Operation], None]) -> None:
        self.operations: list[Operation] = []
        self.opened = 0
        self.faults = 0
        self._root = str(root)
        self._fault = fault
        self._after = after

    def place(self, what: Any, folder: int | None = None) -> str:
        """Below the root, the rest of the path; else "". ``folder``: an open one to start from."""
        if isinstance(what, int):
            try:
                text = _readlink(f"/proc/self/fd/{what}")
            except OSError:
                return ""
        else:
            try:
                text = _real(os.fsdecode(what))
            except TypeError:
                return ""
            if folder is not None:
                text = os.path.normpath(f"{_readlink(f'/proc/self/fd/{folder}')}/{text}")
        return text[len(self._root) :] if text.startswith(self._root) else ""

    def wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            place = self.place(arguments[0], named.get("dir_fd")) if arguments else ""
            if not place:
                return real(*arguments, **named)
            creates = name == "open" and bool(arguments[1] & os.O_CREAT)
            operation = Operation(len(self.operations) + 1, name, place, creates)
            self.operations.append(operation)
            self.opened += name == "open" and "dir_fd" not in named
            answer = self._fault(operation)
            self.faults += answer is not None
            if isinstance(answer, BaseException):
                if name == "close":  # a descriptor is gone even if that was told too late
                    real(*arguments)
                raise answer
            if answer == "short":
                arguments = (arguments[0], bytes(arguments[1])[: max(1, len(arguments[1]) // 2)])
            try:
                return real(*arguments, **named)
            finally:  # also after one that has failed by itself, such as to open what is not there
                self._after(operation)

        return call


def _real(text: str) -> str:
    """A path that goes through an open folder, by that folder's name."""
    parts = text.split("/")
    if parts[:4] != ["", "proc", "self", "fd"] or len(parts) < 5:
        return text
    return "/".join((_readlink("/".join(parts[:5])), *parts[5:]))


@contextmanager
def watched(
    root: Path,
    fault: Fault = lambda _: None,
    after: Callable[[Operation], None] = lambda _: None,
) -> Iterator[Watch]:
    """While this is open, operations below ``root`` are counted, and ``fault`` is asked."""
    watch = Watch(root, fault, after)
    real = {name: getattr(os, name) for name in NAMES}
    flock, exchange = fcntl.flock, posix_replace._rename
    try:
        for name, function in real.items():
            setattr(os, name, watch.wrapped(name, function))
        fcntl.flock = watch.wrapped("flock", flock)
        posix_replace._rename = watch.wrapped("replace", exchange)
        yield watch
    finally:
        for name, function in real.items():
            setattr(os, name, function)
        fcntl.flock = flock
        posix_replace._rename = exchange


class Opens:
    """Counts with the interpreter's own audit what is opened below a folder, by whatever means."""

    def __init__(self) -> None:
        self.root = ""
        self.count = 0
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.root and event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            self.count += _real(os.fsdecode(arguments[0])).startswith(self.root)


def failing(number: int, answer: Callable[[], OSError] | str, *, lasting: bool) -> Fault:
    """The operation ``number`` fails; if ``lasting``, so does the same one on the same place.

    A name that was made for one use (a temporary file) has never been asked for before, so the
    last digits are left out of the comparison.
    """
    failed: list[Operation] = []

    def fault(operation: Operation) -> OSError | str | None:
        same = lasting and failed and _alike(failed[0], operation)
        if operation.number != number and not same:
            return None
        failed.append(operation)
        return answer if isinstance(answer, str) else answer()

    return fault


def _alike(one: Operation, other: Operation) -> bool:
    return one.name == other.name and _unhexed(one.place) == _unhexed(other.place)


def _unhexed(place: str) -> str:
    return re.sub(r"[0-9a-f]{12,}", "*", place)
