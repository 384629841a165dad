"""Each hazard of editing such files, as input, change and the expected text.

The rows follow the ways in which ConfigUpdater and Windows part; where Windows rewrites a whole
file, ours changes one line.
"""

from __future__ import annotations

import pytest

from microsip_config.errors import ValueRefused
from microsip_config.ini.document import Document
from microsip_config.ini.profile import Profile

Change = tuple[str, str, str | None]  # section, key, value (None: remove)


def edited(text: str, *changes: Change) -> str:
    document = Document(text)
    for section, key, value in changes:
        if value is None:
            document.remove(section, key)
        else:
            document.set(section, key, value)
    return document.render()


HAZARDS = [  # what, text, change, expected text
    ("key in other case", "[S]\r\nSTUN=a\r\n", ("S", "stun", "b"), "[S]\r\nSTUN=b\r\n"),
    (
        "section in other case",
        "[settings]\r\na=1\r\n",
        ("Settings", "a", "2"),
        "[settings]\r\na=2\r\n",
    ),
    ("new key, section in other case", "[settings]\n", ("Settings", "a", "2"), "[settings]\na=2\n"),
    ("duplicate key", "[S]\na=1\na=2\n", ("S", "a", "3"), "[S]\na=3\na=2\n"),
    ("duplicate key in other case", "[S]\nA=1\na=2\n", ("S", "a", "3"), "[S]\nA=3\na=2\n"),
    ("duplicate section", "[S]\na=1\n[S]\nb=2\n", ("S", "b", "3"), "[S]\na=1\nb=3\n[S]\nb=2\n"),
    (
        "duplicate section, other case",
        "[S]\na=1\n[s]\na=2\n",
        ("s", "a", "3"),
        "[S]\na=3\n[s]\na=2\n",
    ),
    ("indented key after key", "[S]\na=1\n  b=2\n", ("S", "a", "3"), "[S]\na=3\n  b=2\n"),
    ("indented key itself", "[S]\na=1\n \tb=2\n", ("S", "b", "3"), "[S]\na=1\n \tb=3\n"),
    (
        "indented section",
        "[S]\na=1\n  [Account1]\n  password=x\n",
        ("S", "a", "3"),
        "[S]\na=3\n  [Account1]\n  password=x\n",
    ),
    ("key in an indented section", "[S]\n \t[T]\n  p=x\n", ("T", "p", "y"), "[S]\n \t[T]\n  p=y\n"),
    ("indented comment", "[S]\na=1\n  ; note\n", ("S", "a", "2"), "[S]\na=2\n  ; note\n"),
    ("blank line, indented key", "[S]\na=1\n\n  b=2\n", ("S", "a", "3"), "[S]\na=3\n\n  b=2\n"),
    ("# is a key", "[S]\n#a=1\na=2\n", ("S", "a", "3"), "[S]\n#a=1\na=3\n"),
    ("# before the first section", "# hi\n[S]\na=1\n", ("S", "a", "2"), "# hi\n[S]\na=2\n"),
    (": is no delimiter", "[S]\nserver: h\n", ("S", "server", "x"), "[S]\nserver=x\nserver: h\n"),
    (": in a key", "[S]\nsip:1=x\nsip:2=y\n", ("S", "sip:2", "z"), "[S]\nsip:1=x\nsip:2=z\n"),
    ("line without =", "[S]\nfoo\na=1\n", ("S", "a", "2"), "[S]\nfoo\na=2\n"),
    ("key of a line without =", "[S]\na=1\nfoo\n", ("S", "foo", "2"), "[S]\na=1\nfoo=2\n"),
    (
        "bare name before the key",
        "[S]\n Foo \nb=1\nfoo=2\n",
        ("S", "foo", "3"),
        "[S]\nFoo=3\nb=1\nfoo=2\n",
    ),
    ("bare name after the key", "[S]\nfoo=2\nfoo\n", ("S", "foo", "3"), "[S]\nfoo=3\nfoo\n"),
    ("bare name, key removed", "[S]\nfoo\nfoo=2\n", ("S", "foo", None), "[S]\nfoo\n"),
    ("empty key", "[S]\n=v\n=\na=1\n", ("S", "a", "2"), "[S]\n=v\n=\na=2\n"),
    ("new key after an empty key", "[S]\n=v\n", ("S", "a", "2"), "[S]\n=v\na=2\n"),
    (
        "text before the first section",
        "a=0\njunk\n[S]\na=1\n",
        ("S", "a", "2"),
        "a=0\njunk\n[S]\na=2\n",
    ),
    ("only text before a section", "a=0\n", ("S", "a", "2"), "a=0\n[S]\na=2\n"),
    ("header without ]", "[S\na=1\n", ("S", "a", "2"), "[S\na=2\n"),
    ("header with blanks", "[ S ]\na=1\n", ("S", "a", "2"), "[ S ]\na=2\n"),
    ("two ] in a header", "[a]b]\nk=1\n", ("a", "k", "2"), "[a]b]\nk=2\n"),
    ("text after a header", "[S] ; see [T]\na=1\n", ("S", "a", "2"), "[S] ; see [T]\na=2\n"),
    ("key after a header", "[S]a=1\n", ("S", "a", "2"), "[S]a=1\na=2\n"),
    ("empty section name", "[]\na=1\n[S]\na=1\n", ("S", "a", "2"), "[]\na=1\n[S]\na=2\n"),
    ("quotes are not kept unasked", '[S]\na="x"\n', ("S", "a", "y"), "[S]\na=y\n"),
    ("same value in quotes", '[S]\na="x"\n', ("S", "a", "x"), '[S]\na="x"\n'),
    ("; in a value", "[S]\na=1 ; c\n", ("S", "a", "2 ; d"), "[S]\na=2 ; d\n"),
    ("CR LF", "[S]\r\na=1\r\nb=1\r\n", ("S", "a", "2"), "[S]\r\na=2\r\nb=1\r\n"),
    ("CR", "[S]\ra=1\rb=1\r", ("S", "a", "2"), "[S]\ra=2\rb=1\r"),
    ("CR CR LF", "[S]\r\r\na=1\r\r\nb=1\r\r\n", ("S", "a", "2"), "[S]\r\r\na=2\r\r\nb=1\r\r\n"),
    ("mixed line ends", "[S]\na=1\r\nb=1\n", ("S", "a", "2"), "[S]\na=2\r\nb=1\n"),
    ("NEL ends no line", "[S]\na=1\x85b=2\n", ("S", "a", "2"), "[S]\na=2\n"),
    ("new key takes its neighbour's end", "[S]\r\na=1\n", ("S", "b", "2"), "[S]\r\na=1\nb=2\n"),
    ("blank at the start", "[S]\na=1\n", ("S", "a", " x"), '[S]\na=" x"\n'),
    ("blank at the end", "[S]\na=1\n", ("S", "a", "x "), '[S]\na="x "\n'),
    ("NBSP at the end", "[S]\na=1\n", ("S", "a", "x\xa0"), '[S]\na="x\xa0"\n'),
    ("a pair of quotes of its own", "[S]\na=1\n", ("S", "a", '"x"'), '[S]\na=""x""\n'),
    ("a pair of single quotes", "[S]\na=1\n", ("S", "a", "'x'"), "[S]\na=\"'x'\"\n"),
    ("a quote alone", "[S]\na=1\n", ("S", "a", '"'), '[S]\na="""\n'),
    ("quotes that are no pair", "[S]\na=1\n", ("S", "a", '"p q" x'), '[S]\na="p q" x\n'),
    ("spacing around =", "[S]\na = 1\nb\t=\t2  \n", ("S", "b", "3"), "[S]\na = 1\nb\t=\t3\n"),
    ("same value", "[S]\n a = 1 \n", ("S", "a", "1"), "[S]\n a = 1 \n"),
    ("empty value stays", "[S]\na=\n", ("S", "a", ""), "[S]\na=\n"),
    ("empty is not absent", "[S]\nb=1\n", ("S", "a", ""), "[S]\nb=1\na=\n"),
    (
        "new key before trailing blanks and the next header's comment",
        "[S]\na=1\n\n; about T\n[T]\nb=1\n",
        ("S", "c", "2"),
        "[S]\na=1\nc=2\n\n; about T\n[T]\nb=1\n",
    ),
    (
        "new key in a section of comments",
        "[S]\n; none\n\n[T]\n",
        ("S", "a", "1"),
        "[S]\na=1\n; none\n\n[T]\n",
    ),
    (
        "new key after a duplicate",
        "[S]\na=1\nb=1\na=2\n",
        ("S", "c", "3"),
        "[S]\na=1\nb=1\na=2\nc=3\n",
    ),
    ("new section", "[S]\na=1\n", ("T", "b", "2"), "[S]\na=1\n[T]\nb=2\n"),
    ("remove", "[S]\na=1\nb=2\n", ("S", "a", None), "[S]\nb=2\n"),
    ("remove duplicates too", "[S]\na=1\nb=2\nA=3\n", ("S", "a", None), "[S]\nb=2\n"),
    (
        "remove leaves a second section alone",
        "[S]\na=1\n[S]\na=2\n",
        ("S", "a", None),
        "[S]\n[S]\na=2\n",
    ),
    ("remove what is absent", "[S]\na=1\n", ("S", "b", None), "[S]\na=1\n"),
    ("remove in an absent section", "[S]\na=1\n", ("T", "b", None), "[S]\na=1\n"),
    ("no final line end, change", "[S]\na=1", ("S", "a", "2"), "[S]\na=2"),
    ("no final line end, other line", "[S]\na=1\nb=2", ("S", "a", "2"), "[S]\na=2\nb=2"),
    ("no final line end, new key", "[S]\na=1", ("S", "b", "2"), "[S]\na=1\nb=2\n"),
    (
        "no final line end, new section",
        "[S]\r\na=1",
        ("T", "b", "2"),
        "[S]\r\na=1\r\n[T]\r\nb=2\r\n",
    ),
    ("no line end at all", "[Settings]", ("Settings", "a", "1"), "[Settings]\r\na=1\r\n"),
    ("nothing at all", "", ("Settings", "a", "1"), "[Settings]\r\na=1\r\n"),
    ("%", "[S]\na=%1 %(x)s\nb=1\n", ("S", "b", "%2"), "[S]\na=%1 %(x)s\nb=%2\n"),
    ("NUL in the old value", "[S]\na=1\0x\n", ("S", "a", "2"), "[S]\na=2\n"),
    ("NUL in the old key", "[S]\na\0x=1\n", ("S", "a", "2"), "[S]\na=2\n"),
    ("Ctrl-Z", "[S]\n\x1aa=1\n", ("S", "a", "2"), "[S]\na=2\n"),
    ("= in a value", "[S]\na=x=y\n", ("S", "a", "z=="), "[S]\na=z==\n"),
    ("value like a header", "[S]\na=1\n", ("S", "a", "[T]"), "[S]\na=[T]\n"),
    ("value like a comment", "[S]\na=1\n", ("S", "b", ";x"), "[S]\na=1\nb=;x\n"),
    ("number keys", "[Calls]\n17=a\n18=b\n", ("Calls", "1", "c"), "[Calls]\n17=a\n18=b\n1=c\n"),
]


