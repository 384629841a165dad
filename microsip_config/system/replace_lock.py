"""From the staging of a new file to the replacement of the old one: no other run is doing that.

The lock of a data folder keeps apart the runs that share it. Two users, or two runs with different
``--data-dir``, do not; without this each could undo what the other has just written.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import WriteError
from . import files
from .patience import is_transient

PATIENCE = 5.0
"""Seconds. Other runs hold it for milliseconds; whoever holds it longer is not one of them."""
_PAUSE = 0.005
_LEAVING = 0.25  # seconds for which Windows may deny a file that another run is just closing


@contextmanager
def replace_lock(target: Path, where: Path) -> Iterator[bool]:
    """Keep other runs from replacing ``target``. Raises WriteError (code ``in-use``).

    ``where`` is the file as the user named it. False if the system cannot lock it: then the last
    look at the file's content has to do.
    """
    held = _held(target, where)
    try:
        yield held is not None
    finally:
        if held is not None:
            with suppress(OSError):
                files.release_place(held)


def _held(target: Path, where: Path) -> int | None:
    waited = denied = 0.0
    while True:
        try:
            return files.hold_place(target)
        except BlockingIOError:
            if waited >= PATIENCE:
                raise _in_use(where) from None
            denied = 0.0
        except OSError as error:
            if not is_transient(error) or denied >= _LEAVING:
                return None
            denied += _PAUSE
        time.sleep(_PAUSE)
        waited += _PAUSE


def _in_use(where: Path) -> WriteError:
    return WriteError(
        "another program keeps the folder of the file locked",
        hint="find out which one (lslocks, fuser, Resource Monitor), end it and run again",
        where=str(where),
        code="in-use",
    )
