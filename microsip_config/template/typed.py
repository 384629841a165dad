"""A rendered text -> the exact text for the file, or an error with its location."""

from __future__ import annotations

from ..errors import ValueRefused
from ..schema.key import Key
from ..secret import Secret
from ..stray_secrets import holds_password


def shown_name(key: Key) -> str:
    """How messages name ``key``: its name, or ``shortcut 2``, since ``file:17: 2:`` reads badly."""
    return f"shortcut {key.name}" if key.section == "Shortcuts" else key.name


def typed_text(
    key: Key, text: str, where: str, *, tainted: bool = False, origin: str = ""
) -> str | Secret:
    """The text for the file, validated by ``key``.

    :param tainted: a secret went into ``text``: the result is a `Secret`, and no error shows it.
    :param origin: the variables that went into it, for the hint; '' for a literal value.
    :raises ValueRefused: MicroSIP would ignore, clamp, truncate or misread the value.
    """
    hidden = tainted or key.kind == "secret" or holds_password(text)
    try:
        value = key.encode(key.parse(text, secret=hidden))
    except ValueRefused as error:
        source = f"it comes from {origin}" if origin else ""
        hint = "; ".join(filter(None, (error.hint, source)))
        message = error.message.removeprefix(f"{key.name}: ")
        if message != error.message:
            message = f"{shown_name(key)}: {message}"
        raise ValueRefused(message, hint=hint, where=where, code=error.code) from None
    return Secret(value) if hidden else value
