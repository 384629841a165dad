"""``template list|show|new|validate``: help while writing templates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import UsageError, WriteError
from ...results import Issue
from .. import completion, options
from ..present import table
from ..run import Run
from ..verb import command as make
from ..verb import group

Name = Annotated[
    str,
    typer.Argument(
        metavar="TEMPLATE",
        help="The name of a ready template, or a file.",
        autocompletion=completion.templates,
    ),
]


def list_(run: Run) -> None:
    """List the ready templates."""
    from ...template import bundled

    found = bundled.listing(bundled.folder())
    run.result.data = [{**summary._asdict(), "path": str(summary.path)} for summary in found]
    rows = [(s.name, s.description, ", ".join(s.requires)) for s in found]
    run.say(*table([("NAME", "WHAT", "REQUIRES"), *rows]))


def show(run: Run, template: Name) -> None:
    """Print a template."""
    from ...template import bundled
    from ...template.files import read_text
    from ...template.find import find

    path, shown = find(template, bundled.folder())
    text = read_text(path, shown)
    run.result.data = {"path": str(path), "text": text}
    run.say(*text.splitlines())


def new(
    run: Run,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help="What it is for.")
    ] = "My desk phones",
) -> None:
    """Write a commented template to start from."""
    from ...template.bundled import skeleton

    text = skeleton(description)
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{out} exists already", hint="name another file") from None
    except OSError as error:
        raise WriteError(f"cannot write the template: {error.strerror}", where=str(out)) from None
    run.result.data = {"file": str(out)}
    run.wrote = True
    run.say(f"wrote {out}")


def validate(
    run: Run,
    templates: Annotated[
        list[str],
        typer.Argument(
            metavar="TEMPLATE...",
            help="Each is checked by itself.",
            autocompletion=completion.templates,
        ),
    ],
) -> None:
    """Check templates as far as that goes without variables; exit 3 if one is wrong."""
    from ...template import bundled
    from ...template.check import validate as problems_of

    folder = bundled.folder()
    reports = {name: problems_of([name], folder) for name in templates}
    run.result.data = {}
    for name, report in reports.items():
        run.result.warnings += report.warnings
        for error in report.errors:
            run.result.fail(Issue(error.code, error.message, error.hint, error.where), 3)
        run.result.data[name] = {"ok": not report.errors}
        run.say(f"{name}: {'wrong' if report.errors else 'ok'}")


_EXAMPLES: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "list": (list_, ("microsip-config template list",)),
    "show": (show, ("microsip-config template show office",)),
    "new": (new, ("microsip-config template new desk.ini --description 'Desks in Graz'",)),
    "validate": (validate, ("microsip-config template validate desk.ini office",)),
}


def command() -> Any:
    return group(
        "template",
        "Help while writing templates.",
        [
            make(body, name=f"template {name}", shared=(options.output,), examples=examples)
            for name, (body, examples) in _EXAMPLES.items()
        ],
    )
