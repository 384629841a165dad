"""Windows Installer's list of products, through ctypes."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

assert sys.platform == "win32"

_PRODUCT_CODE = 39  # characters, with the NUL
_ERROR_SUCCESS, _ERROR_MORE_DATA = 0, 234


def msi_locations(product: str) -> tuple[str, ...]:
    """INSTALLLOCATION of the MSI products of that name (any case), in Windows' order."""
    try:
        msi = ctypes.WinDLL("msi")
    except OSError:
        return ()
    code = ctypes.create_unicode_buffer(_PRODUCT_CODE)
    found = []
    index = 0
    while msi.MsiEnumProductsW(index, code) == _ERROR_SUCCESS:
        if _product_info(msi, code.value, "InstalledProductName").lower() == product.lower():
            found.append(_product_info(msi, code.value, "InstallLocation"))
        index += 1
    return tuple(found)


def _product_info(msi: ctypes.WinDLL, code: str, name: str) -> str:
    size = wintypes.DWORD(260)
    text = ctypes.create_unicode_buffer(size.value)
    status = msi.MsiGetProductInfoW(code, name, text, ctypes.byref(size))
    if status == _ERROR_MORE_DATA:
        size.value += 1  # the answer does not count the NUL
        text = ctypes.create_unicode_buffer(size.value)
        status = msi.MsiGetProductInfoW(code, name, text, ctypes.byref(size))
    return text.value if status == _ERROR_SUCCESS else ""
