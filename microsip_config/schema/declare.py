"""How a section is declared: a class whose annotated fields are the facts of the keys.

The attribute name is the exact spelling of the key, the annotation its typed value. A type checker
sees such a class as the shape of the section's model (``model.Settings`` and the others); at run
time the attributes are the ``Key`` objects, so that no model has to be built to know a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, dataclass_transform

from .caller_id import hidden_caller_id
from .characters import Takes
from .codecs import Codecs
from .commands import COMMAND_FIELDS, command_line, command_placeholders
from .key import INT_MAX, Grammar, Key
from .kinds import BoolReader, Choice, Flag, Text
from .numbers import Number, NumberedChoice
from .password import Password

_NONE: Mapping[str, str] = MappingProxyType({})


def flag(*, default: bool, reader: BoolReader = "integer", doc: str, **facts: Any) -> Any:
    """A yes/no value; see ``kinds.Flag``."""
    return Flag(default=default, reader=reader, doc=doc, **facts)


def number(
    *, default: int | None, minimum: int = 0, maximum: int = INT_MAX, doc: str, **facts: Any
) -> Any:
    """A whole number; see ``kinds.Number``."""
    return Number(default=default, minimum=minimum, maximum=maximum, doc=doc, **facts)


def numbered(
    *, default: int, choices: Mapping[int, str], aliases: Mapping[str, int], doc: str, **facts: Any
) -> Any:
    """A number that stands for one of a few things; see ``kinds.NumberedChoice``."""
    return NumberedChoice(default=default, choices=choices, aliases=aliases, doc=doc, **facts)


def choice(
    *,
    default: str,
    choices: Mapping[str, str],
    aliases: Mapping[str, str] = _NONE,
    doc: str,
    **facts: Any,
) -> Any:
    """One word of a few; see ``kinds.Choice``."""
    return Choice(default=default, choices=choices, aliases=aliases, doc=doc, **facts)


def text(
    *,
    default: str | None = "",
    grammar: Grammar | None = None,
    form: str = "",
    takes: Takes = "",
    doc: str,
    **facts: Any,
) -> Any:
    """A text, with a grammar or without; see ``kinds.Text``."""
    return Text(default=default, grammar=grammar, form=form, takes=takes, doc=doc, **facts)


def device(*, default: str = "", doc: str, **facts: Any) -> Any:
    """The exact name of a device; MicroSIP writes it in double quotes."""
    return Text(default=default, quoted=True, machine=True, doc=doc, **facts)


def command(*, default: str = "", doc: str, **facts: Any) -> Any:
    """A program to start; MicroSIP writes it in double quotes (raw up to 3.21.3)."""
    return Text(
        default=default,
        kind="command",
        grammar=command_line,
        doubtful=command_placeholders,
        form="a command line that begins with the program; MicroSIP fills in "
        + " ".join(f"{{{name}}}" for name in COMMAND_FIELDS),
        quoted=True,
        history="written without quotes up to 3.21.3",
        example=r'"C:\Program Files\Example\log.exe" {number}',
        doc=doc,
        **facts,
    )


def codecs(*, default: tuple[str, ...], limit: int, doc: str, **facts: Any) -> Any:
    """The ordered list of codecs; see ``codecs.Codecs``."""
    return Codecs(default=default, limit=limit, doc=doc, **facts)


def password(*, default: Any, limit: int, doc: str, **facts: Any) -> Any:
    """A password; see ``password.Password``."""
    return Password(default=default, limit=limit, doc=doc, **facts)


def caller_id(*, default: str, doc: str, **facts: Any) -> Any:
    """Whether the caller's number is hidden; see ``caller_id``."""
    return hidden_caller_id(default, doc=doc, **facts)


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(
        flag,
        number,
        numbered,
        choice,
        text,
        device,
        command,
        codecs,
        password,
        caller_id,
    ),
)
class Declaration:
    """Base of the declared sections; ``keys`` maps the exact spelling to the key."""

    section: ClassVar[str] = ""
    keys: ClassVar[Mapping[str, Key]] = MappingProxyType({})

    def __init_subclass__(cls, *, section: str = "", group: str = "") -> None:
        cls.section = section or cls.section
        collected: dict[str, Key] = {}
        for base in reversed(cls.__bases__):
            collected.update(getattr(base, "keys", {}))
        for name, key in vars(cls).items():
            if isinstance(key, Key):
                key.name = name
                key.section = cls.section
                key.group = key.group or group
                collected[name] = key
        cls.keys = MappingProxyType(collected)
