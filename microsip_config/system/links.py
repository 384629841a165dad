"""Links on the way to a file: what could lead a privileged run out of a user's profile.

A user may place a link in their own profile; a run as SYSTEM or root that follows it would read or
overwrite a file of somebody else's choice. Here links are found, not followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING

from ..errors import TargetError
from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    from .api import FileStatus

FILE_ATTRIBUTE_REPARSE_POINT = 0x400
IO_REPARSE_TAG_MOUNT_POINT = 0xA0000003
IO_REPARSE_TAG_SYMLINK = 0xA000000C
_NAME_SURROGATE = 0x20000000  # the tag bit of every reparse point that stands for another name
# Stand for another name without that bit: an alias of a program, a link of a server for NFS.
_LINKS_WITHOUT_BIT = frozenset({0x8000001B, 0x80000014})


class Link(NamedTuple):
    """A component that is a link, and which kind."""

    path: Path
    kind: str


def link_kind(status: FileStatus) -> str:
    """What kind of link an ``lstat`` result shows, "" for an ordinary file or folder.

    On Windows every reparse point that stands for another name counts, and so does one whose tag
    is not known; those that only store a file differently (cloud files, deduplication) do not.
    A file with several names is a hard link, whichever of its names this is.
    """
    if stat.S_ISLNK(status.st_mode):
        return "symbolic link"
    if getattr(status, "st_file_attributes", 0) & FILE_ATTRIBUTE_REPARSE_POINT:
        tag = getattr(status, "st_reparse_tag", 0)
        if tag == IO_REPARSE_TAG_MOUNT_POINT:
            return "junction"
        if tag == IO_REPARSE_TAG_SYMLINK:
            return "symbolic link"
        if not tag or tag & _NAME_SURROGATE or tag in _LINKS_WITHOUT_BIT:
            return "reparse point"
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        return "hard link"
    return ""


def leads_elsewhere(status: FileStatus) -> bool:
    """Whether a path is itself a link: symbolic link, junction, mount point, not a hard link."""
    return link_kind(status) not in ("", "hard link")


def find_link(
    path: Path, below: Path, lstat: Callable[[Path], FileStatus] | None = None
) -> Link | None:
    """The first link among the components of ``path`` below the folder ``below``, or None.

    ``below`` itself and what is above it are trusted. Components that do not exist end the
    search. Raises ``TargetError`` when the path is not below the folder, or when a component
    cannot be looked at.
    """
    try:
        parts = path.relative_to(below).parts
    except ValueError:
        parts = ("..",)
    if ".." in parts:
        raise TargetError(f"{path} is not below {below}", where=str(path), code="outside-profile")
    component = below
    for part in parts:
        component = component / part
        try:
            kind = link_kind((lstat or os.lstat)(component))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise TargetError(
                f"cannot look at {component}: {error.strerror}", where=str(path), code="unreadable"
            ) from error
        if kind:
            return Link(component, kind)
    return None


def profile_of(path: PurePath, own: PurePath | None, others: Iterable[PurePath]) -> Path | None:
    """The Windows folder below which somebody else may have put links on the way to ``path``.

    That is another user's profile, listed or a folder next to a listed one, or a share. None: the
    path is in the ``own`` profile or where users have no folders.
    """
    whole = PureWindowsPath(without_prefix(str(path)))
    if own is not None and whole.is_relative_to(PureWindowsPath(own)):
        return None
    profiles = [PureWindowsPath(other) for other in others]
    for profile in profiles:
        if whole.is_relative_to(profile):
            return Path(str(profile))
    for parent in dict.fromkeys(profile.parent for profile in profiles):
        if whole.is_relative_to(parent) and whole != parent:
            return Path(str(parent / whole.relative_to(parent).parts[0]))
    return Path(whole.anchor) if whole.anchor.startswith("\\\\") else None


def without_prefix(path: str) -> str:
    """A path without the prefix that lifts the limit of 260 characters.

    A volume that only its number names (``\\\\?\\Volume{...}``) has no other name here.
    """
    if path.lower().startswith("\\\\?\\unc\\"):
        return "\\\\" + path[8:]
    is_drive = path.startswith(("\\\\?\\", "\\\\.\\")) and path[5:6] == ":"
    return path[4:] if is_drive else path


def refuse_links(path: Path, below: Path) -> None:
    """Raise ``TargetError`` when a link is on the way from ``below`` to ``path``."""
    link = find_link(path, below)
    if link:
        raise TargetError(
            f"{link.path} is a {link.kind}; links below {below} are not followed",
            hint="remove the link, or run as the user that owns the profile",
            where=str(path),
            code="link",
        )
