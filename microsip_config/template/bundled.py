"""The bundled templates: a list of them, and a commented start for a new one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..errors import InputError, TemplateError
from .layers import load
from .parse import parse


class Summary(NamedTuple):
    """One bundled template: ``name`` as `load` takes it, and its description."""

    name: str
    description: str
    requires: tuple[str, ...]
    path: Path


def listing(bundled: Path) -> tuple[Summary, ...]:
    """The bundled templates in ``bundled`` by name, with all the variables they require."""
    found = []
    for path in sorted(bundled.glob("*.ini")):
        template = load([path], bundled)
        found.append(Summary(path.stem, template.description, template.requires, path))
    return tuple(found)


def skeleton(description: str = "My desk phones") -> str:
    """The text of a template to start from; it parses, and its comments explain the language.

    :raises TemplateError: no template can have this description.
    """
    wanted = " ".join(description.split())
    for quote in ("", '"', "'"):
        text = _SKELETON.replace("DESCRIPTION", f"{quote}{wanted}{quote}")
        try:
            if parse(text, "").description == wanted:
                return text
        except InputError:  # an expression, a control character, or quotes of its own
            continue
    raise TemplateError(
        "no template can have this description",
        hint="leave out '{{', '{%', '{#', control characters, and quotes around quotes",
    )


_SKELETON = """\
# A comment is a line of its own that begins with '#' or ';'.
# A ';' inside a value is part of the value. Quotes around a whole value are removed.

[template]
description = DESCRIPTION
# Variables that must be given: --var extension=101, --vars FILE, --secret sip=SOURCE
requires    = extension, full_name, site.domain, secret.sip
# Files next to this one, or bundled templates, whose values apply unless they are set here
extends     = base
# The account that the phone uses, by the header of its section
activate    = Account1

[Settings]
# '=' sets a key. Codecs have friendly names; the first is tried first.
audioCodecs = opus, G722, PCMA, PCMU
# '?=' sets it only if the phone has no value yet: the user's choice wins.
volumeRing  ?= 80
# {{ absent }} removes a key, so that MicroSIP uses its default.
userAgent   = {{ absent }}
# Expressions can have filters (default, upper, lower, int ...), conditions and whole-number sums.
autoAnswer  = {{ "header" if answer_by_header | default(false) else "button" }}

# One account by its number. [Account by username, domain] is the account with these two values
# instead, added if there is none; [Account *] is every account of the phone.
[Account1]
label       = {{ full_name }}
server      = {{ site.domain }}
domain      = {{ site.domain }}
username    = {{ extension }}
displayName = {{ full_name }}
password    = {{ secret.sip }}
"""
