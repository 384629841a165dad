"""The shape of what MicroSIP stores in place of a plain password.

Stored form: lower-case hex of an RC2 encryption (blocks of 8 bytes, padded) of an MFC-archived
UTF-16 string, so 4 + 2n bytes for n < 255 UTF-16 code units. Nobody else can make or read it.
"""

from __future__ import annotations

import re

_BLOCK_DIGITS = 16
_BLOB = re.compile(rf"(?:[0-9a-f]{{{_BLOCK_DIGITS}}})+")
_SHORT_FORM_UNITS = 255  # from here on the archive uses a longer length field


def looks_like_blob(text: str) -> bool:
    """Has ``text`` the shape of a stored password? (A plain text may have it by chance.)"""
    return _BLOB.fullmatch(text) is not None


def blob_digits(password: str) -> int | None:
    """How many hex digits the stored form of ``password`` has; ``None`` if not known."""
    units = len(password.encode("utf-16-le", "surrogatepass")) // 2
    if units >= _SHORT_FORM_UNITS:
        return None
    return _BLOCK_DIGITS * ((4 + 2 * units) // 8 + 1)


def may_hold(blob: str, password: str) -> bool:
    """Can ``blob`` be the stored form of ``password``, as far as its length tells?"""
    if not password:  # an empty password is stored as it is
        return False
    return blob_digits(password) in (None, len(blob))
