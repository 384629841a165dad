"""Text of one template file -> `Layer`: its header, sections, keys and literal values."""

from __future__ import annotations

from ..errors import ErrorList, InputError, TemplateError, UnknownKey
from ..limits import EXTENDS
from ..schema import RECORDS, canonical_section, find_key, section_kind
from ..schema.key import Key
from ..secret import Secret
from ..text import did_you_mean, nearest
from .lines import Block, Line, blocks_of, comma_list, repeated
from .model import Entry, Layer, Section
from .scope import BUILT_IN, is_absent, is_literal, is_name
from .typed import typed_text

HEADER_KEYS = ("description", "requires", "extends", "activate")
_HEADERS = ("Settings", "Account1", "Account by username, domain", "Account *", "Shortcuts")


def parse(text: str, name: str) -> Layer:
    """Parse one template.

    :param text: the file's text, without a byte-order mark.
    :param name: how messages name the file.
    :raises InputError: `TemplateError`, `UnknownKey` or `ValueRefused` with ``file:line``;
        `InputErrors` if there are several.
    """
    errors = ErrorList()
    blocks = blocks_of(text, name, errors)
    header = _header_lines(blocks, errors)
    sections = []
    seen: dict[str, str] = {}
    for block in blocks:
        if block.header.lower() == "template":
            continue
        if errors.full:
            break
        try:
            section = _section(block, errors)
        except InputError as error:
            errors.add(error)
            continue
        # Only [Account by ...] may appear more than once: each is another account.
        if section.kind != "by" and section.header in seen:
            errors.add(repeated(f"[{section.header}]", section.where, seen[section.header]))
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


# -- [template] ----------------------------------------------------------------------------------


def _header_lines(blocks: list[Block], errors: ErrorList) -> dict[str, Line]:
    header: dict[str, Line] = {}
    headers = [block for block in blocks if block.header.lower() == "template"]
    for block in headers:
        if block is not headers[0]:
            errors.add(repeated("[template]", block.where, headers[0].where))
        elif block.header != "template":
            errors.add(_unknown_header(block.header, block.where))
        for line in block.lines:
            error = _header_fault(line)
            if error:
                errors.add(error)
            else:
                header.setdefault(line.name, line)
    return header


def _header_fault(line: Line) -> TemplateError | None:
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


def _requires(line: Line | None, errors: ErrorList) -> tuple[str, ...]:
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


def _extends(line: Line | None, errors: ErrorList) -> tuple[tuple[str, str], ...]:
    if line is None or not line.value:
        return ()
    names = comma_list(line.value)
    if len(names) > EXTENDS:
        message = f"'extends' names more than {EXTENDS} templates"
        errors.add(TemplateError(message, where=line.where, code="too-large"))
        return ()
    for name in names:
        # An absolute name could make a privileged run read any file, or connect to any server.
        if not name or name[0] in "/\\" or ":" in name:
            errors.add(
                TemplateError(
                    f"'extends' cannot name '{name}'",
                    where=line.where,
                    hint="name a file relative to this one, or a bundled template",
                )
            )
    return tuple((name, line.where) for name in names)


# -- sections ------------------------------------------------------------------------------------


def _section(block: Block, errors: ErrorList) -> Section:
    kind, name = _selector(block.header, block.where)
    keyed = "Account1" if kind != "section" else name
    identity, unknown = _identity(block, errors) if kind == "by" else ((), frozenset())
    entries = []
    for line in block.lines:
        if line.name in unknown:
            continue
        if errors.full:
            break
        try:
            key = _key(keyed, line.name, block.header, line.where)
            if key in identity and line.only_if_absent:
                raise TemplateError(
                    f"'{key.name}' identifies the account and must be set with '='",
                    where=line.where,
                )
            if key.own:
                raise _phones_own(key.name, line.where, "line")
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
        raise _phones_own(f"[{name}]", where, "section")
    if name != header:
        raise _unknown_header(header, where)
    return "section", name


def _phones_own(name: str, where: str, what: str) -> TemplateError:
    return TemplateError(
        f"{name} is data the phone maintains itself, not configuration",
        where=where,
        hint=f"leave the {what} out",
    )


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


def _identity(block: Block, errors: ErrorList) -> tuple[tuple[Key, ...], frozenset[str]]:
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


def _typed_entry(key: Key, line: Line) -> Entry:
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
