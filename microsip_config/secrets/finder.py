"""Finds secrets in a text, in whatever form: the machine behind the `Redactor`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter

from .escapes import Layer, layers, mixed_layers, unescaped
from .patterns import NOISE, SHORT, Screen, bare, exact, loose
from .skeleton import Needle, Skeleton, Span


class Finder:
    """Knows some secrets; what finds them is made when a text may contain one of them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._screen = Screen(self._secrets)
        self._look_escaped = any(unescaped(secret) != secret for secret in self._secrets)
        self._forms: _Forms | None = None

    def spans(self, text: str) -> Sequence[Span]:
        """Where secrets begin and end in ``text``, in order; those that touch are one."""
        if self._screen.clears(text):
            return ()
        if self._forms is None:
            self._forms = self._compiled()
        certain = _joined(found.span() for found in self._forms.exact.finditer(text))
        peeled = layers(text)
        if self._look_escaped:
            peeled = chain(peeled, mixed_layers(text))
        others = [span for layer in peeled for span in self._forms.spans(layer)]
        return _joined([*certain, *(span for span in others if _adds(span, certain, text))])

    def _compiled(self) -> _Forms:
        return _Forms(self._secrets)


class _Forms:
    """The forms in which some secrets are looked for.

    ``exact`` finds those of which beginning and end are known.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        whole = [exact(secret) if len(secret) >= SHORT else bare(secret) for secret in secrets]
        self.exact = re.compile("|".join(whole))
        needles = {secret: Needle(secret) for secret in secrets if len(secret) >= SHORT}
        self._needles = [*needles.values()]
        noisy = [loose(secret) for secret, needle in needles.items() if not needle.is_enough]
        self._noisy = re.compile("|".join(noisy)) if noisy else None

    def spans(self, layer: Layer) -> Iterator[Span]:
        """Where secrets are in the original text, as this layer of it shows them."""
        for pattern in filter(None, (self.exact, self._noisy)):
            for found in pattern.finditer(layer.text):
                yield layer.starts[found.start()], layer.ends[found.end() - 1]
        skeleton = Skeleton(layer)
        for needle in self._needles:
            yield from needle.spans(skeleton)


def _adds(span: Span, certain: Sequence[Span], text: str) -> bool:
    """Whether ``span`` covers more than the ``certain`` ones do, quotes and backslashes aside.

    :param certain: in order, none touches another.
    """
    done, end = span
    first = bisect_right(certain, done, key=itemgetter(1))
    for start, stop in islice(certain, first, None):
        if start >= end:
            break
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
