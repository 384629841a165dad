"""A path with blanks that nobody quoted: a shell makes several words of it.

Looked for only where something is wrong, since the words may be meant as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ..results import Result
from ..system.current import system

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
"""Hyphens, and what word processors and web pages make of them."""
_FILE = re.compile(r"[^<>|\"]+\.(?:ini|exe|toml|json|csv|tsv|txt|log|cmd)", re.IGNORECASE)
_CAUSES = frozenset(("usage", "bad-template", "no-target", "unknown-key", "bad-variable"))
"""Errors that half a path may lead to."""
_NO_PATHS = frozenset(("--password", "--secret", "--var"))
"""Options whose value is not repeated."""


def with_quotes_hint(
    result: Result, words: Sequence[str], redacted: Callable[[str], str]
) -> Result:
    """``result``; where words look like one path without quotes, the error about them says so.

    :param redacted: takes the secrets out of a text.
    """
    fitting = [
        number
        for number, issue in enumerate(result.errors)
        if issue.code in _CAUSES and not issue.hint.startswith("did you mean '--")
    ]
    joined = split_path(words) if fitting else ""
    if not joined:
        return result
    pieces = joined.split(" ")
    naming = [n for n in fitting if any(piece in result.errors[n].message for piece in pieces)]
    number = [*naming, *fitting][0]
    errors = list(result.errors)
    errors[number] = errors[number]._replace(hint=quotes_hint(redacted(joined)))
    return result._replace(errors=tuple(errors))


def quotes_hint(joined: str) -> str:
    """What is said of such a path."""
    return f'a path with blanks needs quotes: "{joined}"'


def split_path(words: Sequence[str]) -> str:
    """The path that a shell took apart at its blanks, as far as can be told; else ''."""
    for first in range(1, len(words) - 1):
        flag, equals, value = words[first].partition("=")
        named = equals and flag[:2] == "--"
        begin = value if named else words[first]
        if (flag if named else words[first - 1]) in _NO_PATHS or not _may_begin(begin):
            continue
        last = first + 1
        while last < len(words) and last - first < 16 and not _begins_anew(words[last]):
            joined = " ".join((begin, *words[first + 1 : last + 1]))
            last += 1
            if is_there(joined):
                return joined
        rest = words[first + 1 : last]
        for end, word in enumerate(rest, 1):
            if (
                not re.search(r"\.\w{2,4}\Z", begin)
                and _FILE.fullmatch(word)
                and not is_there(word)
            ):
                return " ".join((begin, *rest[:end]))
    return ""


def _may_begin(word: str) -> bool:
    folders = word[:1] not in DASHES and re.search(r"[\\/]", word) is not None
    return folders and not is_there(word)


def _begins_anew(word: str) -> bool:
    """Whether a word cannot be the rest of a path: an option, a root, an assignment."""
    return re.match(rf"[{DASHES}/\\]|[A-Za-z]:|[\w.]+=", word) is not None


def is_there(path: str) -> bool:
    """Whether there is such a file, or a template of that name; root does not look into the folders
    of other users."""
    try:
        if system.is_foreign(Path(path)):
            return False
        return Path(path).exists() or Path(f"{path}.ini").exists()
    except (OSError, ValueError):
        return False
