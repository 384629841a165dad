"""What each operating system offers to the rest of the program: ``current.system`` is one of them.

For type checkers and readers; nothing is imported from here at run time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol


class FileStatus(Protocol):
    """What is asked of an ``lstat`` result; Windows adds ``st_file_attributes`` and the tag."""

    @property
    def st_mode(self) -> int: ...
    @property
    def st_nlink(self) -> int: ...


class SecurePath(Protocol):
    """How a file is reached while this is open (``with``), so that no link can lead elsewhere.

    ``path`` is what the system's calls take. ``foreign`` is the state of the folder if another
    user can change what is in it; None: nobody can, or this run has no more rights than anybody,
    or (Windows) owners are not compared.
    """

    @property
    def path(self) -> Path: ...
    @property
    def foreign(self) -> os.stat_result | None: ...

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


class System(Protocol):
    """One operating system. Every function raises ``OSError`` as the system does."""

    # --- users and the machine ---

    def elevated(self) -> bool:
        """Whether this process may act on files of other users (root, an administrator)."""
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

    def description(self) -> str:
        """The system and its version, for the report of a bug."""
        ...

    # --- the way to a file ---

    def secure_path(self, path: Path) -> SecurePath | None:
        """The way to the absolute ``path``; None if its folder does not exist.

        A run with more rights than the owner of a folder is not led elsewhere by that owner's
        links: it raises ``TargetError`` (code ``link``). Anybody else may go wherever the system
        lets them, and pays nothing here. The last component is not looked at.
        """
        ...

    def is_own_link(self, link: os.stat_result, end: os.stat_result | None) -> bool:
        """Whether a link (by ``lstat``) and what it leads to are both this user's.

        Windows names no owner here: False for an administrator.
        """
        ...

    # --- replacing a file ---

    def create_like(self, path: Path, like: Path | None = None) -> int:
        """The descriptor of a new file; fails if anything is there already.

        On POSIX it is for its owner alone. On Windows it has the rights of the file ``like`` from
        the first moment; without one, those that its folder gives.
        """
        ...

    def adopt(self, descriptor: int, temporary: Path, target: Path, info: os.stat_result) -> None:
        """Give a new, open file the owner, rights and attributes of the file it will replace."""
        ...

    def give(self, what: int | Path, folder: os.stat_result) -> None:
        """Make a new file or folder belong to the owner of its folder."""
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

    def try_lock(self, descriptor: int) -> bool:
        """Lock an open file for this process; False if another one holds it."""
        ...

    # --- files for one user alone ---

    def open_itself(self, path: Path) -> int:
        """A descriptor for reading, never of what a link leads to; a pipe does not block."""
        ...

    def open_append(self, path: Path, *, own: bool) -> int:
        """A descriptor whose every write goes to the end; the file is made if it is missing.

        ``own``: made for its owner only, and no link is followed.
        """
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

    def openness(self, descriptor: int) -> tuple[str, str] | None:
        """Why others can read an open file, and how to change that; None: only its user can.

        Root, SYSTEM and Administrators do not count as others.
        """
        ...
