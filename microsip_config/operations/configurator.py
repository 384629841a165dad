"""The operations of the command line on one configuration, for Python programs.

    from microsip_config import Configurator, Target, load_template

    wanted = load_template(["desk.ini"]).render({"extension": "101"}, {})
    phone = Configurator(Target(r"D:\\MicroSIP\\MicroSIP.ini"), data_dir=Path(r"D:\\records"))
    result = phone.apply(wanted)
    print(result.changed, [change.key for change in result.changes])

Errors are raised as ``MicrosipConfigError``; each knows its exit code and the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, TargetError, UnreadableFile
from ..planning import make as planning
from ..records import target_path
from ..results import Issue, Result, Target
from ..schema import RECORDS, find_key
from ..secret import Secret
from ..template.model import Assignment, Desired, Selector
from ..template.trouble import ErrorList
from . import run as protocol
from .run import Planner, Policy, RunContext

if TYPE_CHECKING:
    from ..health.findings import Finding
    from ..ini.file import Source
    from ..ini.profile import Profile
    from ..phone import Phone
    from ..planning.make import Plan
    from ..records.backups import Backup
    from ..records.passwords import PasswordRecords
    from ..schema.model import Configuration
    from .show import Row

Wanted = Desired | Callable[["Source"], Desired]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Configurator:
    """What can be done with one target.

    :param target: as ``locate`` finds it, or ``Target(path)`` for a given file.
    :param data_dir: our own folder: backups, state records, locks; made when needed.
    :param policy: what may be done to the phone and the file.
    :param phone: the phone that reads the target (``phone_for``); None: it is not looked for.
    :param log: takes one line for each decision.
    :param phone_of: gives the phone of an executable, to start one that a cut run has stopped.

    Methods that change take a ``result`` to fill, so that what was done until an error is known;
    ``show`` and ``capture`` add their warnings to it.
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
    ) -> None:
        self.target = target
        self.policy = policy
        self._desk = RunContext(target_path(data_dir, target.ini), now, phone, log, phone_of)

    # --- looking ----------------------------------------------------------------------------

    def load(self) -> Source:
        """The file as it is. Raises ``TargetError`` if it is missing or cannot be understood."""
        return protocol.load(self.target, self.policy)

    def configuration(self) -> Configuration:
        """The typed model of the file, every value as MicroSIP takes it."""
        from ..schema.model import Configuration

        return Configuration.from_profile(self.load().profile)

    def show(self, selection: str | None = None, *, result: Result | None = None) -> list[Row]:
        """Effective values and where each comes from; ``selection`` is SECTION or SECTION.KEY.

        Of a file that the phone misreads as a whole, these are the values that it means; the
        warnings of ``result`` tell so.
        """
        from .show import effective

        source = self.load()
        self._result("show", result).warnings += protocol.misread(source)
        return effective(source, selection)

    def check(self) -> list[Finding]:
        """What MicroSIP would ignore, clamp, cut or misread in the file."""
        from ..health.checks import examine

        return examine(self.load())

    def capture(self, *, parametrise: bool = False, result: Result | None = None) -> str:
        """The text of a template that makes a phone like this one; warnings as in :meth:`show`."""
        from .capture import capture

        source = self.load()
        self._result("capture", result).warnings += protocol.misread(source)
        return capture(source, parametrise=parametrise)

    def backups(self) -> list[Backup]:
        """The kept backups, the newest last."""
        from ..records.backups import entries

        return entries(self._desk.folder / "backups")

    # --- changing ---------------------------------------------------------------------------

    def plan(
        self,
        wanted: Wanted,
        *,
        rotate: bool = False,
        adopt: bool = False,
        result: Result | None = None,
    ) -> Result:
        """What :meth:`apply` would do; ``result.differs`` tells whether that is anything."""
        result = self._result("plan", result)
        planner, _ = self._planner(wanted, result, rotate=rotate, adopt=adopt)
        protocol.preview(result, planner, self.policy)
        return result

    def apply(
        self,
        wanted: Wanted,
        *,
        rotate: bool = False,
        adopt: bool = False,
        result: Result | None = None,
    ) -> Result:
        """Bring the file to what is wanted: a rendered template, or :func:`edits`.

        :param rotate: write passwords even if they seem unchanged.
        :param adopt: take a stored password of which nothing is known for the desired one.
        """
        result = self._result("apply", result)
        planner, memory = self._planner(wanted, result, rotate=rotate, adopt=adopt)
        protocol.carry_out(result, planner, self.policy, self._desk, memory)
        return result

    def repair(self, *, dry_run: bool = False, result: Result | None = None) -> Result:
        """Fix what :meth:`check` finds, where the fix is certain."""
        result = self._result("repair", result)
        if dry_run:
            protocol.preview(result, _repair_planner, self.policy)
        else:
            protocol.carry_out(result, _repair_planner, self.policy, self._desk)
        return result

    def restore(self, backup: str | None = None, *, result: Result | None = None) -> Result:
        """Put a backup (default: the newest) back, byte for byte; what it replaces is kept."""
        result = self._result("restore", result)
        planner = self._restore_planner(backup)
        policy = self.policy._replace(undecodable=True, create=True)
        protocol.carry_out(result, planner, policy, self._desk)
        return result

    def restart(
        self,
        wanted: Wanted | None = None,
        *,
        minimized: bool | None = None,
        result: Result | None = None,
    ) -> Result:
        """Stop the phone and start it; between the two, bring the file to what is wanted.

        :param minimized: whether it is started hidden; None: as it was.
        """
        result = self._result("phone restart", result)
        if wanted is None:
            policy = self.policy._replace(undecodable=True, create=True)  # no matter what it says
            protocol.restart(result, _nothing, policy, self._desk, minimized=minimized)
            return result
        planner, memory = self._planner(wanted, result, rotate=False, adopt=False)
        protocol.restart(result, planner, self.policy, self._desk, memory, minimized)
        return result

    def _result(self, command: str, given: Result | None) -> Result:
        result = given or Result(command)
        result.target = self.target
        return result

    def _planner(
        self, wanted: Wanted, result: Result, *, rotate: bool, adopt: bool
    ) -> tuple[Planner, PasswordRecords]:
        from ..records.passwords import PasswordRecords

        def warn(issue: Issue) -> None:  # the list is another one after each plan
            result.warnings.append(issue)

        memory = PasswordRecords(self._desk.folder, rotate=rotate, adopt=adopt, warn=warn)

        def planner(source: Source) -> Plan:
            desired = wanted(source) if callable(wanted) else wanted
            rewrite = source.needs_rewrite
            if not source.exists:
                rewrite = "the file does not exist yet"
            plan = planning.make(source.profile, desired, rewrite=rewrite, judge=memory.judge)
            return plan._replace(warnings=(*memory.warnings, *plan.warnings))

        return planner, memory

    def _restore_planner(self, backup: str | None) -> Planner:
        from ..records import backups

        kept = self.backups()
        if not kept:
            raise TargetError("there is no backup of this file", where=self.target.ini)
        name = backup or kept[-1].id
        data = backups.read(self._desk.folder / "backups", name)

        def planner(source: Source) -> Plan:
            if data == source.data:
                return planning.Plan()
            try:
                before, after = self._reading(source.data), self._reading(data)
            except UnreadableFile as error:
                return planning.Plan(replacement=data, warnings=(_unseen(error, name),))
            return planning.replacing(before, after, data, f"as in backup {name}")

        return planner

    def _reading(self, data: bytes) -> Profile:
        from ..ini.encoding import decode
        from ..ini.profile import Profile

        return Profile(decode(data, self.policy.ansi_codepage).text)


