"""What a ``MicroSIP.exe`` tells about itself without being run."""

from __future__ import annotations

from pathlib import Path

_FIXED_INFO = b"\xbd\x04\xef\xfe\x00\x00\x01\x00"  # VS_FIXEDFILEINFO: signature, structure 1.0
_LARGEST = 64 << 20  # bytes; official builds have some ten million


def file_version(exe: str | Path) -> str | None:
    """The version in the file's resources ("3.22.3.5"); ``None`` if it has or shows none."""
    data = _content(exe)
    at = data.find(_FIXED_INFO)
    if at < 0 or len(data) < at + 16:
        return None
    words = [int.from_bytes(data[at + i : at + i + 2], "little") for i in (10, 8, 14, 12)]
    return ".".join(map(str, words))


def takes_documented_flags(exe: str | Path) -> bool:
    """Whether the documented flags (``--autoanswer``) occur in the file: a vendor build.

    A build that takes them has to hold their names; every stock one lacks them. A packed
    executable hides its texts and counts as a stock one.
    """
    data = _content(exe)
    return any("--autoanswer".encode(code) in data for code in ("ascii", "utf-16-le"))


def _content(exe: str | Path) -> bytes:
    try:
        with Path(exe).open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""
