"""Single changes as something to apply, checked as in a template."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ErrorList, InputError
from ..limits import EDITS
from ..schema import RECORDS, find_key
from ..secret import Secret
from ..stray_secrets import holds_password
from ..template.model import Assignment, Desired, Selector


def edits(
    changes: Sequence[tuple[str, str, str | Secret | None]], *, allow_commands: bool = False
) -> Desired:
    """Single changes ``(section, key, text or None to remove it)`` as something to apply.

    The texts are checked as in a template. Raises ``UnknownKey``, ``ValueRefused``, and
    ``InputError`` for a key given twice, for the phone's own lists, and for a ``cmd*`` key without
    ``allow_commands``; ``InputErrors`` if several of the changes cannot be made.
    """
    if len(changes) > EDITS:
        raise InputError(f"there are more than {EDITS:,} single changes", code="too-large")
    errors = ErrorList()
    wanted: dict[str, Assignment] = {}
    for change in changes:
        try:
            wish = assignment(*change)
            place = f"{wish.selector.name}.{wish.key.name}"
            _refuse_odd(wish, place, place.lower() in wanted, allow_commands)
            wanted[place.lower()] = wish
        except InputError as error:
            message = error.message.removeprefix(f"{change[1]}: ")  # ``where`` has the name
            where = error.where or f"{change[0]}.{change[1]}"
            errors.add(error.with_(message=message, where=where))
    errors.settle()
    return Desired("", tuple(wanted.values()), None)


def _refuse_odd(wish: Assignment, place: str, again: bool, allow_commands: bool) -> None:
    if again:
        raise InputError("the key is given twice", where=place, code="given-twice")
    if wish.text is None:
        return
    if wish.key.own or wish.key.section in RECORDS:
        own = wish.key.name if wish.key.section not in RECORDS else f"[{wish.key.section}]"
        raise InputError(
            f"{own} is data the phone maintains itself",
            where=place,
            code="phones-own",
        )
    if wish.key.kind == "command" and not allow_commands:
        raise InputError(
            f"'{wish.key.name}' runs a program, and commands are not allowed",
            hint="use --allow-commands if you mean it",
            where=place,
            code="command",
        )


def assignment(section: str, name: str, text: str | Secret | None) -> Assignment:
    """One change as an assignment; a password becomes a ``Secret`` if it is none."""
    key = find_key(section, name)
    if text is not None:
        plain = text.reveal() if isinstance(text, Secret) else text
        hidden = isinstance(text, Secret) or key.kind == "secret" or holds_password(plain)
        encoded = key.encode(key.parse(plain, secret=hidden))
        text = Secret(encoded) if hidden else encoded
    return Assignment(Selector("section", section), key, False, text, "given")
