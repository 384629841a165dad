"""Finds secrets in a text, in whatever form: the machine behind the `Redactor`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .escapes import layers
from .patterns import NOISE, SHORT, Screen, bare, exact, loose

Span = tuple[int, int]


class Finder:
    """Knows some secrets; their patterns are compiled when a text may contain one of them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._screen = Screen(self._secrets)
        self._patterns: tuple[re.Pattern[str], re.Pattern[str]] | None = None

    def spans(self, text: str) -> Sequence[Span]:
        """Where secrets begin and end in ``text``, in order; those that touch are one."""
        if self._screen.clears(text):
            return ()
        if self._patterns is None:
            self._patterns = self._compiled()
        exact_pattern, loose_pattern = self._patterns
        certain = [found.span() for found in exact_pattern.finditer(text)]
        others = [found.span() for found in loose_pattern.finditer(text)]
        for layer in layers(text):
            for pattern in self._patterns:
                others += [
                    (layer.starts[found.start()], layer.ends[found.end() - 1])
                    for found in pattern.finditer(layer.text)
                ]
        return _joined(certain + [span for span in others if _adds(span, certain, text)])

    def _compiled(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        whole = [exact(s) if len(s) >= SHORT else bare(s) for s in self._secrets]
        between = [loose(s) if len(s) >= SHORT else bare(s) for s in self._secrets]
        return re.compile("|".join(whole)), re.compile("|".join(between))


def _adds(span: Span, certain: Iterable[Span], text: str) -> bool:
    """Whether ``span`` covers more than the ``certain`` ones do, quotes and backslashes aside."""
    done, end = span
    for start, stop in certain:
        if start < end and stop > done:
            if text[done:start].strip(NOISE):
                return True
            done = stop
    return done == span[0] or bool(text[done:end].strip(NOISE))


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
