"""Hostile ini files on which Wine and Windows agree, and changes to make in them.

Left out are the inputs that Wine 8 reads otherwise than Windows: headers without ``]`` or with two,
``[]``, the UTF-8 and UTF-16BE marks, values beyond 65535 characters, names that differ only in
the case of a letter beyond ASCII. Two more cannot be judged: a line ``=value`` (where Wine's list
of keys may end) and a key's name alone on a line, without ``=``, which in Wine hides the key of
that name below it (nobody measured Windows). What Windows does with all those stands as a table in
``inside/test_profile_api.py`` (with Wine as a strict xfail) and in ``tests/ini/test_profile.py``.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from hypothesis import strategies as st

Action = Literal["set", "remove", "drop"]


class Change(NamedTuple):
    """``set`` a key, ``remove`` it, or ``drop`` its whole section."""

    action: Action
    section: str
    key: str = ""
    value: str = ""


class Case(NamedTuple):
    """A file, its code page ("" where a mark says UTF-16LE), and what to change in it."""

    data: bytes
    codepage: str
    changes: tuple[Change, ...]


def utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


SECTIONS = ("Settings", "Account1", "Account2", "Calls", "Zoë ж", "a=b;c", "X Y")
KEYS = ("label", "audioCodecs", "password", "k ey", "#x", "ключ", "a[0]", "sip:100", "0", '"q"')
VALUES = (
    "",
    "1",
    "sip.example.com",
    "Zoë Müller",
    "Иван Жуков",
    "日本 \U0001f600",
    '"quoted"',
    "'single'",
    '""twice""',
    "\"'both'\"",
    "\"mixed'",
    '"',
    "'",
    '"a" b',
    'b "a"',
    "; not a comment",
    "v ; not a comment",
    "a=b",
    "=",
    "[Account1]",
    "%1 %(x)s {{ y }}",
    "\\\\server\\share\\",
    "\xa0nbsp\xa0",
    "\u3000wide\u3000",
    "x" * 300,
    "#",
)
EDGE_BLANKS = (" lead", "trail ", "\ttab\t", "  ", '" "', " 'a' ")
_text = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\0"), max_size=12
)
_case = st.sampled_from((str, str, str.lower, str.upper, str.swapcase))
_blanks = st.sampled_from(("", "", "", " ", "\t", "  ", " \t\v"))


def _ascii_case(name: str, case: type[str]) -> str:
    """``name`` in another case, its letters beyond ASCII as they are."""
    return "".join(case(c) if c.isascii() else c for c in name)


_section = st.builds(_ascii_case, st.sampled_from(SECTIONS), _case)
_key = st.builds(_ascii_case, st.sampled_from(KEYS), _case)
_value = st.one_of(st.sampled_from(VALUES), st.sampled_from(EDGE_BLANKS), _text)
_header = st.builds(
    lambda blank, left, name, right, tail: f"{blank}[{left}{name}{right}]{tail}",
    _blanks,
    _blanks,
    _section,
    _blanks,
    st.sampled_from(("", "", "", " ", " ; see Account1", "k=1", " tail")),
)
_key_line = st.builds(
    lambda blank, key, left, right, value, trail: f"{blank}{key}{left}={right}{value}{trail}",
    _blanks,
    _key,
    _blanks,
    _blanks,
    _value,
    _blanks,
)
_junk = st.sampled_from(
    (
        "",
        "",
        "   ",
        "; a comment",
        "\t; label=old",
        ";[Settings]",
        "# text",
        "#label=1",
        "alone",
        "server: host",
        "]",
        "k\0ey=1",
        "label=a\0b",
        "\f0=1\x1a",
    )
)
_line = st.one_of(_key_line, _key_line, _key_line, _header, _junk)
_line_end = st.sampled_from(("\r\n",) * 5 + ("\n", "\n", "\r", "\r\r\n"))


@st.composite
def _texts(draw: st.DrawFn) -> str:
    style = draw(_line_end)
    mixed = draw(st.booleans())
    text = "".join(
        line + (draw(_line_end) if mixed else style)
        for line in draw(st.lists(_line, max_size=5)) + draw(st.lists(_line, max_size=12))
    )
    return text.rstrip("\r\n") if draw(st.integers(0, 3)) == 0 else text


_edits = st.lists(
    st.one_of(
        st.builds(Change, st.just("set"), _section, _key, _value),
        st.builds(Change, st.just("set"), st.sampled_from(("Account7", "Fresh")), _key, _value),
        st.builds(Change, st.just("remove"), _section, _key),
    ),
    min_size=1,
    max_size=5,
)
_drop = st.builds(lambda section: [Change("drop", section)], _section)
_changes = st.integers(0, 9).flatmap(lambda number: _edits if number else _drop)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A random hostile file and random changes."""
    text, changes = draw(_texts()), tuple(draw(_changes))
    if draw(st.integers(0, 3)):
        return Case(utf16(text), "", changes)
    return Case(text.replace("\0", "?").encode("cp1252", "replace"), "cp1252", changes)


