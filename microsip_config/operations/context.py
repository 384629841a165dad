"""What a run may do, and its surroundings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from ..named_tuple import NamedTuple
from ..results import Issue

if TYPE_CHECKING:
    from datetime import datetime

    from ..errors import StartsLater
    from ..ini.file import Source
    from ..phone import Phone
    from ..planning.plan import Plan
    from ..records.folder import RecordsFolder

Restart = Literal["auto", "always", "never"]
Planner = Callable[["Source"], "Plan"]
"""Says what is to be done to a file as it is; called again whenever the file has changed."""

NO_EXE = Issue(
    "no-exe",
    "the phone is not started: its executable is not known",
    "name it with --exe PATH",
)


def restart_pending(error: StartsLater) -> Issue:
    """The warning of a run whose phone only another user can start."""
    return Issue("restart-pending", error.message, error.hint, error.where)


class Policy(NamedTuple):
    """What may be done to the phone and the file.

    ``restart``: ``auto`` stops a running phone and starts it again; ``always`` starts it even if
    it was not running; ``never`` leaves it alone and writes nothing while it runs (exit 5).
    ``stop_timeout`` and ``lock_timeout`` are seconds. ``follow_links``: see ``file.load``.
    ``undecodable``: treat a file that cannot be decoded as one without text (to replace it).
    ``backups``: how many are kept. ``phone_version``: the phone's version, where neither its
    program file nor its ini tells it.
    """

    restart: Restart = "auto"
    stop_timeout: float = 20.0
    kill: bool = False
    even_in_call: bool = False
    while_running: bool = False
    ansi_codepage: str | None = None
    create: bool = False
    follow_links: bool | None = None
    undecodable: bool = False
    lock_timeout: float = 30.0
    backups: int = 20
    phone_version: str | None = None


class RunContext(NamedTuple):
    """The surroundings of a run, handed in by the caller.

    ``phone`` is the one that reads the target, None where there is none to look for. ``phone_of``
    gives the phone of an executable that an interrupted run has stopped, None if there is none to
    be started. ``log`` takes one line for each decision. ``run`` is the id of the run.
    """

    folder: RecordsFolder
    now: Callable[[], datetime]
    phone: Phone | None = None
    log: Callable[[str], None] = lambda _: None
    phone_of: Callable[[str], Phone | None] = lambda _: None
    run: str = ""
