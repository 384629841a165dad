"""The report that a bug leaves behind."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ..errors import WriteError
from ..system.current import system
from ..system.private import private_folder, write_private
from ..version import __version__

REPORTS = 10  # bug reports that are kept


def _now() -> datetime:
    return datetime.now().astimezone()


def write_report(
    folder: Path, traceback: str, command: str = "", now: Callable[[], datetime] = _now
) -> Path:
    """Leave a report of a bug in ``folder``/reports and return its path.

    :param folder: the data folder; both are made if need be.
    :param traceback: redacted already.
    :param command: the verb, without its options.

    Holds the version, the system and the traceback, nothing of the environment. For the owner
    only; the ``REPORTS`` newest are kept. Raises ``OSError``, also where a link of somebody else
    would lead elsewhere.
    """
    try:
        # One of its own: the rights of a folder that the user has named are the user's business.
        folder = private_folder(folder / "reports")
    except WriteError as error:
        raise PermissionError(errno.EACCES, error.message, error.where) from error
    time = now()
    lines = (
        f"microsip-config {__version__} {command}".rstrip(),
        f"time     {time.isoformat(timespec='seconds')}",
        f"python   {sys.version}",
        f"system   {system.description()}",
        f"encoding {sys.getfilesystemencoding()}, stdout {getattr(sys.stdout, 'encoding', None)}",
        "",
        traceback,
    )
    path = folder / f"bug-{time:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    write_private(path, "\n".join(lines).encode("utf-8", "backslashreplace"))
    for old in sorted(folder.glob("bug-*.txt"), key=lambda report: report.name)[:-REPORTS]:
        old.unlink(missing_ok=True)
    return path
