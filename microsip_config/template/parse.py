"""Text of one template file -> `Layer`: syntax, sections, keys and literal values.

Each line is empty, a comment (``#`` or ``;``), a ``[header]``, ``key = value`` or ``key ?= value``.
There are no continuation lines and no comments after a value. Spaces around a value are dropped,
and then one pair of quotes around it, as Windows does; so quotes keep outer spaces.
"""

from __future__ import annotations

from ..errors import ErrorList, InputError, TemplateError, UnknownKey
from ..named_tuple import NamedTuple
from ..schema import RECORDS, canonical_section, find_key, section_kind
from ..schema.key import Key, unsafe_character
from ..secret import Secret
from ..text import did_you_mean, nearest
from .model import Entry, Layer, Section
from .scope import BUILT_IN, MAX_TEXT, is_absent, is_literal, is_name, without_expressions
from .typed import typed_text

HEADER_KEYS = ("description", "requires", "extends", "activate")
_HEADERS = ("Settings", "Account1", "Account by username, domain", "Account *", "Shortcuts")


class _Line(NamedTuple):
    name: str
    value: str
    only_if_absent: bool
    where: str


class _Block(NamedTuple):
    header: str
    where: str
    lines: list[_Line]


def parse(text: str, name: str) -> Layer:
    """Parse one template.

    :param text: the file's text, without a byte-order mark.
    :param name: how messages name the file.
    :raises InputError: `TemplateError`, `UnknownKey` or `ValueRefused` with ``file:line``; a
        `InputErrors` if there are several.
    """
    errors = ErrorList()
    blocks = _blocks(text, name, errors)
    header = _header_lines(blocks, errors)
    sections = []
    seen: dict[str, str] = {}
    for block in blocks:
        if block.header.lower() == "template":
            continue
        try:
            section = _section(block, errors)
        except InputError as error:
            errors.add(error)
            continue
        # Only [Account by ...] may appear more than once: each is another account.
        if section.kind != "by" and section.header in seen:
            errors.add(_again(f"[{section.header}]", section.where, seen[section.header]))
        seen.setdefault(section.header, section.where)
        sections.append(section)
    if not (sections or "extends" in header or "activate" in header or errors.errors):
        # Every phone would be "in the desired state" of an empty template.
        fault = "the template is empty: no section with keys, no 'extends' and no 'activate'"
        errors.add(TemplateError(fault, where=name, hint="is the file incomplete?"))
    layer = Layer(
        name,
        header["description"].value if "description" in header else "",
        _requires(header.get("requires"), errors),
        _extends(header.get("extends"), errors),
        (header["activate"].value, header["activate"].where) if "activate" in header else None,
        tuple(sections),
    )
    errors.settle()
    return layer


def comma_list(text: str) -> list[str]:
    """The items of ``a, b``, spaces around them dropped."""
    return [item.strip(" \t") for item in text.split(",")]


def normal_header(text: str) -> str:
    """One spelling for headers that differ in spaces only."""
    words = text.split()
    if words[:2] == ["Account", "by"] and len(words) > 2:
        return "Account by " + ", ".join(comma_list(" ".join(words[2:])))
    return "Account *" if "".join(words) == "Account*" else text


# -- lines ---------------------------------------------------------------------------------------


def _blocks(text: str, name: str, errors: ErrorList) -> list[_Block]:
    blocks: list[_Block] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        bare = line.strip(" \t")
        if not bare or bare[0] in "#;":
            continue
        where = f"{name}:{number}"
        try:
            _refuse_control_characters(bare, where)
            if bare[0] == "[":
                blocks.append(_Block(_header_text(bare, where), where, []))
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


def _header_text(bare: str, where: str) -> str:
    if not bare.endswith("]"):
        hint = "comments go on lines of their own" if "]" in bare else "close it with ']'"
        raise TemplateError("a [section] header must end with ']'", where=where, hint=hint)
    return normal_header(bare[1:-1].strip(" \t"))


def _entry(bare: str, where: str) -> _Line:
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
    if len(right) > MAX_TEXT:
        raise TemplateError(f"'{key}': the value is longer than {MAX_TEXT} characters", where=where)
    return _Line(key, _unquoted(key, right.strip(" \t"), where), only_if_absent, where)


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


def _refuse_repeats(block: _Block, errors: ErrorList) -> None:
    seen: dict[str, str] = {}
    for line in block.lines:
        if line.name.lower() in seen:
            errors.add(_again(f"'{line.name}'", line.where, seen[line.name.lower()]))
        seen.setdefault(line.name.lower(), line.where)


def _again(what: str, where: str, before: str) -> TemplateError:
    return TemplateError(
        f"{what} appears twice, first at {before}", where=where, hint="keep one of them"
    )


# -- [template] ----------------------------------------------------------------------------------


def _header_lines(blocks: list[_Block], errors: ErrorList) -> dict[str, _Line]:
    header: dict[str, _Line] = {}
    headers = [block for block in blocks if block.header.lower() == "template"]
    for block in headers:
        if block is not headers[0]:
            errors.add(_again("[template]", block.where, headers[0].where))
        elif block.header != "template":
            errors.add(_unknown_header(block.header, block.where))
        for line in block.lines:
            error = _header_fault(line)
            if error:
                errors.add(error)
            else:
                header.setdefault(line.name, line)
    return header


