"""The table of operations: what each takes, and the function that does it.

Adding an operation is a function and a row here; the verb of the command line, the JSON request
and its schema read the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..limits import HIGHEST_ACCOUNT
from ..named_tuple import NamedTuple
from . import changing, options, phoning, reading
from .options import Group, Option

if TYPE_CHECKING:
    from .job_run import JobRun


class Operation(NamedTuple):
    """One operation.

    ``own`` are the options, and the arguments of the verb, that no other operation has;
    ``groups`` the shared ones. ``templates`` and ``edits``: it takes those of a job. ``flags``: it
    takes the documented flags. ``deliver`` writes what was answered to the file of ``--out``.
    """

    body: Callable[[JobRun], None]
    groups: tuple[Group, ...] = (options.TARGET, options.RECORDS)
    own: tuple[Option, ...] = ()
    templates: bool = False
    edits: bool = False
    flags: bool = False
    deliver: Callable[[JobRun, Path, Any], object] | None = None

    @property
    def summary(self) -> str:
        """The first paragraph of what the function says of itself; its first sentence is short."""
        return " ".join((self.body.__doc__ or "").partition("\n\n")[0].split())

    def options(self) -> Iterator[Option]:
        """All options but the documented flags."""
        yield from self.own
        for group in self.groups:
            yield from group.options


_RENDERED = Group(
    "Template", (*options.TEMPLATE.options, options.ALLOW_COMMANDS, *options.PASSWORDS)
)
_SET = Group("Template", (options.ALLOW_COMMANDS, *options.PASSWORDS))
_CHANGING = (options.WRITTEN_TARGET, options.PHONE, options.RECORDS)
_LOOKING = (
    _RENDERED._replace(options=(*_RENDERED.options, options.IGNORE_SECRETS)),
    options.TARGET,
    options.RECORDS,
)
_ACCOUNT_OF_FLAGS = (options.FLAGS_ACCOUNT,)
_STOPPING = Group("Phone", options.STOP)
_SPEAKING = (options.TARGET, options.RECORDS)
_SELECTION = options.argument(
    "selection", "Such as Account1.server.", "[SECTION[.KEY]]", required=False
)
_BACKUP = options.argument(
    "backup", "As `backups` lists it; default: the newest.", "[ID]", required=False
)
_OUT = Option("out", "path", "Write it to this file.", ("--out", "-o"), "FILE")
_CALLS_OUT = _OUT._replace(help="Append to this CSV file the calls that it does not have yet.")
_EVERY = Option(
    "every", "flag", "Every user profile and portable copy of this host.", ("--all",), default=False
)
_CHANGED = Option(
    "changed",
    "flag",
    "Only keys that differ from the phone's defaults.",
    ("--changed",),
    default=False,
)
_PARAMETRISE = Option(
    "parametrise",
    "flag",
    "Make variables of what differs from user to user.",
    ("--parametrise",),
    default=False,
)
_DRY_RUN = Option(
    "dry_run",
    "flag",
    "Show the fixes, change nothing; exit 1 if any.",
    ("--dry-run",),
    default=False,
)
_DIALECT = Option(
    "dialect",
    "choice",
    "documented: verbatim flags, for vendor builds that take them.",
    ("--dialect",),
    default="stock",
    choices=("stock", "documented"),
)
_WHICH = Option(
    "which",
    "choice",
    "Which calls to end.",
    metavar="[all|incoming|calling]",
    default="all",
    choices=("all", "incoming", "calling"),
    positional=True,
)
_NUMBER = options.argument("number", "A number or SIP address.", "NUMBER")
_DIGITS = options.argument("digits", "0-9, *, #, A-D.", "DIGITS")
_ACCOUNT = Option(
    "account",
    "integer",
    "Its number.",
    metavar="N",
    required=True,
    positional=True,
    minimum=1,
    maximum=HIGHEST_ACCOUNT,
)

OPERATIONS: dict[str, Operation] = {
    "locate": Operation(reading.locate, own=(_EVERY,)),
    "show": Operation(reading.show, own=(_SELECTION, _CHANGED)),
    "set": Operation(
        changing.set_keys,
        (_SET, *_CHANGING),
        (options.FLAGS_ACCOUNT,),
        edits=True,
        flags=True,
    ),
    "unset": Operation(changing.unset, _CHANGING, edits=True),
    "plan": Operation(
        changing.plan, _LOOKING, _ACCOUNT_OF_FLAGS, templates=True, edits=True, flags=True
    ),
    "apply": Operation(
        changing.apply,
        (_RENDERED, *_CHANGING),
        _ACCOUNT_OF_FLAGS,
        templates=True,
        edits=True,
        flags=True,
    ),
    "check": Operation(
        reading.check, _LOOKING, _ACCOUNT_OF_FLAGS, templates=True, edits=True, flags=True
    ),
    "repair": Operation(changing.repair, _CHANGING, (_DRY_RUN,)),
    "capture": Operation(reading.capture, own=(_OUT, _PARAMETRISE), deliver=reading.write_template),
    "backups": Operation(reading.backups),
    "restore": Operation(changing.restore, _CHANGING, (_BACKUP, *options.RESTORED)),
    "calls": Operation(reading.calls, own=(_CALLS_OUT,), deliver=reading.add_calls),
    "phone-status": Operation(phoning.status),
    "phone-start": Operation(
        phoning.start,
        (options.WRITTEN_TARGET, options.RECORDS),
        (options.MINIMIZED, _DIALECT, options.FLAGS_ACCOUNT),
        flags=True,
    ),
    "phone-stop": Operation(phoning.stop, (options.TARGET, _STOPPING, options.RECORDS)),
    "phone-restart": Operation(
        phoning.restart,
        (options.WRITTEN_TARGET, _STOPPING, options.RECORDS),
        (options.MINIMIZED, options.FLAGS_ACCOUNT),
        flags=True,
    ),
    "phone-dial": Operation(phoning.dial, _SPEAKING, (_NUMBER, options.THROUGH_ACCOUNT)),
    "phone-answer": Operation(phoning.answer, _SPEAKING),
    "phone-hangup": Operation(phoning.hangup, _SPEAKING, (_WHICH,)),
    "phone-dtmf": Operation(phoning.dtmf, _SPEAKING, (_DIGITS,)),
    "phone-transfer": Operation(phoning.transfer, _SPEAKING, (_NUMBER._replace(help="Where to."),)),
    "phone-account": Operation(phoning.account, _SPEAKING, (_ACCOUNT,)),
}
