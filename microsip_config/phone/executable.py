"""What a ``MicroSIP.exe`` tells about itself without being run."""

from __future__ import annotations

from pathlib import Path

_LARGEST = 64 << 20  # bytes; official builds have some ten million


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
