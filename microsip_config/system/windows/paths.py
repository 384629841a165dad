"""Windows: no link on the way through another user's profile; long paths with their prefix.

Where a way really leads is asked of the open folders, as a drive, a volume, a short name or a link
of Windows' own (``C:\\Documents and Settings``) may stand for the profiles. While the way is held,
no folder on it can be moved away, so that a later look at its names still counts.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PureWindowsPath

from ...errors import TargetError

assert sys.platform == "win32"

from ..links import leads_elsewhere, profile_of, refuse_links, without_prefix  # noqa: E402
from . import profiles, win32  # noqa: E402
from .bounded import among_others  # noqa: E402
from .names import odd_name  # noqa: E402
from .opening import open_file  # noqa: E402
from .users import elevated  # noqa: E402

_LONGEST_PLAIN_PATH = 200  # a temporary name next to it must fit as well
_AS_DRIVE, _AS_VOLUME = 0, 1  # how GetFinalPathNameByHandleW names the volume
_LONGEST = 32768  # characters of a path


class SecurePath:
    """See ``api.SecurePath``. ``way`` is held until this is closed."""

    __slots__ = ("_among_others", "_way", "path")

    @property
    def foreign(self) -> bool:
        """Whether another user may put links on this way."""
        return self._way is not None and self._way.base is not None

    def __init__(self, path: Path, way: _Way | None = None) -> None:
        self.path = path
        self._way = way
        self._among_others = among_others(way is not None and not way.is_own(path))

    def check_again(self) -> None:
        if self._way is not None:
            self._way.refuse_links()

    def __enter__(self) -> SecurePath:
        self._among_others.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._among_others.__exit__(None, None, None)
        if self._way is not None:
            self._way.close()


def secure_path(path: Path) -> SecurePath | None:
    """An administrator follows no link below another user's profile, nor below a share.

    Raises ``TargetError`` for such a link, and (code ``not-a-file``) for a path that means no
    ordinary file: a device, a stream.
    """
    odd = odd_name(path)
    if odd:
        raise TargetError(
            f"{odd!r} is a device, a stream or a name that Windows would shorten, not a file",
            hint="name an ordinary file",
            where=str(path),
            code="not-a-file",
        )
    if not elevated():
        return SecurePath(reachable(path))
    way = _Way(reachable(path.parent))
    try:
        way.walk()
    except BaseException:
        way.close()
        raise
    if way.reached == Path(without_prefix(str(path.parent))):
        return SecurePath(reachable(path), way)
    return SecurePath(reachable(way.reached / path.name), way)


def real_path(path: Path) -> Path:
    """Where a path really leads, its last component aside; no link of another user is followed."""
    way = _Way(reachable(path.parent))
    with suppress(TargetError, OSError):
        way.walk()
    way.close()
    return way.reached / path.name


class _Way:
    """The open folders on the way to ``folder``; ``reached`` is where it really leads.

    ``base`` is the first folder on it below which another user may have put links, if any.
    """

    def __init__(self, folder: Path) -> None:
        self.reached = Path(without_prefix(str(folder)))
        self.base: Path | None = None
        self._held: list[int] = []
        own, others = profiles.own_and_other_profiles()
        self._own = () if own is None else _spellings([own])
        self._others = _spellings(others)

    def walk(self) -> None:
        """Open folder by folder. Raises ``TargetError``, ``OSError``."""
        at = Path()
        left = list(reversed(self.reached.parts))
        while left:
            try:
                at = self._enter(at / left[-1], follow=self.base is None)
            except (FileNotFoundError, NotADirectoryError):
                at = at.joinpath(*reversed(left))
                self._note(at)
                break
            left.pop()
        self.reached = at
        self.refuse_links()

    def refuse_links(self) -> None:
        """Raise ``TargetError`` for a link below the base. Who holds the way can trust this."""
        if self.base is not None and self.reached != self.base:
            refuse_links(self.reached, self.base)

    def close(self) -> None:
        while self._held:
            win32.CloseHandle(self._held.pop())

    def _enter(self, folder: Path, *, follow: bool) -> Path:
        """Hold a folder; where it really is."""
        link = follow and bool(folder.name) and leads_elsewhere(os.lstat(reachable(folder)))
        with among_others(not self.is_own(folder)):
            handle = _hold(folder, 0 if link or not folder.name else win32.OPEN_REPARSE_POINT)
        if handle is None and self.base is not None and not _is_share(self.base):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        if handle is None:
            self._note(folder)
            return folder
        self._held.append(handle)
        real = final_path(handle)
        if real is None or _same(real, folder):
            real = folder
        self._note(real)
        return real

    def _note(self, folder: Path) -> None:
        if self.base is None and not self.is_own(folder):
            self.base = profile_of(folder, None, self._others)

    def is_own(self, path: Path) -> bool:
        """Whether it is in the profile of the user that runs this.

        Everywhere else another user may keep a file open that an administrator wants to read.
        """
        plain = PureWindowsPath(without_prefix(str(path)))
        return any(map(plain.is_relative_to, self._own))


def _spellings(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Each folder as it is named, and where the folder that it is in really is."""
    folders = list(folders)
    real = {parent: final_path_of(parent) for parent in {folder.parent for folder in folders}}
    return tuple(
        dict.fromkeys([*folders, *(real[folder.parent] / folder.name for folder in folders)])
    )


def _hold(folder: Path, flags: int) -> int | None:
    """A handle that keeps a folder from being moved; None if this user may not even pass it."""
    flags |= win32.BACKUP_SEMANTICS
    for access in (win32.FILE_LIST_DIRECTORY, win32.FILE_TRAVERSE):
        try:
            path = reachable(folder)
            return open_file(path, access, win32.SHARE_READ_WRITE, win32.OPEN_EXISTING, flags)
        except PermissionError as error:
            if error.winerror != win32.ACCESS_DENIED:
                raise
    return None


def _is_share(folder: Path) -> bool:
    """What is moved there is moved by the server, whoever holds it here."""
    return folder.anchor.startswith("\\\\")


def final_path(handle: int) -> Path | None:
    """Where an open folder or file really is; None if the system cannot tell."""
    text = ctypes.create_unicode_buffer(_LONGEST)
    for kind in (_AS_DRIVE, _AS_VOLUME):
        if 0 < win32.GetFinalPathNameByHandleW(handle, text, _LONGEST, kind) < _LONGEST:
            return Path(without_prefix(text.value))
    return None


def final_path_of(path: Path) -> Path:
    """Where a folder really is; as given if it cannot be opened."""
    with suppress(OSError):
        handle = open_file(
            reachable(path),
            win32.FILE_READ_ATTRIBUTES,
            win32.SHARE_ALL,
            win32.OPEN_EXISTING,
            win32.BACKUP_SEMANTICS,
        )
        try:
            return final_path(handle) or path
        finally:
            win32.CloseHandle(handle)
    return path


def _same(one: Path, other: Path) -> bool:
    return PureWindowsPath(one) == PureWindowsPath(without_prefix(str(other)))


def is_own_link(link: os.stat_result, end: os.stat_result | None) -> bool:
    del link, end
    return not elevated()


def reachable(path: Path) -> Path:
    """The path as the system's calls take it: near MAX_PATH (260) with the prefix that lifts it."""
    text = str(path)
    if len(text) < _LONGEST_PLAIN_PATH or text.startswith(("\\\\?\\", "\\\\.\\")):
        return path
    text = os.path.abspath(text)  # noqa: PTH100 - behind the prefix ".." is a name like any
    unc = text.startswith("\\\\")
    return Path("\\\\?\\UNC\\" + text[2:] if unc else "\\\\?\\" + text)
