"""Every file operation that can fail, one small function each.

Callers reach them as ``files.name(...)``, so that a test can make each one fail in turn. All raise
OSError as the system does; ``patience`` turns that into errors with a hint.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from .current import system

_BLOCK = 1 << 20


class NotRegular(OSError):
    """What a path leads to is a folder, pipe, socket or device."""


class TooLarge(OSError):
    """A file has more bytes than its reader takes."""


create = system.create_like
adopt = system.adopt
swap = system.swap
flush_folder = system.flush_folder
open_existing = system.open_existing
inspect_open = system.inspect_open
hold_place = system.hold_place
place_holder = system.place_holder
release_place = system.release_place
try_lock = system.try_lock


def inspect(path: Path) -> os.stat_result | None:
    """The state of a path itself (a link is not followed); None if nothing is there."""
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def read(descriptor: int, limit: int) -> bytes:
    """All bytes from the start, but at most ``limit`` + 1."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    blocks = []
    wanted = limit + 1
    while wanted and (block := os.read(descriptor, min(wanted, _BLOCK))):
        blocks.append(block)
        wanted -= len(block)
    return b"".join(blocks)


def read_given(path: Path, limit: int, caller: int | None = None) -> bytes:
    """All bytes of an ordinary file that whoever runs this has named.

    ``caller``: see ``System.open_given``, which this raises as; else as :func:`read_regular`.
    """
    try:
        descriptor = system.open_given(path, caller)
    except IsADirectoryError:
        raise _not_regular() from None
    with _regular(descriptor) as file:
        return _all_of(file, limit)


def open_regular(path: str | os.PathLike[str], *, follow: bool = True) -> BinaryIO:
    """An ordinary file, open for reading.

    It is opened without waiting for the other end of a pipe, and what is open is judged, so that
    nothing can be put in its place in between. ``follow``: also through a link.

    Raises ``NotRegular`` for anything else, ``OSError`` as the system does, and ``ValueError`` for
    what cannot be a path.
    """
    name = Path(path)
    try:
        descriptor = system.open_followed(name) if follow else system.open_itself(name)
    except PermissionError:
        if name.is_dir():  # Windows opens no folder
            raise _not_regular() from None
        raise
    return _regular(descriptor)


def _regular(descriptor: int) -> BinaryIO:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_regular()
    return os.fdopen(descriptor, "rb")


def _not_regular() -> NotRegular:
    return NotRegular(errno.EINVAL, "not a regular file")


def read_regular(path: str | os.PathLike[str], limit: int, *, follow: bool = True) -> bytes:
    """All bytes of an ordinary file. Raises ``TooLarge`` if they are more than ``limit``, else as
    :func:`open_regular`."""
    with open_regular(path, follow=follow) as file:
        return _all_of(file, limit)


def _all_of(file: BinaryIO, limit: int) -> bytes:
    data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(errno.EFBIG, f"the file is larger than {amount(limit)}")
    return data


def amount(size: int) -> str:
    """A number of bytes as messages name it."""
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} bytes"


def write(descriptor: int, data: bytes) -> None:
    """All of ``data``, however many writes that takes."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def flush(descriptor: int) -> None:
    """To the disk itself."""
    os.fsync(descriptor)


def close(descriptor: int) -> None:
    os.close(descriptor)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; False also where this user may not look."""
    return os.path.isdir(path)  # noqa: PTH112 - that of pathlib raises


def is_file(path: Path) -> bool:
    """Whether an ordinary file is there; False also where this user may not look."""
    return os.path.isfile(path)  # noqa: PTH113 - that of pathlib raises


def make_folder(path: Path) -> None:
    """Makes one folder, with the rights that its parent gives, but none to write for others."""
    path.mkdir(0o755, exist_ok=True)


def remove_folder(path: Path) -> None:
    """Remove an empty folder."""
    path.rmdir()


def write_new(path: Path, data: bytes) -> None:
    """Make a file of ``data``; ``FileExistsError`` if anything is there, also a link."""
    descriptor = system.create_output(path)
    try:
        write(descriptor, data)
    except BaseException:
        close(descriptor)
        remove(path)
        raise
    close(descriptor)


def remove(path: Path) -> None:
    path.unlink()


def overwrite(temporary: Path, target: Path) -> None:
    """Put a complete file in the place of one that only this program writes."""
    temporary.replace(target)


def list_names(folder: Path) -> list[str]:
    """The names in a folder; none if it does not exist."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - no paths are wanted
    except FileNotFoundError:
        return []
