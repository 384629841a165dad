"""The products that Windows Installer lists."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

from ...system.windows import win32  # noqa: E402

_PRODUCT_CODE = 39  # characters, with the NUL
_ERROR_SUCCESS, _ERROR_MORE_DATA = 0, 234


def msi_locations(product: str) -> tuple[str, ...]:
    """INSTALLLOCATION of the MSI products of that name (in any case), in Windows' order."""
    installer = win32.installer()
    if installer is None:
        return ()
    code = ctypes.create_unicode_buffer(_PRODUCT_CODE)
    found = []
    index = 0
    while installer.enum_products(index, code) == _ERROR_SUCCESS:
        name = _product_info(installer, code.value, "InstalledProductName")
        if name.lower() == product.lower():
            found.append(_product_info(installer, code.value, "InstallLocation"))
        index += 1
    return tuple(found)


def _product_info(installer: win32.Installer, code: str, name: str) -> str:
    size = wintypes.DWORD(260)
    text = ctypes.create_unicode_buffer(size.value)
    status = installer.product_info(code, name, text, ctypes.byref(size))
    if status == _ERROR_MORE_DATA:
        size.value += 1  # the answer does not count the NUL
        text = ctypes.create_unicode_buffer(size.value)
        status = installer.product_info(code, name, text, ctypes.byref(size))
    return text.value if status == _ERROR_SUCCESS else ""
