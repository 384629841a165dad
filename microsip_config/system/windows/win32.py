"""The functions and structures of Windows that this program calls, declared once, by their names.

Nothing is decided here. A function returns what Windows returns; :func:`last_error` is the OSError
for the one that failed last in this thread.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import Any

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

BOOL, DWORD, WORD, UINT, LONG = (
    wintypes.BOOL,
    wintypes.DWORD,
    wintypes.WORD,
    wintypes.UINT,
    wintypes.LONG,
)
HANDLE, HWND, LPARAM, TEXT = wintypes.HANDLE, wintypes.HWND, wintypes.LPARAM, wintypes.LPCWSTR
BUFFER, ADDRESS, SIZE, INT = wintypes.LPWSTR, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
FILETIME = wintypes.FILETIME
INVALID_HANDLE = ctypes.c_void_p(-1).value

# Access, sharing, creation and flags of CreateFileW.
GENERIC_READ, GENERIC_WRITE, DELETE, SYNCHRONIZE = 0x80000000, 0x40000000, 0x10000, 0x100000
READ_CONTROL, WRITE_DAC, WRITE_OWNER = 0x20000, 0x40000, 0x80000
FILE_LIST_DIRECTORY, FILE_ADD_FILE, FILE_APPEND_DATA, FILE_TRAVERSE = 0x1, 0x2, 0x4, 0x20
FILE_READ_ATTRIBUTES, FILE_WRITE_ATTRIBUTES = 0x80, 0x100
SHARE_NONE, SHARE_READ_WRITE, SHARE_ALL = 0, 0x3, 0x7
CREATE_NEW, OPEN_EXISTING, OPEN_ALWAYS = 1, 3, 4
# Classes of FILE_INFO_BY_HANDLE_CLASS.
FILE_BASIC_INFO, FILE_ATTRIBUTE_TAG_INFO, FILE_ID_INFO = 0, 9, 18
OPEN_REPARSE_POINT, BACKUP_SEMANTICS, DELETE_ON_CLOSE = 0x00200000, 0x02000000, 0x04000000
ATTRIBUTE_HIDDEN, ATTRIBUTE_NORMAL, ATTRIBUTE_ENCRYPTED = 0x2, 0x80, 0x4000

# Errors.
ACCESS_DENIED, SHARING_VIOLATION, LOCK_VIOLATION = 5, 32, 33
BUFFER_TOO_SMALL = 122
CANNOT_BREAK_OPLOCK, OPERATION_ABORTED = 802, 995

# Security information, tokens, processes.
SE_FILE_OBJECT = 1
OWNER_INFORMATION, DACL_INFORMATION, PROTECTED_DACL = 0x1, 0x4, 0x80000000
TOKEN_QUERY, TOKEN_ADJUST_PRIVILEGES = 0x8, 0x20
TOKEN_USER, TOKEN_PRIVILEGES, TOKEN_ELEVATION_TYPE = 1, 3, 18
PRIVILEGE_ENABLED = 0x2
PROCESS_TERMINATE, PROCESS_CREATE_PROCESS = 0x1, 0x80
PROCESS_VM_READ, PROCESS_QUERY_INFORMATION, PROCESS_QUERY_LIMITED = 0x10, 0x400, 0x1000
THREAD_TERMINATE = 0x1

EPOCH = 116_444_736_000_000_000
"""1970 in the 100 ns since 1601 that Windows counts."""

EnumWindowsProc = ctypes.WINFUNCTYPE(BOOL, HWND, LPARAM)


class AclHeader(ctypes.Structure):
    """ACL"""

    _fields_ = (
        ("revision", ctypes.c_ubyte),
        ("zero", ctypes.c_ubyte),
        ("size", ctypes.c_ushort),
        ("count", ctypes.c_ushort),
        ("zero2", ctypes.c_ushort),
    )


class AceHeader(ctypes.Structure):
    """ACE_HEADER and the mask behind it."""

    _fields_ = (
        ("kind", ctypes.c_ubyte),
        ("flags", ctypes.c_ubyte),
        ("size", ctypes.c_ushort),
        ("mask", ctypes.c_uint32),
    )


class SecurityAttributes(ctypes.Structure):
    """SECURITY_ATTRIBUTES"""

    _fields_ = (("length", DWORD), ("descriptor", ADDRESS), ("inherit", BOOL))


class StreamData(ctypes.Structure):
    """WIN32_FIND_STREAM_DATA; a name is ``:name:$DATA``."""

    _fields_ = (("size", ctypes.c_int64), ("name", ctypes.c_wchar * 296))


class TokenPrivilege(ctypes.Structure):
    """TOKEN_PRIVILEGES with one entry."""

    _pack_ = 4
    _fields_ = (("count", DWORD), ("luid", wintypes.LARGE_INTEGER), ("attributes", DWORD))


class TagInfo(ctypes.Structure):
    """FILE_ATTRIBUTE_TAG_INFO"""

    _fields_ = (("attributes", DWORD), ("tag", DWORD))


class BasicInfo(ctypes.Structure):
    """FILE_BASIC_INFO; 0 leaves a time or the attributes as they are."""

    _fields_ = (("times", ctypes.c_int64 * 4), ("attributes", DWORD))


class SessionInfo(ctypes.Structure):
    """WTS_SESSION_INFOW"""

    _fields_ = (("session", DWORD), ("name", wintypes.LPWSTR), ("state", INT))


class SessionProcess(ctypes.Structure):
    """WTS_PROCESS_INFOW"""

    _fields_ = (("session", DWORD), ("pid", DWORD), ("name", wintypes.LPWSTR), ("sid", ADDRESS))


class ProcessEntry(ctypes.Structure):
    """PROCESSENTRY32W"""

    _fields_ = (
        ("size", DWORD),
        ("usage", DWORD),
        ("pid", DWORD),
        ("heap", SIZE),
        ("module", DWORD),
        ("threads", DWORD),
        ("parent", DWORD),
        ("priority", LONG),
        ("flags", DWORD),
        ("name", wintypes.WCHAR * 260),
    )


class StartupInfo(ctypes.Structure):
    """STARTUPINFOEXW"""

    _fields_ = (
        ("size", DWORD),
        ("texts", wintypes.LPWSTR * 3),
        ("numbers", DWORD * 8),
        ("words", WORD * 2),
        ("reserved", ADDRESS),
        ("handles", HANDLE * 3),
        ("attributes", ADDRESS),
    )


class ProcessInformation(ctypes.Structure):
    """PROCESS_INFORMATION"""

    _fields_ = (("process", HANDLE), ("thread", HANDLE), ("pid", DWORD), ("tid", DWORD))


def last_error(path: object = None) -> OSError:
    """The error of the function that failed last; ``path`` is what it was about."""
    code = ctypes.get_last_error()
    name = None if path is None else str(path)
    return OSError(None, ctypes.FormatError(code).strip(), name, code)


def _bind(library: ctypes.WinDLL, name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_advapi = ctypes.WinDLL("advapi32", use_last_error=True)
_user = ctypes.WinDLL("user32", use_last_error=True)
_shell = ctypes.WinDLL("shell32", use_last_error=True)

# --- files ---
CreateFileW = _bind(
    _kernel, "CreateFileW", HANDLE, TEXT, DWORD, DWORD, ADDRESS, DWORD, DWORD, HANDLE
)
CloseHandle = _bind(_kernel, "CloseHandle", BOOL, HANDLE)
CreateDirectoryW = _bind(_kernel, "CreateDirectoryW", BOOL, TEXT, ADDRESS)
ReOpenFile = _bind(_kernel, "ReOpenFile", HANDLE, HANDLE, DWORD, DWORD, DWORD)
GetFinalPathNameByHandleW = _bind(
    _kernel, "GetFinalPathNameByHandleW", DWORD, HANDLE, BUFFER, DWORD, DWORD
)
GetFileInformationByHandleEx = _bind(
    _kernel, "GetFileInformationByHandleEx", BOOL, HANDLE, INT, ADDRESS, DWORD
)
SetFileInformationByHandle = _bind(
    _kernel, "SetFileInformationByHandle", BOOL, HANDLE, INT, ADDRESS, DWORD
)
SetFileTime = _bind(_kernel, "SetFileTime", BOOL, HANDLE, ADDRESS, ADDRESS, ADDRESS)
LockFile = _bind(_kernel, "LockFile", BOOL, HANDLE, DWORD, DWORD, DWORD, DWORD)
FindFirstStreamW = _bind(_kernel, "FindFirstStreamW", HANDLE, TEXT, INT, ADDRESS, DWORD)
FindNextStreamW = _bind(_kernel, "FindNextStreamW", BOOL, HANDLE, ADDRESS)
FindClose = _bind(_kernel, "FindClose", BOOL, HANDLE)

PeekNamedPipe = _bind(_kernel, "PeekNamedPipe", BOOL, HANDLE, ADDRESS, DWORD, *[ADDRESS] * 3)
GetSystemWindowsDirectoryW = _bind(_kernel, "GetSystemWindowsDirectoryW", UINT, BUFFER, UINT)

# --- rights and users ---
LocalFree = _bind(_kernel, "LocalFree", ADDRESS, ADDRESS)
GetSecurityInfo = _bind(_advapi, "GetSecurityInfo", DWORD, HANDLE, INT, DWORD, *[ADDRESS] * 5)
SetSecurityInfo = _bind(_advapi, "SetSecurityInfo", DWORD, HANDLE, INT, DWORD, *[ADDRESS] * 4)
GetKernelObjectSecurity = _bind(
    _advapi, "GetKernelObjectSecurity", BOOL, HANDLE, DWORD, ADDRESS, DWORD, ADDRESS
)
SetKernelObjectSecurity = _bind(_advapi, "SetKernelObjectSecurity", BOOL, HANDLE, DWORD, ADDRESS)
GetSecurityDescriptorDacl = _bind(
    _advapi, "GetSecurityDescriptorDacl", BOOL, ADDRESS, ADDRESS, ADDRESS, ADDRESS
)
ConvertStringSecurityDescriptorToSecurityDescriptorW = _bind(
    _advapi,
    "ConvertStringSecurityDescriptorToSecurityDescriptorW",
    BOOL,
    TEXT,
    DWORD,
    ADDRESS,
    ADDRESS,
)
GetAce = _bind(_advapi, "GetAce", BOOL, ADDRESS, DWORD, ADDRESS)
ConvertSidToStringSidW = _bind(_advapi, "ConvertSidToStringSidW", BOOL, ADDRESS, ADDRESS)
LookupAccountSidW = _bind(
    _advapi, "LookupAccountSidW", BOOL, TEXT, ADDRESS, BUFFER, ADDRESS, BUFFER, ADDRESS, ADDRESS
)
LookupAccountNameW = _bind(
    _advapi, "LookupAccountNameW", BOOL, TEXT, TEXT, ADDRESS, ADDRESS, BUFFER, ADDRESS, ADDRESS
)
ConvertStringSidToSidW = _bind(_advapi, "ConvertStringSidToSidW", BOOL, TEXT, ADDRESS)
GetCurrentProcess = _bind(_kernel, "GetCurrentProcess", HANDLE)
OpenProcessToken = _bind(_advapi, "OpenProcessToken", BOOL, HANDLE, DWORD, ADDRESS)
GetTokenInformation = _bind(
    _advapi, "GetTokenInformation", BOOL, HANDLE, INT, ADDRESS, DWORD, ADDRESS
)
LookupPrivilegeValueW = _bind(_advapi, "LookupPrivilegeValueW", BOOL, TEXT, TEXT, ADDRESS)
AdjustTokenPrivileges = _bind(
    _advapi, "AdjustTokenPrivileges", BOOL, HANDLE, BOOL, ADDRESS, DWORD, ADDRESS, ADDRESS
)
ImpersonateLoggedOnUser = _bind(_advapi, "ImpersonateLoggedOnUser", BOOL, HANDLE)
RevertToSelf = _bind(_advapi, "RevertToSelf", BOOL)
IsUserAnAdmin = _bind(_shell, "IsUserAnAdmin", BOOL)
GetACP = _bind(_kernel, "GetACP", UINT)

# --- processes ---
OpenProcess = _bind(_kernel, "OpenProcess", HANDLE, DWORD, BOOL, DWORD)
QueryFullProcessImageNameW = _bind(
    _kernel, "QueryFullProcessImageNameW", BOOL, HANDLE, DWORD, BUFFER, ADDRESS
)
ProcessIdToSessionId = _bind(_kernel, "ProcessIdToSessionId", BOOL, DWORD, ADDRESS)
GetProcessTimes = _bind(_kernel, "GetProcessTimes", BOOL, HANDLE, *[ADDRESS] * 4)
EnumProcessModules = _bind(_kernel, "K32EnumProcessModules", BOOL, HANDLE, ADDRESS, DWORD, ADDRESS)
WaitForSingleObject = _bind(_kernel, "WaitForSingleObject", DWORD, HANDLE, DWORD)
TerminateProcess = _bind(_kernel, "TerminateProcess", BOOL, HANDLE, UINT)
CreateToolhelp32Snapshot = _bind(_kernel, "CreateToolhelp32Snapshot", HANDLE, DWORD, DWORD)
Process32FirstW = _bind(_kernel, "Process32FirstW", BOOL, HANDLE, ADDRESS)
Process32NextW = _bind(_kernel, "Process32NextW", BOOL, HANDLE, ADDRESS)
CreateProcessW = _bind(
    _kernel,
    "CreateProcessW",
    BOOL,
    TEXT,
    BUFFER,
    ADDRESS,
    ADDRESS,
    BOOL,
    DWORD,
    ADDRESS,
    TEXT,
    ADDRESS,
    ADDRESS,
)
CreateProcessAsUserW = _bind(
    _advapi,
    "CreateProcessAsUserW",
    BOOL,
    HANDLE,
    TEXT,
    BUFFER,
    ADDRESS,
    ADDRESS,
    BOOL,
    DWORD,
    ADDRESS,
    TEXT,
    ADDRESS,
    ADDRESS,
)
OpenThread = _bind(_kernel, "OpenThread", HANDLE, DWORD, BOOL, DWORD)
CancelSynchronousIo = _bind(_kernel, "CancelSynchronousIo", BOOL, HANDLE)
InitializeProcThreadAttributeList = _bind(
    _kernel, "InitializeProcThreadAttributeList", BOOL, ADDRESS, DWORD, DWORD, ADDRESS
)
UpdateProcThreadAttribute = _bind(
    _kernel,
    "UpdateProcThreadAttribute",
    BOOL,
    ADDRESS,
    DWORD,
    SIZE,
    ADDRESS,
    SIZE,
    ADDRESS,
    ADDRESS,
)
DeleteProcThreadAttributeList = _bind(_kernel, "DeleteProcThreadAttributeList", None, ADDRESS)

# --- windows on the screen ---
EnumWindows = _bind(_user, "EnumWindows", BOOL, EnumWindowsProc, LPARAM)
EnumChildWindows = _bind(_user, "EnumChildWindows", BOOL, HWND, EnumWindowsProc, LPARAM)
GetClassNameW = _bind(_user, "GetClassNameW", INT, HWND, BUFFER, INT)
InternalGetWindowText = _bind(_user, "InternalGetWindowText", INT, HWND, BUFFER, INT)
GetWindow = _bind(_user, "GetWindow", HWND, HWND, UINT)
GetWindowThreadProcessId = _bind(_user, "GetWindowThreadProcessId", DWORD, HWND, ADDRESS)
GetShellWindow = _bind(_user, "GetShellWindow", HWND)
IsWindowVisible = _bind(_user, "IsWindowVisible", BOOL, HWND)
IsWindowEnabled = _bind(_user, "IsWindowEnabled", BOOL, HWND)
GetParent = _bind(_user, "GetParent", HWND, HWND)
GetDlgCtrlID = _bind(_user, "GetDlgCtrlID", INT, HWND)
GetWindowLongW = _bind(_user, "GetWindowLongW", LONG, HWND, INT)
SendMessageTimeoutW = _bind(
    _user,
    "SendMessageTimeoutW",
    ctypes.c_ssize_t,
    HWND,
    UINT,
    wintypes.WPARAM,
    ADDRESS,
    UINT,
    UINT,
    ADDRESS,
)


# --- libraries that few runs need ---
class Sessions:
    """The sessions of this machine, their users and processes (wtsapi32)."""

    def __init__(self) -> None:
        library = ctypes.WinDLL("wtsapi32", use_last_error=True)
        self.enumerate = _bind(
            library, "WTSEnumerateSessionsW", BOOL, HANDLE, DWORD, DWORD, ADDRESS, ADDRESS
        )
        self.processes = _bind(
            library, "WTSEnumerateProcessesW", BOOL, HANDLE, DWORD, DWORD, ADDRESS, ADDRESS
        )
        self.user_token = _bind(library, "WTSQueryUserToken", BOOL, DWORD, ADDRESS)
        self.free = _bind(library, "WTSFreeMemory", None, ADDRESS)


class Environments:
    """The environment of a user (userenv)."""

    def __init__(self) -> None:
        library = ctypes.WinDLL("userenv", use_last_error=True)
        self.create = _bind(library, "CreateEnvironmentBlock", BOOL, ADDRESS, HANDLE, BOOL)
        self.destroy = _bind(library, "DestroyEnvironmentBlock", BOOL, ADDRESS)


class Installer:
    """MsiEnumProductsW and MsiGetProductInfoW."""

    def __init__(self, library: ctypes.WinDLL) -> None:
        self.enum_products = _bind(library, "MsiEnumProductsW", UINT, DWORD, BUFFER)
        self.product_info = _bind(
            library, "MsiGetProductInfoW", UINT, TEXT, TEXT, BUFFER, ctypes.POINTER(DWORD)
        )


def installer() -> Installer | None:
    """The functions of Windows Installer; None where its library is missing."""
    try:
        return Installer(ctypes.WinDLL("msi"))
    except OSError:
        return None
