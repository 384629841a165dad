"""``file:PATH``: a file that nobody else can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ...errors import SecretError
from ...system.current import system
from ...system.links import leads_elsewhere
from .source import LIMIT, SecretSpec, SecretWorld, Source, decoded

# O_NONBLOCK: a pipe without a writer must not block an unattended run.
_FOLLOWING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLLOWING |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)


def _read(spec: SecretSpec, world: SecretWorld) -> str:
    data = read_secret_file(Path(spec.argument), LIMIT, allow_open=world.allow_open_files)
    return decoded(spec, data)


def read_secret_file(path: Path, limit: int, *, allow_open: bool = False) -> bytes:
    """The content of ``path``, at most ``limit`` bytes.

    The file is opened once, without following a link in its last component, and what is open is
    checked, so that it cannot be swapped in between. It must be a regular file of the user (or
    root, Administrators, SYSTEM) that nobody else can read. ``allow_open`` lifts the rules about
    links, owner and rights, not the others.

    Raises ``SecretError``; its message never contains a byte of the content.
    """
    try:
        descriptor = _open(path, follow=allow_open)
        with os.fdopen(descriptor, "rb") as file:
            _judge(descriptor, path, allow_open)
            data = file.read(limit + 1)
    except OSError as error:
        raise SecretError(
            f"cannot read the secret file: {error.strerror}", where=str(path)
        ) from error
    except ValueError as error:  # a NUL in the path
        raise SecretError("the name of the secret file is not a valid path") from error
    if len(data) > limit:
        raise SecretError(f"the secret file is longer than {limit} bytes", where=str(path))
    return data


def _open(path: Path, *, follow: bool) -> int:
    if follow:
        return os.open(path, _FOLLOWING)
    if path.is_symlink():  # only for the better message; open_itself decides
        raise _link(path)
    return system.open_itself(path)


def _judge(descriptor: int, path: Path, allow_open: bool) -> None:
    found = os.fstat(descriptor)
    if leads_elsewhere(found) and not allow_open:
        raise _link(path)
    if not stat.S_ISREG(found.st_mode):
        raise SecretError(
            "the secret file is not a regular file",
            hint="to read from a pipe use NAME=stdin",
            where=str(path),
        )
    open_to = None if allow_open else system.openness(descriptor)
    if open_to is not None:
        raise _open_to_others(path, *open_to)


def _open_to_others(path: Path, why: str, fix: str) -> SecretError:
    return SecretError(
        f"the secret file is refused: {why}",
        hint=f"{fix}, or accept it with --allow-open-secrets",
        where=str(path),
        code="secret-file-open",
    )


def _link(path: Path) -> SecretError:
    return SecretError(
        "the secret file is a link", hint="name the file itself", where=str(path), code="link"
    )


SOURCE = Source("file:PATH", _read)
