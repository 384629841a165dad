"""What the profile API of Windows does with odd ini files, and where Wine 8 differs.

Sources: W = github.com/WelliSolutions/IniFileFormatReverseEngineering (documentation and unit
tests, run on Windows 10 21H1); T = Wine's own tests of kernel32, which pass on Windows;
B = Boxedwine #126; U = unsis #5. Rows without a source state what Wine 8 does, or what is commonly
relied on; nobody's measurement on Windows was found.
"""

from __future__ import annotations

from typing import NamedTuple

LE, BE, UTF8 = b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"


class Read(NamedTuple):
    """A look-up, and what Windows finds (None: nothing). ``wine``: how Wine 8 differs."""

    name: str
    data: bytes
    section: str
    key: str
    value: str | None
    wine: str = ""


class Write(NamedTuple):
    """WritePrivateProfileString calls on a file (None: missing), and its bytes on Windows."""

    name: str
    data: bytes | None
    calls: tuple[tuple[str, str | None, str | None], ...]
    after: bytes
    wine: str = ""


def u16(text: str) -> bytes:
    return LE + text.encode("utf-16-le")


READS = (
    Read("first of two keys (W)", b"[S]\r\nk=1\r\nk=2\r\n", "S", "k", "1"),
    Read("first of two sections (W)", b"[S]\r\na=1\r\n[S]\r\nb=2\r\n", "S", "b", None),
    Read("any case (W)", b"[Sec]\r\nKey=V\r\n", "sEC", "kEY", "V"),
    Read("blanks in brackets (W,T)", b"[ \t\x0bS ]\r\nk=1\r\n", "S", "k", "1"),
    Read("blanks before bracket (W)", b" \t\x0b[S]\r\nk=1\r\n", "S", "k", "1"),
    Read("blanks around key and value (W)", b"[S]\r\n \tk\x0b =\x0b v \t\r\n", "S", "k", "v"),
    Read("spaces in the parameter (W)", b"[S]\r\nk=1\r\n", " S ", " k ", "1"),
    Read("tab in the section parameter (W)", b"[S]\r\nk=1\r\n", "\tS", "k", None, "strips tabs"),
    Read("tab in the key parameter (W)", b"[S]\r\nk=1\r\n", "S", "k\t", None, "strips tabs"),
    Read("; line (W)", b"[S]\r\n;k=1\r\n", "S", "k", None),
    Read("; line by its name (W)", b"[S]\r\n;k=1\r\n", "S", ";k", None, "finds a comment"),
    Read("# is a key (W)", b"[S]\r\n#k=1\r\n", "S", "#k", "1"),
    Read("; inside a value (W)", b"[S]\r\nk=a ; b\r\n", "S", "k", "a ; b"),
    Read("; inside a key (W)", b"[S]\r\nk;j=1\r\n", "S", "k;j", "1"),
    Read("value starting with ; (W)", b"[S]\r\nk=;a\r\n", "S", "k", ";a"),
    Read("double quotes (W)", b'[S]\r\nk=  "  v  "  \r\n', "S", "k", "  v  "),
    Read("single quotes (W)", b"[S]\r\nk=  '  v  '  \r\n", "S", "k", "  v  "),
    Read("outer quotes only (W)", b"[S]\r\nk=\"'v'\"\r\n", "S", "k", "'v'"),
    Read("different quotes (W)", b"[S]\r\nk=\"v'\r\n", "S", "k", "\"v'"),
    Read("quotes in the wrong order (W)", b"[S]\r\nk='\"v'\"\r\n", "S", "k", "'\"v'\""),
    Read("quoted key (W)", b'[S]\r\n"k"=v\r\n', "S", '"k"', "v"),
    Read("text after ] (W)", b"[S]k=1\r\nj=2\r\n", "S", "k", None),
    Read("[ in a section name (W)", b"[[S]\r\nk=1\r\n", "[S", "k", "1"),
    Read("] ends a section name (W)", b"[a]b]\r\nk=1\r\n", "a", "k", "1", "takes the last ]"),
    Read("section without ] (W)", b"[S  \r\nk=1\r\n", "S", "k", "1", "takes it for a key"),
    Read("section without [ (W)", b"S]\r\nk=1\r\n", "S", "k", None),
    Read("empty section name (W,B)", b"[]\r\nk=1\r\n", "", "k", "1", "does not look into []"),
    Read("before the first section (W)", b"k=1\r\n[S]\r\nj=2\r\n", "", "k", None, "finds it"),
    Read("empty key (W)", b"[S]\r\n=v\r\n", "S", "", "v"),
    Read("no equals sign (T)", b"[S]\r\nalone\r\n", "S", "alone", None),
    Read("several equals signs", b"[S]\r\nk=a=b\r\n", "S", "k", "a=b"),
    Read("empty value", b"[S]\r\nk=\r\n", "S", "k", ""),
    Read("CR only (T)", b"[S]\rk=1\rj=2\r", "S", "j", "2"),
    Read("LF only", b"[S]\nk=1\nj=2", "S", "j", "2"),
    Read("NUL in a value", u16("[S]\r\nk=a\0b\r\n"), "S", "k", "a"),
    Read("NBSP is no blank", u16("[S]\r\nk=\xa0v\xa0\r\n"), "S", "k", "\xa0v\xa0"),
    Read("U+2028 ends no line", u16("[S]\r\nk=a\u2028j=1\r\n"), "S", "k", "a\u2028j=1"),
    Read("any case beyond ASCII", u16("[Sé]\r\nkü=1\r\n"), "SÉ", "KÜ", "1", "ASCII letters only"),
    Read("ANSI", b"[S]\r\nk=\x80\r\n", "S", "k", "€"),
    Read("UTF-8 (W)", b"[S]\r\nk=\xc3\xa9\r\n", "S", "k", "Ã©"),
    Read("UTF-8 BOM, first section (W)", UTF8 + b"[S]\r\nk=1\r\n", "S", "k", None, "decodes it"),
    Read(
        "UTF-8 BOM, second section (W)",
        UTF8 + b"[S]\r\n[T]\r\nk=\xc3\xa9\r\n",
        "T",
        "k",
        "Ã©",
        "decodes it",
    ),
    Read("UTF-8 BOM, blank line (W)", UTF8 + b"\r\n[S]\r\nk=1\r\n", "S", "k", "1"),
    Read("UTF-16LE BOM (W)", u16("[S]\r\nk=ж\U0001f600\r\n"), "S", "k", "ж\U0001f600"),
    Read("UTF-16LE without BOM", u16("[S]\r\nk=1\r\n")[2:], "S", "k", None),
    Read(
        "UTF-16BE BOM (W)",
        BE + "[S]\r\nk=1\r\n".encode("utf-16-be"),
        "S",
        "k",
        None,
        "decodes it",
    ),
    Read("value of 65535 (W)", b"[S]\r\nk=" + b"x" * 65535 + b"\r\n", "S", "k", "x" * 65535),
    Read("value of 65537 (W)", b"[S]\r\nk=" + b"x" * 65537 + b"\r\n", "S", "k", "x", "no limit"),
)

