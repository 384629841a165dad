"""Reads the text files an administrator writes: templates and variables."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError, TemplateError

MAX_BYTES = 262_144
"""Largest template or variables file; real ones have a few kilobytes."""


def is_file(path: Path) -> bool:
    """Whether ``path`` can be looked at and is a regular file."""
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


def read_text(path: Path, shown: str, error: type[InputError] = TemplateError) -> str:
    """The text of a file in UTF-8 (with or without a byte-order mark) or UTF-16 with one.

    :param path: the file.
    :param shown: how messages name it.
    :param error: the kind of error to raise.
    :raises InputError: missing, unreadable, too large, not a regular file or not such a text.
    """
    fault = ""
    try:
        # Looked at before it is opened: opening a pipe would wait for ever.
        if not path.exists():
            fault = "there is no such file"
        elif not path.is_file():
            fault = "is not a file"
        else:
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as reason:
        fault = f"cannot be read: {getattr(reason, 'strerror', None) or 'not a valid path'}"
    if fault:
        raise error(fault, where=shown)
    if len(data) > MAX_BYTES:
        raise error(f"is larger than {MAX_BYTES // 1024} KiB", where=shown)
    return _decode(data, shown, error)


def _decode(data: bytes, shown: str, error: type[InputError]) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name, encoding = "UTF-16", "utf-16"
    else:
        name, encoding = "UTF-8", "utf-8-sig"
    line = 0
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as reason:
        line = data[: reason.start].decode(encoding, "replace").count("\n") + 1
    raise error(f"is not valid {name}", where=f"{shown}:{line}", hint="save the file as UTF-8 text")
