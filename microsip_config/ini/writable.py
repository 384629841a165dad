"""What may be written: names and values that Windows reads back exactly as given.

No message here quotes a value: it may be a secret.
"""

from __future__ import annotations

from ..errors import ValueRefused
from ..text import control, utf16_units

LONGEST_VALUE = 32767
"""UTF-16 units. Windows keeps a value's length in 16 bits: of bytes, in the worst case."""


def check_section(name: str) -> None:
    """Raises ValueRefused for a section name that would not be read back."""
    _check_name(name, "section", name.startswith((";", "[")) or "]" in name)


def check_key(section: str, name: str) -> None:
    """Raises ValueRefused for a key name that would not be read back."""
    _check_name(name, f"key in [{section}]", name.startswith((";", "[")) or "=" in name)


def _check_name(name: str, what: str, misread: bool) -> None:
    _check_characters(name, f"the name of a {what}", "")
    if not name or name != name.strip() or misread:
        raise ValueRefused(
            f"{name!r} cannot be the name of a {what}: Windows would not read it back",
            hint="a name is not empty, has no spaces at its ends, does not begin with ';' or '[', "
            "and contains no '=' (key) or ']' (section)",
        )


def check_value(section: str, key: str, value: str) -> None:
    """Raises ValueRefused for a value that would not be read back, or would add a line."""
    where = f"{section}.{key}"
    _check_characters(value, f"the value of {where}", where)
    if len(value) * 2 > LONGEST_VALUE and utf16_units(value) > LONGEST_VALUE - 2:
        raise ValueRefused(
            f"the value of {where} is too long: Windows reads at most {LONGEST_VALUE} characters",
            hint="MicroSIP itself reads far less: see the limit of the key",
            where=where,
        )


def _check_characters(text: str, what: str, where: str) -> None:
    found = None if text.isprintable() else control().search(text)
    if found:
        raise ValueRefused(
            f"{what} contains U+{ord(found.group()):04X} at position {found.start() + 1}",
            hint="an ini file cannot contain control characters, line ends or unpaired surrogates",
            where=where,
        )


def protected(value: str, quoted: bool = False) -> str:
    """``value`` as it is in the file: in quotes if asked, or if it needs them to survive.

    Windows takes off blanks and one pair of equal quotes: the pair that is added here.
    Spaces beyond ASCII are protected too, because nobody measured them on Windows.
    """
    edge = value[:1]
    needs = value != value.strip() or (edge in ("'", '"') and value[-1:] == edge)
    return f'"{value}"' if quoted or needs else value
