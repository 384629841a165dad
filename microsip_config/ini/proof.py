"""The proof of a new text, before it replaces the file: it is read as intended, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..errors import MicrosipConfigError
from .names import fold
from .profile import Profile

Expected = Mapping[tuple[str, str], str | None]
"""(section, key) -> the text that must be read afterwards; None: the key must be absent."""

_Readable = dict[str, Mapping[str, str]]


def prove(before: Profile, after: Profile, expected: Expected, where: Path) -> None:
    """Every expected value must be read ``after``, and everything else as it was ``before``.

    Raises the package's base error (a bug, exit 70) that names the keys, never their values.
    ``where`` is the file that is to be written.
    """
    found = _readable(after.snapshot())
    wanted = _readable(_with_expected(before.snapshot(), expected))
    if found == wanted:
        return
    names = {(fold(section), fold(key)): f"{section}.{key}" for section, key in expected}
    wrong = sorted(_different(found, wanted))
    listed = ", ".join(names.get(each, ".".join(each)) for each in wrong[:5])
    raise MicrosipConfigError(
        f"the edited text would not be read as intended; nothing was written ({listed})",
        hint="this is a fault of microsip-config: please report it with the lines around these "
        "keys, without passwords",
        where=str(where),
    )


def _readable(snapshot: Mapping[str, Mapping[str, str]]) -> _Readable:
    """A section without keys reads as one that does not exist."""
    return {name: values for name, values in snapshot.items() if values}


def _with_expected(snapshot: Mapping[str, Mapping[str, str]], expected: Expected) -> _Readable:
    changed: dict[str, dict[str, str]] = {}
    for (section, key), text in expected.items():
        name = fold(section)
        values = changed.get(name)
        if values is None:
            values = changed[name] = dict(snapshot.get(name, {}))
        if text is None:
            values.pop(fold(key), None)
        else:
            values[fold(key)] = text
    return {**snapshot, **changed}


def _different(found: _Readable, wanted: _Readable) -> set[tuple[str, str]]:
    """The (section, key) that are not read alike."""
    wrong = set()
    for section in found.keys() | wanted.keys():
        one, other = found.get(section, {}), wanted.get(section, {})
        wrong |= {(section, k) for k in one.keys() | other.keys() if one.get(k) != other.get(k)}
    return wrong
