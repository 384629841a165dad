"""A job as plain data: what a surface asks for, and how it is read from a JSON object."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..named_tuple import NamedTuple
from ..text import one_of

if TYPE_CHECKING:
    from ..secret import Secret
    from ..template.model import Desired, TemplateText

VERSION = 1
"""The version of the request."""


class Edit(NamedTuple):
    """A single change; ``value`` None removes the key."""

    section: str
    key: str
    value: str | Secret | None


def split_assignment(text: str, where: str = "") -> Edit:
    """``Section.Key=value`` -> its three parts; the value may hold anything, ``=`` too.

    :raises UsageError: it is none. The text may be a password in the wrong place: of it, only the
        name of a key is repeated.
    """
    name, equals, value = text.partition("=")
    section, dot, key = name.partition(".")
    if equals and section and dot and key:
        return Edit(section, key, value)
    fault = "the text before '=' is not SECTION.KEY" if equals else "an assignment has no '='"
    form = "=VALUE" if equals else "=VALUE, without a blank around '='"
    raise UsageError(fault, hint=_meant(name, form) or "SECTION.KEY=VALUE", where=where)


def split_name(text: str) -> Edit:
    """``Section.Key`` -> its two names, for a key to remove. Raises ``UsageError``."""
    section, dot, key = text.partition(".")
    if section and dot and key:
        return Edit(section, key, None)
    hint = _meant(text, "") or "such as Settings.enableSTUN"
    raise UsageError(f"{text!r} is not SECTION.KEY", hint=hint)


def _meant(text: str, form: str) -> str:
    """The keys that a text without SECTION.KEY may mean, as ``did you mean ...?``; or ''."""
    from ..schema import account_number, canonical_section, lookup, owners

    words: list[str] = re.findall(r"\w+", text)
    for section, key in pairwise(words):
        known = lookup(section, key)
        if known is not None:
            return f"did you mean {canonical_section(section)}.{known.name}{form}?"
    found = next(filter(None, map(owners, words[:3])), [])
    number = next((word for word in words if account_number(word) is not None), "")
    if number:
        found = [name.replace("Account1.", f"{canonical_section(number)}.") for name in found]
    return f"did you mean {one_of([name + form for name in found])}?" if found else ""


class Job(NamedTuple):
    """One request.

    :param operation: a name in ``operations.OPERATIONS``.
    :param options: values by the names in ``job.options``, the target's among them; what is
        missing has its default.
    :param templates: names of bundled templates, paths, or :class:`TemplateText`.
    :param edits: single changes, for ``set`` and ``unset``.
    :param flags: the documented flags that are given, by name without dashes.
    :param variables: a table of tables for the templates; they win over those of files.
    :param secrets: by name, as ``{{ secret.NAME }}``; beside those of the option ``secret``.
    :param desired: what the templates come to, where they are rendered already.
    """

    operation: str
    options: Mapping[str, Any] = {}
    templates: Sequence[str | TemplateText] = ()
    edits: Sequence[Edit] = ()
    flags: Mapping[str, str | Secret] = {}
    variables: Mapping[str, Any] = {}
    secrets: Mapping[str, Secret] = {}
    desired: Desired | None = None
