"""What is wrong with the file as a whole: its bytes, and the lines that nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...ini.names import BLANKS, fold
from ...text import HIDDEN
from ..findings import Finding, finding

if TYPE_CHECKING:
    from ...ini.file import Source
    from ...ini.profile import Profile, Unread

_LINE_END = re.compile(r"\r\n|\n|\r")
_NAMED_AT_MOST = 6
_MISREAD = {
    "utf-8-bom": "utf-8-bom",
    "utf-8": "utf-8",
    "utf-16-be-bom": "utf-16-be",
    "utf-16-le-no-bom": "utf-16-no-bom",
    "utf-16-be-no-bom": "utf-16-no-bom",
    "utf-16-le": "doubled-bom",
}


def physical_lines(text: str) -> list[str]:
    """The lines of a file without their ends; CR LF, LF and CR each end one."""
    return _LINE_END.split(text)


def encoding(source: Source) -> Iterator[Finding]:
    """The byte-order mark, the code page, and what is left over of the bytes."""
    if not source.exists:
        yield finding("missing-file")
        return
    if source.encoding == "empty":
        yield finding("empty-file")
    elif source.encoding.startswith("ansi:"):
        code = "ansi-multibyte" if source.needs_rewrite else "ansi"
        yield finding(code, certain=True, rewrite=True)
    elif source.needs_rewrite:
        yield finding(_MISREAD[source.encoding], certain=True, rewrite=True)
    for fault in source.faults:
        if fault.code != "nul":  # the lines that hold one are named by control_characters
            odd = fault.code == "odd-length"
            yield finding(fault.code, certain=odd, rewrite=odd)


def control_characters(lines: Sequence[str]) -> Iterator[Finding]:
    """Characters that end a value early, or that no editor shows."""
    section = ""
    for number, line in enumerate(lines, 1):
        content = line.strip(BLANKS)
        if content.startswith("["):
            section = _shown(content[1:].partition("]")[0])
        if content.startswith(";"):
            continue
        key = _shown(line.partition("=")[0].strip(BLANKS)) if "=" in line else ""
        if "\0" in content:
            yield finding("nul", number, section, key)
        elif HIDDEN.search(content):
            yield finding("control-character", number, section, key)


def headers(lines: Sequence[str]) -> Iterator[Finding]:
    """Section headers that do not end."""
    for number, line in enumerate(lines, 1):
        content = line.strip(BLANKS)
        if content.startswith("[") and "]" not in content:
            yield finding("unclosed-section", number, _shown(content[1:].strip(BLANKS)))


def unread(profile: Profile, lines: Sequence[str]) -> Iterator[Finding]:
    """Lines that look as if they said something, but are never found by name."""
    hidden: dict[int, tuple[Unread, list[str]]] = {}
    repeat = 0
    for passed in profile.unread():
        if passed.why == "duplicate-section":
            if lines[passed.line - 1].strip(BLANKS).startswith("["):
                repeat = passed.line
                hidden[repeat] = (passed, [])
            else:
                hidden[repeat][1].append(passed.key)
        elif passed.why == "duplicate-key":
            yield _duplicate_key(profile, passed, lines)
        elif passed.why == "before-section":
            yield finding("text-before-section", passed.line)
        else:
            code = "line-without-equals" if passed.section else "text-before-section"
            yield finding(code, passed.line, _shown(passed.section))
    for header, keys in hidden.values():
        yield _duplicate_section(header, keys)


def _duplicate_key(profile: Profile, passed: Unread, lines: Sequence[str]) -> Finding:
    read = profile.line_of(passed.section, passed.key)
    dead = lines[passed.line - 1].partition("=")[2].strip(BLANKS)
    same = read is not None and lines[read - 1].partition("=")[2].strip(BLANKS) == dead
    return finding(
        "duplicate-key",
        passed.line,
        _shown(passed.section),
        _shown(passed.key),
        message=f"stands on line {read} already, with {'the same' if same else 'another'} value",
        severity="info" if same else "warning",
    )


def _duplicate_section(header: Unread, keys: Sequence[str]) -> Finding:
    section = _shown(header.section)
    named = ", ".join(_shown(key) for key in keys[:_NAMED_AT_MOST])
    if len(keys) > _NAMED_AT_MOST:
        named += f" and {len(keys) - _NAMED_AT_MOST} more"
    return finding(
        "duplicate-section",
        header.line,
        section,
        message=f"a second [{section}], " + (f"which hides {named}" if keys else "empty"),
        severity="error" if keys else "info",
    )


def _shown(name: str) -> str:
    """A name that is safe to print: the control characters of a broken line are not."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)


def same_name(one: str, other: str) -> bool:
    """Whether Windows takes both for the same section or key."""
    return fold(one.strip(BLANKS)) == fold(other.strip(BLANKS))
