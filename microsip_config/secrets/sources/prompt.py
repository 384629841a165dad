"""``prompt``: typed by a person, unseen."""

from __future__ import annotations

from contextlib import suppress

from .source import SecretSpec, SecretWorld, Source, cannot_read


def _read(spec: SecretSpec, world: SecretWorld) -> str:
    if not world.is_terminal():
        hint = "use a source that needs no terminal, such as env:VAR"
        raise cannot_read(spec, "there is no terminal to ask on", hint)
    with suppress(EOFError):
        return world.prompt(f"{spec.name}: ")
    return ""  # which is refused, as that of any source


SOURCE = Source("prompt", _read)
