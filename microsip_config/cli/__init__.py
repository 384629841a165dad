"""The command line: typer, one verb per module; the only room that prints, exits or reads the
environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; raises ``SystemExit`` with the documented code."""
    from .app import main

    main(arguments)


def entry() -> NoReturn:
    """:func:`main` for a process that does nothing else.

    At each logon somebody waits for this: collecting garbage while modules are imported, and
    taking the interpreter apart at the end, cost 12 of 75 ms and are of no use to anybody.
    """
    import gc
    import os
    import sys

    gc.disable()
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # pythonw and some services have none
                stream.flush()
        except (OSError, ValueError):  # the reader is gone
            continue
    os._exit(code)
