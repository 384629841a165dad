"""The operations of the command line on one configuration, for Python programs.

    from microsip_config import Configurator, Target, load_template

    wanted = load_template(["desk.ini"]).render({"extension": "101"}, {})
    phone = Configurator(Target(r"D:\\MicroSIP\\MicroSIP.ini"), data_dir=Path(r"D:\\records"))
    result = phone.apply(wanted)
    print(result.changed, [change.key for change in result.changes])

Errors are raised as ``MicrosipConfigError``; each knows its exit code and how to fix it. Results,
errors and log lines hold no secret that the run knows, whatever its text is equal to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from os import urandom
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import InternalError, MicrosipConfigError, TargetError, UnreadableFile
from ..ini.encoding import decode
from ..ini.profile import Profile
from ..planning.make import from_edits, make, replacing
from ..planning.plan import Plan
from ..records.folder import RecordsFolder
from ..records.passwords import PasswordRecords
from ..results import Issue, Result, Target
from ..secret import Secret
from ..template.model import Desired
from . import run
from .context import Planner, Policy, RunContext
from .ledger import Ledger, redacted_error
from .target_file import load, misread

if TYPE_CHECKING:
    from datetime import datetime

    from ..health.findings import Finding
    from ..ini.file import Source
    from ..phone import Phone
    from ..records.backups import Backup
    from ..records.moments import Moment
    from ..records.run_notes import RunNote
    from ..schema.model import Configuration
    from ..schema.versions import Version
    from .show import Row

Wanted = Desired | Callable[["Source"], Desired]
"""What a file shall be, or a function that says so of the file as it is."""


_T = TypeVar("_T")


def _utc_now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


class Configurator:
    """What can be done with one target.

    :param target: as ``find`` finds it, or ``Target(path)`` for a given file.
    :param data_dir: the folder of backups, password records and locks; made when needed.
    :param policy: what may be done to the phone and the file.
    :param phone: the phone that reads the target (``phone_for``); None: it is not looked for.
    :param log: takes one line for each decision.
    :param phone_of: gives the phone of an executable, to start one that an interrupted run stopped.
    :param run_id: by which :meth:`restore` undoes what this object changes; None: a new one.

    Methods take a ``ledger`` to write to, so that what was done until an error is known.
    """

    def __init__(
        self,
        target: Target,
        *,
        data_dir: Path,
        policy: Policy = Policy(),  # noqa: B008 - immutable
        phone: Phone | None = None,
        log: Callable[[str], None] = lambda _: None,
        now: Callable[[], datetime] = _utc_now,
        phone_of: Callable[[str], Phone | None] = lambda _: None,
        run_id: str | None = None,
    ) -> None:
        self.target = target
        self.policy = policy
        self._folder = RecordsFolder(data_dir, target.ini)
        self.run_id = run_id or urandom(8).hex()
        self._context = RunContext(self._folder, now, phone, log, phone_of, self.run_id)

    # --- looking ----------------------------------------------------------------------------

    def load(self) -> Source:
        """The file as it is. Raises ``TargetError`` if it is missing or cannot be understood."""
        return self._guarded("load", None, lambda ledger, _context: self._load(ledger))

    def configuration(self) -> Configuration:
        """The typed model of the file, every value as MicroSIP takes it."""
        from ..schema.model import Configuration

        return self._guarded(
            "configuration",
            None,
            lambda ledger, _: _typed(self._load(ledger), Configuration),
        )

    def version(self, *, ledger: Ledger | None = None) -> Version:
        """The version of the phone that reads the file, and where it was found."""
        return self._guarded(
            "version", ledger, lambda ledger, _context: self._load(ledger).phone.version
        )

    def show(self, selection: str | None = None, *, ledger: Ledger | None = None) -> list[Row]:
        """Effective values and where each comes from; ``selection`` is SECTION or SECTION.KEY.

        Of a file that the phone misreads as a whole, these are the values that it means; the
        warnings of the ledger say so.
        """
        from .show import effective

        def look(ledger: Ledger, _context: RunContext) -> list[Row]:
            source = self._load(ledger)
            version = source.phone.version
            ledger.found(self.target._replace(version=version.text, version_from=version.origin))
            ledger.warn(*misread(source))
            return effective(source, selection)

        return self._guarded("show", ledger, look)

    def check(self, *, ledger: Ledger | None = None) -> list[Finding]:
        """What MicroSIP would ignore, clamp, truncate or misread in the file, and what it cannot
        write."""
        from ..health.checks import examine
        from ..health.checks.access import unwritable

        def look(ledger: Ledger, _context: RunContext) -> list[Finding]:
            source = self._load(ledger)
            found = [*unwritable(source, phone_known=bool(self.target.exe)), *examine(source)]
            return [each.reworded(ledger.redacted) for each in found]

        return self._guarded("check", ledger, look)

    def capture(self, *, parametrise: bool = False, ledger: Ledger | None = None) -> str:
        """The text of a template that makes a phone like this one; warnings as in :meth:`show`."""
        from .capture import capture

        def look(ledger: Ledger, _context: RunContext) -> str:
            source = self._load(ledger)
            ledger.warn(*misread(source))
            return capture(source, parametrise=parametrise)

        return self._guarded("capture", ledger, look)

    def backups(self) -> list[Backup]:
        """The kept backups, the newest last."""
        return self._guarded("backups", None, lambda *_: self._backups())

    def runs(self) -> list[RunNote]:
        """The runs that changed the file, the newest last."""
        from ..records import run_notes

        def look(ledger: Ledger, _context: RunContext) -> list[RunNote]:
            found, warnings = run_notes.read(self._folder)
            ledger.warn(*warnings)
            return found

        return self._guarded("runs", None, look)

    # --- changing ---------------------------------------------------------------------------

    def plan(
        self,
        wanted: Wanted,
        *,
        rotate: bool = False,
        adopt: bool = False,
        ledger: Ledger | None = None,
    ) -> Result:
        """What :meth:`apply` would do; ``result.differs`` says whether that is anything."""

        def work(ledger: Ledger, _context: RunContext) -> Result:
            planner, _ = self._planner(wanted, ledger, rotate=rotate, adopt=adopt)
            run.preview(ledger, planner, self.policy)
            return ledger.result()

        return self._guarded("plan", ledger, work)

    def apply(
        self,
        wanted: Wanted,
        *,
        rotate: bool = False,
        adopt: bool = False,
        ledger: Ledger | None = None,
    ) -> Result:
        """Bring the file to what is wanted: a rendered template, or :func:`edits`.

        :param rotate: write passwords even if they seem unchanged.
        :param adopt: treat an unrecognised stored password as the wanted one.
        """

        def work(ledger: Ledger, context: RunContext) -> Result:
            planner, passwords = self._planner(wanted, ledger, rotate=rotate, adopt=adopt)
            run.carry_out(ledger, planner, self.policy, context, passwords)
            return ledger.result()

        return self._guarded("apply", ledger, work)

    def repair(self, *, dry_run: bool = False, ledger: Ledger | None = None) -> Result:
        """Fix what :meth:`check` finds, where the fix is certain."""

        def work(ledger: Ledger, context: RunContext) -> Result:
            if dry_run:
                run.preview(ledger, _repair, self.policy)
            else:
                run.carry_out(ledger, _repair, self.policy, context)
            return ledger.result()

        return self._guarded("repair", ledger, work)

    def restore(
        self,
        backup: str | None = None,
        *,
        run_id: str | None = None,
        before: datetime | None = None,
        original: bool = False,
        ledger: Ledger | None = None,
    ) -> Result:
        """Restore a backup (default: the newest), byte for byte; what it replaces is kept.

        A file that a run made is removed again. ``run_id``, ``before`` (a time; naive: local) and
        ``original`` name what the file was before a run, at a time, before the first change: they
        mean the same however often they are restored, and the second time changes nothing.
        """
        if before is not None:
            before = before.astimezone()

        def work(ledger: Ledger, context: RunContext) -> Result:
            from ..records.moments import Moment

            moment = Moment(backup, run_id, before, original)
            policy = self.policy._replace(undecodable=True, create=True)
            run.carry_out(ledger, self._restoring(moment, ledger), policy, context)
            return ledger.result()

        return self._guarded("restore", ledger, work)

    def restart(
        self,
        wanted: Wanted | None = None,
        *,
        minimized: bool | None = None,
        ledger: Ledger | None = None,
    ) -> Result:
        """Stop the phone and start it; between the two, bring the file to what is wanted.

        :param minimized: whether it is started hidden; None: as it was.
        """

        def work(ledger: Ledger, context: RunContext) -> Result:
            if wanted is None:  # whatever the file is like
                policy = self.policy._replace(undecodable=True, create=True)
                run.restart(ledger, _nothing, policy, context, minimized=minimized)
            else:
                planner, passwords = self._planner(wanted, ledger)
                run.restart(ledger, planner, self.policy, context, passwords, minimized=minimized)
            return ledger.result()

        return self._guarded("phone restart", ledger, work)

    # --- what they share --------------------------------------------------------------------

    def _guarded(
        self, command: str, given: Ledger | None, body: Callable[[Ledger, RunContext], _T]
    ) -> _T:
        """What ``body`` gives, with the ledger of the operation; what is raised holds no secret."""
        ledger = given or Ledger(command)
        ledger.found(self.target)
        log = self._context.log
        context = self._context._replace(log=lambda line: log(ledger.redacted(line)))
        try:
            return body(ledger, context)
        except MicrosipConfigError as error:
            fault = redacted_error(error, ledger)
        except Exception as error:
            fault = _bug(error, ledger)
        raise fault  # outside, where nothing is handled: it leads to no frame with a value

    def _load(self, ledger: Ledger) -> Source:
        return load(ledger, self.policy)

    def _backups(self) -> list[Backup]:
        from ..records import backups

        return backups.entries(self._folder)

    def _planner(
        self, wanted: Wanted, ledger: Ledger, *, rotate: bool = False, adopt: bool = False
    ) -> tuple[Planner, PasswordRecords]:
        passwords = PasswordRecords(self._folder, rotate=rotate, adopt=adopt, warn=ledger.warn)
        if not callable(wanted):  # before anything can fail
            ledger.register_secrets(*_secrets(wanted))

        def planner(source: Source) -> Plan:
            desired = wanted(source) if callable(wanted) else wanted
            ledger.register_secrets(*_secrets(desired))
            rewrite = source.needs_rewrite if source.exists else "the file does not exist yet"
            plan = make(
                source.profile,
                desired,
                phone=source.phone,
                rewrite=rewrite,
                judge=partial(passwords.judge, source),
            )
            return plan._replace(warnings=(*passwords.warnings, *plan.warnings))

        return planner, passwords

    def _restoring(self, moment: Moment, ledger: Ledger) -> Planner:
        from ..records import backups, moments, run_notes

        notes, warnings = run_notes.read(self._folder)
        ledger.warn(*warnings)
        try:
            past = moments.find(moment, self._backups(), notes)
        except TargetError as error:
            raise error.with_(where=self.target.ini) from None
        state = past.state
        removal = state == run_notes.NO_FILE
        data = None if removal or not state else backups.read(self._folder, state)
        done = moments.already(moment, past, notes)

        def planner(source: Source) -> Plan:
            now = source.data if source.exists else None
            if not state or data == now:
                return Plan()
            if done is not None:
                return Plan(warnings=(_already(done),))
            reason = "there was no file" if removal else f"as in backup {state}"
            try:
                before, after = self._reading(source.data), self._reading(data or b"")
            except UnreadableFile as error:
                unseen = _unseen(error, reason)
                plan = Plan(replacement=data, removal=removal, warnings=(unseen,))
            else:
                plan = replacing(before, after, data, reason)
            return plan._replace(warnings=(*plan.warnings, *past.warnings), restores=state)

        return planner

    def _reading(self, data: bytes) -> Profile:
        return Profile(decode(data, self.policy.ansi_codepage).text)


def _typed(source: Source, model: type[Configuration]) -> Configuration:
    return model.from_profile(source.profile, source.phone)


def _secrets(desired: Desired) -> Iterator[Secret]:
    for wish in desired.assignments:
        if isinstance(wish.text, Secret):
            yield wish.text


def _bug(error: Exception, ledger: Ledger) -> MicrosipConfigError:
    from ..secrets.redact import safe_traceback

    return InternalError(type(error).__name__, safe_traceback(error, ledger.redactor))


def _unseen(error: UnreadableFile, reason: str) -> Issue:
    """A backup is restored whatever it or the file is; what that changes may remain unknown."""
    message = f"it is restored ({reason}); the changed keys cannot be listed: {error.message}"
    return Issue("changes-unseen", message, error.hint)


def _already(done: RunNote) -> Issue:
    message = f"run {done.id} has restored this at {done.when[:19]}Z; what has changed the file "
    return Issue(
        "already-restored",
        f"{message}since, such as the phone, is left alone",
        f"'restore {done.restored}' puts these very bytes back"
        if done.restored != "-"
        else "remove the file by hand",
    )


def _nothing(_source: Source) -> Plan:
    return Plan()


def _repair(source: Source) -> Plan:
    from ..health.checks import examine
    from ..health.fixes import repair

    findings = examine(source)
    found = repair(findings)
    plan = from_edits(
        source.profile,
        found.fixes,
        rewrite=found.rewrite,
        cut_appended=found.cut_appended,
    )
    cut = [each for each in findings if found.cut_appended and each.code == "appended-text"]
    hint = "it is removed; what it was to do is for 'set' or a template"
    where = str(source.path)
    removed = (Issue(each.code, each.message, hint, f"{where}:{each.line}") for each in cut)
    return plan._replace(warnings=(*plan.warnings, *removed))
