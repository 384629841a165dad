"""Windows: who controls the way to a file, and who works on it.

A process with more rights than an ordinary user works in the profile of another one as that user,
where it can be had: SYSTEM is given the token of a user who is logged on. Where it cannot, it works
through handles that no link leads elsewhere: see ``secure_path``.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import TargetError
from ..account import NO_NUMBER, Account
from ..links import profile_of

assert sys.platform == "win32"

from . import profiles, sessions, win32  # noqa: E402
from .acl import account_of, account_sid, current_user, process_user  # noqa: E402
from .names import refuse_odd_name  # noqa: E402
from .opening import open_itself  # noqa: E402
from .paths import real_path, secure_path  # noqa: E402
from .processes import is_elevated, is_elevated_token  # noqa: E402
from .users import current_user_name, elevated  # noqa: E402

if TYPE_CHECKING:
    from ..api import Worker

_PLAIN = os.O_BINARY | os.O_NOINHERIT
_PROGRAM = (Path(__file__).parents[2], Path(os.__file__).parent)


def may_become() -> bool:
    """Never: a process of another user is started as that user."""
    return False


def target_owner(paths: Iterable[Path], as_user: str | None) -> Account | None:
    """The user, logged on, in whose profile ``paths`` are; None: this process works itself.

    Raises ``TargetError`` for a user whom ``as_user`` names and who cannot be had.
    """
    if as_user is not None:
        return _named(as_user)
    if not elevated():
        return None
    found = {profile_owner(path.absolute(), None) for path in paths} - {None}
    return _account(found.pop() or "") if len(found) == 1 else None


def profile_owner(path: Path, home: Path | None) -> str | None:
    """The other user whose profile a path is in: a security identifier, "" if unknown.

    ``home`` is the profile of this user if Windows lists none.
    """
    listed = dict(profiles.profile_list())
    own = listed.pop(current_user(), None) or home
    # Folders next to this user's profile are other users', whether listed or not.
    beside = [own] if own is not None and own.parent != Path(own.anchor) else []
    profile = profile_of(real_path(path), own, [*listed.values(), *beside])
    if profile is None or profile.anchor.startswith("\\\\"):
        return None  # this user's own folders may be redirected to a share
    found = (sid for sid, folder in listed.items() if str(folder).lower() == str(profile).lower())
    return next(found, "")


def _named(as_user: str) -> Account | None:
    sid = account_sid(as_user)
    if as_user.casefold() == current_user_name().casefold() or sid == current_user():
        return None
    account = _account(sid) if sid and elevated() else None
    if account is None:
        raise TargetError(
            f"cannot work as {as_user!r}: only SYSTEM can, while that user is logged on",
            hint="leave --as-user out and name the file with --ini",
            code="no-user",
        )
    return account


def _account(sid: str) -> Account | None:
    """A user with a profile and a session, who can read this program."""
    home = dict(profiles.profile_list()).get(sid)
    if home is None:
        return None
    with sessions.session_token(sid) as token:
        if token is None or is_elevated_token(token) or not _reads_program(token):
            return None
    return Account(NO_NUMBER, NO_NUMBER, (), account_of(sid)[1] or home.name, str(home), sid)


def _reads_program(token: int) -> bool:
    if not win32.ImpersonateLoggedOnUser(token):
        return False
    try:
        with open(sys.executable, "rb"):  # noqa: PTH123 - nothing else is loaded as that user
            return all(os.listdir(folder) for folder in _PROGRAM)  # noqa: PTH208
    except OSError:
        return False
    finally:
        if not win32.RevertToSelf():
            os._exit(1)  # whatever came now would be done with rights of somebody else


def become(account: Account) -> None:
    """Raise ``PermissionError`` unless this is that user, with no more rights than usual."""
    process = win32.GetCurrentProcess()
    if process_user(process) != account.sid or is_elevated(process):
        raise PermissionError(errno.EPERM, "it is not that user")


def start_worker(account: Account, command: Sequence[str], environ: Mapping[str, str]) -> Worker:
    """A process of that user. Raises ``NotStartedError``."""
    from .worker import Worker as Started

    return Started(account, command, environ)


def interrupt_itself() -> None:
    """As the console would do it: it wakes the main thread, too."""
    signal.raise_signal(signal.SIGINT)


def can_read(account: Account, folders: Iterable[Path]) -> bool:
    """The process that asks is that user already."""
    del account, folders
    return True


def check_way(path: Path) -> None:
    """Nothing: see ``secure_path``."""


def is_foreign(path: Path) -> bool:
    """Whether it is in the profile of another user, or in what looks like one."""
    return elevated() and profile_owner(path.absolute(), None) is not None


def root_home() -> str:
    """Not on Windows."""
    raise NotImplementedError


def open_given(
    path: Path, caller: int | None, *, follow: bool = True, anybodys: bool = False
) -> int:
    """Open for reading a file that whoever runs this has named.

    An administrator is not led elsewhere by links of another user, see ``secure_path``.
    """
    del caller, anybodys
    refuse_odd_name(path)
    if not elevated():
        return os.open(path, os.O_RDONLY | _PLAIN) if follow else open_itself(path)
    way = secure_path(path.absolute())
    if way is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with way:
        if way.foreign or not follow or not way.path.is_symlink():
            return open_itself(way.path)
        end = secure_path(Path(os.path.realpath(way.path)))
    if end is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with end:
        return open_itself(end.path)
