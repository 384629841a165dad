"""Makes typer commands of verbs: help, mistakes and completion are typer's work."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from ..job.options import Option, documented_flags
from . import completion
from .verb import Verb, VerbGroup

Run = Callable[[Verb, Mapping[str, Any]], int]
_TYPES: dict[str, type] = {"flag": bool, "integer": int, "number": float}


_HEADINGS = (
    "Arguments",
    "Template",
    "Target",
    "Options",
    "Phone",
    "Output",
    "Documented flags",
)
"""In the order of the help page."""


class _Command(TyperCommand):
    """Shows the options under the headings of their groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in _HEADINGS}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                panel = getattr(parameter, "rich_help_panel", None)
                arguments = parameter.param_type_name == "argument"
                shown_last = "Output" if parameter.name == "help" else "Options"
                title = "Arguments" if arguments else panel or shown_last
                sections[title].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def command(verb: Verb | VerbGroup, run: Run) -> Any:
    """The typer command of a verb; ``run`` is called with its values and gives the exit code."""
    if isinstance(verb, VerbGroup):
        return TyperGroup(
            name=verb.name,
            help=verb.summary,
            commands={each.name.split()[-1]: command(each, run) for each in verb.verbs},
            no_args_is_help=True,
            rich_markup_mode=None,
        )

    flags = [option.name for option in documented_flags().options] if verb.flags else []

    def callback(**values: Any) -> None:
        given = {flag: values.pop(flag) for flag in flags}
        values["flags"] = {flag: text for flag, text in given.items() if text is not None}
        raise typer.Exit(run(verb, values))

    parameters = list(_parameters(verb))
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    callback.__annotations__ = {p.name: p.annotation for p in parameters}
    callback.__doc__ = verb.summary
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    # '\b' keeps the lines of the paragraph apart.
    epilog = "\n".join(("\b", "Examples:", *(f"  {line}" for line in verb.examples)))
    app.command(verb.name.split()[-1], cls=_Command, epilog=epilog if verb.examples else None)(
        callback
    )
    return typer.main.get_command(app)


def _parameters(verb: Verb) -> Iterator[inspect.Parameter]:
    groups = [*verb.grouped(), *([documented_flags()] if verb.flags else [])]
    for group in groups:
        for option in group.options:
            kind = inspect.Parameter.KEYWORD_ONLY
            yield inspect.Parameter(
                option.name,
                kind,
                default=inspect.Parameter.empty if option.required else option.default,
                annotation=Annotated[_type(option), _declaration(option, group.title)],
            )


def _type(option: Option) -> Any:
    kind: Any = _TYPES.get(option.kind, str)
    if option.choices:
        kind = Literal.__getitem__(option.choices)
    if option.many:
        kind = list.__class_getitem__(kind)
    return kind if option.required or option.default is not None else kind | None


def _declaration(option: Option, title: str) -> Any:
    if option.positional:
        return typer.Argument(
            metavar=option.metavar,
            help=option.help,
            min=option.minimum,
            max=option.maximum,
            show_default=False,
            autocompletion=getattr(completion, option.completes) if option.completes else None,
        )
    flags = f"{option.flags[0]}/{option.off}" if option.off else None
    return typer.Option(
        *((flags,) if flags else option.flags),
        metavar=option.metavar or None,
        help=option.help,
        min=option.minimum,
        max=option.maximum,
        show_default=option.default not in (None, False),
        rich_help_panel=title or None,
    )
