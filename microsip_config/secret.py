"""Text that must not be shown: a wrapper that gives its text only to code that calls for it."""

from __future__ import annotations

PLACEHOLDER = "<secret>"
"""What is shown in place of a secret."""


class Secret:
    """A secret text. ``str``, ``repr`` and formatting give ``<secret>``; ``reveal()`` the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; for the code that writes or compares it, never for a message."""
        return self._text

    def __repr__(self) -> str:
        return PLACEHOLDER

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


def revealed(text: str | Secret | None) -> str | None:
    """The plain text of a value that may be a secret."""
    return text.reveal() if isinstance(text, Secret) else text
