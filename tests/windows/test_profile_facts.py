"""Our profile reader gives the Windows answer, also where Wine gives another one."""

from __future__ import annotations

import pytest

from microsip_config.ini.profile import Profile

from .profile_facts import BE, LE, READS, UTF8, Read

# A reader of text knows no byte-order marks but UTF-16LE; ini.encoding judges the others.
OF_TEXT = [
    row for row in READS if not row.data.startswith((BE, UTF8)) and b"[\0S" not in row.data[:3]
]


def test_most_rows_are_about_text() -> None:
    assert len(OF_TEXT) >= 40


@pytest.mark.parametrize("row", OF_TEXT, ids=lambda row: row.name)
def test_read(row: Read) -> None:
    is_wide = row.data.startswith(LE)
    text = row.data[2:].decode("utf-16-le") if is_wide else row.data.decode("cp1252")
    assert Profile(text).get(row.section, row.key) == row.value
