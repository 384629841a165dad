"""The calls as they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..errors import TargetError
from .ring import LoggedCall

_PATIENCE = 10  # unreadable rounds in a row that are tolerated


def follow(
    load: Callable[[], list[LoggedCall]],
    wait: Callable[[], None],
    reported: Iterable[LoggedCall] | None = None,
) -> Iterator[LoggedCall]:
    """The calls that end from now on, as they end; it runs until its consumer stops it.

    ``load`` reads the history again (it may raise ``OSError`` or ``TargetError`` now and then, as
    the phone is writing the file), ``wait`` sleeps until the next poll. ``reported``: the ended
    calls that are known already; None: all that have ended.
    """
    first = load() if reported is None else reported
    known = {_identity(call) for call in first if call.finished}
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


def _identity(call: LoggedCall) -> tuple[int, str, str]:
    return call.key, call.time, call.number
