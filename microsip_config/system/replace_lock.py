"""From the staging of a new file to the replacement of the old one: nobody else of us is at it.

The lock of our own data folder keeps apart the runs that share it. Two users, or two runs with
different ``--data-dir``, do not; without this each could undo what the other has just written.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import WriteError
from . import files
from .replace import is_transient

PATIENCE = 5.0
"""Seconds. Others of us hold it for milliseconds; whoever holds it longer means no good."""
_PAUSE = 0.005
_GOING = 0.25  # seconds for which Windows may deny a place that another one is just leaving


@contextmanager
def turn(target: Path, where: Path) -> Iterator[bool]:
    """Hold the place of ``target`` while it is replaced. Raises WriteError (code ``in-use``).

    False where the system cannot lock it: then the last look at the file's content has to do.
    """
    held = None
    waited = denied = 0.0
    while held is None:
        try:
            held = files.take_turn(target)
        except BlockingIOError:
            if waited >= PATIENCE:
                raise _in_use(where) from None
            denied = 0.0
        except OSError as error:
            if not is_transient(error) or denied >= _GOING:
                break
            denied += _PAUSE
        if held is None:
            time.sleep(_PAUSE)
            waited += _PAUSE
    try:
        yield held is not None
    finally:
        if held is not None:
            with suppress(OSError):
                files.leave_turn(held)


def _in_use(where: Path) -> WriteError:
    return WriteError(
        "another program keeps the folder of the file locked",
        hint="find out which one (lslocks, fuser, Resource Monitor), end it and run again",
        where=str(where),
        code="in-use",
    )
