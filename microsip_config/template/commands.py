"""Fills variables into the command line of a ``cmd*`` key without letting them change it.

Windows splits the line at spaces outside double quotes; MicroSIP then joins the arguments with
spaces again, drops the inner quotes, and replaces ``{number}`` and the like. So an expression must
be inside double quotes, and its value may contain only harmless characters, with spaces only in
the path of the program itself, which is not joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import TemplateError, VariableError
from .scope import is_literal, split_expressions

_SAFE = re.compile(r"[\w.@:+~#\\/-]*\Z")
_SAFE_WITH_SPACES = re.compile(r"[\w.@:+~#\\/ ()-]*\Z")


def expand_command(source: str, expand: Callable[[str], str | None]) -> tuple[str | None, str]:
    """The command line, and the expressions in it, for messages.

    :param source: the template's value, its one pair of outer quotes dropped.
    :param expand: gives the text of one ``{{ expression }}``, None for ``absent``.
    :raises TemplateError: an expression outside double quotes, or a ``{% statement %}``.
    :raises VariableError: a value that could change the command.
    """
    parts = split_expressions(source)
    if len(parts) == 3 and not parts[0] and not parts[2] and expand(parts[1]) is None:
        return None, ""
    line = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            if not is_literal(part):
                raise TemplateError("a command can contain only {{ expressions }}")
            line += part
            continue
        if line.count('"') % 2 == 0:
            raise TemplateError(
                f"{part} is outside double quotes, where a space would split it",
                hint='write "' + part + '"; a pair around the whole value does not count',
            )
        text = expand(part)
        _check(part, text, line, parts[number + 1])
        line += text or ""
    return line, ", ".join(part.strip("{} \t") for part in parts[1::2])


def _check(part: str, text: str | None, before: str, after: str) -> None:
    in_program = _in_program(before)
    allowed = _SAFE_WITH_SPACES if in_program else _SAFE
    if text is None:
        raise VariableError(f"{part} cannot be absent inside a command")
    if not allowed.match(text):
        raise VariableError(
            f"{part} contains a character that could change the command",
            hint="letters, digits and . _ - @ : + ~ # / \\ are allowed in a command"
            + ("" if in_program else "; MicroSIP drops the quotes around arguments with spaces"),
        )
    if before.endswith('"') and text[:1] in ("-", "/") and not in_program:
        raise VariableError(f"{part} begins with '{text[0]}', which programs read as an option")
    if text.endswith("\\") and after.startswith('"'):
        raise VariableError(f"{part} ends with a backslash, which escapes the quote after it")


def _in_program(before: str) -> bool:
    """Whether the open quote in ``before`` is the one around the program's path."""
    return before.startswith('"') and before.count('"') == 1
