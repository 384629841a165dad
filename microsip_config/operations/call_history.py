"""The call history of a target, from where its phone keeps it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..history import ring
from ..history.call_log import CallLog, beside_ini
from ..results import Issue
from ..schema.versions import CALL_LOG_SINCE

if TYPE_CHECKING:
    from ..history.ring import LoggedCall
    from ..ini.file import Source

_SETTLED = 2.0  # seconds after which a file that is changed again has another time
_NAMED = 5  # odd calls


class CallHistory:
    """The calls that the phone lists, or will list after its next start.

    A phone up to 3.22.4 reads ``[Calls]``, a later one ``call_log.db`` beside the ini, and
    ``[Calls]`` only to fill an empty call log. Where the version is not known, a call log that is
    there tells it.

    :param ini: the path of the target.
    :param load: reads it; called again only after the file has changed, since a phone of 3.22.4 or
        later does not start while its ini is open.
    """

    def __init__(self, ini: str, load: Callable[[], Source]) -> None:
        self._ini = Path(ini)
        self._load = load
        self._source: Source | None = None
        self._state: object = None
        self._log: CallLog | None = None
        self.odd: tuple[Issue, ...] = ()
        """Warnings about the calls that were read last."""

    def calls(self) -> list[LoggedCall]:
        """The calls as they are now, newest last.

        Raises what ``load`` raises, and ``TargetError`` for a call log that cannot be read (see
        ``call_log.read``): another list would not be the phone's.
        """
        source = self._read_ini()
        if source.phone.is_known_before(CALL_LOG_SINCE):
            return ring.entries(source.profile)
        log = self._log_of(source)
        rows = log.rows()
        self.odd = (_issue(rows.odd, log.path),) if rows and rows.odd else ()
        if rows and rows.calls:
            return rows.calls
        if rows is None and not source.phone.number:
            return ring.entries(source.profile)
        return ring.to_import(source.profile)

    def _read_ini(self) -> Source:
        state = _state(self._ini)
        if self._source is None or state is None or state != self._state:
            self._source, self._state = self._load(), state
        return self._source

    def _log_of(self, source: Source) -> CallLog:
        """The log beside the ini; beside the file itself where the ini is a link that has none."""
        path = beside_ini(self._ini)
        if source.real_path != source.path and not os.path.lexists(path):
            path = beside_ini(source.real_path)
        if self._log is None or self._log.path != path:
            self._log = CallLog(path)
        return self._log


def _issue(odd: list[int], path: Path) -> Issue:
    shown = ", ".join(map(str, odd[:_NAMED])) + (" ..." if len(odd) > _NAMED else "")
    return Issue(
        "odd-calls",
        f"the call log has calls that no phone writes like that: id {shown}",
        "they are shown as well as they can be; find out which program writes to the file",
        str(path),
    )


def _state(path: Path) -> object:
    """What tells that a file was not changed; None where its time is too new to tell."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if abs(time.time() - found.st_mtime) < _SETTLED:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
