"""What the changing verbs share: from options to a Configurator, and from a result to words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import MicrosipConfigError, TargetError, UsageError
from ..operations.configurator import Configurator, assignment
from ..operations.run import Policy
from ..results import Issue
from ..secret import Secret
from ..template.model import Assignment, Desired
from .present import diff
from .run import HOST_FACTS, USER_FACTS

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..phone import Phone
    from ..phone.grammar import Invocation
    from .run import Run

Edit = tuple[str, str, str | None]


def configurator(run: Run) -> Configurator:
    """The operations on the target that the options mean."""
    target = run.target()
    options = run.options
    given = {name: options[name] for name in Policy._fields if name in options}
    phone = None
    if "restart" in given:
        from ..phone import phone_for

        given["restart"] = given["restart"].value
        phone = phone_for(target, run.world)
    return configurator_of(run, Policy(**given), phone)


def configurator_of(run: Run, policy: Policy, phone: Phone | None) -> Configurator:
    """The same with a policy and a phone of the caller's."""
    target = run.target()

    def phone_of(exe: str) -> Phone | None:
        from ..phone import phone_for

        return phone_for(target._replace(exe=exe), run.world)

    return Configurator(
        target,
        data_dir=run.data_dir,
        policy=policy,
        phone=phone,
        log=run.log,
        phone_of=phone_of,
    )


def passwords(run: Run) -> dict[str, bool]:
    """How stored passwords are to be judged."""
    return {name: bool(run.options[name]) for name in ("rotate", "adopt")}


def rendered(run: Run, templates: Sequence[str]) -> Desired:
    """The templates, filled in with the variables and secrets of the options."""
    from ..template.layers import load
    from ..template.variables import collect

    options = run.options
    variables = collect(
        options["var"] or (),
        options["vars_files"] or (),
        env=run.world.environ,
        user=USER_FACTS,
        host=HOST_FACTS,
    )
    desired = load(templates).render(
        variables, run.secrets(), allow_commands=bool(options["allow_commands"])
    )
    return hidden(run, desired)


def hidden(run: Run, desired: Desired) -> Desired:
    """``desired``, whose secrets are taken out of all output from now on.

    A password may come from ``--var`` or an argument, too, where nobody knew it for a secret.
    """
    for wish in desired.assignments:
        if isinstance(wish.text, Secret):
            run.hide(wish.text)
    return desired


def tell(run: Run) -> None:
    """Say what was changed, backed up and restarted."""
    result = run.result
    run.say(*diff(result.changes))
    if result.differs:
        return
    if not result.changed:
        run.say(f"in the desired state: {run.target().ini}")
        return
    told = [f"changed: {run.target().ini}"]
    if result.backup:
        told.append(f"backup {result.backup}")
    if result.phone.stopped:
        told.append("phone restarted" if result.phone.started else "phone stopped")
    elif result.phone.started:
        told.append("phone started")
    run.say("; ".join(told))


def split_name(text: str) -> tuple[str, str]:
    """``Section.Key`` -> its two names."""
    section, dot, key = text.partition(".")
    if not (section and dot and key):
        raise UsageError(f"{text!r} is no SECTION.KEY", hint="such as Settings.enableSTUN")
    return section, key


def split_assignment(text: str) -> Edit:
    """``Section.Key=value`` -> its three parts; the value may hold anything, ``=`` too."""
    name, equals, value = text.partition("=")
    if not equals:
        # The text may be a password typed in the wrong place: it is not repeated.
        raise UsageError("an assignment lacks its '='", hint="SECTION.KEY=VALUE")
    section, dot, key = name.partition(".")
    if not (section and dot and key):
        raise UsageError("what stands before '=' is no SECTION.KEY", hint="SECTION.KEY=VALUE")
    return section, key, value


def documented_parameters() -> list[inspect.Parameter]:
    """The documented flags as options; their table is the only place that knows them."""
    from ..phone.documented import FLAGS

    return [
        inspect.Parameter(
            flag.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None, typer.Option(flag.option, metavar=flag.metavar, help=flag.help)
            ],
        )
        for flag in FLAGS
        if flag.option
    ]


