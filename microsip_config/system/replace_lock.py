"""From the staging of a new file to the replacement of the old one: no other run is doing that.

The lock of a data folder keeps apart the runs that share it. Two users, or two runs with different
``--data-dir``, do not; without this each could undo what the other has just written.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from ..errors import WriteError
from . import atomic, files, lock_note
from .current import system
from .patience import is_transient
from .staged_names import STALE_SECONDS, claim_file

PATIENCE = 5.0
"""Seconds. Other runs hold it for milliseconds; whoever holds it longer is not one of them."""
_PAUSE = 0.005
_LEAVING = 0.25  # seconds for which Windows may deny a file that another run is just closing

_T = TypeVar("_T")


@contextmanager
def replace_lock(target: Path, where: Path) -> Iterator[bool]:
    """Keep other runs from replacing ``target``. Raises WriteError (code ``in-use``).

    ``where`` is the file as the user named it. False if the system cannot lock: then a file that
    only one run can make keeps apart those for which that is so.
    """
    held = _waited(lambda: files.hold_place(target), lambda: files.place_holder(target), where)
    claim = None if held else _claimed(target, where)
    try:
        yield held is not None
    finally:
        with suppress(OSError):
            if held is not None:
                files.release_place(held)
        with suppress(OSError):
            if claim is not None:
                _release(claim_file(target), claim)


def _waited(take: Callable[[], _T], holder: Callable[[], str], where: Path) -> _T | None:
    """What ``take`` gives as soon as it does not raise BlockingIOError; None: it cannot be had."""
    waited = denied = 0.0
    while True:
        try:
            return take()
        except BlockingIOError:
            if waited >= PATIENCE:
                raise _in_use(where, holder()) from None
            denied = 0.0
        except OSError as error:
            if not is_transient(error) or denied >= _LEAVING:
                return None
            denied += _PAUSE
        time.sleep(_PAUSE)
        waited += _PAUSE


# --- where the system cannot lock -----------------------------------------------------------------


def _claimed(target: Path, where: Path) -> os.stat_result | None:
    """The state of the file that is made for the time of the replacement; None: it cannot be."""
    claim = claim_file(target)
    return _waited(lambda: _make(claim), lambda: _note(claim), where)


def _make(claim: Path) -> os.stat_result:
    try:
        descriptor = files.create(claim)
    except FileExistsError:
        _remove_stale(claim)
        raise BlockingIOError from None
    try:
        lock_note.leave(descriptor, system.current_user_name)
        return files.inspect_open(descriptor)
    except BaseException:
        atomic.discard(claim)
        raise
    finally:
        files.close(descriptor)


def _release(claim: Path, made: os.stat_result) -> None:
    found = files.inspect(claim)
    if found is not None and os.path.samestat(found, made):
        files.remove(claim)


def _remove_stale(claim: Path) -> None:
    """Remove what a killed run has left, and no other run's that was quicker to do so."""
    found = files.inspect(claim)
    if found is None or time.time() - found.st_mtime <= STALE_SECONDS:
        return
    away = atomic.staged_name(claim)
    with suppress(OSError):
        files.swap(claim, away, None)
        moved = files.inspect(away)
        if moved is not None and not os.path.samestat(moved, found):
            files.swap(away, claim, None)
        atomic.discard(away)


def _note(claim: Path) -> str:
    with suppress(OSError):
        descriptor = files.open_existing(claim)
        try:
            return lock_note.shown(files.read(descriptor, lock_note.LONGEST))
        finally:
            files.close(descriptor)
    return ""


def _in_use(where: Path, holder: str) -> WriteError:
    return WriteError(
        f"another program keeps the file locked: {holder or 'the system does not tell which one'}",
        hint="find out which one (lslocks, fuser, Resource Monitor), end it and run again",
        where=str(where),
        code="in-use",
    )
