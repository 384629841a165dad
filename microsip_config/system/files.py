"""Every file operation that can fail, one small function each.

Callers reach them as ``files.name(...)``, so that a test can make each one fail in turn. All raise
OSError as the system does; ``patience`` turns that into errors with a hint.
"""

from __future__ import annotations

import os
from pathlib import Path

from .current import system

_BLOCK = 1 << 20

create = system.create_like
adopt = system.adopt
give = system.give
swap = system.swap
flush_folder = system.flush_folder
open_existing = system.open_existing
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


def inspect_open(descriptor: int) -> os.stat_result:
    """The state of what is open, whatever its name means by now."""
    return os.fstat(descriptor)


def read(descriptor: int, limit: int) -> bytes:
    """All bytes from the start, but at most ``limit`` + 1."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    blocks = []
    wanted = limit + 1
    while wanted and (block := os.read(descriptor, min(wanted, _BLOCK))):
        blocks.append(block)
        wanted -= len(block)
    return b"".join(blocks)


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


def make_folder(path: Path) -> None:
    """Makes one folder, with the rights that its parent gives, but none to write for others."""
    path.mkdir(0o755, exist_ok=True)


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
