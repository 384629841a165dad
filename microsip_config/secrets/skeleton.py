"""What no encoder changes in a text: its characters without quotes, backslashes and the like.

Whatever CSV, shells, JSON and their kind put around or between the characters of a secret, and in
whatever mixture, the skeleton of the secret is in that of the text; one look for a substring finds
it. Other escapes are taken off before (see `escapes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from .escapes import Layer, layers
from .patterns import NOISE, as_units

Span = tuple[int, int]

LEAST = 2
"""Characters of a skeleton that is looked for: there are other places of a single one."""
# One form of a blank (the web has another) and of a tab (its letter is left of its escape).
_ONE_FORM = str.maketrans({"+": " ", "\t": "t"})


class Skeleton:
    """The skeleton of a layer of a text, and where its characters are in that text."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._even = layer.text.translate(_ONE_FORM)
        self.text = _dropped().sub("", self._even)
        self._kept: list[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """Where a part of the skeleton is in the text."""
        kept = self._positions()
        return self._layer.starts[kept[start]], self._layer.ends[kept[end - 1]]

    def core(self) -> tuple[str, Span]:
        """The skeleton without blanks at its ends, which tell nothing, and where it is."""
        kept = [at for at in self._positions() if self._layer.text[at] != " "]
        if not kept:
            return "", (0, 0)
        first, last = self._positions().index(kept[0]), self._positions().index(kept[-1])
        return self.text[first : last + 1], self.span(first, last + 1)

    def wide_span(self, start: int, end: int) -> Span:
        """The same with what was dropped around it."""
        kept = self._positions()
        begin = kept[start - 1] + 1 if start else 0
        stop = kept[end - 1] + 1
        while stop < len(self._even) and self._even[stop] in NOISE:
            stop += 1
        return self._layer.starts[begin], self._layer.ends[stop - 1]

    def _positions(self) -> list[int]:
        if self._kept is None:
            self._kept = []
            done = 0
            for found in _dropped().finditer(self._even):
                self._kept += range(done, found.start())
                done = found.end()
            self._kept += range(done, len(self._even))
        return self._kept


class Needle:
    """The skeletons of one secret, as it is and without the escapes that it looks to have.

    Escaping never shortens a text: what is shorter than the secret is something else that has the
    same skeleton.
    """

    def __init__(self, secret: str) -> None:
        self._lengths: dict[str, int] = {}
        for layer in chain.from_iterable(map(layers, as_units(secret))):
            text, (start, end) = Skeleton(layer).core()
            if len(text) >= LEAST:
                self._lengths[text] = min(end - start, self._lengths.get(text, end - start))
        text, span = Skeleton(next(layers(secret))).core()
        self.is_enough = len(text) >= LEAST
        """Whether the secret as it is has a skeleton to be found by."""
        self._wide = span != (0, len(secret))

    def spans(self, skeleton: Skeleton) -> Iterator[Span]:
        """Where the secret is in the text of ``skeleton``."""
        for text, length in self._lengths.items():
            found = skeleton.text.find(text)
            while found >= 0:
                end = found + len(text)
                start, stop = skeleton.span(found, end)
                if stop - start >= length:
                    yield skeleton.wide_span(found, end) if self._wide else (start, stop)
                found = skeleton.text.find(text, end)


@cache
def _dropped() -> re.Pattern[str]:
    """Noise, and of the same sign in a row (shells and formats double some) all but the last."""
    noise = re.escape(NOISE)
    return re.compile(rf"[{noise}]+|([^\w\s{noise}])(?=[{noise}]*\1)")
