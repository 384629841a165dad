"""How results look to a person: lines made of a :class:`Result`, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from ..results import Change, Result
from ..secret import Secret

PROGRAM = "microsip-config"
Colour = Literal["red", "green", "yellow", "blue"]
Paint = Callable[[str, Colour], str]
_WIDEST = 200  # characters of a column; one huge name would else widen each line
_OF_SEVERITY: dict[str, Colour] = {"error": "red", "warning": "yellow", "info": "blue"}


def visible(text: str | Secret | None) -> str:
    """A value as a person may see it; empty and absent look different."""
    if isinstance(text, Secret):
        return "<secret>"
    return "(absent)" if text is None else text


def diff(changes: Sequence[Change], paint: Paint) -> Iterator[str]:
    """The changes as the lines of the ini that go and come, under their sections."""
    section = None
    width = max((len(_line(change)) for change in changes), default=0)
    for change in changes:
        if change.section != section:
            section = change.section
            yield f"[{section}]"
        if change.old is not None:
            yield paint(f"- {change.key}={visible(change.old)}", "red")
        if change.new is not None:
            line = paint(f"+ {_line(change)}", "green")
            yield f"{line}{' ' * (min(width, 48) - len(_line(change)))}  ; {change.reason}"


def _line(change: Change) -> str:
    return f"{change.key}={visible(change.new)}"


def outcome(result: Result, paint: Paint) -> Iterator[str]:
    """What was changed, backed up and restarted."""
    yield from diff(result.changes, paint)
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


def also_done(result: Result) -> Iterator[str]:
    """What the documented flags did after the last change."""
    for line in (result.data or {}).get("sent", ()):
        yield f"sent to the phone: {line}"
    if "calls_added" in (result.data or {}):
        added = result.data["calls_added"]
        yield f"added to {result.data['file']}: {added} {'call' if added == 1 else 'calls'}"


def issues(result: Result, paint: Paint) -> Iterator[str]:
    """Warnings and errors, each with where it happened and how to fix it."""
    for kind, found in (("warning", result.warnings), ("error", result.errors)):
        for issue in found:
            where = f"{issue.where}: " if issue.where else ""
            head = f"{PROGRAM} {result.command}: {paint(kind, _OF_SEVERITY[kind])}"
            yield f"{head}: {where}{issue.message}"
            if issue.hint:
                yield f"  hint: {issue.hint}"


def findings(found: Sequence[Mapping[str, Any]], paint: Paint) -> Iterator[str]:
    """Health findings: where, the code, the effect on the phone, the fix."""
    for finding in found:
        line = f"line {finding['line']}" if finding["line"] else "file"
        names = ".".join(filter(None, (finding["section"], finding["key"])))
        head = paint(finding["severity"], _OF_SEVERITY[finding["severity"]])
        name = f" {names}" if names else ""
        yield f"{head} {finding['code']} ({line}){name}: {finding['message']}"
        yield f"  effect: {finding['effect']}"
        if finding["fix"]:
            yield f"  fix:    {finding['fix']}{' (repair does it)' if finding['certain'] else ''}"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned columns, two blanks apart, nothing behind the last; what is too wide sticks out."""
    if rows:
        widths = [min(max(map(len, column)), _WIDEST) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield "  ".join(cells).rstrip()
