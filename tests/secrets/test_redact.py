"""No dress that a secret can wear gets past the redactor, and nothing else is touched."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import os
import re
import shlex
import subprocess
import traceback
from collections.abc import Callable
from typing import Literal
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from microsip_config.errors import ValueRefused
from microsip_config.secret import Secret
from microsip_config.secrets.escapes import unescaped
from microsip_config.secrets.finder import Finder
from microsip_config.secrets.patterns import LONG, NOISE
from microsip_config.secrets.redact import PLACEHOLDER, Redactor, safe_traceback

DRESSES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "repr": lambda s: repr(s)[1:-1],
    "repr in double quotes": lambda s: repr("'" + s)[2:-1],
    "repr of repr": lambda s: repr(repr(s))[1:-1],
    "ascii": lambda s: ascii(s)[1:-1],
    "json, ascii": lambda s: json.dumps(s)[1:-1],
    "json, unicode": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "json in json": lambda s: json.dumps(json.dumps(s))[3:-3],
    "json, slashes escaped": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "every character as \\u": lambda s: "".join(
        f"\\u{s.encode('utf-16-be')[i : i + 2].hex()}" for i in range(0, 2 * utf16_units(s), 2)
    ),
    "url": quote,
    "url, all": lambda s: quote(s, safe=""),
    "url, form": quote_plus,
    "url, lower case": lambda s: "".join(f"%{b:02x}" for b in s.encode()),
    "html": html.escape,
    "xml text": escape,
    "xml attribute": lambda s: quoteattr(s)[1:-1],
    "html numbers": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "html hex numbers": lambda s: "".join(f"&#x{ord(c):X};" for c in s),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 behind a user name": lambda s: base64.b64encode(b"101:" + s.encode()).decode()[5:],
    "base64 in the middle": lambda s: base64.b64encode(b"ab" + s.encode() + b"xyz").decode()[2:],
    "base64, url-safe": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "base64 of utf-16": lambda s: base64.b64encode(s.encode("utf-16-le")).decode(),
    "hex": lambda s: s.encode().hex(),
    "HEX": lambda s: s.encode().hex().upper(),
    "hex dump": lambda s: s.encode().hex(" "),
    "hex of utf-16": lambda s: s.encode("utf-16-le").hex(),
    "hex dump of big-endian utf-16": lambda s: s.encode("utf-16-be").hex(":"),
    "bytes": lambda s: repr(s.encode())[2:-1],
    "bytes of utf-16": lambda s: repr(s.encode("utf-16-le"))[2:-1],
    "utf-8 misread": lambda s: s.encode().decode("latin-1"),
    "utf-16 misread": lambda s: s.encode("utf-16-le").decode("latin-1"),
    "csv": lambda s: s.replace('"', '""'),
    "windows argument": lambda s: subprocess.list2cmdline(["a b" + s])[4:-1],
    "shell argument": lambda s: shlex.quote(" " + s)[2:-1],
}


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# What an administrator might choose, weighted towards what encodings change.
characters = st.one_of(
    st.sampled_from("\"'\\/&<>%+= ;{}[]$`~^äß€ф界😀"),
    st.characters(min_codepoint=33, max_codepoint=126),
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
)
secrets = st.text(characters, min_size=4, max_size=20).filter(lambda s: len(s.strip()) >= 4)


@pytest.mark.parametrize("dress", DRESSES)
@settings(max_examples=15)
@given(secret=secrets)
@example(secret="hunter2-zebra")
@example(secret="secret")
@example(secret="hunter>>>???~~~zebra")
@example(secret="\\\\\\\\")
@example(secret="""a"b'c\\d/e""")
def test_no_dress_hides_a_secret(dress: str, secret: str) -> None:
    shown = DRESSES[dress](secret)
    result = Redactor([Secret(secret)]).text(f"begin {shown} end")
    assert result.startswith("begin ")
    assert result.endswith(" end")
    assert PLACEHOLDER in result
    assert shown not in result.replace(PLACEHOLDER, "")
    # What is left of it is, at most, what an encoding mixed with its surroundings.
    assert len(result) <= len(f"begin {PLACEHOLDER} end") + 8


# What encoders do to quotes, and to their own escapes.
NESTED = [
    name for name in DRESSES if not name.startswith(("base64", "hex", "HEX", "bytes", "utf-"))
]
QUOTED = [
    "ab''cd",
    'ab""cd',
    """a''b""c&d""",
    "''abcd",
    'abcd""',
    "x' y''z\"",
    "it''s 5%41",
    "a\\''ä",
]