@pytest.mark.parametrize(
    ("text", "change", "expected"), [pytest.param(*row[1:], id=row[0]) for row in HAZARDS]
)
def test_hazard(text: str, change: Change, expected: str) -> None:
    section, key, value = change
    after = edited(text, change)
    assert after == expected
    assert Profile(after).get(section, key) == value
    assert edited(after, change) == after


def test_many_changes_at_once() -> None:
    text = "; mine\r\n[Settings]\r\na=1\r\n  b = 2\r\n; between\r\nc=3\r\n\r\n[Account1]\r\nx=1\r\n"
    changes: list[Change] = [
        ("Settings", "a", "9"),
        ("Settings", "c", None),
        ("Settings", "new", "n"),
        ("Settings", "b", "2"),
        ("Account1", "x", None),
        ("Account1", "y", "2"),
        ("Account2", "z", "3"),
        ("Account2", "w", "4"),
    ]
    assert edited(text, *changes) == (
        "; mine\r\n[Settings]\r\na=9\r\n  b = 2\r\n; between\r\nnew=n\r\n\r\n"
        "[Account1]\r\ny=2\r\n[Account2]\r\nz=3\r\nw=4\r\n"
    )


def test_the_last_edit_of_a_key_counts() -> None:
    assert edited("[S]\na=1\n", ("S", "a", "2"), ("s", "A", "3")) == "[S]\na=3\n"
    assert edited("[S]\na=1\n", ("S", "a", None), ("S", "a", "1")) == "[S]\na=1\n"
    assert edited("[S]\n", ("S", "a", "1"), ("S", "a", None)) == "[S]\n"
    assert edited("", ("S", "a", "1"), ("S", "a", None)) == ""


