"""``env:VAR``: an environment variable."""

from __future__ import annotations

from .source import SecretSpec, SecretWorld, Source, cannot_read


def _read(spec: SecretSpec, world: SecretWorld) -> str:
    if spec.argument not in world.environ:
        raise cannot_read(spec, f"there is no environment variable {spec.argument!r}")
    return world.environ[spec.argument]


SOURCE = Source("env:VAR", _read)
