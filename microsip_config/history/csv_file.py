"""Calls as CSV, and a CSV file that collects them."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..errors import UsageError
from ..limits import CALLS_FILE_BYTES
from ..system import files
from ..system.current import system
from ..system.patience import cannot_write
from ..text import escape_controls
from .ring import LoggedCall

HEADER = ("time", "type", "number", "name", "duration", "info", "key")
_FORMULA = ("=", "+", "-", "@")
_BEGINS_A_CELL = re.compile(r"([;\t\r\n])")
_TELEPHONE = re.compile(r"\+[0-9 ()./-]*", re.ASCII)


def csv_text(calls: Iterable[LoggedCall], *, header: bool = True) -> str:
    """The calls as CSV (RFC 4180: CRLF, quotes where needed).

    A cell that a spreadsheet would run as a formula gets an apostrophe in front: one that begins
    with ``= + - @`` in any width, whatever blanks and invisible characters precede it, or with a
    tab or line end; so does what follows a semicolon, tab or line end, where some spreadsheets
    begin a cell. A telephone number such as ``+49 30-1234`` is not a formula that could do harm
    and stays exact, so that programs can use it. So do control characters.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    if header:
        writer.writerow(HEADER)
    for call in calls:
        writer.writerow([_cell(str(getattr(call, column))) for column in HEADER])
    return stream.getvalue()


def _cell(text: str) -> str:
    begin = "'" if text.startswith(("\t", "\r", "\n")) else ""
    return begin + "".join(map(_harmless, _BEGINS_A_CELL.split(text)))


def _harmless(part: str) -> str:
    """A part of a cell that some spreadsheet takes for a cell of its own."""
    if not _is_formula(part) or _TELEPHONE.fullmatch(part):
        return part
    return f"'{part}"


def _is_formula(text: str) -> bool:
    for char in text:
        seen = unicodedata.normalize("NFKC", char)
        if not seen.isspace() and escape_controls(char) == char:
            return seen.startswith(_FORMULA)
    return False


class CallsFile:
    """A CSV file to which calls are appended, each row once: a second run adds nothing.

    Rows are compared as they are written. So a call that was noted while it was running, with no
    info yet, is noted again when it has ended. A row that differs in nothing but the key is the
    same call, which the phone has moved to its call log, unless the calls have both.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        """Create the file with its header unless it exists, and check that it can be appended to.

        Raises ``UsageError`` for a file that contains something else, ``WriteError`` where it
        cannot be read or written.
        """
        self.add(())

    def add(self, calls: Iterable[LoggedCall]) -> int:
        """Append the calls that the file does not have; how many. Raises as :meth:`prepare`."""
        try:
            descriptor = system.open_update(self._path)
            try:
                return self._add(descriptor, calls)
            finally:
                files.close(descriptor)
        except OSError as error:
            raise cannot_write(error, self._path) from None

    def _add(self, descriptor: int, calls: Iterable[LoggedCall]) -> int:
        kept = self._read(descriptor)
        new = _missing(kept.replace(b"\r\n", b"\n"), [_row(call) for call in calls])
        start = b"" if kept else csv_text(()).encode()
        if new and kept and not kept.endswith(b"\n"):  # an interrupted run left half a row
            start = b"\r\n"
        try:
            files.write(descriptor, start + b"".join(new))
        except OSError:
            with suppress(OSError):  # no half row; what others added meanwhile is added again
                os.ftruncate(descriptor, len(kept))
            raise
        return len(new)

    def _read(self, descriptor: int) -> bytes:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # a pipe or device
            return b""
        kept = files.read(descriptor, CALLS_FILE_BYTES)
        if len(kept) > CALLS_FILE_BYTES:
            raise UsageError(
                f"the file is larger than {files.amount(CALLS_FILE_BYTES)}",
                hint="begin a new one: name another file",
                where=str(self._path),
            )
        first = kept.partition(b"\n")[0]
        if kept and first.removeprefix(b"\xef\xbb\xbf").strip() != ",".join(HEADER).encode():
            raise UsageError(
                "the file does not contain calls: their header is missing",
                hint="name another file",
                where=str(self._path),
            )
        return kept


def _missing(kept: bytes, rows: list[bytes]) -> list[bytes]:
    """The rows that are not in the text of a file; its line ends are LF."""
    if not rows:
        return []
    lines = kept.split(b"\n")
    known = set(lines)
    others = Counter(map(_without_key, lines))
    unknown = []
    for row in rows:
        line = row.replace(b"\r\n", b"\n").removesuffix(b"\n")
        # A line end in a name: no such call comes from [Calls].
        if line in known or (b"\n" in line and b"\n%b\n" % line in kept):
            others[_without_key(line)] -= 1
        else:
            unknown.append((row, _without_key(line)))
    new = []
    for row, call in unknown:
        if others[call] > 0:
            others[call] -= 1
        else:
            new.append(row)
    return new


def _without_key(line: bytes) -> bytes:
    return line.rpartition(b",")[0]


def _row(call: LoggedCall) -> bytes:
    return csv_text([call], header=False).encode("utf-8", "backslashreplace")
