"""POSIX: folder by folder, each opened in the one before, so that nothing can be exchanged."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from ...errors import TargetError

assert sys.platform != "win32"  # also tells mypy not to look here when checking for Windows

from .users import elevated  # noqa: E402

_ROOT = 0
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_OPEN_FILES = "/proc/self/fd"  # a path through an open folder needs it; macOS has none
_MOST_LINKS = 40


class SecurePath:
    """``path`` leads to a file through its folder as that was found, whatever its name means now.

    See ``api.SecurePath``.
    """

    __slots__ = ("_descriptor", "_plain", "foreign", "path")

    def __init__(self, path: Path, foreign: os.stat_result | None, descriptor: int = -1) -> None:
        self._plain = path
        self.path = path
        if descriptor >= 0 and os.path.isdir(through := f"{_OPEN_FILES}/{descriptor}"):  # noqa: PTH112
            self.path = Path(through, path.name)
        self.foreign = foreign
        self._descriptor = descriptor

    def check_again(self) -> None:
        """Nothing to do where the path goes through the open folder."""
        if self._descriptor >= 0 and self.path is self._plain:
            again = secure_path(self.path)
            if again is not None:
                again.__exit__()

    def __enter__(self) -> SecurePath:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)


def secure_path(path: Path) -> SecurePath | None:
    """As root, links are followed only where nobody else could have put them.

    Below the first folder that another user owns or may write in, there may be none.
    """
    if not elevated():
        return SecurePath(path, None)
    try:
        descriptor, foreign = _walk(path.parent)
    except FileNotFoundError:
        return None
    return SecurePath(path, foreign, descriptor)


def _walk(folder: Path) -> tuple[int, os.stat_result | None]:
    """The open folder, and its state if it is foreign."""
    foreign: os.stat_result | None = None
    links = 0
    left = list(reversed(folder.parts[1:]))
    descriptor = os.open("/", _FOLDER)
    try:
        while left:
            name = left.pop()
            link = None
            try:
                descriptor = _entered(name, descriptor)
            except OSError as error:
                link = _link(name, descriptor, error)
            if link is None:
                found = os.fstat(descriptor)
                if foreign is not None or _open_to_others(found):
                    foreign = found
                continue
            links += 1
            _judge(folder, name, links, trusted=foreign is None and link.st_uid == _ROOT)
            target = Path(os.readlink(name, dir_fd=descriptor))
            left += reversed(target.parts)
            if target.is_absolute():
                left.pop()
                descriptor = _entered("/", descriptor)
    except BaseException:
        with suppress(OSError):  # it may be closed already; what was raised must get out
            os.close(descriptor)
        raise
    return descriptor, foreign


def _entered(name: str, folder: int) -> int:
    """A descriptor of the next folder, in exchange for that of the one before."""
    following = os.open(name, _FOLDER, dir_fd=folder)
    os.close(folder)
    return following


def _link(name: str, folder: int, refused: OSError) -> os.stat_result:
    """The state of the link that could not be entered as a folder; raises ``refused`` otherwise."""
    if refused.errno in (errno.ENOTDIR, errno.ELOOP):
        info = os.lstat(name, dir_fd=folder)
        if stat.S_ISLNK(info.st_mode):
            return info
    raise refused


def _open_to_others(folder: os.stat_result) -> bool:
    """Whether somebody but root can put something in the place of what root has in a folder.

    In a sticky one (/tmp) anybody can add, but what is there belongs to whoever put it there.
    """
    shared = folder.st_mode & 0o022 and not folder.st_mode & stat.S_ISVTX
    return folder.st_uid != _ROOT or bool(shared)


def _judge(folder: Path, name: str, links: int, *, trusted: bool) -> None:
    """Raise unless a link on the way may be followed."""
    if not trusted:
        raise TargetError(
            f"{name!r} on the way to the file is a link that another user can change",
            hint="remove the link, name the path it leads to, or run as that user",
            where=str(folder),
            code="link",
        )
    if links > _MOST_LINKS:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))


def is_own_link(link: os.stat_result, end: os.stat_result | None) -> bool:
    return end is not None and link.st_uid == end.st_uid == os.geteuid()
