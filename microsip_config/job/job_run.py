"""The run of one job: what an operation works with, and what becomes of errors."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import (
    ExitCode,
    InternalError,
    MicrosipConfigError,
    TargetError,
    UsageError,
)
from ..journal.run_journal import Journal
from ..operations.configurator import Configurator
from ..operations.context import Policy
from ..operations.ledger import Ledger
from ..operations.own_files import refuse
from ..operations.phones import phone_for
from ..records.folder import RecordsFolder
from ..records.pending import Pending
from ..results import Issue, Result, RunInfo, Target
from ..schema.versions import is_microsip, number_of
from ..system.account import NotStartedError
from ..system.current import system
from ..version import __version__
from .inputs import JobInputs
from .operations import OPERATIONS
from .options import MOMENTS

if TYPE_CHECKING:
    from ..operations.call_history import CallHistory
    from ..phone import Phone
    from ..schema.versions import Version
    from ..system.account import Account
    from ..target import Found, World
    from ..template.model import TemplateText
    from .request import Edit, Job
    from .surroundings import Surroundings

_PATHS = ("ini", "exe", "portable", "wine_prefix", "log_file", "data_dir", "out")


def _nobody(_: Sequence[Any]) -> None:
    """Where nobody listens."""


def run_job(job: Job, surroundings: Surroundings) -> Result:
    """Run ``job``; whatever happens becomes a result, which holds no secret."""
    return JobRun(job, surroundings).execute(JobRun.carry_out)


class JobRun:
    """What an operation works with.

    ``ledger`` is filled by the operation. ``options`` has a value for each option of the
    operation. ``listener`` takes the answers, rows of JSON, of an operation that keeps running.
    """

    def __init__(self, job: Job, surroundings: Surroundings) -> None:
        self.job = job
        self.given = surroundings
        self.surroundings = surroundings
        if system.may_become():
            from .roots_own import without_others

            self.surroundings = without_others(surroundings)
        self.listener: Callable[[Sequence[Any]], None] = _nobody
        self.logs_elsewhere = False
        self._log_to: Callable[[str], None] = self._decided
        self.ledger = Ledger(job.operation.replace("-", " "))
        self.options = job.options
        self.id = os.urandom(8).hex()
        self.began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._log_file: str | None = self.options.get("log_file")
        self.inputs = JobInputs(job, self.surroundings, self.ledger, lambda: self.owner)

    def ask_for(self, templates: Sequence[str | TemplateText], edits: Sequence[Edit]) -> None:
        """What the job is to be filled in with, where it could be read only by now."""
        self.job = self.inputs.job = self.job._replace(templates=templates, edits=edits)

    # --- surroundings -----------------------------------------------------------------------

    @cached_property
    def data_dir(self) -> Path:
        """The folder of backups, password records and locks."""
        given: str | None = self.options.get("data_dir")
        return self.surroundings.data_dir() if given is None else Path(given)

    @property
    def world(self) -> World:
        """What finding and starting a phone needs: the environment without the secrets in it.

        A phone that is started inherits it, and its crash reports hold its environment.
        """
        return self.surroundings.world._replace(environ=self.inputs.environ)

    def target(self) -> Target:
        """The configuration that the target options mean."""
        return self.found().target

    def found(self) -> Found:
        """The target with the whole explanation of how it was found."""
        self.ledger.found(self._found.target)
        return self._found

    @cached_property
    def _found(self) -> Found:
        # What there are backups of may be missing, and what goes back to a time may stay so.
        create = self.job.operation == "backups" or any(map(self.options.get, ("create", *MOMENTS)))
        return self._find(create=create)

    def _find(self, *, create: bool) -> Found:
        from ..target import TargetRequest, find

        names = ("ini", "exe", "portable", "wine_prefix")
        options = {name: self.options.get(name) for name in names}
        return find(TargetRequest(**options, create=create), self.world)

    def refuse_own_files(self, path: str | Path, option: str) -> None:
        """Raise ``UsageError`` if a file that the user names with ``option``, to be written to,
        is the target or in the folder of records and backups."""
        if self.owner is not None:  # those are in folders of another user, where nothing is written
            return
        kept = None
        with suppress(OSError):  # a user without a profile has no data folder
            kept = self.data_dir / "targets"
        refuse(path, option, self._meant(), kept)

    def _meant(self) -> Iterator[str]:
        """The target, before it is looked at: it may be missing, or not found at all."""
        try:
            yield self._found.target.ini
        except MicrosipConfigError:
            with suppress(MicrosipConfigError):
                yield self._find(create=True).target.ini

    # --- on whose behalf --------------------------------------------------------------------

    @cached_property
    def owner(self) -> Account | None:
        """The user to work as on the target; None: this one does it.

        Raises ``TargetError`` where that is not clear.
        """
        if "ini" not in self.options:
            return None
        names = [self.options.get(name) for name in ("ini", "exe", "portable", "wine_prefix")]
        ini, _exe, portable, prefix = names
        if not (ini or portable or prefix):
            names.append(self.given.environ.get("WINEPREFIX") or self.given.home)
        paths = [Path(name) for name in names if name]
        return system.target_owner(paths, self.options.get("as_user"))

    def carry_out(self) -> None:
        """Do what the job asks for, as the owner of the target."""
        operation = OPERATIONS[self.job.operation]
        if self.owner is not None:
            from .as_owner import carry_out

            try:
                carry_out(self, self.owner)
            except NotStartedError as error:
                if self.options.get("as_user") is not None:
                    raise TargetError(
                        f"cannot work as {self.owner.name}: {error}",
                        hint="leave --as-user out and name the file with --ini",
                        code="not-the-owner",
                    ) from error
                self.log(f"no process of {self.owner.name}: {error}")
                self.owner = None
            else:
                return
        out = self.options.get("out")
        if out is None or operation.deliver is None:
            operation.body(self)
            return
        self.refuse_own_files(out, "--out")
        operation.body(self)
        operation.deliver(self, Path(out), self.ledger.data)

    def emit(self, rows: Sequence[Any]) -> None:
        """Give answers of an operation that keeps running, to the file of ``--out`` if there is
        one."""
        deliver, out = OPERATIONS[self.job.operation].deliver, self.options.get("out")
        if out is None or deliver is None:
            self.listener(rows)
        else:
            deliver(self, Path(out), rows)

    # --- operations on the target -----------------------------------------------------------

    def policy(self, **more: Any) -> Policy:
        """What the options allow to be done to the phone and the file."""
        given = {name: self.options[name] for name in Policy._fields if name in self.options}
        return Policy(**{**given, **more})

    def configurator(
        self, phone: Phone | None = None, policy: Policy | None = None
    ) -> Configurator:
        """The operations on the target; ``phone`` None: it is looked for if the job may stop it."""
        target = self.target()
        if phone is None and "restart" in self.options:
            phone = self._phone_of(target)
        return Configurator(
            target,
            data_dir=self.data_dir,
            policy=policy or self.policy(),
            phone=phone,
            log=self.log,
            phone_of=lambda exe: self._phone_of(target._replace(exe=exe)),
            run_id=self.id,
        )

    def phone(self) -> Phone:
        """The phone of the target. Raises ``TargetError`` if its executable is not known."""
        phone = self._phone_of(self.target())
        if phone is None:
            raise TargetError(
                "the phone's executable is not known", hint="name it with --exe PATH", code="no-exe"
            )
        return phone

    def _phone_of(self, target: Target) -> Phone | None:
        return phone_for(target, self.world, self.options.get("phone_version"))

    def call_history(self) -> CallHistory:
        """The call history of the target, to be looked at more than once."""
        from ..operations.call_history import CallHistory

        return CallHistory(self.target().ini, self.configurator().load)

    def version(self) -> Version:
        """The version of the phone; where the ini cannot be read, what else tells it."""
        from ..operations.target_file import version_without_ini

        try:
            return self.configurator().version()
        except TargetError:
            return version_without_ini(self.target(), self.policy())

    def passwords(self) -> dict[str, bool]:
        """How stored passwords are judged."""
        return {name: bool(self.options.get(name)) for name in ("rotate", "adopt")}

    def forget_pending(self) -> None:
        """Forget what an earlier run left to be done: the user has decided otherwise."""
        Pending(RecordsFolder(self.data_dir, self.target().ini).pending).finish()

    # --- the log ----------------------------------------------------------------------------

    def log(self, message: str) -> None:
        """One line per decision; never fails the run."""
        self._log_to(message)

    def log_to(self, listener: Callable[[str], None]) -> None:
        """Somebody else writes the log of this run."""
        self._log_to, self.logs_elsewhere = listener, True

    def _decided(self, message: str) -> None:
        self.journal.decided(message)

    @cached_property
    def journal(self) -> Journal:
        given = self._log_file
        return Journal(self.ledger, Path(given) if given else None, self.surroundings.log_dir)

    # --- errors -----------------------------------------------------------------------------

    def execute(self, body: Callable[[JobRun], None]) -> Result:
        """Run ``body``; whatever happens becomes a result.

        A ``BrokenPipeError`` passes: who reads what a streaming body writes has gone away.
        """
        try:
            self._check_paths()
            _ = self.inputs.secrets  # now they are in no message, and no phone inherits them
            body(self)
        except InternalError as error:
            self._report(error)
        except MicrosipConfigError as error:
            self.ledger.fail(error)
        except KeyboardInterrupt:
            self.ledger.fail(Issue("interrupted", "interrupted"), ExitCode.INTERRUPTED)
        except BrokenPipeError:
            self.journal.finish(self.ledger.result())
            raise
        except Exception as error:  # the last resort: a bug becomes a report and exit 70
            from ..secrets.redact import safe_traceback

            text = safe_traceback(error, self.ledger.redactor)
            self._report(InternalError(type(error).__name__, text))
        if self.ledger.target is None and self.ledger.failed:
            from ..target.request import as_given

            target = as_given(self.options)
            if target is not None:
                self.ledger.found(target)
        result = self.ledger.result(self._info())
        missed = None if self.logs_elsewhere else self.journal.finish(result)
        return result if missed is None else result.with_warning(missed)

    def _info(self) -> RunInfo:
        around = self.surroundings
        return RunInfo(
            self.id,
            self.began,
            __version__,
            around.host["name"],
            around.user["name"],
            self.ledger.template_sha256,
        )

    def _check_paths(self) -> None:
        """An empty path is a variable that was not set, and would mean the current folder; a log
        that is the target would spoil it."""
        for name in _PATHS:
            if self.options.get(name) == "":
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option} is empty", hint="is a variable not set?")
        given = self.options.get("phone_version")
        if given is not None and not is_microsip(number_of(given)):
            raise UsageError(
                f"--phone-version: {given!r} is not a version of MicroSIP", hint="such as 3.22.16"
            )
        if self._log_file and "ini" in self.options:
            try:
                self.refuse_own_files(self._log_file, "--log-file")
            except UsageError:
                self._log_file = None  # the refusal itself goes to the user's own log
                raise

    def _report(self, error: InternalError) -> None:
        """Leave a report of a bug; where it cannot be written, the error itself is the report."""
        from ..journal.report import write_report

        hint, where = error.traceback_text, ""
        with suppress(OSError):
            where = str(write_report(self.data_dir, hint, self.ledger.command))
            hint = "please report it with the file named here; it contains no secrets"
        self.ledger.fail(error.with_(hint=hint, where=where))
