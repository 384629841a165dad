"""Windows: files and folders for their owner only."""

from __future__ import annotations

import ctypes
import errno
import msvcrt
import os
import stat
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import UsageError

assert sys.platform == "win32"

from ..acl import ADMINISTRATORS, EVERYONE, SYSTEM, is_administrators, strangers  # noqa: E402
from ..links import leads_elsewhere  # noqa: E402
from . import win32  # noqa: E402
from .acl import access_control, account_name, account_sid, current_user  # noqa: E402
from .names import refuse_odd_name  # noqa: E402
from .opening import inspect_open, open_folder, reopened  # noqa: E402
from .paths import reachable  # noqa: E402

# Protected from inheritance; full access for SYSTEM, Administrators and the user, also within. The
# user is named: what an elevated process makes would else belong to Administrators, and its user
# would be kept out when not elevated.
_OWNER_ONLY = "O:{user}D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{user})"
_SDDL_REVISION = 1


def is_own(found: os.stat_result) -> bool:
    """Rights are asked of folders, see :func:`close_to_others`; files have those of theirs."""
    del found
    return True


def openness(
    descriptor: int, caller: int | None = None, trusted: Collection[str] = ()
) -> tuple[str, str] | None:
    del caller
    readers = {_known(account) for account in trusted}
    found = strangers(access_control(descriptor), current_user(), readers)
    if not found:
        return None
    fix = 'icacls FILE /inheritance:r /grant:r "%USERNAME%:R", or name those that may'
    names = ", ".join(map(account_name, found))
    return f"others can read it: {names}", f"{fix} with --trust-readers"


def _known(account: str) -> str:
    """The security identifier of a user or group. Raises ``UsageError`` if there is none."""
    sid = account_sid(account)
    if sid is None:
        raise UsageError(
            f"--trust-readers: this Windows knows no account or group {account!r}",
            hint=r"name it as DOMAIN\NAME, or by its security identifier (S-1-...)",
        )
    return sid


def create_private_folder(path: Path) -> None:
    """The rights are part of the creation, so there is no moment at which others could get in.

    (``os.mkdir(mode=0o700)`` does so only since Python 3.11.10 and 3.12.4.)
    """
    refuse_odd_name(path)
    with _owner_only() as descriptor:
        size = ctypes.sizeof(win32.SecurityAttributes)
        attributes = win32.SecurityAttributes(size, descriptor, False)
        if not win32.CreateDirectoryW(str(reachable(path)), ctypes.byref(attributes)):
            raise win32.last_error(path)


def close_to_others(path: Path, found: os.stat_result) -> bool:
    """Narrow a folder, and what is in it, to the rights of :func:`create_private_folder`.

    A file system without rights (FAT) is taken as it is: there, every file is everybody's.
    """
    del found
    folder = open_folder(reachable(path), win32.READ_CONTROL | win32.FILE_READ_ATTRIBUTES)
    try:
        state = inspect_open(folder)
        if leads_elsewhere(state) or not stat.S_ISDIR(state.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
        acl, user = access_control(folder), current_user()
        if acl.entries is None and acl.owner == EVERYONE:
            return True
        if acl.owner not in (user, SYSTEM, ADMINISTRATORS) and not is_administrators(acl.owner):
            return False
        if strangers(acl, user) or user not in {ace.sid for ace in acl.entries or ()}:
            _narrow(folder)
    finally:
        os.close(folder)
    return True


def _narrow(folder: int) -> None:
    """By two calls: the first passes it on to what is in the folder, but does nothing in Wine."""
    present, defaulted, dacl = win32.BOOL(), win32.BOOL(), win32.ADDRESS()
    what = win32.PROTECTED_DACL | win32.DACL_INFORMATION
    access = win32.READ_CONTROL | win32.WRITE_DAC | win32.FILE_LIST_DIRECTORY
    writable = reopened(folder, access)
    handle = msvcrt.get_osfhandle(writable)
    try:
        with _owner_only() as descriptor:
            if not win32.GetSecurityDescriptorDacl(
                descriptor, ctypes.byref(present), ctypes.byref(dacl), ctypes.byref(defaulted)
            ):
                raise win32.last_error()
            error = win32.SetSecurityInfo(
                handle, win32.SE_FILE_OBJECT, what, None, None, dacl, None
            )
            if error:
                raise ctypes.WinError(error)
            if not win32.SetKernelObjectSecurity(handle, win32.DACL_INFORMATION, descriptor):
                raise win32.last_error()
    finally:
        os.close(writable)


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