def _unseen(error: UnreadableFile, backup: str) -> Issue:
    """A backup is put back whatever it or the file is; what that changes may remain unknown."""
    message = f"which keys change cannot be shown, but backup {backup} is put back as it is: "
    return Issue("changes-unseen", message + error.message, error.hint)


def edits(
    changes: Sequence[tuple[str, str, str | Secret | None]], *, allow_commands: bool = False
) -> Desired:
    """Single changes ``(section, key, text or None to remove it)`` as something to apply.

    The texts are checked as in a template. Raises ``UnknownKey``, ``ValueRefused``, and
    ``InputError`` for a key given twice, for the phone's own lists, and for a ``cmd*`` key without
    ``allow_commands``; ``InputErrors`` if several of the changes cannot be made.
    """
    trouble = ErrorList()
    wanted: dict[str, Assignment] = {}
    for change in changes:
        try:
            wish = assignment(*change)
            place = f"{wish.selector.name}.{wish.key.name}"
            _refuse_odd(wish, place, place.lower() in wanted, allow_commands)
            wanted[place.lower()] = wish
        except InputError as error:
            error.where = error.where or f"{change[0]}.{change[1]}"
            trouble.add(error)
    trouble.settle()
    return Desired("", tuple(wanted.values()), None)


def _refuse_odd(wish: Assignment, place: str, again: bool, allow_commands: bool) -> None:
    if again:
        raise InputError("the key is given twice", where=place, code="given-twice")
    if wish.text is None:
        return
    if wish.key.section in RECORDS:
        raise InputError(
            f"[{wish.key.section}] is the phone's own record", where=place, code="phones-own"
        )
    if wish.key.kind == "command" and not allow_commands:
        raise InputError(
            f"'{wish.key.name}' runs a program, and commands are not allowed",
            hint="use --allow-commands if that is meant",
            where=place,
            code="command",
        )


def assignment(section: str, name: str, text: str | Secret | None) -> Assignment:
    """One change as an assignment; a password becomes a ``Secret`` if it is none."""
    key = find_key(section, name)
    if text is not None:
        plain = text.reveal() if isinstance(text, Secret) else text
        hidden = isinstance(text, Secret) or key.kind == "secret"
        encoded = key.encode(key.parse(plain, secret=hidden))
        text = Secret(encoded) if hidden else encoded
    return Assignment(Selector("section", section), key, False, text, "given")


def _nothing(_source: Source) -> Plan:
    return planning.Plan()


def _repair_planner(source: Source) -> Plan:
    from ..health.checks import examine
    from ..health.fixes import repair

    found = repair(examine(source))
    return planning.from_edits(source.profile, found.fixes, rewrite=found.rewrite)