TRAPS = {
    "indented key": "[Settings]\r\nlabel=1\r\n  audioCodecs=2\r\n",
    "indented section": "[Settings]\r\nlabel=1\r\n  [Account1]\r\npassword=x\r\n",
    "indented comment": "[Settings]\r\nlabel=1\r\n  ; about the next\r\n0=1\r\n",
    "blank line, then indented key": "[Settings]\r\nlabel=1\r\n\r\n  0=1\r\n",
    "key twice": "[Settings]\r\nlabel=1\r\n0=1\r\nlabel=2\r\n",
    "key twice in two cases": "[Settings]\r\nlabel=1\r\nLABEL=2\r\nLabel=3\r\n",
    "section twice": "[Settings]\r\nlabel=1\r\n[Account1]\r\n0=1\r\n[Settings]\r\nlabel=2\r\n",
    "section twice in two cases": "[settings]\r\n0=1\r\n[SETTINGS]\r\nlabel=2\r\n",
    "key only in the second": "[Settings]\r\n0=1\r\n[Settings]\r\nlabel=2\r\n",
    "preamble": "label=0\r\njunk\r\n; head\r\n\r\n[Settings]\r\nlabel=1\r\n",
    "only a preamble": "label=0\r\njunk",
    "LF": "[Settings]\nlabel=1\n\n[Account1]\npassword=x\n",
    "CR": "[Settings]\rlabel=1\r[Account1]\rpassword=x\r",
    "CR CR LF": "[Settings]\r\r\nlabel=1\r\r\n[Account1]\r\r\npassword=x\r\r\n",
    "mixed line ends": "[Settings]\nlabel=1\r\n0=1\r[Account1]\r\npassword=x\n",
    "no final line end": "[Settings]\r\nlabel=1\r\n[Account1]\r\npassword=x",
    "header without line end": "[Settings]",
    "empty": "",
    "blank lines at the end": "[Settings]\r\nlabel=1\r\n\r\n\r\n",
    "comments between sections": "[Settings]\r\nlabel=1\r\n; a\r\n\r\n; b\r\n[Account1]\r\n0=1\r\n",
    "section of comments": "[Settings]\r\n; a\r\n; b\r\n\r\n[Account1]\r\n",
    "spaces around": "[ Settings ]  \r\n  label  =  1  \r\n\t0\t=\t1\t\r\n",
    "text after the header": "[Settings] ; tail\r\nlabel=1\r\n[Account1]label=5\r\n",
    "quotes": '[Settings]\r\nlabel="1"\r\n0=\'1\'\r\npassword=""1""\r\n',
    "quotes that stay": '[Settings]\r\nlabel="1\r\n0=1"\r\npassword="1" 2\r\n',
    "hash key": "[Settings]\r\n#label=1\r\n#x=2\r\nlabel=3\r\n",
    "commented key": "[Settings]\r\n;label=1\r\n ; label=2\r\nlabel=3\r\n",
    "semicolon in a value": "[Settings]\r\nlabel=1 ; 2\r\n0=;\r\n",
    "colon": "[Settings]\r\nserver: host\r\nsip:100=x\r\nlabel=1\r\n",
    "no equals": "[Settings]\r\nalone\r\n alone 2 \r\nlabel=1\r\n",
    "several equals": "[Settings]\r\nlabel=a=b\r\n0==1\r\n",
    "value like a header": "[Settings]\r\nlabel=[Account1]\r\na[0]=1\r\n",
    "comment like a header": "[Settings]\r\n;[Account1]\r\nlabel=1\r\n",
    "wide characters": "[Settings]\r\nlabel=Иван \U0001f600\r\nключ=日本\r\n[Zoë ж]\r\n0=1\r\n",
    "other spaces": "[Settings]\r\n\xa0label\xa0=\xa01\xa0\r\n0=\u30001\u3000\r\n",
    "other line ends": "[Settings]\r\nlabel=a\u2028b\x85c\r\n0=1\r\n",
    "long": f"[Settings]\r\nlabel={'x' * 5000}\r\n{'k' * 300}=1\r\n",
    "NUL": "[Settings]\r\nlabel=a\0b\r\nk\0ey=1\r\n0=1\r\n",
}
EDITS = (
    (Change("set", "Settings", "label", "new"),),
    (Change("set", "SETTINGS", "Label", " with blanks "),),
    (Change("set", "Settings", "0", '"quoted"'), Change("set", "Settings", "added", "")),
    (Change("remove", "settings", "LABEL"),),
    (Change("set", "Account1", "password", "'x'"), Change("remove", "Account1", "0")),
    (Change("set", "Account2", "label", "Жук"), Change("set", "Account2", "domain", "a=b ; c")),
    (Change("set", "Fresh", "label", "1"), Change("set", "Settings", "label", "1")),
    (Change("drop", "Settings"),),
)


def hand_picked() -> list[tuple[str, Case]]:
    """Every trap with every edit, as UTF-16LE and, where it can be written so, as cp1252."""
    found = []
    for name, text in TRAPS.items():
        for number, changes in enumerate(EDITS, 1):
            found.append((f"{name}, edit {number}", Case(utf16(text), "", changes)))
            plain = text.encode("cp1252", "ignore")
            if plain.decode("cp1252") == text and "\0" not in text:
                found.append((f"{name}, ANSI, edit {number}", Case(plain, "cp1252", changes)))
    return found
