"""The calls as they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..errors import TargetError
from ..limits import CALLS_TOLD
from .ring import LoggedCall

_PATIENCE = 10  # unreadable rounds in a row that are tolerated


def follow(
    load: Callable[[], list[LoggedCall]],
    wait: Callable[[], None],
    reported: Iterable[LoggedCall] | None = None,
) -> Iterator[LoggedCall]:
    """The calls that end from now on, each once, when its end is noted.

    It runs until its consumer stops it. A call of a phone that was killed never ends, and calls
    that move from ``[Calls]`` to the call log, or come back after a while, are not given again.

    ``load`` reads the history again (it may raise ``OSError`` or ``TargetError`` now and then, as
    the phone is writing the file), ``wait`` sleeps until the next poll. ``reported``: the ended
    calls that are known already; None: all that have ended.
    """
    told = _Told()
    told.new(load() if reported is None else reported)
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
        yield from told.new(calls)


class _Told:
    """Calls that were told: for each time and number, the keys by which each source knows them."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], dict[str, set[int]]] = {}

    def new(self, calls: Iterable[LoggedCall]) -> list[LoggedCall]:
        """Those that have ended and were not told before; they are told now."""
        ended = [call for call in calls if call.finished]
        found = [call for call in ended if self._is_new(call)]
        if len(self._keys) > CALLS_TOLD + 2 * len(ended):  # years of calls: only the present ones
            self._keys.clear()
            for call in ended:
                self._is_new(call)
        return found

    def _is_new(self, call: LoggedCall) -> bool:
        sources = self._keys.setdefault((call.time, call.number), {})
        keys = sources.setdefault(call.source, set())
        if call.key in keys:
            return False
        elsewhere = max(len(other) for other in sources.values())
        is_new = len(keys) >= elsewhere  # else it is one that another source had
        keys.add(call.key)
        return is_new
