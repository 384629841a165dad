"""Several errors of one template or command line, told in one go."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InputError
from ..results import Issue
from ..text import nearest

MOST = 8
"""How many errors are told: a file that is no template at all has one in every line."""


class InputErrors(InputError):
    """More than one error: ``errors`` in the order of the input, ``issues`` ready to show.

    ``all`` has every error; of ``errors`` beyond `MOST` the last one says how many more there are.
    """

    def __init__(self, errors: Iterable[InputError]) -> None:
        self.all = tuple(errors)
        self.errors = self.all
        more = self.all[MOST:]
        if len(more) > 1:
            self.errors = (
                *self.all[:MOST],
                InputError(f"and {len(more)} more errors", where=more[0].where),
            )
        first = self.all[0]
        super().__init__(
            f"{len(self.all)} errors, the first: {first.message}",
            hint=first.hint,
            where=first.where,
        )

    @property
    def issues(self) -> tuple[Issue, ...]:
        """One issue for each of ``errors``."""
        return tuple(Issue(e.code, e.message, e.hint, e.where) for e in self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class ErrorList:
    """Collects errors, so that one run tells all of them."""

    __slots__ = ("errors",)

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def add(self, error: InputError) -> None:
        """Keep ``error``, without the frames and causes that may hold a value."""
        error.__traceback__ = error.__context__ = error.__cause__ = None
        if isinstance(error, InputErrors):
            self.errors.extend(error.all)
        else:
            self.errors.append(error)

    def settle(self) -> None:
        """Raise what was collected: the error itself if it is the only one."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise InputErrors(self.errors)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The hint ``did you mean 'x'?`` or, where nothing is near, ''."""
    near = nearest(word, list(choices))
    return f"did you mean '{near}'?" if near else ""