@pytest.mark.parametrize("secret", QUOTED)
@pytest.mark.parametrize("inner", NESTED)
def test_no_dress_over_another_hides_a_secret_with_quotes(inner: str, secret: str) -> None:
    redactor = Redactor([Secret(secret)])
    once = DRESSES[inner](secret)
    for outer in NESTED:
        result = redactor.text(f"begin {DRESSES[outer](once)} end")
        assert result.startswith("begin "), outer
        assert result.endswith(" end"), outer
        left = result.removeprefix("begin ").removesuffix(" end").replace(PLACEHOLDER, "", 1)
        # What is left is the quotes that "repr of repr" puts around, in the other dress.
        assert not unescaped(left).strip(NOISE), outer


def _csv(text: str, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> str:
    stream = io.StringIO()
    csv.writer(stream, quoting=quoting, lineterminator="").writerow([text, ""])
    return stream.getvalue()


def _code_unit(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _octal(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):03o}"


# Whole texts as programs write them, with the quotes around them.
ESCAPERS: dict[str, Callable[[str], str]] = {
    "repr": repr,
    "ascii": ascii,
    "bytes": lambda s: repr(s.encode()),
    "json, ascii": json.dumps,
    "json, unicode": lambda s: json.dumps(s, ensure_ascii=False),
    "json for html": lambda s: json.dumps(s).translate(
        {ord(c): f"\\u{ord(c):04x}" for c in "<>&'"}
    ),
    "url": quote,
    "url, all": lambda s: quote(s, safe=""),
    "url, form": quote_plus,
    "url, lower case": lambda s: "".join(f"%{b:02x}" for b in s.encode()),
    "html": html.escape,
    "xml text": escape,
    "xml attribute": quoteattr,
    "html numbers": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "html hex numbers": lambda s: "".join(f"&#x{ord(c):X};" for c in s),
    "csv": _csv,
    "csv, all quoted": lambda s: _csv(s, csv.QUOTE_ALL),
    "shell": lambda s: shlex.quote(f" {s}"),
    "shell, backslashes": lambda s: re.sub(r"([^\w])", r"\\\1", s, flags=re.ASCII),
    "windows argument": lambda s: subprocess.list2cmdline([f"a {s}"]),
    "powershell": lambda s: "'" + s.replace("'", "''") + "'",
    "powershell, expanded": lambda s: '"' + re.sub('([`"$])', r"`\1", s) + '"',
    "cmd.exe": lambda s: re.sub(r"([&|<>^%!\"])", r"^\1", s),
    "sql": lambda s: re.sub(r"(['\"\\])", r"\\\1", s),
    "c": lambda s: re.sub("[^ -~]|[\"'\\\\]", _octal, s.encode().decode("latin-1")),
    "javascript": lambda s: re.sub("[^A-Za-z0-9]", lambda found: f"\\u{{{ord(found[0]):x}}}", s),
    "format": lambda s: re.sub("([{}%$])", r"\1\1", s),
}
PIECES = ["''", '""', "'", '"', "\\", "&", "<", "%", "/", " ", "ß", "€", "😀", "x1", "ab"]
quoted_secrets = (
    st.lists(st.sampled_from(PIECES), min_size=3, max_size=7)
    .map("".join)
    .filter(lambda s: len(s.strip()) >= 4 and sum(c not in NOISE + " " for c in s) >= 2)
)


@settings(max_examples=200)
@given(quoted_secrets, st.sampled_from([*ESCAPERS]), st.sampled_from([*ESCAPERS]))
@example("a''bx&", "json, ascii", "xml text")
@example("''ab<", "repr", "json, ascii")
@example('a""b\\%', "url, all", "url, all")
@example("x''y\"z", "shell", "csv")
@example("\\}&'ab", "json for html", "json, ascii")
def test_no_two_escapers_hide_a_secret(secret: str, inner: str, outer: str) -> None:
    shown = ESCAPERS[outer](ESCAPERS[inner](secret))
    result = Redactor([Secret(secret)]).text(f"begin {shown} end")
    assert PLACEHOLDER in result
    left = unescaped(result.replace(PLACEHOLDER, ""))
    core = [c for c in secret if c not in NOISE + " "]
    assert sum(c in left.removeprefix("begin ").removesuffix(" end") for c in set(core)) <= 1


@pytest.mark.parametrize("secret", ["&#39;%41xy", "%2541&amp;''", '\\u0041"&lt;', "''%41%42&quot;"])
@pytest.mark.parametrize("inner", ESCAPERS)
def test_a_secret_that_looks_escaped_is_found_in_two_escapes(inner: str, secret: str) -> None:
    redactor = Redactor([Secret(secret)])
    for outer in ESCAPERS:
        shown = ESCAPERS[outer](ESCAPERS[inner](secret))
        assert PLACEHOLDER in redactor.text(f"begin {shown} end"), outer


@pytest.mark.parametrize("text", ["abx", "a b x", "'ab'", "&AB", "x AB &"])
def test_what_is_shorter_than_the_secret_is_not_the_secret(text: str) -> None:
    redactor = Redactor([Secret("a''bx"), Secret("&%41%42")])
    assert redactor.text(f"begin {text} end") == f"begin {text} end"


@pytest.mark.parametrize(
    "dresses",
    [
        ("json in json", "xml attribute", "url, all"),
        ("html", "html", "json, ascii"),
        ("url, all", "url, all", "url, all"),
        ("csv", "shell argument", "repr"),
        ("every character as \\u", "json in json", "html"),
    ],
)
def test_three_escapes_are_taken_off(dresses: tuple[str, ...]) -> None:
    secret = """pa''ss"w&ö%2f"""
    shown = secret
    for dress in dresses:
        shown = DRESSES[dress](shown)
    result = Redactor([Secret(secret)]).text(f"<{shown}>")
    assert result.count(PLACEHOLDER) == 1
    assert len(result) < len(PLACEHOLDER) + 8


def test_quotes_around_a_value_stay() -> None:
    text = json.dumps({"password": "''zebra\"\"", "label": "x"})
    redacted = Redactor([Secret("''zebra\"\"")]).text(text)
    assert json.loads(redacted) == {"password": PLACEHOLDER, "label": "x"}


@pytest.mark.parametrize(
    "text", ["%25" * 4000, "\\u005c" * 4000, "&amp;" * 4000, "\\" * 20000, "'\"" * 10000]
)
def test_a_long_row_of_escapes_ends_soon(text: str) -> None:
    secrets = ["'\"zebra''", "\\\\x", "%41%41%41", "'''''", "a" * 100]
    Redactor(map(Secret, secrets)).text(f"<{text * 50}>")  # quadratic time would be hours


@pytest.mark.parametrize("length", range(4, 10))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_base64_leaves_no_bit_behind(length: int, encoding: str) -> None:
    secret = "zebra-123"[:length]
    shown = base64.b64encode(secret.encode(encoding)).decode()
    assert Redactor([Secret(secret)]).text(shown) == PLACEHOLDER


@pytest.mark.parametrize("secret", ["hunter2-zebra", "a\\b/c\\d"])
def test_bytes_of_utf_16_quoted_twice(secret: str) -> None:
    shown = json.dumps(repr(f"<{secret}>".encode("utf-16-le")))
    redacted = Redactor([Secret(secret)]).text(shown)
    assert redacted.count(PLACEHOLDER) == 1
    assert len(redacted) < len(json.dumps(repr("<>".encode("utf-16-le")))) + 15


def test_ordinary_lines_cost_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finder, "_compiled", None)
    redactor = Redactor([Secret("hunter2-zebra")])
    for line in (
        "apply: in the desired state; C:\\Users\\x\\MicroSIP\\microsip.ini (installed)",
        "set Account1.label: was the default",
    ):
        assert redactor.text(line) == line


