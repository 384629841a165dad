"""Names of sections and keys: what is found, and what a misspelt name is answered."""

from __future__ import annotations

import subprocess
import sys

import pytest

from microsip_config.errors import UnknownKey
from microsip_config.schema import (
    SECTIONS,
    account_number,
    all_keys,
    canonical_section,
    find_key,
    lookup,
    section_kind,
)


@pytest.mark.parametrize(
    ("name", "kind", "canonical"),
    [
        ("Settings", "Settings", "Settings"),
        ("SETTINGS", "Settings", "Settings"),
        ("account1", "Account", "Account1"),
        ("ACCOUNT0", "Account", "Account0"),
        ("Account2147483647", "Account", "Account2147483647"),
        ("dialed", "Dialed", "Dialed"),
    ],
)
def test_sections_that_the_phone_reads(name: str, kind: str, canonical: str) -> None:
    assert section_kind(name) == kind
    assert canonical_section(name) == canonical


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Account01", "[Account1], [Account2]"),
        ("Account", "[Account1], [Account2]"),
        ("Account-1", "Account1"),
        ("Account2147483648", "[Account1], [Account2]"),
        ("Account\u0661", "Account1"),
        ("Setings", "[Settings]"),
        ("Shortcut", "[Shortcuts]"),
        ("Foo", "Settings, Shortcuts"),
        ("", "Settings"),
    ],
)
def test_sections_that_the_phone_does_not_read(name: str, hint: str) -> None:
    assert section_kind(name) is None
    assert account_number(name) is None
    assert lookup(name, "label") is None
    with pytest.raises(UnknownKey) as caught:
        canonical_section(name)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("section", "name", "hint"),
    [
        ("Settings", "audioCodec", "did you mean 'audioCodecs'?"),
        ("Settings", "audiocodecs", "did you mean 'audioCodecs'?"),
        ("Settings", "transport", "'transport' belongs in [AccountN]"),
        ("Settings", "password", "'password' belongs in [AccountN]"),
        ("Account1", "audioCodecs", "'audioCodecs' belongs in [Settings]"),
        ("Account1", "STUN", "moved to STUN in [Settings]"),
        ("Settings", "disableH264", "videoH264"),
        ("Settings", "crashreport", "the phone writes it for itself"),
        ("Account1", "audioCodec", "did you mean 'audioCodecs' in [Settings]?"),
        ("Settings", "zzzzzzzz", "explain"),
        ("Shortcuts", "8", "0..7"),
        ("Shortcuts", "00", "0..7"),
        ("Dialed", "10", "0..9"),
        ("Calls", "-1", "0..999"),
        ("Setings", "audioCodecs", "[Settings]"),
    ],
)
def test_unknown_keys_are_answered_with_the_likely_one(section: str, name: str, hint: str) -> None:
    with pytest.raises(UnknownKey) as caught:
        find_key(section, name, where="office.ini:7")
    assert hint in caught.value.hint
    assert caught.value.where == "office.ini:7"
    assert str(caught.value).startswith("office.ini:7: ")
    assert caught.value.exit_code == 3


def test_every_key_is_found_by_its_name_and_looked_up_in_any_case() -> None:
    for key in all_keys():
        if key.section not in {"Settings", "Account"}:
            continue
        section = "Account7" if key.section == "Account" else "settings"
        assert find_key(section, key.name) is key
        assert lookup(section.upper(), key.name.swapcase()) is key
        assert find_key(key.section, key.name) is key


def test_numbered_keys_carry_their_own_name() -> None:
    key = find_key("Shortcuts", "3")
    assert (key.section, key.name) == ("Shortcuts", "3")
    assert SECTIONS["Shortcuts"]["0..7"].name == "0..7"
    reading = lookup("dialed", "25")  # the phone loads more than it writes
    assert reading is not None
    assert reading.name == "25"
    assert lookup("Shortcuts", "8") is None


def test_importing_the_schema_imports_nothing_heavy() -> None:
    program = (
        "import sys; import microsip_config.schema.rules; "
        "print(sorted({'pydantic', 'jinja2', 'configupdater', 'json', 'difflib', 'ipaddress',"
        " 'dataclasses', 'hashlib', 'logging'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
