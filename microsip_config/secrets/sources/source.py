"""What every source of secrets shares: what it is given, and how it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from ...errors import SecretError
from ...secret import Secret

LIMIT = 8 * 1024  # bytes; MicroSIP reads 1040 characters of a password

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class SecretSpec(NamedTuple):
    """One ``--secret``: the name in templates, the kind of source, and its argument."""

    name: str
    kind: str
    argument: str = ""


def _ignore(_: Secret) -> None:
    """The default of ``seen``."""


class SecretWorld(NamedTuple):
    """What secrets are read from, handed in by the caller.

    :param environ: the environment variables.
    :param read_stdin: reads at most so many bytes of standard input, as ``sys.stdin.buffer.read``.
    :param is_terminal: is standard input a terminal, with a person at it?
    :param prompt: shows a text and returns what is typed, unseen, as ``getpass.getpass``.
    :param allow_open_files: accept files that other users can read.
    :param trusted_readers: on Windows, users and groups that may read secret files too.
    :param caller: the user whose files root may read; see ``System.open_given``.
    :param seen: is given each secret when it is read; for the redactor.
    """

    environ: Mapping[str, str]
    read_stdin: Callable[[int], bytes]
    is_terminal: Callable[[], bool]
    prompt: Callable[[str], str]
    allow_open_files: bool = False
    trusted_readers: Collection[str] = ()
    caller: int | None = None
    seen: Callable[[Secret], None] = _ignore


class Source(NamedTuple):
    """A kind of source: a row of the table.

    :param form: how it is written, such as ``env:VAR``; with an argument if there is a colon.
    :param read: returns the text of the secret, or raises `SecretError`.
    :param is_complete: whether an argument has all its parts.
    """

    form: str
    read: Callable[[SecretSpec, SecretWorld], str]
    is_complete: Callable[[str], bool] = bool


def cannot_read(spec: SecretSpec, why: str, hint: str = "") -> SecretError:
    """The error of a source that does not give the secret."""
    return SecretError(f"cannot read secret {spec.name!r}: {why}", hint=hint)


def decoded(spec: SecretSpec, data: bytes) -> str:
    """The text of a file or stream. It is UTF-8, or what a byte-order mark says."""
    encoding = "utf-8"
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = None
    if text is None:  # outside, because that error carries the bytes
        raise cannot_read(spec, "it is not UTF-8 text", "save it as UTF-8")
    if "\0" in text:
        raise cannot_read(spec, "it contains a NUL character")
    return text


def without_line_end(text: str) -> str:
    """``text`` less the one line end that programs leave at the end of what they write."""
    return re.sub(r"(?:\r\n|\n|\r)\Z", "", text)
