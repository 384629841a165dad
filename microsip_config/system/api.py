"""What each operating system offers to the rest of the program: ``current.system`` is one of them.

For type checkers and readers; nothing is imported from here at run time.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from .account import Account


class FileStatus(Protocol):
    """What is asked of an ``lstat`` result; Windows adds ``st_file_attributes`` and the tag."""

    @property
    def st_mode(self) -> int: ...
    @property
    def st_nlink(self) -> int: ...


class SecurePath(Protocol):
    """How a file is reached while this is open (``with``), so that no link can lead elsewhere.

    ``path`` is what the system's calls take.
    """

    @property
    def path(self) -> Path: ...
    def check_again(self) -> None:
        """Raise ``TargetError`` if a link is on the way by now.

        For a way that from now on cannot change, since its end is locked.
        """
        ...

    def __enter__(self) -> SecurePath: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class Worker(Protocol):
    """A process that does one job as another user; that user may end or stop it at any time."""

    def send(self, request: bytes) -> None:
        """Write to its standard input; nothing happens where it does not read that."""
        ...

    def read(self, seconds: float) -> bytes | None:
        """Some of what it has written; empty at its end, None if nothing comes in that time."""
        ...

    def stop(self) -> None:
        """Close its standard input, which tells it to stop as by Ctrl-C."""
        ...

    def end(self) -> None:
        """Wait a moment for its end, then make an end of it."""
        ...


class System(Protocol):
    """One operating system. Every function raises ``OSError`` as the system does."""

    # --- users and the machine ---

    def may_become(self) -> bool:
        """Whether this process can become another user, and so must not act for one itself.

        Root on POSIX, nobody on Windows: there a process of that user is started from the outset.
        """
        ...

    def target_owner(self, paths: Iterable[Path], as_user: str | None) -> Account | None:
        """The user to work as on what is at ``paths``; None: this one does it.

        Raises ``TargetError`` where that is not clear, or is not possible.
        """
        ...

    def start_worker(
        self, account: Account, command: Sequence[str], environ: Mapping[str, str]
    ) -> Worker:
        """Start a process that is to work as that user: on POSIX it is still root.

        ``environ`` is the environment of this run, of which it gets little. Raises
        ``NotStartedError`` where this process may do the work itself instead.
        """
        ...

    def become(self, account: Account) -> None:
        """Be that user from now on, for good; on Windows: raise unless this is that user."""
        ...

    def interrupt_itself(self) -> None:
        """Do what Ctrl-C does, from any thread."""
        ...

    def can_read(self, account: Account, folders: Iterable[Path]) -> bool:
        """Whether that user can list all of these folders."""
        ...

    def check_way(self, path: Path) -> None:
        """Raise ``TargetError`` if others than this user and root control the way to ``path``."""
        ...

    def is_foreign(self, path: Path) -> bool:
        """Whether another user controls what is there, so that a process of that user goes there.

        Root on POSIX must not go there itself.
        """
        ...

    def root_home(self) -> str:
        """The home folder of root by the account database."""
        ...

    def user_name(self, uid: int) -> str:
        """The name of a user by number, the number itself if it has no name."""
        ...

    def current_user_name(self) -> str:
        """The name of the user that this process runs as."""
        ...

    def other_owner(self, paths: Iterable[Path | None]) -> str | None:
        """The name of the user that owns the first of ``paths`` that can be looked at.

        None: this user owns it, or it is not known.
        """
        ...

    def codepage(self) -> str | None:
        """The ANSI code page of this Windows as a number; None elsewhere."""
        ...

    def shell_expands(self) -> bool:
        """Whether shells put the names of files in the place of patterns such as ``*.ini``."""
        ...

    def description(self) -> str:
        """The system and its version, for the report of a bug."""
        ...

    # --- the way to a file ---

    def secure_path(self, path: Path) -> SecurePath | None:
        """The way to the absolute ``path``; None if its folder does not exist.

        Root on POSIX works only where nobody else controls the way: else it raises ``TargetError``
        (``foreign-folder``, ``many-owners``, ``link``). An administrator on Windows is not led
        elsewhere by links of another user (``link``). Anybody else may go wherever the system lets
        them, and pays nothing here. The last component is not looked at.
        """
        ...

    def reachable(self, path: Path) -> Path:
        """The path as the system's calls take it, however long it is."""
        ...

    def is_own_link(self, link: os.stat_result, end: os.stat_result | None) -> bool:
        """Whether a link (by ``lstat``) and what it leads to are both this user's.

        Windows names no owner here: False for an administrator.
        """
        ...

    def open_given(
        self, path: Path, caller: int | None, *, follow: bool = True, anybodys: bool = False
    ) -> int:
        """A descriptor for reading a file that whoever runs this has named; a pipe does not block.

        Root on POSIX opens only what nobody but root and the user number ``caller`` can change
        (``TargetError``, code ``untrusted-place``). ``follow``: the file itself may be a link;
        ``anybodys``: it may belong to anybody, as long as the way to it does not.
        """
        ...

    # --- replacing a file ---

    def owns(self, path: Path) -> bool:
        """Whether this user certainly owns what is at ``path``; not known on Windows."""
        ...

    def why_unwritable(self, path: Path) -> str:
        """Why a phone of this user cannot write a file, or make one in a folder.

        ``read-only``: the file is marked so, for all; ``no-rights``; "" if nothing speaks against
        it. Nothing is changed, and a file is opened at most for a moment, shared with all.
        """
        ...

    def create_like(self, path: Path, like: Path | None = None) -> int:
        """The descriptor of a new file; fails if anything is there already.

        On POSIX it is for its owner alone. On Windows it has the rights of the file ``like`` from
        the first moment; without one, those that its folder gives.
        """
        ...

    def adopt(self, descriptor: int, temporary: Path, target: Path, info: os.stat_result) -> None:
        """Give a new, open file the owner, rights and attributes of the file it will replace."""
        ...

    def swap(self, temporary: Path, target: Path, existing: os.stat_result | None) -> None:
        """Put a complete file in the place of ``target`` in one step.

        ``existing`` is the target as it was found, None: there was none. Raises FileNotFoundError
        or FileExistsError if that has changed, where the system can tell. The temporary name is
        gone then, or (Linux) it is that of the file that was in the place at that very moment.
        """
        ...

    def flush_folder(self, folder: Path) -> None:
        """Put the names of a folder on the disk, if the system can; no error if it cannot."""
        ...

    # --- locks, which the system frees with their process ---

    def hold_place(self, target: Path) -> tuple[int, Path]:
        """Keep other runs from replacing ``target``; what is given is for :meth:`release_place`.

        Only those who can write the folder can hold it. Raises ``BlockingIOError`` if another run
        holds it, another ``OSError`` if the system or the file system cannot lock.
        """
        ...

    def release_place(self, held: tuple[int, Path]) -> None:
        """Let the next run in."""
        ...

    def place_holder(self, target: Path) -> str:
        """Who holds the place of ``target``, in printable words; '' if the system does not tell."""
        ...

    def open_existing(self, path: Path) -> int:
        """A descriptor for reading that is in nobody's way.

        A link as last component is refused where the system can; a pipe does not block.
        """
        ...

    def inspect_open(self, descriptor: int) -> os.stat_result:
        """The state of what is open, whatever its name means by now."""
        ...

    def same(self, judged: os.stat_result, opened: os.stat_result) -> bool:
        """Whether what :meth:`open_existing` has opened is what was judged by its name.

        On Windows it opens nothing but the file itself, whose state is then judged; names and
        handles may show different numbers of one file there.
        """
        ...

    def lasting_id(self, path: Path) -> str:
        """The same for as long as the file is rewritten in place, another one once it is replaced.

        Empty where the file system has no such number and where the file cannot be opened.
        """
        ...

    def try_lock(self, descriptor: int) -> bool:
        """Lock an open file for this process; False if another one holds it."""
        ...

    # --- files for one user alone ---

    def open_itself(self, path: Path) -> int:
        """A descriptor for reading, never of what a link leads to; a pipe does not block."""
        ...

    def open_followed(self, path: Path) -> int:
        """As :meth:`open_itself`, but of what a link leads to."""
        ...

    def open_append(self, path: Path, *, own: bool) -> int:
        """A descriptor whose every write goes to the end; the file is made if it is missing.

        ``own``: made for its owner only, and no link is followed. Root on POSIX opens only an
        ordinary file of its own with one name, where nobody else controls the way
        (``WriteError``, code ``untrusted-place``).
        """
        ...

    def open_update(self, path: Path) -> int:
        """As :meth:`open_append`, and for reading, too."""
        ...

    def create_output(self, path: Path) -> int:
        """A descriptor for writing of a new file; ``FileExistsError`` if anything is there, also
        a link. Where root on POSIX makes one: as :meth:`open_append`."""
        ...

    def create_private_folder(self, path: Path) -> None:
        """Make one folder that only its owner (and the system) can enter."""
        ...

    def is_own(self, found: os.stat_result) -> bool:
        """Whether a file belongs to this user; not asked on Windows, where rights say more."""
        ...

    def close_to_others(self, path: Path, found: os.stat_result) -> bool:
        """Narrow the rights of an existing folder; False if that cannot keep its owner out."""
        ...

    def openness(
        self, descriptor: int, caller: int | None = None, trusted: Collection[str] = ()
    ) -> tuple[str, str] | None:
        """Why others can read an open file, and how to change that; None: only its user can.

        Root, SYSTEM, Administrators, the user number ``caller`` and (Windows) the security
        identifiers ``trusted`` do not count as others.
        """
        ...