@settings(max_examples=15)
@given(secret=st.text(characters, min_size=LONG + 1, max_size=LONG + 40))
def test_long_secrets_in_the_common_dresses(secret: str) -> None:
    redactor = Redactor([Secret(secret)])
    for dress in ("plain", "repr", "json, ascii", "json, unicode", "url", "hex", "HEX", "base64"):
        shown = DRESSES[dress](secret)
        assert shown not in redactor.text(f"<{shown}>").replace(PLACEHOLDER, ""), dress


@given(text=st.text(), secret=secrets)
def test_text_without_the_secret_stays(text: str, secret: str) -> None:
    letters = "".join(c for c in text if c.isalpha() and c not in secret)
    redacted = Redactor([Secret(secret + "~~zz")]).text(letters)
    assert redacted == letters


@pytest.mark.parametrize(
    ("secret", "text", "expected"),
    [
        (
            "12",
            "12 changes in 112 ms, line 12, x12",
            "<secret> changes in 112 ms, line <secret>, x12",
        ),
        ("a", "a banana", "<secret> banana"),
        ("ok.", "it is ok. really", "it is <secret> really"),
        ("", "nothing", "nothing"),
        ("   ", "a   b", "a   b"),
    ],
)
def test_short_secrets_are_replaced_as_words_only(secret: str, text: str, expected: str) -> None:
    assert Redactor([Secret(secret)]).text(text) == expected


