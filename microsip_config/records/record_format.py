"""The record as bytes: JSON, ASCII, the fingerprints in hex. No secret is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .fingerprint import Cost, Fingerprint, well_formed

_SCHEME = "scrypt+hmac-sha256"


def render(
    entries: Mapping[str, Fingerprint], former: Iterable[Fingerprint], target: str, version: int
) -> bytes:
    """The bytes of a record; ``target`` is the id of the file it describes."""
    whole = {
        "version": version,
        "target": target,
        "accounts": {identity: _fields(entry) for identity, entry in sorted(entries.items())},
        "former": [_fields(entry) for entry in former],
    }
    return json.dumps(whole, indent=1).encode("ascii") + b"\n"


def _fields(entry: Fingerprint) -> dict[str, Any]:
    return {
        "scheme": _SCHEME,
        **entry.cost._asdict(),
        "salt": entry.salt.hex(),
        "password": entry.password.hex(),
        "text": None if entry.text is None else entry.text.hex(),
        "blob": None if entry.blob is None else entry.blob.hex(),
        "file": entry.file,
    }


def parse(
    data: bytes, target: str, version: int
) -> tuple[dict[str, Fingerprint], tuple[Fingerprint, ...]]:
    """The entries of a record by account, and the former ones. Raises ``ValueError``, in words
    for a user."""
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
    match whole.get("former", []):  # earlier versions of this program kept none
        case list(former):
            pass
        case _:
            raise ValueError("it is damaged")
    entries = {identity: _entry(fields) for identity, fields in accounts.items()}
    return entries, tuple(_entry(fields) for fields in former)


def _entry(fields: Any) -> Fingerprint:
    try:
        scheme = fields["scheme"]
        entry = Fingerprint(
            cost=Cost(*(_whole_number(fields[name]) for name in Cost._fields)),
            salt=bytes.fromhex(fields["salt"]),
            password=bytes.fromhex(fields["password"]),
            text=_bytes(fields["text"]),
            blob=_bytes(fields.get("blob")),
            file=str(fields.get("file", "")),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError("it is damaged") from None
    if scheme != _SCHEME or not well_formed(entry):
        raise ValueError("it is damaged")
    return entry


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes.fromhex(value)


def _whole_number(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value
