"""A rendered text -> the exact text for the file, or an error with its place."""

from __future__ import annotations

from ..errors import ValueRefused
from ..schema.key import Key
from ..secret import Secret


def typed_text(
    key: Key, text: str, where: str, *, tainted: bool = False, origin: str = ""
) -> str | Secret:
    """What ``text`` is in the file, after validation by ``key``.

    :param tainted: a secret went into ``text``: the result is a `Secret`, and no error shows it.
    :param origin: the variables that went into it, for the hint; '' for a literal value.
    :raises ValueRefused: MicroSIP would ignore, clamp, cut or misread the value.
    """
    hidden = tainted or key.kind == "secret"
    try:
        value = key.encode(key.parse(text, secret=hidden))
    except ValueRefused as error:
        source = f"it comes from {origin}" if origin else ""
        hint = "; ".join(filter(None, (error.hint, source)))
        raise ValueRefused(error.message, hint=hint, where=where, code=error.code) from None
    return Secret(value) if hidden else value
