"""The record as bytes: JSON, ASCII, the fingerprints in hex. No secret is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .fingerprint import Cost, Fingerprint, well_formed

_SCHEME = "scrypt+hmac-sha256"


def render(entries: Mapping[str, Fingerprint], target: str, version: int) -> bytes:
    """The bytes of a record; ``target`` is the id of the file it describes."""
    accounts = {
        identity: {
            "scheme": _SCHEME,
            **entry.cost._asdict(),
            "salt": entry.salt.hex(),
            "password": entry.password.hex(),
            "text": None if entry.text is None else entry.text.hex(),
        }
        for identity, entry in sorted(entries.items())
    }
    whole = {"version": version, "target": target, "accounts": accounts}
    return json.dumps(whole, indent=1).encode("ascii") + b"\n"


def parse(data: bytes, target: str, version: int) -> dict[str, Fingerprint]:
    """The entries of a record. Raises ``ValueError``, in words for a user."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("it is damaged") from None
    match whole:
        case {"version": found, "target": belongs, "accounts": dict(accounts)}:
            pass
        case _:
            raise ValueError("it is damaged")
    if found != version:
        raise ValueError("another version of this program wrote it")
    if belongs != target:
        raise ValueError("it belongs to another file")
    return {identity: _entry(fields) for identity, fields in accounts.items()}


def _entry(fields: Any) -> Fingerprint:
    try:
        scheme = fields["scheme"]
        entry = Fingerprint(
            Cost(*(_whole_number(fields[name]) for name in Cost._fields)),
            bytes.fromhex(fields["salt"]),
            bytes.fromhex(fields["password"]),
            None if fields["text"] is None else bytes.fromhex(fields["text"]),
        )
    except (KeyError, TypeError, ValueError):
        raise ValueError("it is damaged") from None
    if scheme != _SCHEME or not well_formed(entry):
        raise ValueError("it is damaged")
    return entry


def _whole_number(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value
