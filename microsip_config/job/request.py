"""A job as plain data: what a surface asks for, and how it is read from a JSON object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..named_tuple import NamedTuple

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
