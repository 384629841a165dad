"""Windows: names that look like a file's, and mean a device, a stream or another file."""

from __future__ import annotations

import errno
import sys
from os import PathLike, fspath

assert sys.platform == "win32"  # also tells mypy to look here only when checking for Windows

_LITERAL, _DEVICES = "\\\\?\\", "\\\\.\\"
_NUMBERS = "0123456789\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}"
_RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{port}{number}" for port in ("COM", "LPT") for number in _NUMBERS}
)
_PIPES = frozenset({"pipe", "mailslot", "ipc$"})  # in the place of the share


def odd_name(path: str | PathLike[str]) -> str:
    """The part of a path by which it means no ordinary file or folder, "" if there is none.

    A stream (``MicroSIP.ini:x``), a device (``NUL``, ``COM1.ini``, ``\\\\.\\pipe\\x``), and what
    Windows shortens to another name (a dot or a blank at its end).
    """
    text = fspath(path).replace("/", "\\")
    if text.startswith((_LITERAL, _DEVICES)):
        drive, _, rest = text[len(_LITERAL) :].partition("\\")
        if drive.upper() == "UNC":
            text = f"\\\\{rest}"
        elif _is_drive(drive) or (drive.upper().startswith("VOLUME{") and drive.endswith("}")):
            text = f"\\{rest}"
        else:
            return text
    elif _is_drive(text[:2]):
        text = text[2:]
    if text.startswith("\\\\") and text.split("\\")[3:4] and text.split("\\")[3].lower() in _PIPES:
        return text
    return next(filter(_is_odd, text.split("\\")), "")


def refuse_odd_name(path: str | PathLike[str]) -> None:
    """Raise ``OSError`` (EINVAL) for a path that means no ordinary file or folder."""
    odd = odd_name(path)
    if odd:
        reason = f"{odd!r} is a device, a stream or a name that Windows would shorten"
        raise OSError(errno.EINVAL, reason, fspath(path))


def _is_drive(text: str) -> bool:
    return len(text) == 2 and text[1] == ":" and text[0].isalpha()


def _is_odd(part: str) -> bool:
    if part in ("", ".", ".."):
        return False
    stem = part.partition(".")[0].rstrip(" ").upper()
    return ":" in part or part[-1] in ". " or stem in _RESERVED
