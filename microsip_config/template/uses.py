"""Which names a template uses, and which of the given values it does not use at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..errors import InputError
from ..limits import GUESSES
from ..named_tuple import NamedTuple
from ..results import Issue
from ..text import did_you_mean
from .scope import BUILT_IN, simple_parts

if TYPE_CHECKING:
    from .layers import Template
    from .model import Entry

_SHOWN = 10  # names in a message
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


class Uses(NamedTuple):
    """The names in one value; ``optional`` ones have a default or are tested for being defined."""

    names: tuple[str, ...]
    optional: frozenset[str]


def uses_of(entry: Entry) -> Uses:
    """The names in one value; raises `InputError` where the expression cannot be read."""
    if entry.literal is not None:
        return Uses((), frozenset())
    parts = simple_parts(entry.source)
    if parts is not None:
        return Uses(tuple(parts[1::2]), frozenset())
    from .sandbox import checked_tree, names_in, optional_names

    tree = checked_tree(entry.source)
    return Uses(tuple(names_in(tree)), frozenset(optional_names(tree)))


def needs_secret(entry: Entry) -> bool:
    """Whether a value is a password or made of a secret."""
    return entry.key.kind == "secret" or any(map(_is_secret, _names_of(entry)))


def _is_secret(name: str) -> bool:
    return name.split(".", 1)[0] == "secret"


def _names_of(entry: Entry) -> Iterable[str]:
    """All names in a value; of one that cannot be read, whatever looks like one."""
    try:
        return uses_of(entry).names
    except InputError:
        return _NAME.findall(entry.source)


def used_names(template: Template | None) -> frozenset[str]:
    """The names that some layer uses, whether or not its value counts in the end."""
    if template is None:
        return frozenset()
    entries = (e for layer in template.layers for sect in layer.sections for e in sect.entries)
    return frozenset([*template.requires, *(name for e in entries for name in _names_of(e))])


def unused(
    template: Template | None, given: Mapping[str, str], used: Iterable[str] = ()
) -> list[Issue]:
    """What is given and not used by any layer; a file that is shared by many is told in one line.

    :param given: the names of variables and, as ``secret.NAME``, secrets, each with the option or
        file that gives it.
    :param used: the names that other templates use.
    """
    names = frozenset(used) | used_names(template)
    leftover: dict[str, list[str]] = {}
    for name, origin in given.items():
        if not _is_used(name, names):
            leftover.setdefault(origin, []).append(name)
    found: list[Issue] = []
    for origin, left in leftover.items():
        if origin in ("--var", "--secret"):
            found += [_one(name, origin, names, guess=at < GUESSES) for at, name in enumerate(left)]
        else:
            found.append(_several(left, origin, names))
    return found


def _is_used(name: str, used: frozenset[str]) -> bool:
    """Whether the name, a table that it is in, or something in it is used."""
    parts = name.split(".")
    tables = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return not used.isdisjoint(tables) or any(each.startswith(f"{name}.") for each in used)


def _one(name: str, origin: str, used: frozenset[str], *, guess: bool) -> Issue:
    bare = name.removeprefix("secret.") if origin == "--secret" else name
    return Issue(
        "unused-variable",
        f"no template uses '{bare}'",
        (_near(name, used) if guess else "") or "correct its name, or leave it out",
        f"{origin} {bare}",
    )


def _several(names: list[str], origin: str, used: frozenset[str]) -> Issue:
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    shared = "in a file that several templates share, this is in order"
    in_file = origin not in ("variables", "secrets")
    near = [f"{name}: {hint}" for name in names[:GUESSES] if (hint := _near(name, used))]
    return Issue(
        "unused-variable",
        f"no template uses: {shown}{more}",
        "; ".join(near[:3]) or (shared if in_file else "correct the names, or leave them out"),
        origin,
    )


def _near(name: str, used: frozenset[str]) -> str:
    secret = _is_secret(name)
    choices = sorted(each for each in used if _is_secret(each) is secret)
    if secret:
        choices = [each.partition(".")[2] for each in choices]
        return did_you_mean(name.partition(".")[2], choices)
    return did_you_mean(name, [c for c in choices if c.split(".", 1)[0] not in BUILT_IN])
