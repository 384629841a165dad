"""Word size and version of a Windows executable, read from the file (PE/COFF format)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ..system.files import open_regular

_MACHINES = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
_FIXED_INFO = b"\xbd\x04\xef\xfe"  # VS_FIXEDFILEINFO.dwSignature
_SIZE_LIMIT = 64 * 1024 * 1024


def word_size(path: Path) -> int:
    """32 or 64; 0 if the file cannot be read or is not a Windows executable."""
    try:
        with open_regular(path) as file:
            head = file.read(64)
            if head[:2] != b"MZ" or len(head) < 64:
                return 0
            file.seek(int.from_bytes(head[60:64], "little"))
            signature = file.read(6)
    except (OSError, ValueError):
        return 0
    if signature[:4] != b"PE\0\0":
        return 0
    return _MACHINES.get(int.from_bytes(signature[4:6], "little"), 0)


def file_version(path: Path) -> tuple[int, ...]:
    """The four numbers of the file version resource; () if it has none or cannot be read.

    Read once: as long as it is the same file, its version is remembered.
    """
    try:
        found = path.stat()
    except OSError:
        return ()
    return _file_version(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=16)
def _file_version(path: Path, _changed: int, _size: int) -> tuple[int, ...]:
    try:
        with open_regular(path) as file:
            data = file.read(_SIZE_LIMIT)
    except (OSError, ValueError):
        return ()
    name = data.find("VS_VERSION_INFO".encode("utf-16-le"))
    start = data.find(_FIXED_INFO, name, name + 64) if name >= 0 else -1
    if start < 0 or len(data) < start + 16:
        return ()
    numbers = [
        int.from_bytes(data[at : at + 2], "little") for at in range(start + 8, start + 16, 2)
    ]
    return (numbers[1], numbers[0], numbers[3], numbers[2])
