"""Several errors of one template, told in one go."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InputError, TemplateError
from ..results import Issue
from ..schema.key import nearest


class TemplateErrors(TemplateError):
    """More than one error: ``errors`` in the order of the template, ``issues`` ready to show."""

    code = "bad-template"

    def __init__(self, errors: Iterable[InputError]) -> None:
        self.errors = tuple(errors)
        first = self.errors[0]
        super().__init__(
            f"{len(self.errors)} errors, the first: {first.message}",
            hint=first.hint,
            where=first.where,
        )

    @property
    def issues(self) -> tuple[Issue, ...]:
        """One issue per error."""
        return tuple(Issue(e.code, e.message, e.hint, e.where) for e in self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class Trouble:
    """Collects errors, so that one run tells all of them."""

    __slots__ = ("errors",)

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def add(self, error: InputError) -> None:
        """Keep ``error``, without the frames and causes that may hold a value."""
        error.__traceback__ = error.__context__ = error.__cause__ = None
        if isinstance(error, TemplateErrors):
            self.errors.extend(error.errors)
        else:
            self.errors.append(error)

    def settle(self) -> None:
        """Raise what was collected: the error itself if it is the only one."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise TemplateErrors(self.errors)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The hint ``did you mean 'x'?`` or, where nothing is near, ''."""
    near = nearest(word, list(choices))
    return f"did you mean '{near}'?" if near else ""
