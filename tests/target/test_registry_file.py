"""Wine's registry files, as Wine writes them and as people edit them."""

from __future__ import annotations

import pytest

from microsip_config.target.registry_file import RegistryFile

REG = r"""WINE REGISTRY Version 2
;; All keys relative to REGISTRY\\User\\S-1-5-21-0-0-0-1000

#arch=win64

[Software\\MicroSIP] 1795415675
#time=1dd7b14b4dedd16
@="C:\\Program Files\\MicroSIP"
"DesktopShortcut"=dword:00000001
"Quoted \"name\""="in \"quotes\""
"Controls"="a\tb\nc\x7fz\1e"
"Umlaut"="C:\\\xc4rzte"
"Emoji"="\xd83d\xde00!"
"Hex digit after"="\x00e9f"
"Expand"=str(2):"%USERPROFILE%\\AppData"
"Several"=str(7):"one\0two\0"
"Bytes"=hex:01,02,03
"Text bytes"=hex(1):43,00,3a,00,5c,00,\
  4d,00,00,00
"Expand bytes"=hex(2):25,00,41,00,25,00,00,00
"Last"="x"

[Software\\MicroSIP\\Sub\]key] 1795415675
@="sub"

[Software\\Other]
@="other"
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "C:\\Program Files\\MicroSIP"),
        ("DesktopShortcut", None),
        ('Quoted "name"', 'in "quotes"'),
        ("Controls", "a\tb\nc\x7fz\x01e"),
        ("Umlaut", "C:\\Ärzte"),
        ("Emoji", "\U0001f600!"),
        ("Hex digit after", "éf"),
        ("Expand", "%USERPROFILE%\\AppData"),
        ("expand", "%USERPROFILE%\\AppData"),
        ("Several", None),
        ("Bytes", None),
        ("Text bytes", "C:\\M"),
        ("Expand bytes", "%A%"),
        ("Last", "x"),
        ("Absent", None),
    ],
)
def test_values(name: str, expected: str | None) -> None:
    value = RegistryFile(REG.encode()).value("Software\\MicroSIP", name)
    assert (value.text if value else None) == expected


def test_only_expandable_values_say_so() -> None:
    file = RegistryFile(REG.encode())
    kinds = {name: file.value("software\\microsip", name) for name in ("", "Expand")}
    assert {name: value and value.expandable for name, value in kinds.items()} == {
        "": False,
        "Expand": True,
    }


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("SOFTWARE\\microsip", "C:\\Program Files\\MicroSIP"),
        ("Software\\MicroSIP\\Sub]key", "sub"),
        ("Software\\Other", "other"),
        ("Software", ""),
        ("Software\\Micro", ""),
    ],
)
def test_keys(key: str, expected: str) -> None:
    assert RegistryFile(REG.encode()).text(key) == expected


def test_keys_below() -> None:
    assert list(RegistryFile(REG.encode()).keys_below("Software\\MicroSIP")) == [
        "software\\microsip\\sub]key"
    ]


def test_head_ends_before_the_first_key() -> None:
    head = RegistryFile(REG.encode()).head
    assert "#arch=win64" in head
    assert "DesktopShortcut" not in head


def test_windows_line_ends() -> None:
    file = RegistryFile(REG.replace("\n", "\r\n").encode())
    assert file.text("Software\\MicroSIP") == "C:\\Program Files\\MicroSIP"
    assert file.text("Software\\MicroSIP", "Text bytes") == "C:\\M"


@pytest.mark.parametrize(
    "damaged", ["", "[", "[Software\\\\MicroSIP]", "\0\0", REG[:300], REG[250:]]
)
def test_damaged_files_have_fewer_values_and_no_errors(damaged: str) -> None:
    file = RegistryFile(damaged.encode())
    assert file.text("Software\\MicroSIP") in ("", "C:\\Program Files\\MicroSIP")


@pytest.mark.parametrize("data", ["hex(1):zz", "hex(1):4", 'str(2):"open', "dword:", '"a" b'])
def test_damaged_values_are_absent(data: str) -> None:
    assert RegistryFile(f"[Key]\n@={data}\n".encode()).value("Key") is None
