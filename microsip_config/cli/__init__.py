"""The command line: a thin printer of jobs; the only room that prints or exits."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; raises ``SystemExit`` with the documented code."""
    try:
        from .start import main

        main(arguments)
    except KeyboardInterrupt:  # also while the modules are imported
        from .output import interrupted

        sys.exit(interrupted())


def entry() -> NoReturn:
    """:func:`main` for a process that does nothing else.

    At each logon somebody waits for this: collecting garbage while modules are imported, and
    taking the interpreter apart at the end, cost 12 of 75 ms and are of no use to anybody.
    """
    gc.disable()
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    from .output import flush

    flush()
    os._exit(code)