def test_quotes_on_request() -> None:
    document = Document("[S]\na=1\nb=2\n")
    document.set("S", "a", "C:\\x y.exe", quoted=True)
    document.set("S", "b", "2", quoted=True)
    document.set("S", "c", "", quoted=True)
    assert document.render() == '[S]\na="C:\\x y.exe"\nb=2\nc=""\n'


SECTION_REMOVALS = [
    ("in the middle", "[A]\na=1\n[B]\nb=1\n[C]\n", "B", "[A]\na=1\n[C]\n"),
    ("any case, duplicates", "[A]\n[b]\nb=1\n[C]\n[B]\nb=2", "B", "[A]\n[C]\n"),
    (
        "comments and blank lines stay",
        "[A]\n\n; of B\n[B]\nb=1\n\n ; of C\n[C]\n",
        "B",
        "[A]\n\n; of B\n\n ; of C\n[C]\n",
    ),
    ("a # line that is a key goes", "[A]\n[B]\n# text\n#k=1\njunk\n", "B", "[A]\n# text\n"),
    ("absent", "[A]\na=1\n", "B", "[A]\na=1\n"),
    ("the last one", "[A]\na=1", "A", ""),
]


@pytest.mark.parametrize(
    ("text", "section", "expected"), [pytest.param(*row[1:], id=row[0]) for row in SECTION_REMOVALS]
)
def test_remove_section(text: str, section: str, expected: str) -> None:
    document = Document(text)
    document.remove_section(section)
    assert document.render() == expected


