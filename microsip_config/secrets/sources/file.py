"""Read a file that holds a secret, if nobody else can read it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from ...errors import SecretError

_ROOT = 0


def read_secret_file(path: Path, limit: int, *, allow_open: bool = False) -> bytes:
    """The content of ``path``, at most ``limit`` bytes.

    The file is opened once, without following a link in its last component, and what is open is
    judged, so that it cannot be exchanged in between. It must be a regular file of the user (or
    root, Administrators, SYSTEM) that nobody else can read. ``allow_open`` lifts the rules about
    links, owner and rights, not the others.

    Raises ``SecretError``; its message never holds a byte of the content.
    """
    try:
        descriptor = _open(path, follow=allow_open)
        with os.fdopen(descriptor, "rb") as file:
            _judge(descriptor, path, allow_open)
            data = file.read(limit + 1)
    except OSError as error:
        raise SecretError(
            f"the secret file cannot be read: {error.strerror}", where=str(path)
        ) from error
    except ValueError as error:  # a NUL in the path
        raise SecretError("the name of the secret file is not a path") from error
    if len(data) > limit:
        raise SecretError(f"the secret file is longer than {limit} bytes", where=str(path))
    return data


def _open(path: Path, *, follow: bool) -> int:
    if sys.platform == "win32":
        if follow:
            return os.open(path, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)
        from ...system.windows.acl import open_without_following

        return open_without_following(str(path))
    # O_NONBLOCK: a pipe without a writer must not hold up an unattended run.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    if follow:
        return os.open(path, flags)
    if path.is_symlink():  # only for the better message; O_NOFOLLOW decides
        raise _link(path)
    return os.open(path, flags | os.O_NOFOLLOW)


def _judge(descriptor: int, path: Path, allow_open: bool) -> None:
    found = os.fstat(descriptor)
    attributes: int = getattr(found, "st_file_attributes", 0)
    if attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT and not allow_open:
        raise _link(path)
    if not stat.S_ISREG(found.st_mode):
        raise SecretError(
            "the secret file is not a regular file",
            hint="to read from a pipe use NAME=stdin",
            where=str(path),
        )
    if allow_open:
        return
    if sys.platform == "win32":
        _judge_acl(descriptor, path)
    else:
        if found.st_uid not in (os.geteuid(), _ROOT):
            raise _open_to_others(path, "it belongs to another user", "give it to the user")
        if found.st_mode & 0o077:
            mode = f"{stat.S_IMODE(found.st_mode):04o}"
            raise _open_to_others(path, f"others have rights to it (mode {mode})", "chmod 600 it")


def _judge_acl(descriptor: int, path: Path) -> None:
    if sys.platform == "win32":
        from ...system.acl import strangers
        from ...system.windows.acl import access_control, current_user

        found = strangers(access_control(descriptor), current_user())
        if found:
            raise _open_to_others(
                path,
                f"others can read it: {', '.join(found)}",
                'icacls FILE /inheritance:r /grant:r "%USERNAME%:R"',
            )


def _open_to_others(path: Path, why: str, fix: str) -> SecretError:
    return SecretError(
        f"the secret file is refused: {why}",
        hint=f"{fix}, or allow it with --allow-open-secrets",
        where=str(path),
        code="secret-file-open",
    )


def _link(path: Path) -> SecretError:
    return SecretError(
        "the secret file is a link", hint="name the file itself", where=str(path), code="link"
    )
