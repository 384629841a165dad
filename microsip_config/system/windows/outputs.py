"""Windows: files that a run writes besides the configuration."""

from __future__ import annotations

import errno
import msvcrt
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import TargetError, WriteError

assert sys.platform == "win32"

from . import win32  # noqa: E402
from .names import refuse_odd_name  # noqa: E402
from .opening import open_file, open_ordinary  # noqa: E402
from .paths import reachable, secure_path  # noqa: E402
from .users import elevated  # noqa: E402

_APPEND = win32.FILE_APPEND_DATA | win32.FILE_READ_ATTRIBUTES | win32.SYNCHRONIZE
_PLAIN = os.O_BINARY | os.O_NOINHERIT


def open_append(path: Path, *, own: bool) -> int:
    """Every write is put at the end by the system, also on a share.

    The C runtime's ``O_APPEND`` seeks and then writes, which lets two processes overwrite each
    other's lines; append access alone cannot. Others may read, write, rename. ``own`` needs no
    rights: those of the folder are what counts.
    """
    return _opened(path, _APPEND, os.O_WRONLY | _PLAIN, follow=not own)


def open_update(path: Path) -> int:
    """As :func:`open_append`, and for reading."""
    return _opened(path, _APPEND | win32.GENERIC_READ, os.O_RDWR | _PLAIN, follow=True)


def create_output(path: Path) -> int:
    """A descriptor for writing of a new file; ``FileExistsError`` if anything is there."""
    flags = win32.ATTRIBUTE_NORMAL | win32.OPEN_REPARSE_POINT
    with _reached(path) as reached:
        access, share = win32.GENERIC_WRITE, win32.SHARE_READ_WRITE
        handle = open_file(reached, access, share, win32.CREATE_NEW, flags)
    return msvcrt.open_osfhandle(handle, os.O_WRONLY | _PLAIN)


def _opened(path: Path, access: int, mode: int, *, follow: bool) -> int:
    """``follow``: a link may be followed, but never by an administrator."""
    if follow and not elevated():
        refuse_odd_name(path)
        kind = win32.ATTRIBUTE_NORMAL
        handle = open_file(path, access, win32.SHARE_ALL, win32.OPEN_ALWAYS, kind)
        return msvcrt.open_osfhandle(handle, mode)
    with _reached(path) as reached:
        descriptor = open_ordinary(reached, access, win32.OPEN_ALWAYS, mode)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EMLINK, "it is not an ordinary file with one name", str(path))


@contextmanager
def _reached(path: Path) -> Iterator[Path]:
    """The path as it is opened; an administrator is not led elsewhere by another user's links."""
    try:
        way = secure_path(path.absolute())
    except TargetError as error:
        raise WriteError(
            error.message,
            hint="name another file, in a folder that only administrators can change",
            where=error.where,
            code="untrusted-place",
        ) from error
    if way is None:
        yield reachable(path)
        return
    with way:
        yield way.path
