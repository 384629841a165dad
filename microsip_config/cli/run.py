"""One invocation of a verb: its surroundings, its result, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MicrosipConfigError, UsageError
from ..results import Issue, Result, Target
from ..secret import Secret
from . import present
from .present import OutputLost

if TYPE_CHECKING:
    from ..journal.run_journal import Journal
    from ..secrets.redact import Redactor
    from ..target import Found, World

_PATHS = ("ini", "exe", "portable", "wine_prefix", "log_file", "data_dir")
LOST = 6
INTERRUPTED = 130
BUG = 70


class Run:
    """What a verb works with.

    ``result`` is filled by the verb; :meth:`say` takes lines for a person, which ``--json`` and
    ``--quiet`` leave out. ``streams``: with ``--json`` the verb itself writes an object a line.
    ``wrote``: a file that was asked for is written, so that what is said about it may be lost.
    """

    streams = False
    wrote = False

    def __init__(self, command: str, options: Mapping[str, Any]) -> None:
        self.result = Result(command)
        self.options = options
        self.redactor: Redactor | None = None
        self._lines: list[str] = []
        self._journal: Journal | None = None
        self._taken: dict[str, str] = {}
        self._log_file: str | None = options.get("log_file")

    # --- surroundings -----------------------------------------------------------------------

    @cached_property
    def data_dir(self) -> Path:
        """Our own folder: backups, state records, locks."""
        given: str | None = self.options["data_dir"]
        if given is not None:
            return Path(given)
        from platformdirs import user_data_path

        return user_data_path("microsip-config", appauthor=False)

    @property
    def world(self) -> World:
        from ..target import World

        return World(sys.platform, os.environ, str(Path.home()))

    def target(self) -> Target:
        """Find the configuration that the target options mean."""
        if self.result.target is None:
            self.result.target = self.found().target
        return self.result.target

    def found(self) -> Found:
        """The target with the whole explanation of how it was found."""
        self.result.target = self._found.target
        return self._found

    @cached_property
    def _found(self) -> Found:
        return self._find(create=self.options["create"])

    def _find(self, *, create: bool) -> Found:
        from ..target import TargetRequest, find

        names = ("ini", "exe", "portable", "wine_prefix")
        options = {name: self.options[name] for name in names}
        return find(TargetRequest(**options, create=create), self.world)

    def refuse_own_files(self, path: str | Path, option: str) -> None:
        """Raise ``UsageError`` if what the user names with ``option``, to be written to, is the
        target or among our records."""
        from ..operations.own_files import refuse

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

    def secrets(self) -> Mapping[str, Secret]:
        """The secrets of ``--secret``, each read when it is used, and hidden from then on."""
        specs = self.options["secret"]
        if not specs:
            return {}
        from ..secrets.sources import SecretWorld, collect

        return collect(
            specs,
            SecretWorld(
                environ=self._withheld(specs),
                read_stdin=_read_stdin,
                is_terminal=lambda: sys.stdin is not None and sys.stdin.isatty(),
                prompt=_prompt,
                allow_open_files=bool(self.options["allow_open_secrets"]),
                seen=self.hide,
            ),
        )

    def _withheld(self, specs: Sequence[str]) -> Mapping[str, str]:
        """The environment variables that are secrets; until the end of the run only we have them.

        A phone that is started would inherit them, and its crash reports hold its environment.
        """
        from ..secrets.sources import parse

        sources = map(parse, specs)
        for name in {source.argument for source in sources if source.kind == "env"}:
            if name in os.environ:
                self._taken[name] = os.environ.pop(name)
        return self._taken

    def hide(self, secret: Secret) -> None:
        """From now on ``secret`` is taken out of whatever is printed, logged or reported."""
        if self.redactor is None:
            from ..secrets.redact import Redactor

            self.redactor = Redactor()
        self.redactor.add(secret)

    def not_pending(self) -> None:
        """Forget what an earlier run left to be done: the user has decided otherwise."""
        from ..records import target_path
        from ..records.pending import Pending

        folder = target_path(self.data_dir, self.target().ini)
        Pending(folder / "pending.json").finish()

    # --- output -----------------------------------------------------------------------------

    def say(self, *lines: str, aloud: bool = False) -> None:
        """Lines for a person; ``aloud``: with ``--quiet``, too."""
        if aloud or not self.options["quiet"]:
            self._lines.extend(lines)

    def log(self, message: str) -> None:
        """One line per decision; never fails the run."""
        self._hide_changes()
        self.journal.decided(message)

    @property
    def journal(self) -> Journal:
        if self._journal is None:
            from ..journal.run_journal import Journal

            given = self._log_file
            self._journal = Journal(self.result, Path(given) if given else None, self.redacted)
        return self._journal

    def redacted(self, text: str) -> str:
        return self.redactor.text(text) if self.redactor else text

    # --- the protocol of a run --------------------------------------------------------------

    def execute(self, body: Callable[[], None]) -> int:
        """Run the verb; whatever happens becomes a result, and the result an exit code."""
        try:
            return self._execute(body)
        except BrokenPipeError:  # the reader went away (`| head`): nothing to report to
            drop_stdout()
            return self.result.exit_code
        except Exception as error:  # a bug while the result was told: no value may be shown
            from ..secrets.redact import safe_traceback

            complain(safe_traceback(error, self.redactor))
            return BUG

    def _execute(self, body: Callable[[], None]) -> int:
        try:
            self._check_options()
            body()
        except MicrosipConfigError as error:
            self._fail(error)
        except OutputLost as error:
            self._lost(error)
        except KeyboardInterrupt:
            self.result.fail(Issue("interrupted", "interrupted"), INTERRUPTED)
        except BrokenPipeError:
            self.journal.finish()
            raise
        except Exception as error:  # the last resort: a bug becomes a report and exit 70
            self._bug(error)
        finally:
            os.environ.update(self._taken)
        self._hide_changes()
        missed = self.journal.finish()
        if missed is not None:
            self.result.warnings.append(missed)
        self._present()
        return self.result.exit_code

    def _check_options(self) -> None:
        """An empty path is a variable that was not set, and would mean the current folder; a log
        that is the target would spoil it."""
        for name in _PATHS:
            if self.options.get(name) == "":
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option} is empty", hint="is a variable not set?")
        if self._log_file and "ini" in self.options:
            try:
                self.refuse_own_files(self._log_file, "--log-file")
            except UsageError:
                self._log_file = None  # the refusal itself is told to the user's own log
                raise

    def _hide_changes(self) -> None:
        """The old password is a secret, too."""
        for change in self.result.changes:
            for text in (change.old, change.new):
                if isinstance(text, Secret):
                    self.hide(text)

    def _fail(self, error: MicrosipConfigError) -> None:
        for part in getattr(error, "errors", None) or (error,):
            issue = Issue(part.code, part.message, part.hint, part.where)
            self.result.fail(issue, part.exit_code)

    def _bug(self, error: Exception) -> None:
        from ..journal.log import write_report
        from ..secrets.redact import safe_traceback

        trace = safe_traceback(error, self.redactor)
        where = ""
        try:
            where = str(write_report(self.data_dir, trace, self.result.command))
        except OSError:
            complain(trace)
        issue = Issue(
            "bug",
            f"internal error ({type(error).__name__}); this is a bug of microsip-config",
            "please report it with the file named here; it holds no secrets" if where else "",
            where,
        )
        self.result.fail(issue, BUG)

    def _present(self) -> None:
        """The result: on stdout, and for a person what went wrong on stderr."""
        aside = self.streams or not self.options["json"]
        try:
            self._tell()
        except OutputLost as error:
            self._lost(error)
            self.journal.add(f"{error}; exit code {self.result.exit_code}")
            aside = True
        if aside:
            present.say(map(self.redacted, present.issues(self.result)), error=True)

    def _tell(self) -> None:
        if not self.options["json"]:
            present.say(map(self.redacted, self._lines))
        elif not self.streams:
            present.write_json(present.without(self.result.as_json(), self.redacted))

    def _lost(self, error: OutputLost) -> None:
        """What was done is done and ends as it did; else the output was all there was to be had."""
        drop_stdout()
        issue = Issue("output-lost", str(error), "free some space, or send it elsewhere")
        if self.result.changed or self.result.phone.command_lines or self.wrote:
            self.result.warnings.append(issue)
        else:
            self.result.fail(issue, LOST)


def drop_stdout() -> None:
    """Let what is still to be written to stdout vanish quietly."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """One more line on stderr, if there is one and it takes it."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{text}\n")


def _read_stdin(limit: int) -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read(limit)


def _prompt(text: str) -> str:
    from getpass import getpass

    return getpass(text)


def _user_name() -> str:
    from getpass import getuser

    return getuser()


# What a template may ask about its surroundings; asked for only when it does.
USER_FACTS: Mapping[str, Callable[[], str]] = {"name": _user_name}


def _host_name() -> str:
    import platform

    return platform.node().partition(".")[0]


def _host_fqdn() -> str:
    from socket import getfqdn

    return getfqdn()


HOST_FACTS: Mapping[str, Callable[[], str]] = {"name": _host_name, "fqdn": _host_fqdn}
