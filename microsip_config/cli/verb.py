"""Makes a typer command of a verb: adds the shared options, turns results into exit codes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from . import options
from .run import Run


def command(
    body: Callable[..., None],
    *,
    name: str = "",
    shared: Sequence[options.Prototype] = (options.target, options.output),
    flags: Sequence[inspect.Parameter] = (),
    examples: Sequence[str] = (),
) -> Any:
    """A typer command around ``body(run, **its_own_options)``.

    :param name: the verb as a user types it, ``phone status`` for a verb of a group.
    :param body: fills ``run.result`` and says what a person should read; its docstring is the
        help text. It lets errors pass: they are caught in one place only, :meth:`Run.execute`.
    :param shared: the prototypes whose options are added; their values are in ``run.options``.
    :param flags: further options of its own, which the body takes as ``**flags``.
    :param examples: command lines for the end of the help page.
    """
    name = name or body.__name__.strip("_")
    declared = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
    own = [parameter for parameter in declared if parameter.kind != parameter.VAR_KEYWORD]
    common = [parameter for prototype in shared for parameter in options.parameters(prototype)]

    def callback(**values: Any) -> None:
        run = Run(name, {parameter.name: values.pop(parameter.name) for parameter in common})
        raise typer.Exit(run.execute(lambda: body(run, **values)))

    keywords = [p.replace(kind=p.KEYWORD_ONLY) for p in (*own, *flags, *common)]
    callback.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]
    callback.__annotations__ = {p.name: p.annotation for p in keywords}
    callback.__doc__ = body.__doc__
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    # '\b' keeps the lines of the paragraph apart.
    epilog = "\n".join(("\b", "Examples:", *(f"  {line}" for line in examples)))
    app.command(name.split()[-1], epilog=epilog if examples else None)(callback)
    return typer.main.get_command(app)


def group(name: str, summary: str, commands: Sequence[Any]) -> Any:
    """A verb that consists of verbs, as ``phone`` and ``template`` do."""
    return TyperGroup(
        name=name,
        help=summary,
        commands={command.name: command for command in commands},
        no_args_is_help=True,
        rich_markup_mode=None,
    )
