"""What a file must not be: judged from its state, as the system tells it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import TargetError, WriteError
from ..limits import INI_ACCOUNTS, INI_BYTES, INI_LINES, INI_SECTION
from ..results import Issue
from ..schema import account_number
from ..system import files
from ..system.current import system
from ..system.links import leads_elsewhere

if TYPE_CHECKING:
    from .profile import Profile

_READ_ONLY_ATTRIBUTE = 0x1


def refuse_unreadable(path: Path, info: os.stat_result) -> None:
    """Raises TargetError for what is not an ordinary file."""
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


def refuse_too_large(size: int, path: Path) -> None:
    """Raises TargetError for a file of so many bytes."""
    if size > INI_BYTES:
        raise _beyond(f"the file is larger than {INI_BYTES >> 20} MiB", path)


def refuse_too_much(text: str, profile: Profile, path: Path) -> None:
    """Raises TargetError for a text on which a run would work too long; ``profile`` is what
    Windows reads in it."""
    refuse_too_large(2 * len(text), path)  # as UTF-16LE, which is how it is written
    if text.count("\n") + text.count("\r") - text.count("\r\n") > INI_LINES:
        raise _beyond(f"the file has more than {INI_LINES:,} lines", path)
    names = profile.sections()
    if max(map(len, names), default=0) > INI_SECTION:
        raise _beyond(f"the name of a section has more than {INI_SECTION:,} characters", path)
    if len(names) > INI_ACCOUNTS and sum(map(_is_account, names)) > INI_ACCOUNTS:
        raise _beyond(f"the file has more than {INI_ACCOUNTS:,} sections [AccountN]", path)


def _is_account(section: str) -> bool:
    return account_number(section) is not None


def _beyond(what: str, path: Path) -> TargetError:
    return TargetError(
        f"{what}: that is not a MicroSIP ini",
        hint="name the right file, or remove from it what no phone wrote",
        where=str(path),
        code="too-large",
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
    return system.same(judged, opened)


def missing(path: Path, target: Path) -> TargetError:
    """The error for a file that does not exist; ``target`` is where ``path`` leads."""
    hint = "check the path; its folder does not exist either"
    if files.is_folder(target.parent):
        hint = "check the path, or let 'apply --create' or 'restore --create' make the file"
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
