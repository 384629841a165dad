"""The one way a file is replaced: a complete, flushed and verified new one takes its place."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import files
from .patience import retry
from .staged_names import PREFIX, STALE_SECONDS, staged_names


def replace(
    target: Path,
    data: bytes,
    prepare: Callable[[int, Path], None] | None = None,
    *,
    like: Path | None = None,
    check: Callable[[], os.stat_result | None] | None = None,
    replaced: Callable[[Path], None] | None = None,
) -> None:
    """Put ``data`` in the place of ``target`` in one step; at any time it is whole, old or new.

    ``prepare`` and ``like``: see :func:`stage`. ``check`` is called when the new file is complete
    and gives the target's state then (None: it does not exist); what it raises ends the attempt.
    ``replaced`` is called with the path of the file that was replaced, where the system keeps it
    for that; what it raises puts that file back. Files that other programs hold are tried again.
    Raises OSError; the target is then as it was.
    """
    staged = retry(lambda: stage(target, data, prepare, like=like))
    try:
        existing = check() if check is not None else files.inspect(target)
        if existing is None:
            retry(lambda: files.swap(staged, target, None))
        elif replaced is None:
            retry(lambda: files.overwrite(staged, target))
        else:
            _exchange(staged, target, existing, replaced)
    except _NotPutBackError as error:  # the staged name is that of another program's file
        raise error.why from None
    except BaseException:
        discard(staged)
        raise
    files.flush_folder(target.parent)


class _NotPutBackError(Exception):
    """What was replaced was not what was expected, and ``why`` it could not be put back."""

    def __init__(self, why: BaseException) -> None:
        super().__init__()
        self.why = why


def _exchange(
    staged: Path, target: Path, existing: os.stat_result, replaced: Callable[[Path], None]
) -> None:
    new = files.inspect(staged)
    retry(lambda: files.swap(staged, target, existing))
    try:
        if files.inspect(staged) is None:  # this system, or file system, has just renamed it
            return
        replaced(staged)
    except BaseException:
        try:
            _put_back(staged, target, existing, new)
        except OSError as error:
            raise _NotPutBackError(error) from error
        raise
    discard(staged)


def _put_back(
    staged: Path, target: Path, existing: os.stat_result, new: os.stat_result | None
) -> None:
    """Undo an exchange, unless somebody has replaced the new file already: then theirs stays."""
    retry(lambda: files.swap(staged, target, existing))
    out = files.inspect(staged)
    if out is not None and new is not None and not os.path.samestat(out, new):
        retry(lambda: files.swap(staged, target, existing))


def stage(
    target: Path,
    data: bytes,
    prepare: Callable[[int, Path], None] | None = None,
    *,
    like: Path | None = None,
) -> Path:
    """The path of a new file in the folder of ``target``: it holds ``data``, flushed, read back.

    Its name cannot be foreseen; it is made exclusively; for ``like`` see ``System.create_like``.
    ``prepare`` is called with the open descriptor and the path when the content is complete: until
    then it is for its owner alone. Raises OSError, and then, as on any interruption, leaves nothing
    behind.
    """
    path = staged_name(target)
    try:
        descriptor = files.create(path, like)
        try:
            files.write(descriptor, data)
            if prepare is not None:
                prepare(descriptor, path)
            files.flush(descriptor)
            if files.read(descriptor, len(data)) != data:
                raise OSError(errno.EIO, "the bytes read back are not those written")
        finally:
            files.close(descriptor)
    except FileExistsError:  # another program's file
        raise
    except BaseException:
        discard(path)
        raise
    return path


def staged_name(target: Path) -> Path:
    """A new name in the folder of ``target`` that cannot be foreseen; see :func:`sweep`."""
    return target.with_name(f"{staged_names(target)}{os.urandom(8).hex()}.tmp")


def discard(path: Path) -> None:
    """Remove a staged file; no error if that cannot be done."""
    with suppress(OSError):
        files.remove(path)


def sweep(folder: Path, *, alone: bool = False, target: Path | None = None) -> None:
    """Remove what killed runs left: staged files that are older than any run lasts.

    ``alone``: no other run can be at work in the folder, so that all of them are leftovers; with
    ``target``, no other run on this target, so that all those for it are.
    """
    known = PREFIX if target is None else staged_names(target)
    with suppress(OSError):
        for name in files.list_names(folder):
            if not (name.startswith(PREFIX) and name.endswith((".tmp", ".claim"))):
                continue
            left = alone and name.startswith(known) and name.endswith(".tmp")
            info = None if left else files.inspect(folder / name)
            if left or (info and time.time() - info.st_mtime > STALE_SECONDS):
                discard(folder / name)
