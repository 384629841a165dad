"""What the cmd* keys must look like: a command line of Windows, with MicroSIP's placeholders."""

from __future__ import annotations

import re

from ..text import in_quotes, nearest
from .key import Misread, Notice

COMMAND_FIELDS = (
    "number",
    "name",
    "user",
    "domain",
    "callerid",
    "callid",
    "direction",
    "time",
    "duration",
    "extension",
    "server",
    "password",
    "md5_password",
)
_PLACEHOLDERS = re.compile(r"%([A-Za-z_]\w*)%|\$\{(\w+)\}|\{(\w+)\}")


def command_placeholders(text: str) -> tuple[Notice, ...]:
    """The first placeholder that MicroSIP hands over as it stands."""
    for match in _PLACEHOLDERS.finditer(text):
        if match.group(3) in COMMAND_FIELDS:
            continue
        name = next(filter(None, match.groups()))
        near = nearest(name, COMMAND_FIELDS)
        known = " ".join(f"{{{each}}}" for each in COMMAND_FIELDS)
        hint = f"write {{{near}}}; known: {known}" if near else f"known: {known}"
        effect = f"MicroSIP does not replace {match.group()} in a command"
        return (Notice("unknown-placeholder", effect, hint=hint),)
    return ()


def command_line(text: str) -> str:
    """A Windows command line: quotes in pairs, a program path with spaces in quotes."""
    if text.count('"') % 2:
        raise Misread("a double quote is not closed", hint='such as "C:\\My Tools\\log.exe" -v')
    program, _, rest = text.partition(" ")
    unfinished = (
        re.match(r"(?:[A-Za-z]:)?[\\/]", program) and "." not in re.split(r"[\\/]", program)[-1]
    )
    end = re.search(r"\.(?:exe|com|bat|cmd|ps1|vbs|js|py)(?=\s|$)", rest, re.IGNORECASE)
    if unfinished and end:
        path = f"{program} {rest[: end.end()]}"
        fix = f'"{path}"{rest[end.end() :]}'
        # Windows and templates remove a pair of quotes around the whole value.
        doubled = ", in a file with one more pair of quotes around it" if fix[-1] == '"' else ""
        raise Misread(
            f"the path contains a space: MicroSIP would start {in_quotes(program)}",
            hint=f"write {fix}{doubled}",
            fix=fix,
            code="unquoted-path",
        )
    return text