def test_a_section_removed_and_set_again_stands_at_the_end() -> None:
    document = Document("[A]\na=1\nb=2\n[B]\nc=3\n")
    document.set("A", "b", "9")
    document.remove_section("A")
    document.set("A", "a", "2")
    assert document.render() == "[B]\nc=3\n[A]\na=2\n"


LINE_ENDS = "\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"
CONTROLS = "\0", "\x01", "\t", "\x1a", "\x1b", "\x7f", "\x80", "\x9f", "\ud800", "\udfff"


@pytest.mark.parametrize("evil", [*LINE_ENDS, *CONTROLS], ids=ascii)
@pytest.mark.parametrize("text", ["", "[S]\nk=1\n"])
def test_no_value_or_name_can_add_a_line(text: str, evil: str) -> None:
    document = Document(text)
    for hostile in (f"x{evil}[Evil]", evil, f"{evil}x", f"x{evil}"):
        with pytest.raises(ValueRefused) as refusal:
            document.set("S", "k", hostile)
        assert "Evil" not in f"{refusal.value}{refusal.value.hint}{refusal.value.where}"
        with pytest.raises(ValueRefused):
            document.set("S", hostile, "x")
        with pytest.raises(ValueRefused):
            document.set(hostile, "k", "x")
        with pytest.raises(ValueRefused):
            document.remove("S", hostile)
        with pytest.raises(ValueRefused):
            document.remove_section(hostile)
    assert document.render() == text


@pytest.mark.parametrize("name", ["", " ", " k", "k ", "a=b", "=", ";k", "[k", "[k]", "k\xa0"])
def test_refused_key_names(name: str) -> None:
    with pytest.raises(ValueRefused):
        Document("").set("S", name, "x")


@pytest.mark.parametrize("name", ["", " ", " S", "S ", "S]", "]", "[S", ";S", "T]\n[Evil"])
def test_refused_section_names(name: str) -> None:
    with pytest.raises(ValueRefused):
        Document("").set(name, "k", "x")


def test_a_value_longer_than_windows_reads_is_refused() -> None:
    document = Document("")
    with pytest.raises(ValueRefused):
        document.set("S", "k", "x" * 32768)
    with pytest.raises(ValueRefused):
        document.set("S", "k", "\U0001f600" * 16384)
    document.set("S", "k", "x" * 32765)
    assert Profile(document.render()).get("S", "k") == "x" * 32765


def test_a_secret_is_in_no_refusal() -> None:
    with pytest.raises(ValueRefused) as refusal:
        Document("").set("Account1", "password", "hunter2\n")
    assert "hunter2" not in repr(vars(refusal.value)) + str(refusal.value)
    assert "Account1.password" in str(refusal.value)
