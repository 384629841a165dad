"""One invocation of a verb: its job, its result, and what is printed of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ExitCode, UsageError
from ..job.options import Option, refuse_unfit
from ..job.request import Edit, Job
from ..operations.ledger import Ledger
from ..results import Result
from ..text import escape_controls
from . import output, present
from .output import OutputLost
from .present import Coloured, Line
from .verb import Verb

if TYPE_CHECKING:
    from ..job.job_run import JobRun
    from ..job.surroundings import Surroundings
    from ..secrets.redact import Redactor

Lines = Callable[[Result], Iterable[Line]]


class Invocation:
    """What the body of a verb works with.

    ``values`` are those of all its options. ``result`` is there after :meth:`run` or
    :meth:`perform`. ``streams``: with ``--json`` the verb itself writes an object a line.
    ``wrote``: a file that was asked for is written, so that what is said about it may be lost.
    ``given`` are the target options of a request that is no job; they are told with its error.
    ``raw`` is the text of a file: stdout gets it exactly, before the lines (a terminal escaped).
    """

    streams = False
    wrote = False
    raw = ""

    def __init__(self, verb: Verb, values: Mapping[str, Any]) -> None:
        self.verb = verb
        self.values = values
        self.given: Mapping[str, Any] = {}
        self.result = Result(verb.name)
        self._lines: list[Line] = []
        self._job_run: JobRun | None = None

    @property
    def json(self) -> bool:
        """Whether one JSON object is printed; a verb without that option prints nothing else."""
        return bool(self.values.get("json", True))

    @property
    def quiet(self) -> bool:
        return bool(self.values.get("quiet"))

    def run(
        self,
        lines: Lines | None = None,
        *,
        templates: Sequence[str] = (),
        edits: Callable[[], Sequence[Edit]] = tuple,
    ) -> Result:
        """Run the job that the options mean, and say the ``lines`` of its result if it succeeds.

        :param edits: reads the single changes from the arguments; may raise as a job does.
        """

        def body(run: JobRun) -> None:
            run.ask_for(_expanded(templates), edits())
            run.carry_out()

        return self.perform(body, lines)

    def refuse(self) -> bool:
        """Whether an argument is one that no verb can work with; the result then says so."""
        options = self.verb.options()
        try:
            for option in options:
                if option.positional:
                    self._refuse_misplaced(option)
            refuse_unfit(options, self.values)
        except UsageError as error:
            from ..target.request import as_given

            ledger = Ledger(self.verb.name)
            target = as_given(self.values)
            if target is not None:
                ledger.found(target)
            ledger.fail(error)
            self.result = ledger.result()
            return True
        return False

    def _refuse_misplaced(self, option: Option) -> None:
        """Raise ``UsageError`` for an argument that must be an option, such as ``/ini``."""
        value = self.values.get(option.name)
        for word in value if option.many and value else (value,):
            if not isinstance(word, str) or word[:1].isalnum():
                continue
            from .switches import flags_of, misplaced_option

            if option.kind == "path" and word[:1] == "/":
                continue
            mistake = misplaced_option(word, flags_of(self.verb))
            if mistake is not None:
                raise UsageError(mistake.message, hint=mistake.hint)

    def perform(self, body: Callable[[JobRun], None], lines: Lines | None = None) -> Result:
        """Run ``body`` as a job is run: errors become a result."""
        job = Job(
            self.verb.operation or self.verb.name, self.values, flags=self.values.get("flags", {})
        )
        self._execute(job, body)
        if lines is not None and not self.result.errors:
            self.say(*lines(self.result))
        return self.result

    def answer(self, parse: Callable[[], Job]) -> None:
        """Run the job that ``parse`` gives; its errors become the result."""
        jobs: list[Job] = []
        self.perform(lambda _: jobs.append(parse()))
        for job in jobs:
            self._execute(job, lambda run: run.carry_out())
        if not jobs:
            from ..target.request import as_given

            self.result = self.result._replace(target=as_given(self.given))

    def _execute(self, job: Job, body: Callable[[JobRun], None]) -> None:
        from ..job.job_run import JobRun

        self._job_run = JobRun(job, _surroundings())
        self.result = self._job_run.execute(body)

    def say(self, *lines: Line, aloud: bool = False) -> None:
        """Lines for a person; ``aloud``: with ``--quiet``, too."""
        if aloud or not self.quiet:
            self._lines.extend(lines)

    def show(self) -> int:
        """Print the result: on stdout, and for a person what went wrong on stderr."""
        aside = self.streams or not self.json
        try:
            self._print()
        except OutputLost as error:
            self._lose(error)
            aside = True
        if aside:
            output.say(map(self._redacted_line, present.issues(self.result)), error=True)
        return int(self.result.exit_code)

    def _print(self) -> None:
        if not self.json:
            if self.raw:
                output.write(self.redacted(self.raw))
            output.say(map(self._redacted_line, self._lines))
        elif not self.streams:
            output.write_json(self.result.as_json())

    @property
    def redactor(self) -> Redactor | None:
        """A result is redacted already; this is for the words around it."""
        return None if self._job_run is None else self._job_run.ledger.redactor

    def redacted(self, text: str) -> str:
        return self.redactor.text(text) if self.redactor else text

    def _redacted_line(self, line: Line) -> Line:
        if isinstance(line, str):
            return self.redacted(line)
        return tuple(
            part._replace(text=self.redacted(part.text))
            if isinstance(part, Coloured)
            else self.redacted(part)
            for part in line
        )

    def _lose(self, error: OutputLost) -> None:
        """What was done is done and ends as it did; else the output was all there was to be had."""
        output.drop_stdout()
        issue = error.as_issue()
        if self.result.changed or self.result.phone.command_lines or self.wrote:
            self.result = self.result.with_warning(issue)
        else:
            self.result = self.result.with_error(issue, error.exit_code)
        if self._job_run is not None:
            self._job_run.journal.add(f"{error}; exit code {self.result.exit_code}")


def run_verb(verb: Verb, values: Mapping[str, Any], words: Sequence[str] = ()) -> int:
    """Run a verb, print its result and return the documented exit code.

    :param words: the whole command line, for a hint at what may be wrong with it.
    """
    invocation = Invocation(verb, values)
    try:
        if not invocation.refuse():
            verb.body(invocation)
        if words and invocation.result.errors:
            from .split_path import with_quotes_hint

            invocation.result = with_quotes_hint(invocation.result, words, invocation.redacted)
        return invocation.show()
    except BrokenPipeError:  # the reader went away (`| head`): nothing to report to
        output.drop_stdout()
        return int(invocation.result.exit_code)
    except Exception as error:  # a bug while the result was printed: no value may be shown
        from ..secrets.redact import safe_traceback

        output.complain(safe_traceback(error, invocation.redactor))
        return ExitCode.BUG


def _expanded(templates: Sequence[str]) -> Sequence[str]:
    """``templates`` with files in the place of patterns, where the shell does not do that."""
    if not any(sign in name for name in templates for sign in "*?[~"):
        return templates
    from ..template.library import expand

    return expand(templates)


def _surroundings() -> Surroundings:
    """Those of this process, with its standard input and a terminal to ask at."""
    from ..job.surroundings import of_this_process

    return of_this_process()._replace(
        read_stdin=read_stdin,
        prompt=_prompt,
        is_terminal=lambda: sys.stdin is not None and sys.stdin.isatty(),
    )


def read_stdin(limit: int) -> bytes:
    """At most ``limit`` bytes of the standard input, none where there is none."""
    return b"" if sys.stdin is None else sys.stdin.buffer.read(limit)


def _prompt(text: str) -> str:
    from getpass import getpass

    return getpass(escape_controls(text))
