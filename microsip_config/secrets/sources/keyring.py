"""``keyring:SERVICE/USER``: the keyring of the system. The package is imported only here, when a
password is asked for."""

from __future__ import annotations

from ...errors import SecretError
from ...system.installation import how_to_add
from .source import SecretSpec, SecretWorld, Source, cannot_read


def _read(spec: SecretSpec, _: SecretWorld) -> str:
    service, _slash, user = spec.argument.rpartition("/")
    password = ask_keyring(service, user)
    if password is None:
        raise cannot_read(spec, f"the keyring has no password of {user!r} for {service!r}")
    return password


def ask_keyring(service: str, user: str) -> str | None:
    """The password in the system's keyring; ``None`` if there is none.

    :raises SecretError: the package is not installed, or the keyring does not answer.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SecretError(
            "secrets from a keyring need the package 'keyring'",
            hint=how_to_add("keyring"),
            code="no-keyring",
        ) from None
    try:
        return keyring.get_password(service, user)
    except KeyringError as error:
        kind = type(error).__name__
    raise SecretError(f"the keyring is not responding ({kind})", hint="is it unlocked?")


def _is_complete(argument: str) -> bool:
    service, _slash, user = argument.rpartition("/")
    return bool(service and user)


SOURCE = Source("keyring:SERVICE/USER", _read, _is_complete)
