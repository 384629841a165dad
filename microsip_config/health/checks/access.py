"""Whether the phone can write what it has to: its ini, and files beside that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...schema.versions import EXCLUSIVE_SINCE
from ...system import files
from ...system.current import system
from ..findings import Finding, finding

if TYPE_CHECKING:
    from ...ini.file import Source

_LOST = "this phone starts, but loses every setting silently"


def unwritable(source: Source, *, phone_known: bool) -> Iterator[Finding]:
    """What is read-only, or may not be written by this user.

    What this user may do tells nothing about the phone's user, unless the phone that reads the file
    is known (``phone_known``) or the folder is this user's.
    """
    path, folder = source.real_path, source.real_path.parent
    why = system.why_unwritable(path) if source.exists else ""
    if why == "read-only":
        yield _of(source, "ini-read-only")
    if not files.is_folder(folder) or system.other_owner([folder]) is not None:
        return
    if phone_known or system.owns(folder):
        if why == "no-rights":
            yield _of(source, "ini-not-writable")
        if system.why_unwritable(folder):
            yield _of(source, "folder-not-writable")


def _of(source: Source, code: str) -> Finding:
    """An older phone does not refuse to start, which is no better."""
    if source.phone.is_known_before(EXCLUSIVE_SINCE):
        return finding(code, severity="warning", effect=_LOST)
    return finding(code)
