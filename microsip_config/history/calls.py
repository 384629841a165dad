"""The call history: the ring of ``[Calls]`` as MicroSIP keeps and reads it.

A line is ``number;name;type;time;duration;info`` without any escaping, so that a ``;`` inside a
field shifts the rest, as it does in the phone. The keys 0 to 999 are a ring: ``callsLastKey`` in
``[Settings]`` is the newest, the one after it the oldest. ``info`` is the (translated) reason why
the call ended; it stays empty while the call is running.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from ..errors import TargetError, UsageError
from ..schema.key import wtoi
from ..text import utf16_cut

RING = 1000
_LONGEST = 255  # UTF-16 units that MicroSIP reads of one entry
_TYPES = ("outgoing", "incoming", "missed", "answered elsewhere")
_LATEST = 253402300799  # 9999-12-31T23:59:59Z
_PATIENCE = 10  # unreadable rounds in a row that `follow` bears


class Readable(Protocol):
    """An ini as the phone reads it."""

    def get(self, section: str, key: str) -> str | None: ...


class Call(NamedTuple):
    """One call. ``time`` is its start in UTC (ISO 8601) or "" if the entry has none that makes
    sense, ``duration`` is in seconds, ``key`` is its place in the ring."""

    number: str
    name: str
    type: str
    time: str
    duration: int
    info: str
    key: int

    @property
    def finished(self) -> bool:
        """Whether the phone has noted an end. A phone that dies during a call never does."""
        return bool(self.info)


def entries(profile: Readable) -> list[Call]:
    """The calls that the phone would list, newest last. Damaged entries are taken as it does."""
    newest = wtoi(profile.get("Settings", "callsLastKey") or "-1")
    found: dict[int, Call] = {}
    for key in range(RING):
        raw = profile.get("Calls", str(key))
        if raw is None or raw == "":
            if key >= newest:
                break
        elif raw != "null":  # a deleted line
            found[key] = _decoded(utf16_cut(raw, _LONGEST), key)
    oldest = newest + 1 if 0 <= newest < RING else 0
    return [found[key] for key in sorted(found, key=lambda key: (key - oldest) % RING)]


def open_since(profile: Readable, moment: float) -> bool:
    """Whether the newest entry was made after ``moment`` (seconds since 1970) and is not ended."""
    calls = entries(profile)
    if not calls or calls[-1].finished:
        return False
    return calls[-1].time >= _iso(int(moment)) > ""


HEADER = ("time", "type", "number", "name", "duration", "info", "key")


def csv_text(calls: Iterable[Call], *, header: bool = True) -> str:
    """The calls as CSV (RFC 4180: CRLF, quotes where needed).

    A cell that a spreadsheet would run as a formula (it begins with ``= + - @``, a tab or a line
    end) gets an apostrophe in front. A telephone number such as ``+49 30-1234`` is no formula that
    could do harm and stays exact, so that programs can use it.
    """
    import csv
    import io

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    if header:
        writer.writerow(HEADER)
    for call in calls:
        writer.writerow([_cell(str(getattr(call, column))) for column in HEADER])
    return stream.getvalue()


class CallsFile:
    """A CSV file to which calls are appended, each row once: a second run adds nothing.

    Rows are compared as they are written. So a call that was noted while it was on, with no info
    yet, is noted again when it has ended.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        """Make the file with its header unless it is there, and see that it can be appended to.

        Raises ``UsageError`` for a file that holds something else, ``WriteError`` where it cannot
        be read or written.
        """
        self.add(())

    def add(self, calls: Iterable[Call]) -> int:
        """Append the calls that the file does not have; how many. Raises as :meth:`prepare`."""
        from ..system.patience import cannot_write

        try:
            kept = self._read()
            known = set(kept.replace(b"\r\n", b"\n").split(b"\n"))
            rows = [_row(call) for call in calls]
            new = [row for row in rows if row.removesuffix(b"\r\n") not in known]
            start = b"" if kept else csv_text(()).encode()
            if new and kept and not kept.endswith(b"\n"):  # a run that was cut left half a row
                start = b"\r\n"
            self._append(start + b"".join(new), len(kept))
        except OSError as error:
            raise cannot_write(error, self._path) from None
        return len(new)

    def _read(self) -> bytes:
        if not self._path.is_file():  # not there yet, or a pipe or device
            return b""
        with self._path.open("rb") as file:
            first = file.readline(200)
            if first and first.removeprefix(b"\xef\xbb\xbf").strip() != ",".join(HEADER).encode():
                raise UsageError(
                    "the file holds something else than calls: it lacks their header",
                    hint="name another file",
                    where=str(self._path),
                )
            return first + file.read()

    def _append(self, data: bytes, size: int) -> None:
        with self._path.open("ab", buffering=0) as file:
            try:
                while data:
                    data = data[file.write(data) :]
            except OSError:
                with suppress(OSError):  # no half row; what others added meanwhile is added again
                    file.truncate(size)
                raise


def _row(call: Call) -> bytes:
    return csv_text([call], header=False).encode("utf-8", "backslashreplace")


def follow(
    load: Callable[[], list[Call]],
    wait: Callable[[], None],
    told: Iterable[Call] | None = None,
) -> Iterator[Call]:
    """The calls that end from now on, as they end; it runs until its consumer stops it.

    ``load`` reads the history anew (it may raise ``OSError`` or ``TargetError`` now and then, as
    the phone is writing the file), ``wait`` sleeps between two looks. ``told``: the ended calls
    that are told already; None: all that have ended.
    """
    known = {_identity(call) for call in (load() if told is None else told) if call.finished}
    failed = 0
    while True:
        wait()
        try:
            calls = load()
        except (OSError, TargetError):
            failed += 1
            if failed > _PATIENCE:
                raise
            continue
        failed = 0
        ended = [call for call in calls if call.finished]
        yield from (call for call in ended if _identity(call) not in known)
        known = {_identity(call) for call in ended}


def _identity(call: Call) -> tuple[int, str, str]:
    return call.key, call.time, call.number


def _decoded(raw: str, key: int) -> Call:
    if ";" not in raw:
        return Call(raw, raw, _TYPES[0], "", 0, "", key)
    number, name, kind, time, duration, info = (raw.split(";") + [""] * 5)[:6]
    index = wtoi(kind)
    word = _TYPES[index] if 0 <= index < len(_TYPES) else _TYPES[0]
    return Call(number, name, word, _iso(wtoi(time)), max(wtoi(duration), 0), info, key)


def _iso(seconds: int) -> str:
    if not 0 < seconds <= _LATEST:
        return ""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cell(text: str) -> str:
    if text[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return text
    return text if re.fullmatch(r"\+[0-9 ()./-]*", text, re.ASCII) else f"'{text}"
