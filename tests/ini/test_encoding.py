"""What the bytes are is certain, named, or refused: never guessed."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.errors import UnreadableFile, UsageError
from microsip_config.ini.encoding import decode, encode

TEXT = "[Account1]\r\nlabel=Приёмная\r\n"
JAPANESE = "[Account1]\r\nlabel=表示ソ\r\n"
LE, BE, UTF8 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8


def elsewhere() -> str | None:
    return None


READABLE = [  # what, bytes, code page, text, encoding, must be rewritten
    ("UTF-16LE", LE + TEXT.encode("utf-16-le"), None, TEXT, "utf-16-le", False),
    ("a mark alone", LE, None, "", "utf-16-le", False),
    ("two marks", LE + LE + "[S]".encode("utf-16-le"), None, "[S]", "utf-16-le", True),
    ("nothing", b"", None, "", "empty", False),
    ("ASCII", b"[S]\r\na=1\r\n", None, "[S]\r\na=1\r\n", "ascii", False),
    ("UTF-8 with mark", UTF8 + TEXT.encode(), None, TEXT, "utf-8-bom", True),
    ("UTF-8 named", TEXT.encode(), "utf-8", TEXT, "utf-8", True),
    ("UTF-8 by its number", TEXT.encode(), "65001", TEXT, "utf-8", True),
    ("UTF-16BE", BE + TEXT.encode("utf-16-be"), None, TEXT, "utf-16-be-bom", True),
    ("no mark, UTF-16LE", TEXT.encode("utf-16-le"), None, TEXT, "utf-16-le-no-bom", True),
    ("no mark, UTF-16BE", TEXT.encode("utf-16-be"), None, TEXT, "utf-16-be-no-bom", True),
    ("1251", TEXT.encode("cp1251"), "1251", TEXT, "ansi:cp1251", False),
    ("cp1251", TEXT.encode("cp1251"), "cp1251", TEXT, "ansi:cp1251", False),
    ("windows-1251", TEXT.encode("cp1251"), "Windows-1251", TEXT, "ansi:cp1251", False),
    ("932", JAPANESE.encode("cp932"), "932", JAPANESE, "ansi:cp932", True),
    ("936", "[S]\r\na=中文".encode("gbk"), "936", "[S]\r\na=中文", "ansi:gbk", True),
    (
        "a code page does not touch UTF-16",
        LE + "[S]".encode("utf-16-le"),
        "1251",
        "[S]",
        "utf-16-le",
        False,
    ),
    (
        "UTF-8 taken for 1252 because so named",
        b"[S]\na=\xc3\xa9",
        "1252",
        "[S]\na=Ã©",
        "ansi:cp1252",
        False,
    ),
]


@pytest.mark.parametrize(
    ("data", "codepage", "text", "encoding", "rewrite"),
    [pytest.param(*row[1:], id=row[0]) for row in READABLE],
)
def test_readable(
    data: bytes, codepage: str | None, text: str, encoding: str, rewrite: bool
) -> None:
    decoded = decode(data, codepage, system=elsewhere)
    assert decoded.text == text
    assert decoded.encoding == encoding
    assert bool(decoded.needs_rewrite) is rewrite
    assert decoded.faults == ()


REFUSED = [  # what, bytes, code page
    ("ANSI, no code page known", TEXT.encode("cp1251"), None),
    ("UTF-8 without mark", TEXT.encode(), None),
    ("not in the code page", b"[S]\na=\x81", "1252"),
    ("not UTF-8 though named so", TEXT.encode("cp1251"), "utf-8"),
    ("UTF-8 mark, other bytes", UTF8 + b"[S]\na=\xe9", None),
    ("UTF-8 mark and NUL", UTF8 + b"[S]\0\n", None),
    ("ANSI and NUL", b"[S]\r\na=1\r\n\0garbage", None),
    ("ANSI and NUL, code page known", b"[S]\r\na=\xe9\r\n\0", "1252"),
    ("NUL alone", b"\0\0\0\0", None),
    ("UTF-16 without mark and without a section", "a=1\r\n".encode("utf-16-le"), None),
    ("UTF-16 without mark, readable in either order", "[\u0a00\u5b00".encode("utf-16-le"), None),
    ("UTF-32", codecs.BOM_UTF32_LE + "[S]".encode("utf-32-le"), None),
]


@pytest.mark.parametrize(
    ("data", "codepage"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED]
)
def test_refused_with_a_way_out(data: bytes, codepage: str | None) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        decode(data, codepage, system=elsewhere)
    assert refusal.value.hint
    assert refusal.value.exit_code == 4


@pytest.mark.parametrize("mark", [UTF8, LE + LE], ids=["UTF-8", "two marks"])
@pytest.mark.parametrize(
    ("text", "hides"),
    [
        ("[Settings]\r\nVAD=1\r\n", True),
        (" \t[Settings]\r\nVAD=1\r\n", True),
        ("; by hand\r\n[Settings]\r\nVAD=1\r\n", False),
        ("\r\n[Settings]\r\nVAD=1\r\n", False),
        ("", False),
    ],
)
def test_a_mark_hides_a_section_only_in_its_line(mark: bytes, text: str, hides: bool) -> None:
    data = mark + text.encode("utf-8" if mark == UTF8 else "utf-16-le")
    decoded = decode(data, system=elsewhere)
    assert decoded.text == text
    assert decoded.needs_rewrite
    assert ("hides the first section" in decoded.needs_rewrite) is hides


def test_both_ways_out_are_named() -> None:
    for data in (TEXT.encode(), TEXT.encode("cp1251")):
        with pytest.raises(UnreadableFile) as refusal:
            decode(data, system=elsewhere)
        assert "--ansi-codepage 1252" in refusal.value.hint
        assert "--ansi-codepage utf-8" in refusal.value.hint


def test_the_systems_code_page_is_the_default() -> None:
    assert decode(TEXT.encode("cp1251"), system=lambda: "1251").text == TEXT
    assert decode(TEXT.encode(), system=lambda: "65001").encoding == "utf-8"


def test_utf8_is_not_taken_for_the_systems_code_page() -> None:
    with pytest.raises(UnreadableFile):
        decode(TEXT.encode(), system=lambda: "1251")


def test_a_named_code_page_wins_over_the_systems() -> None:
    assert decode(TEXT.encode("cp1251"), "1251", system=lambda: "1252").text == TEXT


@pytest.mark.parametrize("data", [b"", b"[S]\r\n", LE, LE + b"[\0", UTF8 + "é".encode()])
def test_the_system_is_not_asked_in_vain(data: bytes) -> None:
    def asked() -> str:
        raise AssertionError

    decode(data, system=asked)


@pytest.mark.parametrize(
    "name",
    ["12345", "nonsense", "rot13", "base64", "utf-16", "utf-7", "cp037", "unicode_escape", "", " "],
)
def test_unknown_or_unfit_code_pages(name: str) -> None:
    if name:
        with pytest.raises(UsageError):
            decode(b"[S]\n", name, system=elsewhere)
    else:
        assert decode(b"[S]\n", name, system=elsewhere).encoding == "ascii"


def test_half_a_character_at_the_end_is_a_fault_not_a_refusal() -> None:
    decoded = decode(LE + "[S]".encode("utf-16-le") + b"\r")
    assert decoded.text == "[S]"
    assert [fault.code for fault in decoded.faults] == ["odd-length"]


def test_nul_in_utf16_is_a_fault_not_a_refusal() -> None:
    decoded = decode(encode("[S]\r\na=1\0\r\n"))
    assert decoded.text == "[S]\r\na=1\0\r\n"
    assert [fault.code for fault in decoded.faults] == ["nul"]


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_written_is_read_again(text: str) -> None:
    data = encode(text)
    assert data.startswith(b"\xff\xfe")
    if not text.startswith(("\ufeff", "\0")):
        assert encode(decode(data).text) == data


@given(st.binary(), st.sampled_from([None, "1251", "932", "utf-8"]))
def test_any_bytes_are_read_or_refused(data: bytes, codepage: str | None) -> None:
    try:
        decoded = decode(data, codepage, system=elsewhere)
    except UnreadableFile:
        return
    assert not decoded.text.startswith("\ufeff")
