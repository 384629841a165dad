"""Windows: files and folders for their owner only, and files whose every write goes to the end."""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

assert sys.platform == "win32"

from ..acl import ADMINISTRATORS, EVERYONE, SYSTEM, strangers  # noqa: E402
from . import win32  # noqa: E402
from .acl import access_control, current_user  # noqa: E402
from .opening import open_file, open_folder  # noqa: E402

# Protected from inheritance; full access for SYSTEM, Administrators and the user, also within. The
# user is named: what an elevated process makes would else belong to Administrators, and its user
# would be kept out when not elevated.
_OWNER_ONLY = "O:{user}D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{user})"
_SDDL_REVISION = 1


def is_own(found: os.stat_result) -> bool:
    """Rights are asked of folders, see :func:`close_to_others`; files have those of theirs."""
    del found
    return True


def openness(descriptor: int, caller: int | None = None) -> tuple[str, str] | None:
    del caller
    found = strangers(access_control(descriptor), current_user())
    if not found:
        return None
    fix = 'icacls FILE /inheritance:r /grant:r "%USERNAME%:R"'
    return f"others can read it: {', '.join(found)}", fix


def create_private_folder(path: Path) -> None:
    """The rights are part of the creation, so there is no moment at which others could get in.

    (``os.mkdir(mode=0o700)`` does so only since Python 3.11.10 and 3.12.4.)
    """
    with _owner_only() as descriptor:
        size = ctypes.sizeof(win32.SecurityAttributes)
        attributes = win32.SecurityAttributes(size, descriptor, False)
        if not win32.CreateDirectoryW(str(path), ctypes.byref(attributes)):
            raise win32.last_error()


def close_to_others(path: Path, found: os.stat_result) -> bool:
    """Narrow a folder, and what is in it, to the rights of :func:`create_private_folder`.

    A file system without rights (FAT) is taken as it is: there, every file is everybody's.
    """
    del found
    folder = open_folder(path)
    try:
        acl, user = access_control(folder), current_user()
    finally:
        os.close(folder)
    if acl.entries is None and acl.owner == EVERYONE:
        return True
    if acl.owner not in (user, SYSTEM, ADMINISTRATORS):
        return False
    if strangers(acl, user) or user not in {ace.sid for ace in acl.entries or ()}:
        _narrow(str(path))
    return True


def _narrow(path: str) -> None:
    """By two calls: the first passes it on to what is in the folder, but does nothing in Wine."""
    present, defaulted, dacl = win32.BOOL(), win32.BOOL(), win32.ADDRESS()
    what = win32.PROTECTED_DACL | win32.DACL_INFORMATION
    with _owner_only() as descriptor:
        if not win32.GetSecurityDescriptorDacl(
            descriptor, ctypes.byref(present), ctypes.byref(dacl), ctypes.byref(defaulted)
        ):
            raise win32.last_error()
        error = win32.SetNamedSecurityInfoW(
            path, win32.SE_FILE_OBJECT, what, None, None, dacl, None
        )
        if error:
            raise ctypes.WinError(error)
        if not win32.SetFileSecurityW(path, win32.DACL_INFORMATION, descriptor):
            raise win32.last_error()


@contextmanager
def _owner_only() -> Iterator[ctypes.c_void_p]:
    descriptor = ctypes.c_void_p()
    wanted = _OWNER_ONLY.format(user=current_user())
    if not win32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        wanted, _SDDL_REVISION, ctypes.byref(descriptor), None
    ):
        raise win32.last_error()
    try:
        yield descriptor
    finally:
        win32.LocalFree(descriptor)


def open_append(path: Path, *, own: bool) -> int:
    """Every write is put at the end by the system, also on a share.

    The C runtime's ``O_APPEND`` seeks and then writes, which lets two processes overwrite each
    other's lines; append access alone cannot. Others may read, write, rename. ``own`` needs
    nothing: the folder's rights are what counts.
    """
    del own
    access = win32.FILE_APPEND_DATA | win32.FILE_READ_ATTRIBUTES | win32.SYNCHRONIZE
    kind = win32.ATTRIBUTE_NORMAL
    handle = open_file(path, access, win32.SHARE_ALL, win32.OPEN_ALWAYS, kind)
    return msvcrt.open_osfhandle(handle, os.O_WRONLY | os.O_BINARY | os.O_NOINHERIT)
