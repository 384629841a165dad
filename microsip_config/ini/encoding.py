"""Bytes to text and back: what the file's encoding is, without guessing.

MicroSIP reads a file that begins with FF FE as UTF-16LE and takes anything else for the system's
ANSI code page (settings.cpp of 3.22.3). So everything that is written begins with FF FE, and what
is read is either certain by its structure, named by the user, or refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from ..errors import UnreadableFile, UsageError
from ..named_tuple import NamedTuple
from ..results import Issue
from ..system.current import system as this_system
from .names import BLANKS

BOM = codecs.BOM_UTF16_LE
_MARKS = {
    BOM: "UTF-16LE with a byte-order mark",
    codecs.BOM_UTF8: "UTF-8 with a byte-order mark",
    codecs.BOM_UTF16_BE: "UTF-16BE",
}
_ASCII = bytes(range(128))
_HEADER = re.compile(r"(?:^|[\r\n])[ \t]*\[")
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Decoded(NamedTuple):
    """The text of a file (no byte-order mark) and how it was read.

    ``encoding`` is one of ``utf-16-le`` (with mark), ``ansi:<codec>``, ``ascii``, ``empty``,
    ``utf-8-bom``, ``utf-8``, ``utf-16-be-bom``, ``utf-16-le-no-bom``, ``utf-16-be-no-bom``.
    ``needs_rewrite`` says why MicroSIP misreads the file as it is, or is empty.
    """

    text: str
    encoding: str
    faults: tuple[Issue, ...] = ()
    needs_rewrite: str = ""


def encode(text: str) -> bytes:
    """The bytes of a file that MicroSIP reads as ``text``: FF FE and UTF-16LE."""
    return BOM + text.encode("utf-16-le", "surrogatepass")


def name_of(data: bytes) -> str:
    """For people: which encoding the bytes of a file are in, as far as they show it."""
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return name
    if b"\0" in data:
        return "UTF-16 without a byte-order mark"
    if data.isascii():
        return "ASCII"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "in an ANSI code page"
    return "UTF-8 without a byte-order mark"


def decode(
    data: bytes,
    ansi_codepage: str | None = None,
    *,
    system: Callable[[], str | None] = this_system.codepage,
) -> Decoded:
    """The text of a file's bytes.

    ``ansi_codepage`` is what the user named for files without a byte-order mark: a number (1251),
    a Python codec (cp1251, windows-1251) or utf-8. ``system`` gives the default and is asked only
    when it matters. Raises UnreadableFile where reading would be a guess or would lose something,
    UsageError for a code page that does not exist.
    """
    codec = _codec(ansi_codepage) if ansi_codepage else None
    if data.startswith(BOM):
        return _utf16_le(data)
    if data.startswith(codecs.BOM_UTF8):
        return _utf8_with_mark(data[3:])
    if data.startswith(codecs.BOM_UTF16_BE):
        text, faults = _utf16(data[2:], "utf-16-be")
        reason = "MicroSIP does not understand UTF-16BE: it would destroy the file"
        return Decoded(text, "utf-16-be-bom", faults, reason)
    if b"\0" in data:
        return _utf16_without_mark(data)
    if data.isascii():
        return Decoded(data.decode("ascii"), "ascii" if data else "empty")
    return _without_mark(data, codec, system)


def _utf16(data: bytes, codec: str) -> tuple[str, tuple[Issue, ...]]:
    faults = []
    if len(data) % 2:
        data = data[:-1]
        message = "the file ends in half a character; that byte is ignored, as it is by Windows"
        faults.append(Issue("odd-length", message, "repair rewrites the file without it"))
    text = data.decode(codec, "surrogatepass")
    if "\0" in text:
        message = "the file contains NUL characters: Windows ends each line there"
        faults.append(Issue("nul", message, "check the file: its end may be garbage"))
    return text, tuple(faults)


def _utf16_le(data: bytes) -> Decoded:
    if data[2:4] == b"\0\0":
        raise UnreadableFile(
            "the file looks like UTF-32, which MicroSIP cannot read",
            hint="save it as UTF-16LE ('Unicode' in old editors) and try again",
        )
    text, faults = _utf16(data[2:], "utf-16-le")
    if not text.startswith("\ufeff"):
        return Decoded(text, "utf-16-le", faults)
    text = text.lstrip("\ufeff")
    reason = "MicroSIP takes a second byte-order mark for a character of the first line"
    if _begins_with_a_header(text):
        reason = "a second byte-order mark hides the first section from MicroSIP"
    return Decoded(text, "utf-16-le", faults, reason)


def _begins_with_a_header(text: str) -> bool:
    return text.lstrip(BLANKS).startswith("[")


def _utf8_with_mark(data: bytes) -> Decoded:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"the file begins as UTF-8 but byte {error.start + 3} is not UTF-8",
            hint="save it as UTF-16LE with an editor that shows it correctly",
        ) from None
    if "\0" in text:
        raise UnreadableFile(
            "the file is UTF-8 and contains NUL bytes, at which MicroSIP would end it",
            hint="remove what follows the NUL in an editor, or restore a backup",
        )
    text = text.lstrip("\ufeff")
    reason = "MicroSIP takes the UTF-8 byte-order mark, and letters beyond ASCII, for other letters"
    if _begins_with_a_header(text):
        reason = "the UTF-8 byte-order mark hides the first section from MicroSIP"
    return Decoded(text, "utf-8-bom", (), reason)


def _utf16_without_mark(data: bytes) -> Decoded:
    """UTF-16 by its structure: exactly one byte order gives text with a section and no junk."""
    found = []
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if _HEADER.search(text) and not _STRANGE.search(text):
            found.append((text, codec))
    if len(found) != 1:
        raise UnreadableFile(
            "the file contains NUL bytes but is not recognisable as UTF-16",
            hint="it is damaged (MicroSIP does this when it converts a UTF-16 file without a "
            "byte-order mark): restore a backup, or remove the file",
        )
    text, codec = found[0]
    reason = "UTF-16 without a byte-order mark: MicroSIP would destroy the file at its next start"
    return Decoded(text, f"{codec}-no-bom", (), reason)


def _without_mark(data: bytes, codec: str | None, system: Callable[[], str | None]) -> Decoded:
    """Non-ASCII bytes without a mark: only a named code page, or the system's, tells what they are.

    Bytes that happen to be UTF-8 are not taken for the system's code page unasked: either reading
    may be the right one, and the wrong one would be written for good.
    """
    named = codec is not None
    if codec is None:
        default = system()
        codec = _codec(default) if default else None
    if not named and (codec is None or (codec != "utf-8" and _is_utf8(data))):
        finding = "its bytes are valid UTF-8, which MicroSIP would read as an ANSI code page"
        if not _is_utf8(data):
            finding = "it is in an ANSI code page, but the file does not say which"
        raise UnreadableFile(
            f"the file has no byte-order mark and is not plain ASCII: {finding}",
            hint="name what it is: --ansi-codepage 1252 (or 1251, 932 ...: the code page of the "
            "Windows that wrote it), or --ansi-codepage utf-8",
        )
    assert codec is not None
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"byte {error.start} of the file (0x{data[error.start]:02x}) is not text in {codec}",
            hint="name another code page with --ansi-codepage",
        ) from None
    if codec == "utf-8":
        reason = "UTF-8 without a byte-order mark: MicroSIP would read it as an ANSI code page"
        return Decoded(text, "utf-8", (), reason)
    reason = ""
    if len(text) != len(data):
        reason = "MicroSIP's own conversion of a multi-byte code page leaves garbage at the end"
    return Decoded(text, f"ansi:{codec}", (), reason)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _codec(codepage: str) -> str:
    """The Python codec of a code page given as number, codec name or ``utf-8``."""
    name = codepage.strip().lower()
    hint = "give a number such as 1251 or 932, a codec such as cp1252, or utf-8"
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,39}", name):
        raise UsageError("that is not the name of an ANSI code page", hint=hint)
    if name.isdigit():
        name = "utf-8" if name == "65001" else f"cp{int(name)}"
    try:
        found = codecs.lookup(name).name
        usable = "escape" not in found and _ASCII.decode(found) == _ASCII.decode("ascii")
    except (LookupError, ValueError):
        usable = False
    if not usable:
        raise UsageError(f"there is no ANSI code page {codepage!r}", hint=hint)
    return "utf-8" if found == "utf-8-sig" else found
