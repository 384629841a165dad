"""The documented flags of a job, translated to edits and things to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MicrosipConfigError, UsageError
from ..secret import Secret, revealed

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..phone import Phone
    from ..phone.grammar import Invocation
    from ..template.model import Assignment, Desired, Selector
    from .job_run import JobRun


class DocumentedFlags:
    """What the documented flags of a job come to.

    :meth:`prepare` comes before the first change, :meth:`act` after the last. With ``store=False``
    a ``--show`` counts for one start and is not stored.
    """

    def __init__(self, run: JobRun, *, store: bool = True) -> None:
        self._run = run
        self._phone: Phone | None = None
        self._done: dict[str, Any] = {}
        self.edits: list[Any] = []
        self.actions: list[Any] = []
        self.given = {name: revealed(text) or "" for name, text in run.job.flags.items()}
        self._own_account = False
        if run.options.get("ignore_secrets"):
            self.given.pop("password", None)
        if self.given:
            from ..phone.documented import translate

            if "password" in self.given:
                run.ledger.register_secrets(Secret(self.given["password"]))
            given = run.options.get("account")
            self._own_account = given is not None
            account = 1 if given is None else given
            self.edits, self.actions, warnings = translate(self.given, account, store=store)
            for warning in warnings:
                if warning.where != "--password" or isinstance(run.job.flags["password"], str):
                    run.ledger.warn(warning)

    def on_top_of(self, desired: Desired) -> Desired | Callable[[Source], Desired]:
        """``desired`` and then the flags; what some of them mean depends on the file.

        Those of an account are for the one of the templates, unless ``--account`` names another.
        Raises ``UsageError`` where it is not clear which one that is.
        """
        if not self.edits:
            return desired
        selector = None if self._own_account else self._account_of(desired)
        return lambda source: desired._replace(
            assignments=(*desired.assignments, *self._assignments(source, desired, selector))
        )

    def _account_of(self, desired: Desired) -> Selector | None:
        """The account that the templates are about; None: about none."""
        from ..schema import account_number

        if not any(edit.section.startswith("Account") for edit in self.edits):
            return None
        if desired.activate is not None:
            return desired.activate
        named = dict.fromkeys(
            wish.selector
            for wish in desired.assignments
            if wish.where != "given"  # by a single change
            and (wish.selector.kind == "by" or account_number(wish.selector.name))
            and wish.selector.kind != "every"
        )
        if len(named) > 1:
            raise UsageError(
                f"the templates set {len(named)} accounts, and no flag says which one is meant",
                hint="name it with --account N, or in the template with 'activate'",
            )
        return next(iter(named), None)

    def _assignments(
        self, source: Source, desired: Desired, selector: Selector | None
    ) -> list[Assignment]:
        from ..operations.edits import assignment
        from ..phone.documented import applicable
        from ..planning.make import section_of

        if selector is None:
            found = applicable(self.edits, source.profile.get)
            return [assignment(edit.section, edit.key, edit.text) for edit in found]
        section = section_of(source.profile, desired, selector)
        said = {w.key.name: w.text for w in desired.assignments if w.selector == selector}

        def read(place: str, key: str) -> str | None:
            if place == section and key in said:
                return revealed(said[key])
            return source.profile.get(place, key)

        edits = [
            edit._replace(section=section) if edit.section.startswith("Account") else edit
            for edit in self.edits
        ]
        return [
            wish._replace(selector=selector) if wish.selector.name == section else wish
            for edit in applicable(edits, read)
            for wish in [assignment(edit.section, edit.key, edit.text)]
        ]

    @property
    def minimized(self) -> bool | None:
        """Whether ``--show`` asks for a hidden start; None: it was not given."""
        starts = [a.argument == "minimized" for a in self.actions if a.name == "start"]
        return starts[-1] if starts else None

    def prepare(self, phone: Phone | None = None) -> None:
        """See that :meth:`act` can do its work, before anything is changed.

        Raises ``UsageError`` for a ``--log`` file that must not be written to, ``WriteError``
        where it cannot be written, ``TargetError`` if there is no phone to dial, or no call history
        that can be read.
        """
        if not self.actions:
            return
        from ..history.csv_file import CallsFile

        self._run.target()  # where it cannot be found, no file is made either
        for action in self.actions:
            if action.name == "dial":
                self._phone = phone or self._run.phone()
            elif action.name == "calls":
                self._run.refuse_own_files(action.argument, "--log")
                CallsFile(Path(action.argument)).prepare()
                self._run.call_history().calls()  # that it can be read

    def act(self) -> None:
        """Dial, and write the call history, as ``--call`` and ``--log`` ask."""
        ledger = self._run.ledger
        try:
            for action in self.actions:
                if action.name == "dial":
                    self._dial(action.argument)
                elif action.name == "calls":
                    self._log_calls(Path(action.argument))
        except MicrosipConfigError as error:
            if not (ledger.backup or ledger.changes):
                raise
            message = f"{error.message}; the configuration was written before that"
            raise error.with_(message=message) from None

    def _dial(self, number: str) -> None:
        from ..phone import grammar

        if self._phone is None:
            raise AssertionError("prepare comes first")
        line = send(self._run, self._phone, grammar.build("dial", number), start=True)
        self._tell(sent=[*self._done.get("sent", ()), line])

    def _log_calls(self, path: Path) -> None:
        from ..history.csv_file import CallsFile

        history = self._run.call_history()
        added = CallsFile(path).add(history.calls())
        self._run.ledger.warn(*history.odd)
        self._tell(calls_added=added, file=str(path))

    def _tell(self, **done: Any) -> None:
        self._done |= done
        self._run.ledger.answer(self._done)


def send(run: JobRun, phone: Phone, invocation: Invocation, *, start: bool) -> str:
    """Have the phone take an invocation, and record it; the command line.

    ``start``: a phone may be started by it.
    """
    running = not start or phone.status().running
    line = phone.send(invocation, start=start)
    run.ledger.phone_sent(line)
    run.ledger.phone_seen(running)
    if not running:
        run.ledger.phone_started()
    return line
