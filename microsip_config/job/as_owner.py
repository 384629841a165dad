"""A job of root over another user's target: carried out by a process that becomes that user.

Root reads what it was given (templates, variables, secrets), and then hands the rendered job to a
fresh process. That becomes the owner of the target before it looks at anything, so whatever the
owner has put there is met with the owner's rights alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ExitCode, TargetError, WriteError
from ..limits import HOOK_SECONDS, HOOKS
from ..results import Issue
from ..secret import revealed
from ..system.current import system
from .operations import OPERATIONS
from .options import TARGET
from .owner_wire import LONGEST_LINE, Malformed, job_as_json, line, result_from_json
from .reading import add_calls
from .request import Job

if TYPE_CHECKING:
    from ..results import Result
    from ..system.account import Account
    from .job_run import JobRun

_SILENT = 30.0  # seconds without any sign of life
_LONGEST = 180.0  # seconds of a job, besides what its options allow it to wait
_AFTER_INTERRUPT = 60.0  # seconds to start the phone again
_PROGRAM = Path(__file__).parents[2]
_CHILD = (
    "import sys; sys.path += sys.argv[1:]; "
    "from microsip_config.job.owner_process import main; main()"
)


def carry_out(run: JobRun, account: Account) -> None:
    """Carry the job of ``run`` out as the user ``account``.

    What root writes itself (``--log-file``, ``--out`` and ``--log`` where no other user controls
    the folder) is written with what the process answers. Raises ``TargetError``, and ``WriteError``
    (code ``worker-lost``) if the process ends, or is stopped, before it has answered.
    """
    job, options = run.job, dict(run.job.options)
    log_file, out, calls = (
        _roots(path) for path in (options.get("log_file"), options.get("out"), _calls_file(job))
    )
    flags = dict(job.flags)
    if calls is not None:
        del flags["log"]
        add_calls(run, calls, ())
    if out is not None:
        options |= {"out": None, "earlier": True}
    desired = run.inputs.rendered() if job.templates else None
    job = job._replace(options=options, flags=flags, templates=(), desired=desired)
    _answer(run, account, job, logs=log_file is None)
    if run.ledger.failed:
        return
    deliver = OPERATIONS[job.operation].deliver
    if out is not None and deliver is not None:
        deliver(run, out, run.ledger.data)
    if calls is not None:
        found = _answered(run, account, Job("calls", _of_target(options)), logs=False)
        run.ledger.warn(*found.warnings)
        for issue in found.errors:
            written = "; the configuration was written before that" if run.ledger.changed else ""
            message = f"{issue.message}{written}"
            run.ledger.fail(issue._replace(message=message), found.exit_code)
        if not found.errors:
            told = {"calls_added": add_calls(run, calls, found.data), "file": str(calls)}
            run.ledger.answer({**(run.ledger.data or {}), **told})


def _roots(path: str | None) -> Path | None:
    """A file that is to be written, if no other user controls its folder."""
    return None if path is None or system.is_foreign(Path(path)) else Path(path)


def _calls_file(job: Job) -> str | None:
    return revealed(job.flags.get("log"))


def _of_target(options: Mapping[str, Any]) -> dict[str, Any]:
    names = [option.name for option in TARGET.options]
    return {name: options[name] for name in (*names, "data_dir") if name in options}


def _answer(run: JobRun, account: Account, job: Job, *, logs: bool) -> None:
    run.ledger.adopt(_answered(run, account, job, logs=logs))
    run.logs_elsewhere = logs


def _answered(run: JobRun, account: Account, job: Job, *, logs: bool) -> Result:
    """The result of the process. ``logs``: it writes the log of the run."""
    waits = ("lock_timeout", "stop_timeout", "stop_timeout")
    allowed = _LONGEST + sum(float(run.options.get(name) or 0) for name in waits)
    if run.options.get("even_in_call"):
        allowed += HOOK_SECONDS * HOOKS
    environ = run.given.environ
    with _Process(_request(run, account, job, logs), account, environ) as process:
        try:
            return _hear_out(run, process, None if job.options.get("follow") else allowed)
        except KeyboardInterrupt:
            process.stop()
            result = _hear_out(run, process, _AFTER_INTERRUPT)
            if result.errors:
                return result
            return result.with_error(Issue("interrupted", "interrupted"), ExitCode.INTERRUPTED)


def _request(run: JobRun, account: Account, job: Job, logs: bool) -> bytes:
    options = {name: value for name, value in job.options.items() if name not in _ROOTS_OWN}
    for name in ("ini", "exe", "portable", "wine_prefix", "data_dir", "out", "log_file"):
        if options.get(name):
            options[name] = os.path.abspath(options[name])  # noqa: PTH100 - nothing is resolved
    return line(
        account=account._asdict(),
        checked=run.options.get("as_user") is None,
        id=run.id,
        job=job_as_json(job._replace(options=options)),
        logs=logs,
    )


_ROOTS_OWN = frozenset(
    {"as_user", "var", "vars_files", "secret", "strict", "allow_open_secrets", "trust_readers"}
)


def _hear_out(run: JobRun, process: _Process, allowed: float | None) -> Result:
    for message in process.messages(allowed):
        match message:
            case {"log": str(text)}:
                run.log(text)
            case {"item": item}:
                run.emit(item)
            case {"failed": str(reason)}:
                raise TargetError(
                    f"cannot work as {process.name}: {reason}",
                    hint="is this a full root account? A container may lack the right to change it",
                    code="not-the-owner",
                )
            case {"result": envelope}:
                try:
                    return result_from_json(run.ledger.command, envelope)
                except Malformed:
                    break
    raise WriteError(
        f"the process that worked as {process.name} gave no answer",
        hint="it may have been stopped or killed; look at the target, and run this again",
        code="worker-lost",
    )


class _Process:
    """The process, from its start to its certain end."""

    def __init__(self, request: bytes, account: Account, environ: Mapping[str, str]) -> None:
        self.name = account.name
        self._rest = bytearray()
        self._worker = system.start_worker(account, _command(), environ)
        self._worker.send(request)

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.end()

    def stop(self) -> None:
        """Ctrl-C does not reach another session."""
        self._worker.stop()

    def messages(self, allowed: float | None) -> Iterator[Any]:
        """What it says, line by line, until it ends, is silent or has had its time."""
        end = None if allowed is None else time.monotonic() + allowed
        rest = self._rest
        while end is None or time.monotonic() < end:
            block = self._worker.read(_SILENT)
            if not block or len(rest) > LONGEST_LINE:
                return
            seen = len(rest)
            rest += block
            while (at := rest.find(b"\n", seen)) >= 0:
                said, seen = bytes(rest[:at]), 0
                del rest[: at + 1]
                yield _parsed(said)


def _command() -> list[str]:
    """How this program is started for one job of another user."""
    return [sys.executable, "-I", "-X", "utf8", "-c", _CHILD, *_module_path()]


def _module_path() -> list[str]:
    """Where root's own modules are, besides those of the interpreter; not the current folder."""
    own = [entry for entry in map(Path, sys.path) if entry.is_absolute()]
    return [str(_PROGRAM), *(str(entry) for entry in own if not system.is_foreign(entry))]


def _parsed(said: bytes) -> object:
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return None
