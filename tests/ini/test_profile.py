"""The profile reader reads as Windows does; each row is a measurement (see ``names`` for sources).

Rows marked ``wine8`` are known from Wine 8 alone.
"""

from __future__ import annotations

import pytest

from microsip_config.ini.profile import Profile

READS = [  # what, text, section, key, value
    ("first of two keys", "[S]\r\nk=1\r\nk=2\r\n", "S", "k", "1"),
    ("first of two keys, other case", "[S]\r\nk=1\r\nK=2\r\n", "S", "K", "1"),
    ("first of two sections", "[S]\r\na=1\r\n[S]\r\nb=2\r\n", "S", "b", None),
    ("first of two sections, key of it", "[S]\r\na=1\r\n[s]\r\na=2\r\n", "s", "a", "1"),
    ("after a second section", "[S]\r\n[S]\r\na=1\r\n[T]\r\nb=2\r\n", "T", "b", "2"),
    ("any case", "[Sec]\r\nKey=V\r\n", "sEC", "kEY", "V"),
    ("no ASCII letter equals another one", "[S]\r\n\u212a=1\r\n", "S", "k", None),
    ("not even one that it is upper case of", "[S]\r\n\u017f=1\r\n", "S", "s", None),
    ("blanks in brackets", "[ \t\x0bS ]\r\nk=1\r\n", "S", "k", "1"),
    ("blanks before bracket", " \t\x0b[S]\r\nk=1\r\n", "S", "k", "1"),
    ("blanks around key and value", "[S]\r\n \tk\x0b =\x0b v \t\r\n", "S", "k", "v"),
    ("inner blanks stay", "[S]\r\na b=v  w\r\n", "S", "a b", "v  w"),
    ("form feed is blank (wine8)", "[S]\r\n\x0ck\x0c=\x0cv\x0c\r\n", "S", "k", "v"),
    ("Ctrl-Z is blank (wine8)", "[S]\r\nk=1\r\n\x1aj=2\x1a\r\n", "S", "j", "2"),
    ("NBSP is no blank", "[S]\r\nk=\xa0v\xa0\r\n", "S", "k", "\xa0v\xa0"),
    ("NEL and LS end no line", "[S]\r\nk=a\x85j=\u2028b\r\n", "S", "k", "a\x85j=\u2028b"),
    ("spaces in the parameter", "[S]\r\nk=1\r\n", " S ", " k ", "1"),
    ("tab in the section parameter", "[S]\r\nk=1\r\n", "\tS", "k", None),
    ("tab in the key parameter", "[S]\r\nk=1\r\n", "S", "k\t", None),
    ("; line", "[S]\r\n;k=1\r\n", "S", "k", None),
    ("; line by its name", "[S]\r\n;k=1\r\n", "S", ";k", None),
    ("indented ; line", "[S]\r\n \t;k=1\r\n", "S", ";k", None),
    ("commented header", "[S]\r\n;[T]\r\nk=1\r\n", "S", "k", "1"),
    ("# is a key", "[S]\r\n#k=1\r\n", "S", "#k", "1"),
    ("; inside a value", "[S]\r\nk=a ; b\r\n", "S", "k", "a ; b"),
    ("; inside a key", "[S]\r\nk;j=1\r\n", "S", "k;j", "1"),
    ("value starting with ;", "[S]\r\nk=;a\r\n", "S", "k", ";a"),
    ("double quotes", '[S]\r\nk=  "  v  "  \r\n', "S", "k", "  v  "),
    ("single quotes", "[S]\r\nk=  '  v  '  \r\n", "S", "k", "  v  "),
    ("outer quotes only", "[S]\r\nk=\"'v'\"\r\n", "S", "k", "'v'"),
    ("two pairs", '[S]\r\nk=""v""\r\n', "S", "k", '"v"'),
    ("quotes around nothing", '[S]\r\nk=""\r\n', "S", "k", ""),
    ("different quotes", "[S]\r\nk=\"v'\r\n", "S", "k", "\"v'"),
    ("quotes in the wrong order", "[S]\r\nk='\"v\"'\r\n", "S", "k", '"v"'),
    ("one quote alone", '[S]\r\nk="\r\n', "S", "k", '"'),
    ("quoted word, then text", '[S]\r\nk="p q" arg\r\n', "S", "k", '"p q" arg'),
    ("quote inside", '[S]\r\nk="a"b"\r\n', "S", "k", 'a"b'),
    ("quoted key", '[S]\r\n"k"=v\r\n', "S", '"k"', "v"),
    ("quoted key without quotes", '[S]\r\n"k"=v\r\n', "S", "k", None),
    ("text after ]", "[S] tail\r\nj=2\r\n", "S", "j", "2"),
    ("key after ]", "[S]k=1\r\nj=2\r\n", "S", "k", None),
    ("[ in a section name", "[[S]\r\nk=1\r\n", "[S", "k", "1"),
    ("first ] ends a section name", "[a]b]\r\nk=1\r\n", "a", "k", "1"),
    ("the rest is no part of the name", "[a]b]\r\nk=1\r\n", "a]b", "k", None),
    ("header without ]", "[S  \r\nk=1\r\n", "S", "k", "1"),
    ("header without ] ends the one before", "[R]\r\n[S\r\nk=1\r\n", "R", "k", None),
    ("header without [", "S]\r\nk=1\r\n", "S", "k", None),
    ("header without ] holding =", "[S=1\r\nk=1\r\n", "S=1", "k", "1"),
    ("section named with = and ;", "[a=b;c]\r\nk=1\r\n", "a=b;c", "k", "1"),
    ("empty section name", "[]\r\nk=1\r\n", "", "k", "1"),
    ("blank section name", "[ ]\r\nk=1\r\n", "", "k", "1"),
    ("before the first section", "k=1\r\n[S]\r\nj=2\r\n", "", "k", None),
    ("before the first section, by the next", "k=1\r\n[S]\r\nj=2\r\n", "S", "k", None),
    ("empty key", "[S]\r\n=v\r\n", "S", "", "v"),
    ("no = at all", "[S]\r\nalone\r\n", "S", "alone", None),
    (": is no delimiter", "[S]\r\nserver: host\r\n", "S", "server", None),
    (": belongs to the key", "[S]\r\nsip:100=x\r\n", "S", "sip:100", "x"),
    ("two =", "[S]\r\nk=a=b\r\n", "S", "k", "a=b"),
    ("empty value", "[S]\r\nk= \r\n", "S", "k", ""),
    ("brackets in a key and a value", "[S]\r\na[0]=[x]\r\n", "S", "a[0]", "[x]"),
    ("LF", "[S]\nk=1\nj=2\n", "S", "j", "2"),
    ("CR", "[S]\rk=1\rj=2\r", "S", "j", "2"),
    ("CR CR LF", "[S]\r\r\nk=1\r\r\nj=2\r\r\n", "S", "j", "2"),
    ("CR inside a line", "[S]\r\nk=a\rj=2\r\n", "S", "k", "a"),
    ("no final line end", "[S]\r\nk=1", "S", "k", "1"),
    ("NUL in a value (wine8)", "[S]\r\nk=a\0b\r\n", "S", "k", "a"),
    ("NUL in a key (wine8)", "[S]\r\nk\0x=1\r\n", "S", "k", "1"),
    ("value of 65535", "[S]\r\nk=" + "x" * 65535, "S", "k", "x" * 65535),
    ("value of 65536", "[S]\r\nk=" + "x" * 65536, "S", "k", ""),
    ("value of 65537", "[S]\r\nk=" + "x" * 65537, "S", "k", "x"),
    (
        "long value beyond the basic plane",
        "[S]\r\nk=" + "\U0001f600" * 32769,
        "S",
        "k",
        "\U0001f600",
    ),
    ("% is ordinary", "[S]\r\nk=%1 %(x)s\r\n", "S", "k", "%1 %(x)s"),
    ("no section", "", "S", "k", None),
]


