"""The two streams of the process: written to, and known when they take nothing."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any

from ..errors import ExitCode, WriteError
from ..text import escape_controls
from .present import PROGRAM, Coloured, Line, parts


class OutputLost(WriteError):
    """Something meant for stdout is lost, as on a full disk.

    A reader that goes away, as in ``| head``, is no loss: that is a ``BrokenPipeError``.
    """

    code = "output-lost"


@contextmanager
def onto_stdout() -> Iterator[None]:
    """Says what becomes of writing to stdout; an ``OSError`` means nothing else in here."""
    try:
        yield
    except OSError as error:
        raise lost(error) from error


def lost(error: OSError) -> OutputLost | BrokenPipeError:
    """What an error of writing to stdout means."""
    # Windows has EINVAL for a pipe whose reader is gone.
    if isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL):
        return BrokenPipeError(*error.args)
    reason = error.strerror or type(error).__name__
    return OutputLost(
        f"the output cannot be written: {reason}", hint="free some space, or send it elsewhere"
    )


def write(text: str) -> None:
    """``text`` onto stdout as UTF-8, exactly; onto a terminal, harmless (see `escape_controls`)."""
    if sys.stdout is None:  # pythonw and some services
        return
    if sys.stdout.isatty():
        text = "\n".join(_harmless(line.removesuffix("\r")) for line in text.split("\n"))
    with onto_stdout():
        sys.stdout.flush()
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:  # a text stream that stands in for stdout
            sys.stdout.write(text)
        else:
            buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()


def _harmless(line: str) -> str:
    """A line of a file; one that is harmless as it is stays exact."""
    tabbed = line.split("\t")
    if all(part.isascii() and part.isprintable() for part in tabbed):
        return line
    return "\t".join(map(escape_controls, tabbed))


def write_json(*values: Mapping[str, Any]) -> None:
    """An object a line, pure ASCII, LF: no code page and no text mode can spoil it."""
    import json

    write("".join(json.dumps(value, ensure_ascii=True) + "\n" for value in values))


def say(lines: Iterable[Line], *, error: bool = False) -> None:
    """Lines onto stdout, or onto stderr, where what it does not take is not missed.

    Each is escaped first, then coloured: this is the one way of words to a person.
    """
    if error:
        with suppress(OSError, ValueError):
            _print(lines, sys.stderr)
        return
    with onto_stdout():
        _print(lines, sys.stdout)


def _print(lines: Iterable[Line], stream: IO[str] | None) -> None:
    if stream is None:
        return
    coloured = stream.isatty()
    for line in lines:
        shown = "".join(_shown(part, coloured=coloured) for part in parts(line))
        stream.write(f"{shown}\n")
    stream.flush()


def _shown(part: str | Coloured, *, coloured: bool) -> str:
    if isinstance(part, str):
        return escape_controls(part)
    text = escape_controls(part.text)
    if not coloured:
        return text
    from typer import style

    return style(text, fg=part.colour)


def complain(text: str) -> None:
    """Harmless lines onto stderr, if there is one and it takes them; the last resort of errors."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{text}\n")


def interrupted() -> int:
    """Say on stderr that Ctrl-C ended the process; its exit code."""
    complain(f"{PROGRAM}: interrupted")
    return int(ExitCode.INTERRUPTED)


def drop_stdout() -> None:
    """Let what is still to be written to stdout vanish quietly."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def never_crash() -> None:
    """A code page that lacks a character must never turn a message into a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def flush() -> None:
    """Before the process ends without taking itself apart."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # the reader is gone
            continue
