"""What a verb of the command line is: its words, its options, and how its result is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..job.operations import OPERATIONS
from ..job.options import Group, Option
from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    from .invocation import Invocation

SHOWN = (
    Option(
        "json",
        "flag",
        "One JSON object on stdout and nothing else there.",
        ("--json",),
        default=False,
    ),
    Option("quiet", "flag", "Print warnings and errors only.", ("--quiet", "-q"), default=False),
)
_OUTPUT = "Output"


class Verb(NamedTuple):
    """A verb.

    ``body`` runs the job and says what a person should read; ``summary`` is the help text.
    ``operation`` names the job's operation, whose options the verb takes; ``arguments`` are those
    that a job has by another name (templates, edits), ``own`` further options of the verb alone.
    ``groups`` are those of a verb without an operation; ``shown`` say how it prints.
    """

    name: str
    body: Callable[[Invocation], None]
    summary: str
    operation: str = ""
    arguments: tuple[Option, ...] = ()
    own: tuple[Option, ...] = ()
    groups: tuple[Group, ...] = ()
    shown: tuple[Option, ...] = SHOWN
    examples: tuple[str, ...] = ()

    def grouped(self) -> Iterator[Group]:
        """All options but the documented flags, under their headings."""
        operation = OPERATIONS.get(self.operation)
        yield Group("", (*self.arguments, *(operation.own if operation else ()), *self.own))
        output = self.shown
        for group in operation.groups if operation else self.groups:
            if group.title == _OUTPUT:
                output = (*self.shown, *group.options)
            else:
                yield group
        yield Group(_OUTPUT, output)

    def options(self) -> list[Option]:
        """All options but the documented flags."""
        return [option for group in self.grouped() for option in group.options]

    @property
    def flags(self) -> bool:
        """Whether it takes the documented flags."""
        return bool(self.operation) and OPERATIONS[self.operation].flags


class VerbGroup(NamedTuple):
    """A verb that consists of verbs, as ``phone`` and ``template`` do."""

    name: str
    summary: str
    verbs: tuple[Verb, ...]
