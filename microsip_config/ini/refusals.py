"""What a file must not be: judged from its state, as the system tells it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import TargetError, WriteError
from ..results import Issue
from ..system.links import leads_elsewhere

if TYPE_CHECKING:
    from ..system.api import SecurePath

_READ_ONLY_ATTRIBUTE = 0x1


def refuse_unreadable(path: Path, info: os.stat_result, reached: SecurePath) -> None:
    """Raises TargetError for what is not an ordinary file of its folder's owner."""
    if leads_elsewhere(info):
        raise TargetError("the file has become a link", where=str(path), code="link")
    if not stat.S_ISREG(info.st_mode):
        kind = "a folder" if stat.S_ISDIR(info.st_mode) else "not an ordinary file"
        raise TargetError(
            f"this is {kind}", hint="name the ini file itself", where=str(path), code="not-a-file"
        )
    if info.st_nlink > 1:
        raise TargetError(
            "the file has another hard link, which replacing the file would break",
            hint="copy it to a file of its own first",
            where=str(path),
            code="link",
        )
    folder = reached.foreign
    if folder is not None and folder.st_uid and info.st_uid not in (folder.st_uid, 0):
        raise TargetError(
            f"the file belongs to another user ({info.st_uid}) than its folder ({folder.st_uid})",
            hint="find out who put it there; chown it, or run as its owner",
            where=str(path),
            code="foreign-owner",
        )


def refuse_protected(info: os.stat_result, where: Path) -> None:
    """Raises WriteError for a file marked read-only. Replacing it would still work on POSIX."""
    attributes: int = getattr(info, "st_file_attributes", 0)
    if not info.st_mode & 0o222 or attributes & _READ_ONLY_ATTRIBUTE:
        raise WriteError(
            "the file is read-only",
            hint="somebody protected it on purpose: clear the attribute (attrib -r, chmod u+w)",
            where=str(where),
            code="read-only",
        )


def refuse_unwritable(info: os.stat_result, where: Path) -> None:
    """Raises WriteError for a file that has become a link, or that is marked read-only."""
    if leads_elsewhere(info) or info.st_nlink > 1:
        raise WriteError("the file has become a link", where=str(where), code="link")
    refuse_protected(info, where)


def is_same_file(judged: os.stat_result, opened: os.stat_result) -> bool:
    """Whether what is open is the ordinary file, without another hard link, that was judged."""
    if not stat.S_ISREG(opened.st_mode) or opened.st_nlink > 1:
        return False
    mine = (judged.st_dev, judged.st_ino, judged.st_uid)
    return mine == (opened.st_dev, opened.st_ino, opened.st_uid)


def missing(path: Path, target: Path) -> TargetError:
    """The error for a file that does not exist; ``target`` is where ``path`` leads."""
    hint = "check the path; its folder does not exist either"
    if target.parent.is_dir():
        hint = "check the path, start MicroSIP once, or let --create make the file"
    return TargetError("there is no such file", hint=hint, where=str(path), code="not-found")


def not_locked(where: Path) -> Issue:
    """The warning that another run or user could not be kept out with certainty."""
    return Issue(
        "not-locked",
        "the file system cannot lock the file; it was replaced under a weaker protection",
        "do not run microsip-config on it from several machines or as several users at once",
        str(where),
    )


def changed_meanwhile(where: Path, what: str = "file was changed by another program") -> WriteError:
    """The error for a file that is no longer what was read."""
    return WriteError(
        f"the {what} in the meantime",
        hint="run the command again",
        where=str(where),
        code="changed-meanwhile",
    )
