"""The second line of defence after the Secret type: removes known secrets from texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError
from ..secret import PLACEHOLDER as PLACEHOLDER
from ..secret import Secret
from ..stray_secrets import without_passwords
from ..text import escape_controls

if TYPE_CHECKING:
    from types import TracebackType

    from .finder import Finder

_FRAMES = 30  # of each traceback

# Their messages name types, names and files, as the interpreter and the system word them.
_HARMLESS = (AttributeError, ImportError, NameError, OSError, TypeError)


class Redactor:
    """Replaces every known secret by ``<secret>``, in plain text and in every usual encoding.

    Found are: escapes of Python, JSON, URLs, XML, CSV and shells, also mixed and repeated; hex and
    base64 of UTF-8 and UTF-16, also inside longer ones; bytes misread as text.

    A secret of one to three characters would be found everywhere by chance; it is replaced only
    where it is a word of its own, and not in base64 or hex. Not found are a secret in parts, and
    what a hash or an encryption made of it.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets: set[str] = set()
        self._finder: Finder | None = None
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Look for this one as well, from now on."""
        if secret.reveal().strip() and secret.reveal() not in self._secrets:
            self._secrets.add(secret.reveal())
            self._finder = None

    def text(self, text: str) -> str:
        """``text`` without the secrets."""
        if not self._secrets:
            return text
        if self._finder is None:
            from .finder import Finder

            self._finder = Finder(self._secrets)
        shown: list[str] = []
        done = 0
        for start, end in self._finder.spans(text):
            shown += (text[done:start], PLACEHOLDER)
            done = end
        return "".join(shown) + text[done:]


def safe_traceback(error: BaseException, redactor: Redactor | None = None) -> str:
    """The traceback of ``error`` and of what led to it, fit to be kept and sent.

    Frames are file, line and function: no source lines (a template's line may hold a password)
    and no locals. The message of an exception is left out unless it is our own or the
    interpreter's about names, types and files: a value is often part of it.
    """
    redacted = redactor.text if redactor else str
    return "".join(
        f"{escape_controls(without_passwords(redacted(line)))}\n" for line in _chain(error, set())
    )


def _chain(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    cause, context = error.__cause__, error.__context__
    if cause is not None and id(cause) not in seen:
        yield from _chain(cause, seen)
        yield "which was the direct cause of:"
    elif context is not None and not error.__suppress_context__ and id(context) not in seen:
        yield from _chain(context, seen)
        yield "while that was handled:"
    yield "Traceback, most recent call last:"
    yield from _frames(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_message(error)}"
    if isinstance(error, BaseExceptionGroup):
        for number, part in enumerate(error.exceptions, 1):
            if id(part) not in seen:
                yield f"part {number} of {len(error.exceptions)}:"
                yield from _chain(part, seen)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    lines = []
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_qualname}")
        trace = trace.tb_next
    if len(lines) > _FRAMES:
        left_out = len(lines) - _FRAMES
        lines[_FRAMES // 2 : -(_FRAMES // 2)] = [f"  ... {left_out} more ..."]
    yield from lines


def _message(error: BaseException) -> str:
    if isinstance(error, MicrosipConfigError):
        return f"{error} [{error.code}]"
    if isinstance(error, UnicodeError) or not isinstance(error, _HARMLESS):
        return "(message left out: it may hold a value)"
    return str(error)
