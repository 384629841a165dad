"""What each operating system offers to the rest of the program: ``current.system`` is one of them.

For type checkers and readers; nothing is imported from here at run time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol


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
