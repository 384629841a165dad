"""The second line of defence after the Secret type: removes known secrets from texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError
from ..secret import Secret

if TYPE_CHECKING:
    from types import TracebackType

    from .patterns import Screen

PLACEHOLDER = "<secret>"
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
        self._screen: Screen | None = None
        self._patterns: tuple[re.Pattern[str], re.Pattern[str]] | None = None
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Look for this one as well, from now on."""
        if secret.reveal().strip() and secret.reveal() not in self._secrets:
            self._secrets.add(secret.reveal())
            self._screen = self._patterns = None

    def text(self, text: str) -> str:
        """``text`` without the secrets."""
        if not self._secrets:
            return text
        if self._screen is None:
            from .patterns import Screen

            self._screen = Screen(self._secrets)
        if self._screen.clears(text):
            return text
        shown: list[str] = []
        done = 0
        for start, end in self._spans(text):
            shown += (text[done:start], PLACEHOLDER)
            done = end
        return "".join(shown) + text[done:]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where secrets are, in order; those that touch are one."""
        from .escapes import layers

        if self._patterns is None:
            self._patterns = self._compiled()
        exact, loose = self._patterns
        certain = [found.span() for found in exact.finditer(text)]
        others = [found.span() for found in loose.finditer(text)]
        for layer in layers(text):
            for pattern in self._patterns:
                others += [
                    (layer.starts[found.start()], layer.ends[found.end() - 1])
                    for found in pattern.finditer(layer.text)
                ]
        return _joined(certain + [span for span in others if _adds(span, certain, text)])

    def _compiled(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        from .patterns import SHORT, bare, exact, loose

        longest_first = sorted(self._secrets, key=len, reverse=True)
        whole = [exact(s) if len(s) >= SHORT else bare(s) for s in longest_first]
        between = [loose(s) if len(s) >= SHORT else bare(s) for s in longest_first]
        return re.compile("|".join(whole)), re.compile("|".join(between))


def _adds(span: tuple[int, int], certain: Iterable[tuple[int, int]], text: str) -> bool:
    """Whether ``span`` covers more than ``certain`` ones do, quotes and backslashes aside."""
    from .patterns import NOISE

    done, end = span
    for start, stop in certain:
        if start < end and stop > done:
            if text[done:start].strip(NOISE):
                return True
            done = stop
    return bool(text[done:end].strip(NOISE)) or done == span[0]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def safe_traceback(error: BaseException, redactor: Redactor | None = None) -> str:
    """The traceback of ``error`` and of what led to it, fit to be kept and sent.

    Frames are file, line and function: no source lines (a template's line may hold a password)
    and no locals. The message of an exception is left out unless it is our own or the
    interpreter's about names, types and files: a value is often part of it.
    """
    text = "\n".join(_chain(error, set())) + "\n"
    return redactor.text(text) if redactor else text


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
