"""The types of templates: what a parsed template contains, and what a rendered one asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple
from ..secret import Secret

if TYPE_CHECKING:
    from ..schema.key import Key


class TemplateText(NamedTuple):
    """A template that is given as a text; ``name`` is how messages refer to it."""

    name: str
    text: str


class Selector(NamedTuple):
    """Which section an assignment is for.

    ``("section", "Account1", ())`` is that section; ``("by", "Account", (("username", "101"),))``
    the account with these values, whatever its number; ``("every", "Account", ())`` each account
    that is there.
    """

    kind: str
    name: str
    match: tuple[tuple[str, str], ...] = ()


class Assignment(NamedTuple):
    """One key to set, or to remove (``text`` is None).

    ``text`` is exactly the text for the file (without protective quotes), a `Secret` if it must not
    be shown. ``only_if_absent``: leave the key alone if the file has it. ``where``: file:line.
    """

    selector: Selector
    key: Key
    only_if_absent: bool
    text: str | Secret | None
    where: str


class Desired(NamedTuple):
    """What a rendered template asks for: each (selector, key) once, in order of first appearance.

    ``activate`` is the account to make active, an [AccountN] of the file or one of those above, and
    ``activate_where`` where that is set; None: leave the active account alone. ``left_out`` are the
    locations of values that were not rendered, as they are secret.
    """

    description: str
    assignments: tuple[Assignment, ...]
    activate: Selector | None
    activate_where: str = ""
    left_out: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One line ``key = value`` of a template. ``literal`` is the text for the file, already typed
    and checked, if the value contains no expression; otherwise None."""

    key: Key
    source: str
    only_if_absent: bool
    where: str
    literal: str | Secret | None


class Section(NamedTuple):
    """One section of one template file. ``header`` is its normal form, as ``activate`` names it."""

    header: str
    kind: str
    name: str
    identity: tuple[Key, ...]
    entries: tuple[Entry, ...]
    where: str


class Layer(NamedTuple):
    """One template file, parsed. ``extends`` and ``activate`` come with their location."""

    name: str
    description: str
    requires: tuple[str, ...]
    extends: tuple[tuple[str, str], ...]
    activate: tuple[str, str] | None
    sections: tuple[Section, ...]
