"""``file:PATH``: a file that nobody else can read."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import Path

from ...errors import SecretError, TargetError
from ...system.current import system
from ...system.links import leads_elsewhere
from .source import LIMIT, SecretSpec, SecretWorld, Source, decoded


def _read(spec: SecretSpec, world: SecretWorld) -> str:
    data = read_secret_file(
        Path(spec.argument),
        LIMIT,
        allow_open=world.allow_open_files,
        caller=world.caller,
        trusted=world.trusted_readers,
    )
    return decoded(spec, data)


def read_secret_file(
    path: Path,
    limit: int,
    *,
    allow_open: bool = False,
    caller: int | None = None,
    trusted: Collection[str] = (),
) -> bytes:
    """The content of ``path``, at most ``limit`` bytes.

    The file is opened once, without following a link in its last component, and what is open is
    checked, so that it cannot be swapped in between. It must be a regular file of the user (or
    root, Administrators, SYSTEM) that nobody else can read. ``allow_open`` lifts the rules about
    links, owner and rights, not the others. Root reads it only from where nobody but root and the
    user ``caller`` can change what is there. ``trusted``: on Windows, who else may read it.

    Raises ``SecretError``; its message never contains a byte of the content.
    """
    try:
        descriptor = _open(path, caller, follow=allow_open)
        with os.fdopen(descriptor, "rb") as file:
            _judge(descriptor, path, caller, trusted, allow_open)
            data = file.read(limit + 1)
    except TargetError as error:
        raise SecretError(
            f"the secret file is refused: {error.message}",
            hint=error.hint,
            where=error.where,
            code=error.code,
        ) from None
    except OSError as error:
        raise SecretError(
            f"cannot read the secret file: {error.strerror}", where=str(path)
        ) from error
    except ValueError as error:  # a NUL in the path
        raise SecretError("the name of the secret file is not a valid path") from error
    if len(data) > limit:
        raise SecretError(f"the secret file is longer than {limit} bytes", where=str(path))
    return data


def _open(path: Path, caller: int | None, *, follow: bool) -> int:
    if not follow and path.is_symlink():  # only for the better message; open_given decides
        raise _link(path)
    return system.open_given(path, caller, follow=follow, anybodys=True)


def _judge(
    descriptor: int, path: Path, caller: int | None, trusted: Collection[str], allow_open: bool
) -> None:
    found = system.inspect_open(descriptor)
    if leads_elsewhere(found) and not allow_open:
        raise _link(path)
    if not stat.S_ISREG(found.st_mode):
        raise SecretError(
            "the secret file is not a regular file",
            hint="to read from a pipe use NAME=stdin",
            where=str(path),
        )
    open_to = None if allow_open else system.openness(descriptor, caller, trusted)
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
