"""Windows: open a file with what the C runtime does not offer, and with the true error.

``os.open`` shares no deletion, follows links, and of a file that another program holds it says
only that access is denied, without the number that tells it is in use.
"""

from __future__ import annotations

import ctypes
import errno
import msvcrt
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

assert sys.platform == "win32"

from ..links import leads_elsewhere  # noqa: E402
from . import win32  # noqa: E402
from .bounded import bounded, is_among_others  # noqa: E402
from .names import refuse_odd_name  # noqa: E402

_READ = os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT


def open_file(
    path: Path, access: int, share: int, how: int, flags: int, attributes: object = None
) -> int:
    """CreateFileW's handle. Raises OSError.

    Where another user may keep the file, it is not waited for without end: see ``bounded``.
    """

    def create() -> int:
        handle = win32.CreateFileW(str(path), access, share, attributes, how, flags, None)
        if handle is None or handle == win32.INVALID_HANDLE:
            raise win32.last_error(path)
        assert isinstance(handle, int)
        return handle

    return bounded(create, win32.CloseHandle) if is_among_others() else create()


def open_itself(path: Path) -> int:
    """A descriptor for reading, shared with all; ``ELOOP`` for a link.

    A file that is only stored differently (in the cloud, deduplicated) is read as any other.
    """
    refuse_odd_name(path)
    return open_ordinary(path, win32.GENERIC_READ, win32.OPEN_EXISTING, _READ)


open_existing = open_itself


def open_followed(path: Path) -> int:
    """As :func:`open_itself`, but of what a link leads to."""
    refuse_odd_name(path)
    kind = win32.ATTRIBUTE_NORMAL
    handle = open_file(path, win32.GENERIC_READ, win32.SHARE_ALL, win32.OPEN_EXISTING, kind)
    return msvcrt.open_osfhandle(handle, _READ)


def open_folder(path: Path, access: int = win32.READ_CONTROL) -> int:
    """A folder itself, whose rights can then be asked for."""
    refuse_odd_name(path)
    flags = win32.OPEN_REPARSE_POINT | win32.BACKUP_SEMANTICS
    handle = open_file(path, access, win32.SHARE_ALL, win32.OPEN_EXISTING, flags)
    return msvcrt.open_osfhandle(handle, _READ)


def inspect_open(descriptor: int) -> os.stat_result:
    """``os.fstat``, with the tag that tells a link from a file that is only stored differently."""
    found = os.fstat(descriptor)
    if not found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return found
    information = win32.TagInfo()
    if not win32.GetFileInformationByHandleEx(
        msvcrt.get_osfhandle(descriptor),
        win32.FILE_ATTRIBUTE_TAG_INFO,
        ctypes.byref(information),
        ctypes.sizeof(information),
    ):
        return found
    fields = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
    return os.stat_result(tuple(found), {**fields, "st_reparse_tag": information.tag})


def reopened(descriptor: int, access: int) -> int:
    """Another descriptor of the very file that is open, with other rights. Raises OSError."""
    original = msvcrt.get_osfhandle(descriptor)
    flags = win32.OPEN_REPARSE_POINT | win32.BACKUP_SEMANTICS
    handle = win32.ReOpenFile(original, access, win32.SHARE_ALL, flags)
    if handle is None or handle == win32.INVALID_HANDLE:
        raise win32.last_error()
    return msvcrt.open_osfhandle(handle, _READ)


def same(judged: os.stat_result, opened: os.stat_result) -> bool:
    """Nothing to compare: what was opened is the file itself, whose state is judged again."""
    del judged, opened
    return True


def same_file(one: int, other: int) -> bool:
    """Whether two descriptors are of one file, by the number that no other file has (128 bits)."""
    return _identity(one) == _identity(other)


def _identity(descriptor: int) -> object:
    number = ctypes.create_string_buffer(24)  # FILE_ID_INFO
    handle = msvcrt.get_osfhandle(descriptor)
    if win32.GetFileInformationByHandleEx(handle, win32.FILE_ID_INFO, number, len(number)):
        return number.raw
    found = os.fstat(descriptor)  # some servers do not have the longer number
    return found.st_dev, found.st_ino


def lasting_id(path: Path) -> str:
    """The same for as long as the file is rewritten in place, another one once it is replaced;
    empty where the file cannot be opened."""
    with suppress(OSError):
        descriptor = open_itself(path)
        try:
            return str(os.fstat(descriptor).st_ino or "")
        finally:
            os.close(descriptor)
    return ""


def open_ordinary(path: Path, access: int, how: int, mode: int) -> int:
    """A descriptor of the file at ``path``; ``ELOOP`` for a link."""

    def opened(how: int, flags: int) -> int:
        handle = open_file(path, access, win32.SHARE_ALL, how, flags | win32.ATTRIBUTE_NORMAL)
        return msvcrt.open_osfhandle(handle, mode)

    found = opened(how, win32.OPEN_REPARSE_POINT)
    state = inspect_open(found)
    if not state.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return found
    try:
        # Opened as itself, such a file shows what is stored in its place.
        content = -1 if leads_elsewhere(state) else opened(win32.OPEN_EXISTING, 0)
        if content >= 0 and same_file(found, content):
            return content
    finally:
        os.close(found)
    if content >= 0:
        os.close(content)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))


def set_attributes(path: Path, attributes: int) -> None:
    """Of the file itself, never of what a link in its place leads to."""
    access = win32.FILE_WRITE_ATTRIBUTES | win32.FILE_READ_ATTRIBUTES
    flags = win32.ATTRIBUTE_NORMAL | win32.OPEN_REPARSE_POINT
    handle = open_file(path, access, win32.SHARE_ALL, win32.OPEN_EXISTING, flags)
    try:
        wanted = win32.BasicInfo(attributes=attributes)
        if not win32.SetFileInformationByHandle(
            handle, win32.FILE_BASIC_INFO, ctypes.byref(wanted), ctypes.sizeof(wanted)
        ):
            raise win32.last_error(path)
    finally:
        win32.CloseHandle(handle)


def why_unwritable(path: Path) -> str:
    """Asks for the rights that the phone asks for. A file that another program keeps to itself
    tells nothing."""
    try:
        state = path.stat()
        folder = stat.S_ISDIR(state.st_mode)
        if not folder and state.st_file_attributes & stat.FILE_ATTRIBUTE_READONLY:
            return "read-only"
        access = win32.FILE_ADD_FILE if folder else win32.GENERIC_READ | win32.GENERIC_WRITE
        flags = win32.BACKUP_SEMANTICS if folder else win32.ATTRIBUTE_NORMAL
        handle = open_file(path, access, win32.SHARE_ALL, win32.OPEN_EXISTING, flags)
    except OSError as error:
        return "no-rights" if error.winerror == win32.ACCESS_DENIED else ""
    win32.CloseHandle(handle)
    return ""
