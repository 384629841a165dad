"""Windows: read the access control list of what is open.

Asked of the handle, not of the name, so nobody can change the file in between.
"""

from __future__ import annotations

import ctypes
import msvcrt
import sys

assert sys.platform == "win32"

from ..acl import Ace, Acl  # noqa: E402
from . import win32  # noqa: E402

_LONGEST_SID = 68
_LONGEST_USER = 256  # bytes of TOKEN_USER: two words and one SID of at most 68
# Entries whose SID follows the mask: allowed, denied, audit, alarm, and "callback".
_SID_FOLLOWS = frozenset({0, 1, 2, 3, 9, 10, 13, 14})


def access_control(descriptor: int) -> Acl:
    """Owner and list of the open file. Raises ``OSError``."""
    owner, dacl, whole = win32.ADDRESS(), win32.ADDRESS(), win32.ADDRESS()
    error = win32.GetSecurityInfo(
        msvcrt.get_osfhandle(descriptor),
        win32.SE_FILE_OBJECT,
        win32.OWNER_INFORMATION | win32.DACL_INFORMATION,
        ctypes.byref(owner),
        None,
        ctypes.byref(dacl),
        None,
        ctypes.byref(whole),
    )
    if error:
        raise ctypes.WinError(error)
    try:
        return Acl(_sid_text(owner), _entries(dacl) if dacl else None)
    finally:
        win32.LocalFree(whole)


def account_name(sid: str) -> str:
    """The account of a security identifier and the identifier; the latter alone if unknown."""
    domain, name = account_of(sid)
    if not name:
        return sid
    return f"{domain}\\{name} ({sid})" if domain else f"{name} ({sid})"


def account_of(sid: str) -> tuple[str, str]:
    """The domain and the name of the account of a security identifier, "" if unknown."""
    size = 256
    name, domain = ctypes.create_unicode_buffer(size), ctypes.create_unicode_buffer(size)
    lengths, kind = (win32.DWORD(size), win32.DWORD(size)), win32.DWORD()
    binary = win32.ADDRESS()
    if not win32.ConvertStringSidToSidW(sid, ctypes.byref(binary)):
        return "", ""
    try:
        first, second = map(ctypes.byref, lengths)
        if not win32.LookupAccountSidW(
            None, binary, name, first, domain, second, ctypes.byref(kind)
        ):
            return "", ""
    finally:
        win32.LocalFree(binary)
    return domain.value, name.value


def account_sid(account: str) -> str | None:
    """The security identifier of an account or group, given by either; None: there is none."""
    if not account:  # which Windows takes for one
        return None
    binary = win32.ADDRESS()
    if win32.ConvertStringSidToSidW(account, ctypes.byref(binary)):
        try:
            return _sid_text(binary)
        finally:
            win32.LocalFree(binary)
    sid, domain = ctypes.create_string_buffer(_LONGEST_SID), ctypes.create_unicode_buffer(256)
    lengths, kind = (win32.DWORD(_LONGEST_SID), win32.DWORD(256)), win32.DWORD()
    first, second = map(ctypes.byref, lengths)
    found = win32.LookupAccountNameW(None, account, sid, first, domain, second, ctypes.byref(kind))
    return _sid_text(ctypes.c_void_p(ctypes.addressof(sid))) if found else None


def current_user() -> str:
    """The security identifier of the user that this process runs as. Raises ``OSError``."""
    return process_user(win32.GetCurrentProcess())


def process_user(process: int) -> str:
    """The security identifier (S-1-5-21-...) of a process's user. Raises ``OSError``."""
    token = win32.HANDLE()
    if not win32.OpenProcessToken(process, win32.TOKEN_QUERY, ctypes.byref(token)):
        raise win32.last_error()
    try:
        return token_user(token)
    finally:
        win32.CloseHandle(token)


def token_user(token: ctypes.c_void_p | int) -> str:
    """The security identifier of a token's user. Raises ``OSError``."""
    buffer, needed = ctypes.create_string_buffer(_LONGEST_USER), win32.DWORD()
    if not win32.GetTokenInformation(
        token, win32.TOKEN_USER, buffer, _LONGEST_USER, ctypes.byref(needed)
    ):
        raise win32.last_error()
    return _sid_text(win32.ADDRESS.from_buffer(buffer))  # it begins with the pointer to it


def sid_text(address: int) -> str:
    """The text of a security identifier in memory. Raises ``OSError``."""
    return _sid_text(ctypes.c_void_p(address))


def _entries(dacl: ctypes.c_void_p) -> tuple[Ace, ...]:
    header = ctypes.cast(dacl, ctypes.POINTER(win32.AclHeader)).contents
    found = []
    for index in range(header.count):
        address = win32.ADDRESS()
        if not win32.GetAce(dacl, index, ctypes.byref(address)):
            raise win32.last_error()
        ace = ctypes.cast(address, ctypes.POINTER(win32.AceHeader)).contents
        sid = "an entry of an unknown kind"
        if ace.kind in _SID_FOLLOWS:
            sid = _sid_text(ctypes.c_void_p((address.value or 0) + ctypes.sizeof(win32.AceHeader)))
        found.append(Ace(ace.kind, ace.flags, ace.mask, sid))
    return tuple(found)


def _sid_text(sid: ctypes.c_void_p) -> str:
    text = ctypes.c_wchar_p()
    if not win32.ConvertSidToStringSidW(sid, ctypes.byref(text)):
        raise win32.last_error()
    try:
        return text.value or ""
    finally:
        win32.LocalFree(text)
