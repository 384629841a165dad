"""The call history in ``[Calls]``: a ring, as MicroSIP up to 3.22.4 keeps and reads it.

The keys 0 to 999 are a ring: ``callsLastKey`` in ``[Settings]`` is the newest, the one after it
the oldest. What a line means is known to ``schema.entries``.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from ..schema.entries import CALL_TYPES, CALLS
from ..schema.key import wtoi
from ..stray_secrets import without_passwords

SECTION = "[Calls]"
RING = 1000
_LATEST = 253402300799  # 9999-12-31T23:59:59Z


class Readable(Protocol):
    """An ini as the phone reads it."""

    def get(self, section: str, key: str) -> str | None: ...


class LoggedCall(NamedTuple):
    """One call of the history.

    ``type`` is ``outgoing``, ``incoming``, ``missed`` or ``answered elsewhere``; ``time`` is its
    start in UTC (ISO 8601) or "" where the entry has none that makes sense; ``duration`` is in
    seconds; ``info`` is the reason why it ended, in the phone's language, and empty while the call
    is running; ``key`` is its number in the ring, or its id in the call log. ``source`` says where
    it was read: ``[Calls]`` or ``call_log.db``; ``call_id`` is the Call-ID of SIP, which only the
    call log has.
    """

    number: str
    name: str
    type: str
    time: str
    duration: int
    info: str
    key: int
    source: str = SECTION
    call_id: str = ""

    @property
    def finished(self) -> bool:
        """Whether the phone has noted an end. A phone that dies during a call never does."""
        return bool(self.info)

    def as_json(self) -> dict[str, Any]:
        """The call in terms of JSON: its fields, and ``open``: whether no end is noted."""
        return {**self._asdict(), "open": not self.finished}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> LoggedCall:
        """The call whose :meth:`as_json` is ``row``."""
        return cls(**{name: row[name] for name in cls._fields if name in row})


def entries(profile: Readable) -> list[LoggedCall]:
    """The calls that the phone would list, newest last. Damaged entries are taken as it does."""
    newest = wtoi(profile.get("Settings", "callsLastKey") or "-1")
    found: dict[int, LoggedCall] = {}
    for key in range(RING):
        raw = profile.get("Calls", str(key))
        if raw is None or raw == "":
            if key >= newest:
                break
            continue
        call = _logged(raw, key)
        if call is not None:
            found[key] = call
    oldest = newest + 1 if 0 <= newest < RING else 0
    return [found[key] for key in sorted(found, key=lambda key: (key - oldest) % RING)]


def to_import(profile: Readable) -> list[LoggedCall]:
    """The calls that MicroSIP 3.22.5 and later takes over from ``[Calls]`` at its next start, if
    its call log is empty; newest last.

    It looks neither at ``callsLastKey`` nor behind the first number that is missing or empty.
    """
    found: list[tuple[int, LoggedCall]] = []
    for key in count():
        raw = profile.get("Calls", str(key))
        if not raw:
            break
        call = _logged(raw, key)
        if call is not None:
            found.append((CALLS.read(raw).value.time, call))
    found.sort(key=itemgetter(0))
    return [call for _, call in found]


def open_since(profile: Readable, moment: float) -> bool:
    """Whether an entry made after ``moment`` (seconds since 1970, 0: ever) is not ended.

    Of two calls at the same time, the older one may outlast the newer one.
    """
    if moment > _LATEST:
        return False
    since = iso(int(moment))
    return any(call.time >= since and not call.finished for call in entries(profile))


def _logged(raw: str, key: int) -> LoggedCall | None:
    """The call of an entry; None for a deleted line."""
    reading = CALLS.read(raw)
    if reading.value is None:
        return None
    call = reading.value
    number, name, info = call.number, call.name, call.info
    if reading.origin == "cut":  # perhaps through a pair of surrogates, which no output can hold
        number, name, info = map(_without_halves, (number, name, info))
    number, name, info = map(without_passwords, (number, name, info))
    kind = CALL_TYPES[str(call.type)]
    return LoggedCall(number, name, kind, iso(call.time), max(call.duration, 0), info, key)


def _without_halves(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def iso(seconds: int) -> str:
    """Unix time as ISO 8601 in UTC, '' for what is no time of a call."""
    if not 0 < seconds <= _LATEST:
        return ""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
