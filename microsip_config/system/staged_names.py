"""Names of the short-lived files that are made in the folder of a file that is to be replaced."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

PREFIX = ".microsip-config-"

STALE_SECONDS = 600.0
"""No run lasts that long: an older short-lived file was left by one that was killed."""


def staged_names(target: Path) -> str:
    """What the names of all short-lived files for a target begin with.

    Short, and the same for all spellings of its name that a system may take for one.
    """
    return f"{PREFIX}{crc32(target.name.lower().encode('utf-8', 'surrogatepass')):08x}-"


def lock_file(target: Path) -> Path:
    """The file that the system locks while ``target`` is replaced."""
    return target.with_name(f"{staged_names(target)}.lock")


def claim_file(target: Path) -> Path:
    """The file whose mere existence keeps others out where the system cannot lock."""
    return target.with_name(f"{staged_names(target)}.claim")
