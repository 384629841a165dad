"""Files for the user of this program alone: owner-only, replaced whole, never through links."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..errors import TargetError, WriteError
from . import atomic, files
from .current import system
from .links import leads_elsewhere

_NAME_ANOTHER = "name another one with --data-dir"


def private_folder(path: Path, *, way_is_safe: bool = False) -> Path:
    """Create ``path`` and its parents for the owner only; narrow the rights of an existing one.

    ``way_is_safe``: the folder above is such a folder, so that nobody else can put links there.

    Raises ``WriteError`` if it cannot be made (``not-written``), is a link, or belongs to another
    user (``unsafe-folder``).
    """
    try:
        if not way_is_safe:
            _refuse_links(path)
        found = files.inspect(path)
        if found is None:
            make_private(path)
            found = os.lstat(path)
        if not stat.S_ISDIR(found.st_mode) or leads_elsewhere(found):
            raise WriteError(
                "the data folder of microsip-config is a link or not a folder",
                hint=f"remove it, or {_NAME_ANOTHER}",
                where=str(path),
                code="unsafe-folder",
            )
        if not (system.is_own(found) and system.close_to_others(path, found)):
            raise WriteError(
                "the data folder of microsip-config belongs to another user",
                hint=f"remove it, or {_NAME_ANOTHER}",
                where=str(path),
                code="unsafe-folder",
            )
    except OSError as error:
        raise WriteError(
            f"the data folder of microsip-config cannot be used: {error.strerror}",
            hint=_NAME_ANOTHER,
            where=str(path),
        ) from error
    return path


def _refuse_links(path: Path) -> None:
    """As root, nothing is kept where another user can change what is there."""
    try:
        reached = system.secure_path(path.absolute())
    except TargetError as error:
        raise WriteError(
            f"the data folder of microsip-config: {error.message}",
            hint=_NAME_ANOTHER,
            where=error.where,
            code="unsafe-folder",
        ) from error
    if reached is not None:
        with reached:
            pass


def make_private(path: Path) -> None:
    """Create a missing folder, and those above it, for the owner only. Raises ``OSError``."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        if path.parent == path:
            break
        path = path.parent
    for folder in reversed(missing):
        try:
            system.create_private_folder(folder)
            files.flush_folder(folder.parent)
        except FileExistsError:  # another run was quicker, or it is not a folder: the caller looks
            continue


def read_private(path: Path, limit: int) -> bytes | None:
    """The content of a file of this program, at most ``limit`` bytes; ``None`` if there is none.

    Raises ``OSError`` if it cannot be read, ``ValueError`` if it is a link, not a regular file,
    another user's, or longer: none of these is a file that this program wrote.
    """
    try:
        descriptor = system.open_itself(path)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = files.inspect_open(descriptor)
        regular = stat.S_ISREG(found.st_mode) and not leads_elsewhere(found)
        if not regular or not system.is_own(found):
            raise ValueError("microsip-config did not write it")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"longer than {limit} bytes")
    return data


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` as a whole, readable by its owner only (0600).

    The folder must exist. Raises ``OSError``; the old content is then still there.
    """
    atomic.sweep(path.parent)
    atomic.replace(path, data)
