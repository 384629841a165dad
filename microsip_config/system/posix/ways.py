"""POSIX: who controls the way to a file, looked at folder by folder without following links.

Whoever owns a folder, or may write in it, decides what each name below it means. Root therefore
works only where nobody else does, and where another user does it becomes that user: see
``target_owner``. Where neither is clear, it refuses.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ...errors import TargetError
from ..account import Account

assert sys.platform != "win32"  # also tells mypy not to look here when checking for Windows

from .accounts import account_of, is_private_group, named  # noqa: E402
from .users import may_become, user_name  # noqa: E402

_ROOT = frozenset({0})
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MOST_LINKS = 40
_AS_USER = "name the user to work as with --as-user"


class _Found(NamedTuple):
    """What is at a path, and the outermost part of it that others than the trusted own."""

    path: Path
    state: os.stat_result


class SecurePath:
    """A path that nobody else can lead elsewhere; see ``api.SecurePath``."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def check_again(self) -> None:
        """Nothing to do: the way belongs to this user."""

    def __enter__(self) -> SecurePath:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""


def secure_path(path: Path) -> SecurePath | None:
    """As root: only where nobody else controls the way. Anybody else goes where they can."""
    if may_become():
        folder = _Walk(path.parent, _ROOT)
        if folder.missing:
            return None
        if folder.foreign is not None:
            raise _not_roots(folder.foreign)
    return SecurePath(path)


def target_owner(paths: Iterable[Path], as_user: str | None) -> Account | None:
    """The user that root must become to work on what is at ``paths``; None: it works as it is.

    :param as_user: the name or number of the user, if it is given; else it is the one user besides
        root that controls one of the paths.
    :raises TargetError: two users do, or it cannot be seen who does.
    """
    if not may_become():
        _refuse_another(as_user)
        return None
    if as_user is not None:
        return _named(as_user, paths)
    foreign = [each for each in map(_foreign, paths) if each is not None]
    owners = {each.state.st_uid for each in foreign}
    if len(owners) > 1:
        names = " and ".join(sorted(map(user_name, owners)))
        raise TargetError(
            f"the target is in folders of several users: {names}", hint=_AS_USER, code="many-owners"
        )
    return account_of(foreign[0].state, foreign[0].path) if foreign else None


def check_way(path: Path) -> None:
    """Raise ``TargetError`` unless only this user and root control the way to ``path``."""
    foreign = _seen(path, frozenset({0, os.geteuid()}))
    if foreign is not None:
        owner = user_name(foreign.state.st_uid)
        raise TargetError(
            f"the way to the target leads through a folder of another user ({owner})",
            hint=f"{_AS_USER}, or give the folder to the owner of the target",
            where=str(foreign.path),
            code="many-owners",
        )


def is_foreign(path: Path) -> bool:
    """Whether root must not go there: another user controls it, or it cannot be seen who does."""
    if not may_become():
        return False
    try:
        return _Walk(path, _ROOT).foreign is not None
    except TargetError:
        return True
    except OSError as error:
        return error.errno not in (errno.ENOTDIR, errno.ENAMETOOLONG)


def open_given(
    path: Path, caller: int | None, *, follow: bool = True, anybodys: bool = False
) -> int:
    """Open for reading a file that whoever runs this has named; a pipe does not block.

    Root reads only what nobody but root, and the account ``caller`` that called sudo, can change:
    it would read for somebody else what that user cannot read. ``follow``: the file may be a link.
    ``anybodys``: the file itself may belong to anybody, as long as the way to it does not.

    Raises ``TargetError`` (code ``untrusted-place``), ``OSError``.
    """
    if not may_become():
        return os.open(path, _READ & ~os.O_NOFOLLOW if follow else _READ)
    trusted = _ROOT if caller is None else _ROOT | {caller}
    walk = _Walk(path, trusted, opening=True, follow=follow, anybodys=anybodys)
    if walk.foreign is not None:
        owner = user_name(walk.foreign.state.st_uid)
        raise TargetError(
            f"another user ({owner}) can change what is read here",
            hint="copy the file to a folder that only root can change, or run this as that user",
            where=str(walk.foreign.path),
            code="untrusted-place",
        )
    return walk.take()


def reachable(path: Path) -> Path:
    """As it is."""
    return path


def is_own_link(link: os.stat_result, end: os.stat_result | None) -> bool:
    """Whether a link and what it leads to both belong to this user."""
    return end is not None and link.st_uid == end.st_uid == os.geteuid()


def _foreign(path: Path) -> _Found | None:
    return _seen(path, _ROOT)


def _seen(path: Path, trusted: frozenset[int]) -> _Found | None:
    """The part of the way to a target that others than the trusted control."""
    try:
        return _Walk(path, trusted).foreign
    except OSError as error:
        raise TargetError(
            f"cannot look at the way to the target: {error.strerror}",
            hint=f"check the path, or {_AS_USER}",
            where=str(path),
            code="unreadable",
        ) from error


def _refuse_another(as_user: str | None) -> None:
    if as_user is not None and named(as_user).uid != os.geteuid():
        raise TargetError(
            "only root can work as another user",
            hint="leave --as-user out, or use sudo",
            code="no-user",
        )