def _header_fault(line: _Line) -> TemplateError | None:
    if line.name not in HEADER_KEYS:
        return TemplateError(
            f"unknown key '{line.name}' in [template]",
            where=line.where,
            hint=did_you_mean(line.name, HEADER_KEYS) or f"the keys are {', '.join(HEADER_KEYS)}",
        )
    if line.only_if_absent:
        return TemplateError(
            f"'{line.name}' in [template] must be set with '='",
            where=line.where,
            hint="remove the '?'",
        )
    if not is_literal(line.value):
        return TemplateError(
            f"'{line.name}' in [template] cannot contain an expression", where=line.where
        )
    return None


def _requires(line: _Line | None, errors: ErrorList) -> tuple[str, ...]:
    if line is None or not line.value:
        return ()
    names = comma_list(line.value)
    for name in names:
        first = name.split(".", 1)[0]
        if not is_name(name):
            fault = f"'requires': '{name}' is not a variable name"
            hint = "separate the names with commas, such as: extension, site.stun"
        elif name == "absent" or (first in BUILT_IN and first == name):
            fault = f"'requires' cannot list '{name}'"
            hint = "" if name == "absent" else f"name one entry, such as {name}.NAME"
        else:
            continue
        errors.add(TemplateError(fault, where=line.where, hint=hint))
    return tuple(names)


def _extends(line: _Line | None, errors: ErrorList) -> tuple[tuple[str, str], ...]:
    if line is None or not line.value:
        return ()
    names = comma_list(line.value)
    for name in names:
        # An absolute name could make a privileged run read any file, or connect to any server.
        if not name or name[0] in "/\\" or ":" in name:
            errors.add(
                TemplateError(
                    f"'extends' cannot name '{name}'",
                    where=line.where,
                    hint="name a file relative to this one, or a ready template",
                )
            )
    return tuple((name, line.where) for name in names)


# -- sections ------------------------------------------------------------------------------------


def _section(block: _Block, errors: ErrorList) -> Section:
    kind, name = _selector(block.header, block.where)
    keyed = "Account1" if kind != "section" else name
    identity, unknown = _identity(block, errors) if kind == "by" else ((), frozenset())
    entries = []
    for line in block.lines:
        if line.name in unknown:
            continue
        try:
            key = _key(keyed, line.name, block.header, line.where)
            if key in identity and line.only_if_absent:
                raise TemplateError(
                    f"'{key.name}' identifies the account and must be set with '='",
                    where=line.where,
                )
            entries.append(_typed_entry(key, line))
        except InputError as error:
            errors.add(error)
    given = {line.name for line in block.lines}
    for key in identity:
        if key.name not in given:
            errors.add(
                TemplateError(
                    f"[{block.header}] does not set {key.name}, which identifies the account",
                    where=block.where,
                    hint=f"add the line: {key.name} = ...",
                )
            )
    return Section(block.header, kind, name, identity, tuple(entries), block.where)


def _selector(header: str, where: str) -> tuple[str, str]:
    if header == "Account *":
        return "every", "Account"
    if header.startswith("Account by "):
        return "by", "Account"
    if section_kind(header) is None:
        raise _unknown_header(header, where)
    name = canonical_section(header)
    if name in RECORDS:
        raise TemplateError(
            f"[{name}] is data the phone maintains itself, not configuration",
            where=where,
            hint="leave the section out",
        )
    if name != header:
        raise _unknown_header(header, where)
    return "section", name


def _unknown_header(header: str, where: str) -> UnknownKey:
    known = section_kind(header)
    near = canonical_section(header) if known else nearest(header, [*_HEADERS, "template"])
    known_ones = "sections are [" + "], [".join(_HEADERS) + "]"
    hint = f"did you mean '[{near}]'?" if near else known_ones
    return UnknownKey(f"unknown section [{header}]", where=where, hint=hint)


def _key(section: str, name: str, header: str, where: str) -> Key:
    """`find_key`, whose error names the header that the template has."""
    try:
        return find_key(section, name, where)
    except UnknownKey as error:
        message = f"unknown key '{name}' in [{header}]"
        raise UnknownKey(message, hint=error.hint, where=where) from None


def _identity(block: _Block, errors: ErrorList) -> tuple[tuple[Key, ...], frozenset[str]]:
    """The keys that identify an account, and the names in the header that are not keys."""
    keys: list[Key] = []
    unknown: set[str] = set()
    for name in comma_list(block.header.removeprefix("Account by ")):
        try:
            key = _key("Account1", name, block.header, block.where)
            if key in keys:
                raise TemplateError(f"'{name}' appears twice", where=block.where)
            if key.kind == "secret":
                raise TemplateError(
                    f"'{name}' is a secret and cannot identify an account", where=block.where
                )
            keys.append(key)
        except InputError as error:
            if isinstance(error, UnknownKey):
                unknown.add(name)
            errors.add(error)
    return tuple(keys), frozenset(unknown)


def _typed_entry(key: Key, line: _Line) -> Entry:
    literal: str | Secret | None = None
    if is_literal(line.value):
        literal = typed_text(key, line.value, line.where)
    elif line.only_if_absent and is_absent(line.value):
        raise TemplateError(
            f"'{key.name}': '?=' with {{{{ absent }}}} does nothing",
            where=line.where,
            hint="write '=' to remove the key",
        )
    return Entry(key, line.value, line.only_if_absent, line.where, literal)
