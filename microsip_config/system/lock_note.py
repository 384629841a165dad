"""The note in a lock that tells those who wait whom they wait for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress

LONGEST = 1000  # bytes


def leave(descriptor: int, user_name: Callable[[], str]) -> None:
    """Write who holds an open lock file into it. It holds without that, so no error."""
    try:
        user = user_name()
    except OSError:
        user = "an unknown user"
    since = time.strftime("%Y-%m-%d %H:%M:%S %z")
    note = f"process {os.getpid()} of {user}, since {since}"
    with suppress(OSError):
        os.ftruncate(descriptor, 0)  # a run that was killed has left its own
        os.write(descriptor, note.encode("utf-8", "replace"))


def shown(note: bytes) -> str:
    """A note in one printable line: somebody else may have written it."""
    text = note[:LONGEST].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "?" for c in text)
