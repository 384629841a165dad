"""``template list|show|new|validate``: help while writing templates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ExitCode, UsageError, WriteError
from ...job.options import RECORDS, TEMPLATE, TEMPLATES, Option, argument
from ...results import Result
from ...system.files import write_new
from ..invocation import Invocation
from ..present import table
from ..verb import Verb, VerbGroup

if TYPE_CHECKING:
    from ...job.job_run import JobRun


def list_(invocation: Invocation) -> None:
    invocation.perform(_list, _listed)


def _list(run: JobRun) -> None:
    from ...template.bundled import listing
    from ...template.library import folder

    found = listing(folder())
    run.ledger.answer([{**summary._asdict(), "path": str(summary.path)} for summary in found])


def _listed(result: Result) -> Iterator[str]:
    rows = [(row["name"], row["description"], ", ".join(row["requires"])) for row in result.data]
    yield from table([("NAME", "WHAT", "REQUIRES"), *rows])


def show(invocation: Invocation) -> None:
    name = invocation.values["template"]
    result = invocation.perform(lambda run: _show(run, name))
    if not (result.errors or invocation.quiet):
        invocation.raw = result.data["text"]


def _show(run: JobRun, name: str) -> None:
    from ...template.library import expand, find, folder, read_text

    names = expand([name])
    if len(names) > 1:
        raise UsageError(f"'{name}' is {len(names)} files", hint="name one of them")
    path, shown = find(names[0], folder())
    run.ledger.answer({"path": str(path), "text": read_text(path, shown)})


def new(invocation: Invocation) -> None:
    values = invocation.values
    result = invocation.perform(
        lambda run: _new(run, Path(values["out"]), values["description"]),
        lambda result: [f"wrote {result.data['file']}"],
    )
    invocation.wrote = bool(result.data)


def _new(run: JobRun, out: Path, description: str) -> None:
    from ...template.bundled import skeleton

    text = skeleton(description)
    try:
        write_new(out, text.encode("utf-8"))
    except FileExistsError:
        raise UsageError(f"{out} already exists", hint="name another file") from None
    except OSError as error:
        raise WriteError(f"cannot write the template: {error.strerror}", where=str(out)) from None
    run.ledger.answer({"file": str(out)})


def validate(invocation: Invocation) -> None:
    names = invocation.values["templates"]
    result = invocation.perform(lambda run: _validate(run, names))
    for name, found in (result.data or {}).items():
        invocation.say(f"{name}: {'ok' if found['ok'] else 'wrong'}")


def _validate(run: JobRun, names: list[str]) -> None:
    from ...template.check import validate
    from ...template.layers import load
    from ...template.library import expand, folder

    names = expand(names)
    reports = {name: validate([name], folder()) for name in names}
    run.ledger.answer({name: {"ok": not report.errors} for name, report in reports.items()})
    for report in reports.values():
        for warning in report.warnings:
            run.ledger.warn(warning)
        for error in report.errors:
            run.ledger.fail(error, ExitCode.BAD_INPUT)
    if not any(report.errors for report in reports.values()):
        run.inputs.tell_unused(None, *(load([name]) for name in names))


_NAME = argument("template", "The name of a bundled template, or a file.", "TEMPLATE")._replace(
    completes="templates"
)
_GIVEN = TEMPLATE._replace(
    options=tuple(
        o for o in TEMPLATE.options if o.name in ("var", "vars_files", "secret", "strict")
    )
)
VERB = VerbGroup(
    "template",
    "Help while writing templates.",
    (
        Verb(
            "template list",
            list_,
            "List the bundled templates.",
            groups=(RECORDS,),
            examples=("microsip-config template list",),
        ),
        Verb(
            "template show",
            show,
            "Print a template.",
            groups=(RECORDS,),
            arguments=(_NAME,),
            examples=("microsip-config template show office",),
        ),
        Verb(
            "template new",
            new,
            "Write a commented template to start from.",
            groups=(RECORDS,),
            arguments=(argument("out", "The file to write.", "FILE")._replace(kind="path"),),
            own=(
                Option(
                    "description",
                    "text",
                    "What it is for.",
                    ("--description",),
                    "TEXT",
                    default="My desk phones",
                ),
            ),
            examples=("microsip-config template new desk.ini --description 'Desks in Graz'",),
        ),
        Verb(
            "template validate",
            validate,
            "Check templates, and whether they use what is given. Exit 3 if one is wrong.",
            groups=(_GIVEN, RECORDS),
            arguments=(TEMPLATES._replace(help="Each is checked by itself."),),
            examples=("microsip-config template validate desk.ini office",),
        ),
    ),
)
