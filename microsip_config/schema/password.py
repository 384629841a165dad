"""The key of a password, and the shape of what MicroSIP stores in its place.

Stored form: lower-case hex of an RC2 encryption (blocks of 8 bytes, padded) of an MFC-archived
UTF-16 string, so 4 + 2n bytes for n < 255 UTF-16 code units. Nobody else can make or read it.
"""

from __future__ import annotations

from typing import Any

from ..secret import Secret
from ..text import utf16_units
from .key import Key, Kind, Misread, Notice, Reading, wtoi

_BLOCK_DIGITS = 16
_SHORT_FORM_UNITS = 255  # from here on the archive uses a longer length field


class Password(Key):
    """A password: plain text that the phone replaces with its own hex blob at the next start."""

    kind: Kind = "secret"
    LONGEST = 256  # a longer text encrypts to more than the 1040 digits that are read back

    @property
    def expects(self) -> str:
        return f"a plain text of at most {self.LONGEST} characters"

    @property
    def reads(self) -> str:
        return "plain text, or 16, 32, 48 ... lower-case hex digits: the phone's own stored form"

    def _read(self, text: str) -> Reading:
        if len(text) <= self.LONGEST or is_blob(text):
            return Reading(Secret(text), "file")
        effect = f"over {self.LONGEST} characters: works once, then its stored form is truncated"
        return Reading(Secret(text), "file", (Notice("password-too-long", effect),))

    def _parse(self, text: str) -> Secret:
        if len(text) > self.LONGEST:
            raise Misread(
                f"longer than {self.LONGEST} characters: it would work once and then be truncated",
                hint=f"use a password of at most {self.LONGEST} characters",
                code="too-long",
            )
        return Secret(text)

    def encode(self, value: Secret | str) -> str:
        return value.reveal() if isinstance(value, Secret) else value

    def read(self, raw: str | None) -> Reading:
        return Reading(Secret(""), "default") if raw is None else super().read(raw)

    def _as_text(self, value: Any) -> str:
        return value.reveal() if isinstance(value, Secret) else super()._as_text(value)

    def plain(self, value: Any) -> None:
        """Nothing: a secret has no plain form for JSON."""


def is_blob(text: str) -> bool:
    """Whether ``text`` has the shape of a stored password. A plain text may have it by chance."""
    return bool(text) and len(text) % _BLOCK_DIGITS == 0 and not text.strip("0123456789abcdef")


def is_improbable_blob(text: str) -> bool:
    """Whether ``text`` has the shape of a stored password of 5 characters or fewer: then it is more
    likely a plain one, as exchanges make them (32 hexadecimal digits)."""
    return is_blob(text) and len(text) <= 2 * _BLOCK_DIGITS


def is_old_binary_form(text: str, size: str | None) -> bool:
    """Whether ``text`` is a password as it was stored up to 3.21.3: hexadecimal digits in either
    case, of as many bytes as ``passwordSize`` says."""
    digits = text.strip("0123456789abcdefABCDEF") == ""
    return bool(text) and digits and size is not None and 2 * wtoi(size) == len(text)


def blob_digits(password: str) -> int | None:
    """How many hex digits the stored form of ``password`` has; ``None`` if not known."""
    units = utf16_units(password)
    if units >= _SHORT_FORM_UNITS:
        return None
    return _BLOCK_DIGITS * ((4 + 2 * units) // 8 + 1)


def may_hold(blob: str, password: str) -> bool:
    """Whether ``blob`` can be the stored form of ``password``, as far as its length tells."""
    if not password:  # an empty password is stored as it is
        return False
    return blob_digits(password) in (None, len(blob))