def test_the_longer_of_two_overlapping_secrets_goes_whole() -> None:
    redactor = Redactor([Secret("zebra"), Secret("zebra-crossing")])
    assert redactor.text("zebra-crossing zebra") == f"{PLACEHOLDER} {PLACEHOLDER}"


def test_secrets_may_be_added_later() -> None:
    redactor = Redactor()
    assert redactor.text("zebra") == "zebra"
    redactor.add(Secret("zebra"))
    assert redactor.text("zebra") == PLACEHOLDER


def test_matching_does_not_explode() -> None:
    hostile = Redactor([Secret("\\" * 60 + "x"), Secret('\\"' * 30 + "y"), Secret("\0a" * 20)])
    assert hostile.text("\\" * 5000 + '\\"' * 2000).startswith("\\")


# --- tracebacks -------------------------------------------------------------------------------


def _raised(make: Callable[[], object]) -> Exception:
    try:
        make()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def _chained() -> None:
    password = "hunter2-zebra"
    try:
        int(password)
    except ValueError as error:
        raise RuntimeError(f"cannot use {password}") from error


def _while_handling() -> None:
    try:
        os.environ["HUNTER2-ZEBRA"]
    except KeyError:
        b"\xff hunter2-zebra".decode("utf-8")


def _validated() -> None:
    from pydantic import BaseModel

    class Account(BaseModel):
        password: int

    Account.model_validate({"password": "hunter2-zebra"})


def _group() -> None:
    raise ExceptionGroup("several: hunter2-zebra", [ValueError("hunter2-zebra"), OSError(28, "x")])


@pytest.mark.parametrize("make", [_chained, _while_handling, _validated, _group])
def test_a_traceback_holds_no_value_even_if_nobody_knows_the_secret(
    make: Callable[[], None],
) -> None:
    error = _raised(make)
    assert "hunter2-zebra" in "".join(traceback.format_exception(error))
    text = safe_traceback(error)
    assert "hunter2" not in text.lower()
    assert f" in {make.__name__}" in text


def test_a_traceback_says_what_is_safe_to_say() -> None:
    missing = _raised(lambda: open("/nowhere/at/all"))  # noqa: PTH123, SIM115
    assert "No such file or directory: '/nowhere/at/all'" in safe_traceback(missing)
    assert "has no attribute 'nope'" in safe_traceback(_raised(lambda: "".nope))  # type: ignore[attr-defined]
    ours = ValueRefused("too long", where="Account1.label")
    assert "Account1.label: too long [bad-value]" in safe_traceback(ours)


def test_no_message_adds_a_line_to_a_traceback() -> None:
    text = safe_traceback(_raised(_refused))
    assert len(text.splitlines()) == 4
    assert r"\x0aTraceback, forged \x1b[2J\u202e" in text


def _refused() -> None:
    raise ValueRefused("x\nTraceback, forged \x1b[2J\u202e")


def test_a_known_secret_is_taken_out_of_safe_messages_too() -> None:
    error = _raised(lambda: open("/nowhere/hunter2-zebra"))  # noqa: PTH123, SIM115
    assert "hunter2" not in safe_traceback(error, Redactor([Secret("hunter2-zebra")]))


def test_a_traceback_is_bounded_and_ends_on_a_cycle() -> None:
    def deep(level: int) -> None:
        if level:
            deep(level - 1)
        raise RecursionError

    assert len(safe_traceback(_raised(lambda: deep(400))).splitlines()) < 40
    one, two = ValueError(), ValueError()
    one.__cause__, two.__cause__ = two, one
    assert safe_traceback(one).count("ValueError") == 2
