"""Looks for secrets in everything that a program left behind, in every dress they may wear.

Knows nothing of the redactor of the program, so that the two have no blind spot in common.
"""

from __future__ import annotations

import html
import json
from base64 import b32encode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus

PIECE = 8  # characters; the beginning and the end of a secret are looked for as well
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "cp1252", "cp1251", "cp437")


class Leak(NamedTuple):
    """A secret, how it was dressed, and where it was found."""

    name: str
    dress: str
    place: str


def texts(secret: str) -> Iterator[tuple[str, str]]:
    """The secret as text: as it is, escaped, quoted; also what is left of it when it is cut."""
    yield "plain", secret
    yield "beginning", secret[:PIECE]
    yield "end", secret[-PIECE:]
    yield "reversed", secret[::-1]
    yield "repr", repr(secret)[1:-1]
    yield "ascii", ascii(secret)[1:-1]
    yield "repr of repr", repr(repr(secret))[2:-2]
    for name, escaped in (("json", False), ("ascii json", True)):
        once = json.dumps(secret, ensure_ascii=escaped)[1:-1]
        yield name, once
        yield f"{name} in json", json.dumps(once, ensure_ascii=escaped)[1:-1]
    yield "url", quote(secret)
    yield "url, slashes too", quote(secret, safe="")
    yield "form", quote_plus(secret)
    yield "xml", html.escape(secret)
    yield "xml references", secret.encode("ascii", "xmlcharrefreplace").decode()
    yield "csv", secret.replace('"', '""')
    yield "shell", secret.replace("'", "'\"'\"'")
    yield "misread", secret.encode().decode("latin-1")


def dresses(secret: str) -> dict[bytes, str]:
    """Bytes to look for, each with the name of the dress."""
    found: dict[bytes, str] = {}
    for name, text in texts(secret):
        for encoding in _ENCODINGS:
            data = text.encode(encoding, "replace")
            if b"?" not in data or "?" in text:
                found.setdefault(data, f"{name}, {encoding}")
    for encoding in _ENCODINGS[:3]:
        data = secret.encode(encoding)
        octets = {"hex": data.hex(), "hex with blanks": data.hex(" "), "bytes": repr(data)[2:-1]}
        octets |= {f"base64 at {n}": text for n, text in enumerate(_base64(data))}
        octets["base32"] = b32encode(data).rstrip(b"=").decode()[:-1]
        for name, text in octets.items():
            for form in (text, text.upper(), text.replace("+", "-").replace("/", "_")):
                for outer in ("utf-8", "utf-16-le"):
                    found.setdefault(form.encode(outer), f"{name} of {encoding}")
    return found


def _base64(data: bytes) -> Iterator[str]:
    """The digits that do not depend on the digits around them, for each of three positions."""
    for offset in range(3):
        digits = b64encode(bytes(offset) + data).decode()
        yield digits[(offset * 8 + 5) // 6 : (offset + len(data)) * 8 // 6]


class Hunt:
    """Finds any of these secrets, by name, in bytes and in all files of a folder."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._dresses = {name: dresses(secret) for name, secret in secrets.items()}

    def inside(self, data: bytes, place: str) -> list[Leak]:
        return [
            Leak(name, dress, place)
            for name, forms in self._dresses.items()
            for form, dress in forms.items()
            if form in data
        ]

    def under(self, folder: Path, allowed: Iterable[Path]) -> list[Leak]:
        """In the names and contents of all files but those that are meant to hold a secret."""
        passed = set(allowed)
        found = []
        for path in sorted(folder.rglob("*")):
            found += self.inside(str(path.relative_to(folder)).encode(), f"the name of {path}")
            if path.is_file() and not path.is_symlink() and path not in passed:
                found += self.inside(path.read_bytes(), str(path))
        return found