def _named(as_user: str, paths: Iterable[Path]) -> Account | None:
    account = named(as_user)
    if account.uid == 0:
        return None
    if account.home:
        return account
    # A number without an account: its own folder on the way is its home.
    for path in paths:
        with suppress(TargetError):
            foreign = _foreign(path)
            if foreign is not None and foreign.state.st_uid == account.uid:
                return account_of(foreign.state, foreign.path)
    return account


def _not_roots(foreign: _Found) -> TargetError:
    owner = user_name(foreign.state.st_uid)
    return TargetError(
        f"{owner} can change what is in this folder, where root does not work by itself",
        hint=f"run this as {owner}",
        where=str(foreign.path),
        code="foreign-folder",
    )


class _Walk:
    """The way to a path from ``/``, up to the first part that others than ``trusted`` control.

    ``foreign`` is that part, which is not entered; ``missing``: the way ends before it is at its
    end. A link is followed only where one of the trusted has put it. ``opening``: the end is a file
    that is to be opened; ``follow`` and ``anybodys`` as :func:`open_given` has them.

    Raises ``TargetError`` for what several users control, ``OSError`` as the system does.
    """

    def __init__(
        self,
        path: Path,
        trusted: frozenset[int],
        *,
        opening: bool = False,
        follow: bool = True,
        anybodys: bool = False,
    ) -> None:
        self.foreign: _Found | None = None
        self.missing = False
        self._trusted = trusted
        self._given = path
        self._follows_end, self._anybodys = follow, anybodys
        self._links = 0
        self._at = Path("/")
        self._file = -1
        self._folder = os.open("/", _FOLDER)
        try:
            self._walk(list(reversed(path.absolute().parts[1:])), opening)
        finally:
            _close(self._folder)

    def take(self) -> int:
        """The open end."""
        if self._file < 0:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(self._given))
        return self._file

    def _walk(self, left: list[str], opening: bool) -> None:
        while left:
            name = left.pop()
            try:
                entered = os.open(name, _FOLDER, dir_fd=self._folder)
            except FileNotFoundError:
                if opening:
                    raise
                self.missing = True
                return
            except OSError as error:
                if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                    raise
                self._not_a_folder(name, left, opening)
            else:
                self._enter(entered, name)
            if self.foreign is not None:
                return

    def _enter(self, entered: int, name: str) -> None:
        _close(self._folder)
        self._folder = entered
        self._at = self._at.parent if name == ".." else self._at / name
        state = os.fstat(entered)
        if state.st_uid not in self._trusted:
            self.foreign = _Found(self._at, state)
        elif not state.st_mode & stat.S_ISVTX and _is_shared(entered, state):
            # What is in a sticky folder (/tmp) still belongs to whoever put it there.
            raise TargetError(
                "several users can change what is in this folder",
                hint=f"take those rights away (chmod go-w), or {_AS_USER}",
                where=str(self._at),
                code="many-owners",
            )

    def _not_a_folder(self, name: str, left: list[str], opening: bool) -> None:
        """A link to be followed, or the file at the end."""
        state = os.lstat(name, dir_fd=self._folder)
        if stat.S_ISLNK(state.st_mode) and (left or self._follows_end):
            self._follow(name, state, left)
            return
        if left:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self._at))
        judged = (opening and not self._anybodys) or self._in_shared_folder()
        if judged and state.st_uid not in self._trusted:
            self.foreign = _Found(self._at / name, state)
        elif opening:
            self._file = os.open(name, _READ, dir_fd=self._folder)

    def _in_shared_folder(self) -> bool:
        return bool(os.fstat(self._folder).st_mode & 0o022)

    def _follow(self, name: str, link: os.stat_result, left: list[str]) -> None:
        if link.st_uid not in self._trusted:
            raise TargetError(
                f"{name!r} on the way is a link of another user ({user_name(link.st_uid)})",
                hint="remove the link, name the path it leads to, or run as that user",
                where=str(self._at),
                code="link",
            )
        self._links += 1
        if self._links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(self._given))
        target = Path(os.readlink(name, dir_fd=self._folder))
        left += reversed(target.parts)
        if target.is_absolute():
            left.pop()
            _close(self._folder)
            self._folder, self._at = os.open("/", _FOLDER), Path("/")


def _close(descriptor: int) -> None:
    with suppress(OSError):  # nothing was written
        os.close(descriptor)


def _is_shared(descriptor: int, state: os.stat_result) -> bool:
    """Whether somebody besides its owner (and root) may put something into a folder."""
    if state.st_mode & stat.S_IWOTH:
        return True
    if not state.st_mode & stat.S_IWGRP:  # which is also the mask of an access list
        return False
    return _has_access_list(descriptor) or not is_private_group(state.st_gid, state.st_uid)


def _has_access_list(descriptor: int) -> bool:
    try:
        return bool(os.getxattr(f"/proc/self/fd/{descriptor}", "system.posix_acl_access"))
    except AttributeError:  # not on this system
        return True
    except OSError as error:
        return error.errno not in (errno.ENODATA, errno.ENOTSUP)