@pytest.mark.parametrize(
    ("text", "section", "key", "value"), [pytest.param(*r[1:], id=r[0]) for r in READS]
)
def test_reads_as_windows(text: str, section: str, key: str, value: str | None) -> None:
    assert Profile(text).get(section, key) == value


SAMPLE = (
    'lost=0\r\n; comment\r\n[Settings]\r\n b = 2 \r\njunk\r\nA="1"\r\na=3\r\n\r\n'
    "[Account1]\nserver=sip.example.com\n[SETTINGS]\nc=9\n[]"
)


def test_lists_what_can_be_read() -> None:
    profile = Profile(SAMPLE)
    assert profile.sections() == ["Settings", "Account1", "SETTINGS", ""]
    assert profile.keys("settings") == ["b", "A"]
    assert profile.items("Settings") == [("b", "2"), ("A", "1")]
    assert profile.keys("Nowhere") == []
    assert profile.items("Nowhere") == []


def test_names_physical_lines() -> None:
    profile = Profile(SAMPLE)
    assert profile.line_of("Settings", "a") == 6
    assert profile.line_of("account1", "SERVER") == 10
    assert profile.line_of("Settings", "c") is None
    assert profile.line_of("Nowhere", "c") is None


def test_names_lines_that_nothing_reads() -> None:
    assert [tuple(unread) for unread in Profile(SAMPLE).unread()] == [
        (1, "before-section", "", "lost"),
        (5, "no-equals", "Settings", "junk"),
        (7, "duplicate-key", "Settings", "a"),
        (11, "duplicate-section", "SETTINGS", ""),
        (12, "duplicate-section", "SETTINGS", "c"),
    ]


def test_snapshot_holds_everything_readable_and_nothing_else() -> None:
    expected = {"settings": {"b": "2", "a": "1"}, "account1": {"server": "sip.example.com"}, "": {}}
    assert Profile(SAMPLE).snapshot() == expected
    assert Profile(SAMPLE.replace("; comment", ";")).snapshot() == expected
    assert Profile(SAMPLE.replace(" b = 2", "b=3")).snapshot() != expected
