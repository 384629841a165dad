"""Options that are typed in another system's way: ``-ini``, ``/ini``, ``--Ini``, ``--ini:PATH``.

A word processor makes one dash of two; Windows has slashes, and PowerShell single dashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..job.options import documented_flags
from ..named_tuple import NamedTuple
from ..text import did_you_mean
from .split_path import DASHES, is_there
from .verb import Verb

SWITCH = re.compile(
    rf"(?P<sign>[{DASHES}]+|/)(?P<name>[A-Za-z][\w-]*|\?)(?P<value>[=:].*)?", re.DOTALL
)
HELP = frozenset(("?", "h", "help"))


class Told(NamedTuple):
    """What is said of a mistake."""

    message: str
    hint: str


def meant_option(word: str, flags: Iterable[str]) -> str:
    """The one of ``flags`` whose name ``word`` has, with whatever signs, case and value; or ''.

    ``-ini``, ``/ini:PATH``, an en dash before ``ini`` and ``--Ini`` are all ``--ini``.
    """
    found = SWITCH.fullmatch(word)
    if found is None:
        return ""
    name = _plain(found["name"])
    if name in HELP:
        return "--help"
    return next((flag for flag in flags if flag[:2] == "--" and _plain(flag) == name), "")


def misplaced_option(word: str, flags: Iterable[str]) -> Told | None:
    """What is said of a word in the place of an argument that must be an option."""
    meant = meant_option(word, flags)
    if not meant or (word[0] == "/" and is_there(word)):
        return None
    return Told(f"{named(word)!r} is not an option", f"did you mean '{meant}'?")


def _plain(name: str) -> str:
    """``wineprefix`` of ``--wine-prefix``, ``WinePrefix`` and ``wine_prefix``."""
    return re.sub(rf"[{DASHES}_]", "", name).lower()


def named(word: str) -> str:
    """The word without its value."""
    found = SWITCH.fullmatch(word)
    return word if found is None else found["sign"] + found["name"]


def near_option(word: str, flags: Sequence[str]) -> str:
    meant = meant_option(word, flags)
    found = SWITCH.fullmatch(word)
    if meant or found is None or len(found["name"]) < 2:
        return meant
    names = {_plain(flag): flag for flag in flags if flag[:2] == "--"}
    near = re.search("'(.*)'", did_you_mean(_plain(found["name"]), names))
    return names[near[1]] if near else ""


def flags_of(verb: Verb) -> list[str]:
    """Every flag of a verb as it is typed."""
    options = [*verb.options(), *(documented_flags().options if verb.flags else ())]
    return [flag for option in options for flag in (*option.flags, option.off) if flag]
