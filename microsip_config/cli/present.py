"""How results look: one JSON object, or a few lines for a person."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import typer

from ..results import Issue, Result
from ..secret import Secret

if TYPE_CHECKING:
    from ..health.findings import Finding
    from ..results import Change

PROGRAM = "microsip-config"


class OutputLost(Exception):
    """Something meant for stdout is lost, as on a full disk.

    A reader that goes away, as in ``| head``, is no loss: that is a ``BrokenPipeError``.
    """


def lost_output(error: OSError) -> OutputLost | BrokenPipeError:
    """What an error of writing to stdout means."""
    # Windows has EINVAL for a pipe whose reader is gone.
    if isinstance(error, BrokenPipeError) or (
        sys.platform == "win32" and error.errno == errno.EINVAL
    ):
        return BrokenPipeError(*error.args)
    reason = error.strerror or type(error).__name__
    return OutputLost(f"the output cannot be written: {reason}")


@contextmanager
def onto_stdout() -> Iterator[None]:
    """Tells what becomes of writing to stdout; an ``OSError`` means nothing else in here."""
    try:
        yield
    except OSError as error:
        raise lost_output(error) from error


def write(text: str) -> None:
    """``text`` onto stdout as UTF-8, its line ends as they are."""
    if sys.stdout is None:  # pythonw and some services
        return
    with onto_stdout():
        sys.stdout.flush()
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:  # a text stream that stands in for stdout
            sys.stdout.write(text)
        else:
            buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()


def write_json(value: dict[str, Any]) -> None:
    """One object, pure ASCII, LF: no code page and no text mode can spoil it."""
    import json

    write(json.dumps(value, ensure_ascii=True) + "\n")


def every_text(value: Any, change: Callable[[str], str]) -> Any:
    """``value`` with ``change`` applied to each text in it, however deep."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: every_text(part, change) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [every_text(part, change) for part in value]
    return value


# Names, paths and words of the contract: a password that is also a user's name or a part of a path
# must not make them wrong.
_EXACT = frozenset({"command", "status", "target", "backup", "section", "key", "action", "code"})


def without(envelope: dict[str, Any], redact: Callable[[str], str]) -> dict[str, Any]:
    """The JSON object with secrets taken out of all free text."""
    changes = [
        {name: part if name in _EXACT else every_text(part, redact) for name, part in row.items()}
        for row in envelope["changes"]
    ]
    rest = {
        name: part if name in _EXACT else every_text(part, redact)
        for name, part in envelope.items()
        if name != "changes"
    }
    return {**rest, "changes": changes}


def coloured(text: str, colour: str) -> str:
    """``text`` in colour; :func:`say` takes the colour out again where there is no terminal."""
    return typer.style(text, fg=colour)


def say(lines: Iterable[str], *, error: bool = False) -> None:
    """Lines onto stdout, or onto stderr, where what it does not take is not missed."""
    if not error:
        with onto_stdout():
            for line in lines:
                typer.echo(line)
        return
    for line in lines:
        with suppress(OSError, ValueError):
            typer.echo(line, err=True)


def visible(text: str | Secret | None) -> str:
    """A value as a person may see it; empty and absent are told apart."""
    if isinstance(text, Secret):
        return "<secret>"
    return "(absent)" if text is None else text


def diff(changes: Sequence[Change]) -> Iterator[str]:
    """The changes as the lines of the ini that go and come, under their sections."""
    section = None
    width = max((len(_line(change)) for change in changes), default=0)
    for change in changes:
        if change.section != section:
            section = change.section
            yield f"[{section}]"
        if change.old is not None:
            yield coloured(f"- {change.key}={visible(change.old)}", typer.colors.RED)
        if change.new is not None:
            line = coloured(f"+ {_line(change)}", typer.colors.GREEN)
            yield f"{line}{' ' * (min(width, 48) - len(_line(change)))}  ; {change.reason}"


def _line(change: Change) -> str:
    return f"{change.key}={visible(change.new)}"


def issues(result: Result) -> Iterator[str]:
    """Warnings and errors, each with its place and the way out."""
    for kind, colour, found in (
        ("warning", typer.colors.YELLOW, result.warnings),
        ("error", typer.colors.RED, result.errors),
    ):
        for issue in found:
            place = f"{issue.where}: " if issue.where else ""
            head = f"{PROGRAM} {result.command}: {coloured(kind, colour)}"
            yield f"{head}: {place}{issue.message}"
            if issue.hint:
                yield f"  hint: {issue.hint}"


_COLOURS = {
    "error": typer.colors.RED,
    "warning": typer.colors.YELLOW,
    "info": typer.colors.BLUE,
}


def findings(found: Sequence[Finding]) -> Iterator[str]:
    """Health findings: the place, the code, the effect on the phone, the fix."""
    for finding in found:
        place = f"line {finding.line}" if finding.line else "file"
        name = f" {finding.where}" if finding.where else ""
        head = coloured(finding.severity, _COLOURS[finding.severity])
        yield f"{head} {finding.code} ({place}){name}: {finding.message}"
        yield f"  effect: {finding.effect}"
        if finding.fix:
            yield f"  fix:    {finding.fix}{' (repair does it)' if finding.certain else ''}"


def usage_error(error: typer.TyperException, arguments: Sequence[str]) -> int:
    """A command line that does not fit: exit 2, as JSON where JSON was asked for."""
    message = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    hint = f"{path} --help"
    if "--json" in arguments:
        result = Result(path.removeprefix(PROGRAM).strip())
        result.fail(Issue("usage", message, hint), 2)
        with suppress(OutputLost, BrokenPipeError):
            write_json(result.as_json())
            return 2
    if message:
        say([f"{path}: error: {message}", f"  hint: {hint}"], error=True)
    return 2


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned columns, two blanks apart, nothing behind the last."""
    if rows:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield "  ".join(cells).rstrip()
