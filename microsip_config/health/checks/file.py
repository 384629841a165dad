"""What is wrong with the file as a whole: its bytes, and the lines that nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...ini.names import BLANKS
from ...text import HIDDEN_CLASS
from ..findings import Edit, Finding, finding
from .view import View, shown

if TYPE_CHECKING:
    from ...ini.profile import Unread

_NAMED_AT_MOST = 6
_HIDDEN = re.compile(f"[{HIDDEN_CLASS}]")
_MISREAD = {
    "utf-8-bom": "utf-8-bom",
    "utf-8": "utf-8",
    "utf-16-be-bom": "utf-16-be",
    "utf-16-le-no-bom": "utf-16-no-bom",
    "utf-16-be-no-bom": "utf-16-no-bom",
    "utf-16-le": "doubled-bom",
}


def encoding(view: View) -> Iterator[Finding]:
    """The byte-order mark, the code page, and what is left over of the bytes."""
    source = view.source
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
        if fault.code != "nul":  # the lines that contain one are named by control_characters
            odd = fault.code == "odd-length"
            yield finding(fault.code, certain=odd, rewrite=odd)


def control_characters(view: View) -> Iterator[Finding]:
    """Characters that end a value early, or that no editor shows."""
    if "\0" not in view.source.text and not _HIDDEN.search(view.source.text):
        return
    section = ""
    for number, line in enumerate(view.lines, 1):
        content = line.strip(BLANKS)
        if content.startswith("["):
            section = shown(content[1:].partition("]")[0])
        if content.startswith(";"):
            continue
        key = shown(line.partition("=")[0].strip(BLANKS)) if "=" in line else ""
        if "\0" in content:
            yield finding("nul", number, section, key)
        elif _HIDDEN.search(content):
            yield finding("control-character", number, section, key)


def appended_text(view: View) -> Iterator[Finding]:
    """What another program appended in another encoding."""
    for run in view.appended:
        damaged = next((here for here in view.key_lines if here.line == run.line), None)
        section, key = "", ""
        edits: tuple[Edit, ...] = ()
        if damaged is not None and damaged.raw.endswith(run.said_as_read):
            section, key = damaged.section, damaged.spelling
            clean = damaged.raw[: -len(run.said_as_read)].rstrip(BLANKS)
            edits = ((section, key, clean, bool(damaged.key and damaged.key.quoted)),)
        message = f"text in another encoding was appended: {', '.join(map(shown, run.names))}"
        yield finding(
            "appended-text",
            run.line,
            section,
            key,
            message=message,
            certain=True,
            edits=edits,
            rewrite=True,
        )


def headers(view: View) -> Iterator[Finding]:
    """Section headers that do not end."""
    for number, content in view.headers:
        if "]" not in content:
            yield finding("unclosed-section", number, shown(content[1:].strip(BLANKS)))


def unread(view: View) -> Iterator[Finding]:
    """Lines that the profile API never finds."""
    lines = view.lines
    repeated: dict[int, tuple[Unread, list[str]]] = {}
    repeat = 0
    told = {run.line for run in view.appended}
    for passed in view.profile.unread():
        if passed.line in told:
            continue
        if passed.why == "duplicate-section":
            if lines[passed.line - 1].strip(BLANKS).startswith("["):
                repeat = passed.line
                repeated[repeat] = (passed, [])
            else:
                repeated[repeat][1].append(passed.key)
        elif passed.why == "duplicate-key":
            yield _duplicate_key(view, passed)
        elif passed.why == "before-section":
            yield finding("text-before-section", passed.line)
        else:
            code = "line-without-equals" if passed.section else "text-before-section"
            yield finding(code, passed.line, shown(passed.section))
    for header, keys in repeated.values():
        yield _duplicate_section(header, keys)


def _duplicate_key(view: View, passed: Unread) -> Finding:
    read = view.profile.line_of(passed.section, passed.key)
    dead = view.lines[passed.line - 1].partition("=")[2].strip(BLANKS)
    same = read is not None and view.lines[read - 1].partition("=")[2].strip(BLANKS) == dead
    return finding(
        "duplicate-key",
        passed.line,
        shown(passed.section),
        shown(passed.key),
        message=f"already on line {read}, with {'the same' if same else 'another'} value",
        severity="info" if same else "warning",
    )


def _duplicate_section(header: Unread, keys: Sequence[str]) -> Finding:
    section = shown(header.section)
    named = ", ".join(shown(key) for key in keys[:_NAMED_AT_MOST])
    if len(keys) > _NAMED_AT_MOST:
        named += f" and {len(keys) - _NAMED_AT_MOST} more"
    return finding(
        "duplicate-section",
        header.line,
        section,
        message=f"a second [{section}], "
        + (f"whose keys are ignored: {named}" if keys else "empty"),
        severity="error" if keys else "info",
    )
