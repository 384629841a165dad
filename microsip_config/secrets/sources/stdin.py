"""``stdin``: standard input, up to its end."""

from __future__ import annotations

from .source import LIMIT, SecretSpec, SecretWorld, Source, cannot_read, decoded


def _read(spec: SecretSpec, world: SecretWorld) -> str:
    if world.is_terminal():
        raise cannot_read(spec, "stdin is a terminal, which would show it", "use prompt")
    try:
        data = world.read_stdin(LIMIT + 1)
    except OSError as error:
        raise cannot_read(spec, f"cannot read stdin: {error.strerror}") from error
    if len(data) > LIMIT:
        raise cannot_read(spec, f"it is longer than {LIMIT} bytes")
    return decoded(spec, data)


SOURCE = Source("stdin", _read)