WRITES = (
    Write("new file (W)", None, (("S", "k", "v"),), b"[S]\r\nk=v\r\n"),
    Write("what ANSI lacks", None, (("S", "k", "ж"),), b"[S]\r\nk=?\r\n"),
    Write("case stays (W)", b"[Sec]\r\nKey=1", (("SEC", "KEY", "2"),), b"[Sec]\r\nKey=2\r\n"),
    Write(
        "order (W)",
        b"[S]\r\nb=1\r\na=1\r\n",
        (("S", "z", ""), ("S", "b", ""), ("S", "y", "")),
        b"[S]\r\nb=\r\na=1\r\nz=\r\ny=\r\n",
    ),
    Write(
        "comments stay (W)",
        b";0\r\n[S]\r\n;1\r\nb=1\r\n;2\r\na=1\r\n",
        (("S", "b", "2"),),
        b";0\r\n[S]\r\n;1\r\nb=2\r\n;2\r\na=1\r\n",
    ),
    Write(
        "other lines stay",
        b"; head\r\n\r\n[S]\r\n  a = 1\r\n\r\nk=1\r\n",
        (("S", "k", "2"),),
        b"; head\r\n\r\n[S]\r\n  a = 1\r\n\r\nk=2\r\n",
        "drops blank lines, indents and blanks",
    ),
    Write(
        "deleting a section keeps comments (W)",
        b";0\r\n[S]\r\n;1\r\n[T]\r\n;2\r\n",
        (("S", None, None),),
        b";0\r\n;1\r\n[T]\r\n;2\r\n",
        "deletes the comments too",
    ),
    Write("empty section stays (W,T)", b"[S]\r\nk=1\r\n", (("S", "k", None),), b"[S]\r\n"),
    Write(
        "a comment cannot be deleted (W)",
        b"[S]\r\n;k=1\r\n",
        (("S", ";k", None),),
        b"[S]\r\n;k=1\r\n",
        "deletes it",
    ),
    Write(
        "a comment is written twice (W)",
        b"[S]\r\n;k=1\r\n",
        (("S", ";k", "1"),),
        b"[S]\r\n;k=1\r\n;k=1\r\n",
        "replaces it",
    ),
    Write(
        "blanks around a value stay (W)",
        b"[S]\r\n",
        (("S", "k", " v "),),
        b"[S]\r\nk= v \r\n",
        "strips leading blanks",
    ),
    Write(
        "spaces around names go (W)",
        b"[T]\r\n",
        ((" S ", " k ", "v"),),
        b"[T]\r\n[S]\r\nk=v\r\n",
        "keeps trailing spaces of a new name",
    ),
    Write("UTF-16LE BOM (W)", u16("[S]\r\n"), (("S", "k", "ж"),), u16("[S]\r\nk=ж\r\n")),
    Write(
        "UTF-16LE BOM alone (W)",
        LE,
        (("S", "k", "ж"),),
        u16("\r\n[S]\r\nk=ж\r\n"),
        "begins no new line",
    ),
    Write(
        "UTF-8 BOM alone (W)",
        UTF8,
        (("S", "k", "v"),),
        UTF8 + b"\r\n[S]\r\nk=v\r\n",
        "begins no new line",
    ),
    Write(
        "UTF-8 BOM, first section (U)",
        UTF8 + b"[S]\r\nk=1\r\n",
        (("S", "k", "2"),),
        UTF8 + b"[S]\r\nk=1\r\n[S]\r\nk=2\r\n",
        "decodes it",
    ),
    Write(
        "UTF-16BE BOM (W)",
        BE + b"\0\r\0\n",
        (("S", "k", "v"),),
        BE + b"\0\r\0\n[S]\r\nk=v\r\n",
        "writes UTF-16BE",
    ),
    Write(
        "long value (W)",
        b"[S]\r\n",
        (("S", "k", "x" * 70000),),
        b"[S]\r\nk=" + b"x" * 70000 + b"\r\n",
    ),
)
