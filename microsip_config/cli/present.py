"""How results look to a person: lines made of a :class:`Result`, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from ..errors import InternalError
from ..named_tuple import NamedTuple
from ..results import Change, Issue, Result
from ..secret import Secret
from ..text import escape_controls

PROGRAM = "microsip-config"
Colour = Literal["red", "green", "yellow", "blue"]
_WIDEST = 200  # characters of a column; one huge name would else widen each line
_OF_SEVERITY: dict[str, Colour] = {"error": "red", "warning": "yellow", "info": "blue"}


class Coloured(NamedTuple):
    """A part of a line that has a colour on a terminal."""

    text: str
    colour: Colour


Line = str | tuple[str | Coloured, ...]
"""Raw text: `output` escapes it, and colours it after that."""


def parts(line: Line) -> tuple[str | Coloured, ...]:
    """The parts of a line, in order."""
    return (line,) if isinstance(line, str) else line


def visible(text: str | Secret | None) -> str:
    """A value as a person may see it; empty and absent look different."""
    return "(absent)" if text is None else str(text)


def diff(changes: Sequence[Change]) -> Iterator[Line]:
    """The changes as the lines of the ini that go and come, under their sections."""
    section = None
    width = max((_width(_line(change)) for change in changes), default=0)
    for change in changes:
        if change.section != section:
            section = change.section
            yield f"[{section}]"
        if change.old is not None:
            yield (Coloured(f"- {change.key}={visible(change.old)}", "red"),)
        if change.new is not None:
            line = _line(change)
            gap = " " * (min(width, 48) - _width(line))
            yield Coloured(f"+ {line}", "green"), f"{gap}  ; {change.reason}"


def _line(change: Change) -> str:
    return f"{change.key}={visible(change.new)}"


def outcome(result: Result) -> Iterator[Line]:
    """What was changed, backed up and restarted."""
    yield from diff(result.changes)
    if result.differs:
        return
    ini = result.target.ini if result.target else ""
    if not result.changed:
        yield f"in the desired state: {ini}"
        return
    done = [f"changed: {ini}"]
    if result.backup:
        done.append(f"backup {result.backup}")
    if result.phone.stopped:
        done.append("phone restarted" if result.phone.started else "phone stopped")
    elif result.phone.started:
        done.append("phone started")
    yield "; ".join(done)


def not_covered(names: Sequence[str]) -> Iterator[str]:
    """The files beside the configuration that no backup contains."""
    if names:
        yield f"not in a backup: {', '.join(names)}"


def also_done(result: Result) -> Iterator[str]:
    """What the documented flags did after the last change."""
    for line in (result.data or {}).get("sent", ()):
        yield f"sent to the phone: {line}"
    if "calls_added" in (result.data or {}):
        added = result.data["calls_added"]
        yield f"added to {result.data['file']}: {added} {'call' if added == 1 else 'calls'}"


def issues(result: Result) -> Iterator[Line]:
    """Warnings and errors, each with where it happened and how to fix it."""
    for kind, found in (("warning", result.warnings), ("error", result.errors)):
        for issue in found:
            where = f"{issue.where}: " if issue.where else ""
            yield (
                f"{PROGRAM} {result.command}: ",
                Coloured(kind, _OF_SEVERITY[kind]),
                f": {where}{issue.message}",
            )
            if issue.hint:
                yield from _hint(issue)


def _hint(issue: Issue) -> Iterator[str]:
    """On one line, unless it is the traceback of a bug."""
    first, *rest = issue.hint.split("\n") if issue.code == InternalError.code else [issue.hint]
    yield f"  hint: {first}"
    yield from rest


def findings(found: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Health findings: where, the code, the effect on the phone, the fix."""
    for finding in found:
        line = f"line {finding['line']}" if finding["line"] else "file"
        names = ".".join(filter(None, (finding["section"], finding["key"])))
        name = f" {names}" if names else ""
        yield (
            Coloured(finding["severity"], _OF_SEVERITY[finding["severity"]]),
            f" {finding['code']} ({line}){name}: {finding['message']}",
        )
        yield f"  effect: {finding['effect']}"
        if finding["fix"]:
            yield f"  fix:    {finding['fix']}{' (repair does it)' if finding['certain'] else ''}"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned columns, two blanks apart, nothing behind the last; what is too wide sticks out."""
    if rows:
        widths = [min(max(map(_width, column)), _WIDEST) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (
                cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
            )
            yield "  ".join(cells).rstrip(" ")


def _width(text: str) -> int:
    return len(escape_controls(text))
