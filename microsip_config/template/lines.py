"""Text of one template file -> its lines by section: the syntax, not the meaning of keys.

Each line is empty, a comment (``#`` or ``;``), a ``[header]``, ``key = value`` or ``key ?= value``.
There are no continuation lines and no comments after a value. Spaces around a value are dropped,
and then one pair of quotes around it, as Windows does; so quotes keep outer spaces.
"""

from __future__ import annotations

from ..errors import ErrorList, InputError, TemplateError
from ..limits import TEXT
from ..named_tuple import NamedTuple
from ..schema.key import unsafe_character
from .scope import is_literal, without_expressions

_CONDITION = "conditions go inside values: KEY = {{ 'a' if name else 'b' }}"


class Line(NamedTuple):
    """One ``key = value`` or ``key ?= value``; quotes around the value are removed."""

    name: str
    value: str
    only_if_absent: bool
    where: str


class Block(NamedTuple):
    """A ``[header]`` in its normal form, and the lines below it."""

    header: str
    where: str
    lines: list[Line]


def comma_list(text: str) -> list[str]:
    """The items of ``a, b``, spaces around them dropped."""
    return [item.strip(" \t") for item in text.split(",")]


def normal_header(text: str) -> str:
    """One spelling for headers that differ in spaces only."""
    words = text.split()
    if words[:2] == ["Account", "by"] and len(words) > 2:
        return "Account by " + ", ".join(comma_list(" ".join(words[2:])))
    return "Account *" if "".join(words) == "Account*" else text


def blocks_of(text: str, name: str, errors: ErrorList) -> list[Block]:
    """The sections of a text, in order; ``errors`` gets what is wrong with each line."""
    blocks: list[Block] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        bare = line.strip(" \t")
        if not bare or bare[0] in "#;":
            continue
        where = f"{name}:{number}"
        try:
            _refuse_control_characters(bare, where)
            _refuse_statement(bare, where)
            if bare[0] == "[":
                blocks.append(Block(_header_text(bare, where), where, []))
            else:
                entry = _entry(bare, where)
                if not blocks:
                    raise TemplateError(
                        f"'{entry.name}' comes before the first [section]",
                        where=where,
                        hint="put a line such as [Settings] above it",
                    )
                blocks[-1].lines.append(entry)
        except InputError as error:
            errors.add(error)
    for block in blocks:
        _refuse_repeats(block, errors)
    return blocks


def _refuse_control_characters(bare: str, where: str) -> None:
    unsafe = unsafe_character(bare.replace("\t", " "))
    if unsafe:
        raise TemplateError(
            f"the line contains {unsafe}", where=where, hint="remove it; no value can contain it"
        )


def _refuse_statement(bare: str, where: str) -> None:
    """A line of its own for what belongs inside a value: nothing here spans lines."""
    if bare[:2] == "{%":
        word = bare[2:].lstrip("-+ \t")
        message, hint = "a {% %} statement cannot stand on a line of its own", _CONDITION
        if word.startswith(("include", "import", "extends", "from")):
            hint = "'extends = base.ini' in [template] builds on another template"
        elif word.startswith(("for", "endfor")):
            hint = "there are no loops; a filter joins a list in a value: {{ codecs | join(' ') }}"
    elif bare[:2] == "{#":
        message, hint = "{# #} is not a comment here", "a comment starts with '#' or ';'"
    elif bare[:2] == "{{":
        message = "an expression cannot stand on a line of its own, or be a key"
        hint = "it goes inside a value: KEY = {{ name }}"
        if "include" in bare:
            hint = "'extends = base.ini' in [template] builds on another template"
    elif bare[:2] in ("%}", "}}"):
        message, hint = "an expression cannot go on over several lines", "write it on one line"
    elif bare[0] != "[" and "=" in bare and not is_literal(bare.partition("=")[0]):
        message, hint = "a key cannot contain an expression", "only values can: KEY = {{ name }}"
    elif bare[0] == "[" and not is_literal(bare):
        message = "a [section] header cannot contain an expression"
        hint = "[Account by username, domain] finds the account by its values"
    else:
        return
    raise TemplateError(message, where=where, hint=hint)


def _header_text(bare: str, where: str) -> str:
    if not bare.endswith("]"):
        hint = "comments go on lines of their own" if "]" in bare else "close it with ']'"
        raise TemplateError("a [section] header must end with ']'", where=where, hint=hint)
    return normal_header(bare[1:-1].strip(" \t"))


def _entry(bare: str, where: str) -> Line:
    left, equals, right = bare.partition("=")
    only_if_absent = left.endswith("?")
    key = (left[:-1] if only_if_absent else left).strip(" \t")
    if not equals:
        # The line is not repeated: it may be anything, as of a file that was named by mistake.
        raise TemplateError(
            "the line is neither a comment nor a [section] nor key = value",
            where=where,
            hint="a value goes on one line; a comment starts with '#' or ';'",
        )
    if not key:
        raise TemplateError("the key before '=' is missing", where=where)
    if len(right) > TEXT:
        raise TemplateError(f"'{key}': the value is longer than {TEXT} characters", where=where)
    return Line(key, _unquoted(key, right.strip(" \t"), where), only_if_absent, where)


def _unquoted(key: str, value: str, where: str) -> str:
    """``value`` without one pair of quotes around it."""
    if len(value) < 2 or value[0] not in "\"'" or value[0] != value[-1]:
        return value
    inner = value[1:-1]
    # Quotes inside an expression do not count, nor do those of a value in doubled quotes.
    text = without_expressions(inner)
    doubled = len(text) > 1 and text[0] == text[-1] == value[0]
    if value[0] in text and not doubled:
        raise TemplateError(
            f"'{key}': it is unclear whether the outer quotes belong to the value",
            where=where,
            hint='add another pair around it, such as \'...\' around "a" "b": '
            "one outer pair is always removed",
        )
    return inner


def _refuse_repeats(block: Block, errors: ErrorList) -> None:
    seen: dict[str, str] = {}
    for line in block.lines:
        if line.name.lower() in seen:
            errors.add(repeated(f"'{line.name}'", line.where, seen[line.name.lower()]))
        seen.setdefault(line.name.lower(), line.where)


def repeated(what: str, where: str, before: str) -> TemplateError:
    """The error of something that is in the file twice."""
    return TemplateError(
        f"{what} appears twice, first at {before}", where=where, hint="keep one of them"
    )
