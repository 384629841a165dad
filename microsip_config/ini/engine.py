"""ConfigUpdater, behind the one door through which ``document`` uses it.

Importing it costs more than all else here, so this module is imported when a line changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from . import lazy_package

lazy_package.prepare("configupdater")

from configupdater.block import Comment  # noqa: E402
from configupdater.configupdater import ConfigUpdater  # noqa: E402
from configupdater.option import Option  # noqa: E402
from configupdater.section import Section  # noqa: E402

from .names import fold  # noqa: E402

SECTION = "section"
"""The name of the one section that the engine is shown; the real header is not shown to it."""


class _Updater(ConfigUpdater):
    """With the options that leave least to misread, and names compared as Windows does."""

    def __init__(self) -> None:
        super().__init__(
            delimiters=("=",),
            comment_prefixes=(";",),
            empty_lines_in_values=False,
            space_around_delimiters=False,
        )

    def optionxform(self, optionstr: str) -> str:
        return fold(optionstr)


class Line:
    """A line of the result: kept, changed (``value``), new or a comment (``text``)."""

    __slots__ = ("key", "text", "value")

    def __init__(self, text: str, key: str | None = None, value: str | None = None) -> None:
        self.text = text
        self.key = key  # as it was shown; None: a comment
        self.value = value  # None: not changed


def edit(
    shown: Sequence[str],
    replaced: Mapping[str, str],
    removed: Sequence[str],
    added: Mapping[str, str],
    after: str | None,
) -> Iterator[Line]:
    """Edits ``shown`` (lines ``key=value`` and ``;comment``, no two keys alike) in ConfigUpdater.

    ``replaced`` and ``removed`` name keys of ``shown``; ``added`` go after the key ``after``, or
    first of all. Yields the lines that ConfigUpdater then has.
    """
    updater = _Updater()
    updater.read_file([f"[{SECTION}]\n", *(f"{line}\n" for line in shown)], "section")
    section = updater[SECTION]
    place = section.insert_at(0) if after is None else section[after].add_after
    for key, value in added.items():
        place.option(key, value)
    # One walk: ``section[key]`` would go through all of them for each key.
    options = {option.raw_key: option for option in section.iter_options()}
    for key, value in replaced.items():
        options[key].value = value
    for key in removed:
        options[key].detach()
    return _lines(section, added)


def _lines(section: Section, added: Mapping[str, str]) -> Iterator[Line]:
    for block in section.iter_blocks():
        if isinstance(block, Option):
            key = block.raw_key
            text = str(block).removesuffix("\n") if key in added else ""
            yield Line(text, key, block.value if block.updated else None)
        elif isinstance(block, Comment):
            for text in block.lines:
                yield Line(text.removesuffix("\n"))
