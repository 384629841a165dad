"""Windows: what a new file takes over from the file that it will replace.

Rights as a security descriptor (with the marks of what is inherited), owner, named streams and the
time of creation. To move a file over another keeps none of these, and ReplaceFileW, which keeps
most, is not atomic: it moves the old file away first, and a process that is killed then leaves no
file at all (seen under Wine; Windows documents it as errors 1176 and 1177).
"""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

assert sys.platform == "win32"

from ..acl import Ace  # noqa: E402
from . import win32  # noqa: E402
from .acl import access_control  # noqa: E402
from .opening import open_file, reopened  # noqa: E402
from .users import switch_privilege  # noqa: E402

_OWNER, _DACL = win32.OWNER_INFORMATION, win32.DACL_INFORMATION
_PROTECTED, _INHERITED, _KEEP_INHERITED = 0x1000, 0x0400, 0x0100  # SECURITY_DESCRIPTOR_CONTROL
_INHERITED_ENTRY = 0x10  # ACE_HEADER.AceFlags
_NO_RIGHTS_THERE = (1, 50)  # invalid function, not supported
_MAY_NOT_GIVE_AWAY = (win32.ACCESS_DENIED, 1307, 1314)  # invalid owner, privilege not held
_NO_STREAMS = (1, 38, 50, 87)  # invalid function, end, not supported, no such file system
_BLOCK = 1 << 20

Descriptor = ctypes.Array[ctypes.c_char]


def rights_for_now(path: Path) -> Descriptor | None:
    """The access control list of a file, for a new one to be made with; None where there is none.

    It is marked as protected: what the folder of the new file gives is not added.
    """
    with _held(path) as old:
        found = _descriptor(old, _DACL)
    if found is not None:
        _control(found).value |= _PROTECTED
    return found


def inherit(descriptor: int, new: Path, old: Path, info: os.stat_result) -> None:
    """Give the open file ``new`` what stays of ``old``, whose state is ``info``.

    Raises OSError if that cannot be done: better no change than a file with other rights. A user
    without the right to give files away becomes the owner, which takes no right from anybody.

    Rights are read and set by handles. Both files are open while their streams are copied, so that
    nobody can move another one to their names.
    """
    with _held(old) as opened:
        for name in _streams(old):
            _copy_stream(f"{old}{name}", f"{new}{name}")
        with suppress(OSError):  # some drivers refuse it, and nothing depends on it
            _set_creation(descriptor, info)
        rights = _descriptor(opened, _DACL)
        if rights is None:
            return
        control = _control(rights)
        if control.value & _INHERITED:
            control.value |= _KEEP_INHERITED  # else the entries count as the file's own from now on
        try:
            _set(descriptor, _DACL, rights)
        except OSError as error:
            # A share that is open for changes only takes no rights. The file was made with these
            # entries, if the server has heeded that; they are just not marked as inherited.
            if error.winerror != win32.ACCESS_DENIED or _entries(descriptor) != _entries(opened):
                raise
        _give_to_owner(descriptor, opened)


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """A descriptor of the file itself, never of what a link leads to; it cannot be moved away."""
    flags = win32.ATTRIBUTE_NORMAL | win32.OPEN_REPARSE_POINT
    share = win32.SHARE_READ_WRITE
    handle = open_file(path, win32.GENERIC_READ, share, win32.OPEN_EXISTING, flags)
    descriptor = msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _copy_stream(source: str, copy: str) -> None:
    with open(source, "rb") as old, open(copy, "wb") as new:  # noqa: PTH123 - a stream is no path
        while block := old.read(_BLOCK):
            new.write(block)


def _entries(descriptor: int) -> tuple[Ace, ...] | None:
    """The access control list of an open file, without the marks of inheritance."""
    entries = access_control(descriptor).entries
    return entries and tuple(ace._replace(flags=ace.flags & ~_INHERITED_ENTRY) for ace in entries)


def _streams(path: Path) -> Iterator[str]:
    """The names of the streams of a file other than its content."""
    found = win32.StreamData()
    search = win32.FindFirstStreamW(str(path), 0, ctypes.byref(found), 0)
    if search is None or search == win32.INVALID_HANDLE:
        error = ctypes.get_last_error()
        if error in _NO_STREAMS:
            return
        raise ctypes.WinError(error)
    try:
        while True:
            if found.name != "::$DATA":
                yield found.name
            if not win32.FindNextStreamW(search, ctypes.byref(found)):
                return
    finally:
        win32.FindClose(search)


def _set_creation(descriptor: int, info: os.stat_result) -> None:
    born: int = getattr(info, "st_birthtime_ns", info.st_ctime_ns)  # before Python 3.12 the latter
    moment = ctypes.c_int64(born // 100 + win32.EPOCH)
    if not win32.SetFileTime(msvcrt.get_osfhandle(descriptor), ctypes.byref(moment), None, None):
        raise win32.last_error()


def _descriptor(opened: int, what: int) -> Descriptor | None:
    """That part of an open file's security descriptor; None where there is no such thing."""
    handle = msvcrt.get_osfhandle(opened)
    needed = win32.DWORD(1024)
    while True:
        buffer = ctypes.create_string_buffer(needed.value)
        if win32.GetKernelObjectSecurity(handle, what, buffer, len(buffer), ctypes.byref(needed)):
            return buffer
        error = ctypes.get_last_error()
        if error in _NO_RIGHTS_THERE:
            return None
        if error != win32.BUFFER_TOO_SMALL or needed.value <= len(buffer):
            raise ctypes.WinError(error)


def _control(descriptor: Descriptor) -> ctypes.c_uint16:
    return ctypes.c_uint16.from_buffer(descriptor, 2)  # SECURITY_DESCRIPTOR.Control


def _set(opened: int, what: int, descriptor: Descriptor, unless: Collection[int] = ()) -> None:
    """Set that part of an open file's descriptor. Raises OSError, but not of ``unless``."""
    right = win32.WRITE_OWNER if what == _OWNER else win32.WRITE_DAC
    try:
        writable = reopened(opened, win32.READ_CONTROL | right)
    except OSError as error:
        if error.winerror in unless:
            return
        raise
    try:
        handle = msvcrt.get_osfhandle(writable)
        if not win32.SetKernelObjectSecurity(handle, what, descriptor):
            code = ctypes.get_last_error()
            if code not in unless:
                raise ctypes.WinError(code)
    finally:
        os.close(writable)


def _give_to_owner(new: int, old: int) -> None:
    owner, present = _descriptor(old, _OWNER), _descriptor(new, _OWNER)
    if owner is None or present is None or owner.raw == present.raw:
        return
    _may_give_away(True)
    try:
        _set(new, _OWNER, owner, unless=_MAY_NOT_GIVE_AWAY)
    finally:
        _may_give_away(False)


def _may_give_away(enabled: bool) -> None:
    """Switch the right to make others the owner on or off."""
    switch_privilege("SeRestorePrivilege", enabled)