class Flags:
    """The documented flags of a command line, translated to edits and things to do.

    :meth:`ready` comes before the first change, :meth:`act` after the last. With ``store=False`` a
    ``--show`` counts for one start and is not stored.
    """

    def __init__(
        self, run: Run, flags: Mapping[str, str | None], account: int = 1, *, store: bool = True
    ) -> None:
        given = {name: text for name, text in flags.items() if text is not None}
        if "password" in given:
            run.hide(Secret(given["password"]))
        self.edits: list[Any] = []
        self.warnings: list[Issue] = []
        self.actions: list[Any] = []
        self._phone: Phone | None = None
        if given:
            from ..phone.documented import translate

            self.edits, self.actions, self.warnings = translate(given, account, store=store)

    def on_top_of(self, desired: Desired) -> Desired | Callable[[Source], Desired]:
        """``desired`` and then the flags; what some of them mean depends on the file."""
        if not self.edits:
            return desired
        return lambda source: desired._replace(
            assignments=(*desired.assignments, *self._assignments(source))
        )

    def _assignments(self, source: Source) -> list[Assignment]:
        from ..phone.documented import applicable

        found = applicable(self.edits, source.profile.get)
        return [assignment(edit.section, edit.key, edit.text) for edit in found]

    @property
    def minimized(self) -> bool | None:
        """Whether ``--show`` asks for a hidden start; None: it was not given."""
        starts = [a.argument == "minimized" for a in self.actions if a.name == "start"]
        return starts[-1] if starts else None

    def ready(self, run: Run, phone: Phone | None = None) -> None:
        """See that :meth:`act` can do its work, before anything is changed.

        Raises ``UsageError`` for a ``--log`` file that is none of ours to write, ``WriteError``
        where it cannot be written, ``TargetError`` if there is no phone to dial.
        """
        if self.actions:
            run.target()  # where it cannot be found, no file is made either
        for action in self.actions:
            if action.name == "dial":
                self._phone = phone or needed_phone(run)
            elif action.name == "calls":
                from ..history.csv_file import CallsFile

                run.refuse_own_files(action.argument, "--log")
                CallsFile(Path(action.argument)).prepare()

    def act(self, run: Run) -> None:
        """Dial, and write the call history, as ``--call`` and ``--log`` ask."""
        try:
            for action in self.actions:
                if action.name == "dial":
                    self._dial(run, action.argument)
                elif action.name == "calls":
                    _log_calls(run, Path(action.argument))
        except MicrosipConfigError as error:
            if run.result.backup or run.result.changes:
                error.message += "; the configuration was written before that"
            raise

    def _dial(self, run: Run, number: str) -> None:
        from ..phone import grammar

        if self._phone is None:
            raise AssertionError("ready comes first")
        speak(run, self._phone, grammar.build("dial", number), start=True)


def _log_calls(run: Run, path: Path) -> None:
    from ..history.csv_file import CallsFile
    from ..history.ring import entries

    added = CallsFile(path).add(entries(configurator(run).load().profile))
    run.wrote = True
    run.say(f"added to {path}: {added} {'call' if added == 1 else 'calls'}")


def needed_phone(run: Run) -> Phone:
    """The phone of the target. Raises ``TargetError`` if its executable is not known."""
    from ..phone import phone_for

    phone = phone_for(run.target(), run.world)
    if phone is None:
        raise TargetError(
            "the phone's executable is not known", hint="name it with --exe PATH", code="no-exe"
        )
    return phone


def speak(run: Run, phone: Phone, invocation: Invocation, *, start: bool) -> None:
    """Have the phone take an invocation, and report it; ``start``: a phone may be started by it."""
    report = run.result.phone
    running = not start or phone.status().running
    line = phone.send(invocation, start=start)
    report.command_lines.append(line)
    report.was_running = running if report.was_running is None else report.was_running
    report.started = report.started or not running
    run.say(f"said: {line}")
