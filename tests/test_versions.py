"""What a plan, ``show`` and ``capture`` make of the version of the phone."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from microsip_config.errors import InputError
from microsip_config.ini.file import Source
from microsip_config.ini.profile import Profile
from microsip_config.operations.capture import capture
from microsip_config.operations.context import Policy
from microsip_config.operations.ledger import Ledger
from microsip_config.operations.show import effective
from microsip_config.operations.target_file import load
from microsip_config.planning.make import make
from microsip_config.results import Target
from microsip_config.schema.effective import Effective
from microsip_config.schema.versions import Phone, Version, phone_of
from microsip_config.template.layers import Template
from microsip_config.template.parse import parse

ACCOUNT = "[Account1]\nserver=sip.example.com\ndomain=sip.example.com\nusername=101\n"
SETTINGS = "[Settings]\naccountId=1\nenableShortcuts=1\n"
NEW = f"[Global]\nversion=3.22.16\n{SETTINGS}"
OLD = f"{SETTINGS}version=3.22.3\n"
NONE = SETTINGS


def source_of(folder: Path, text: str, exe: str = "", given: str | None = None) -> Source:
    path = folder / "microsip.ini"
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    return load(Ledger("show", Target(str(path), exe)), Policy(phone_version=given))


def changes(source: Source, template: str) -> dict[str, str | None]:
    wanted = Template([parse(template, "t.ini")]).render({}, {})
    made = make(source.profile, wanted, phone=source.phone)
    after = Profile(made.render(source.text))
    again = make(after, wanted, phone=source.phone)
    assert again.changes == ()
    return {f"{c.section}.{c.key}": str(c.new) for c in made.changes}


class Case(NamedTuple):
    """``stored`` and what a template says; ``written``: None is no change, an error's code a
    refusal."""

    head: str
    stored: str
    wanted: str
    written: str | None


HIDDEN = [
    Case(NEW, "hard", "yes", None),
    Case(NEW, "1", "hard", None),
    Case(NEW, "1", "yes", None),
    Case(NEW, "hard", "no", ""),
    Case(NEW, "soft", "no", ""),
    Case(NEW, "0", "no", None),
    Case(NEW, "", "no", None),
    Case(NEW, "no", "no", ""),
    Case(NEW, "hard", "soft", "soft"),
    Case(NEW, "true", "hard", "hard"),
    Case(OLD, "1", "hard", None),
    Case(OLD, "0", "hard", "1"),
    Case(OLD, "hard", "hard", "1"),
    Case(OLD, "no", "no", None),
    Case(OLD, "1", "no", "0"),
    Case(OLD, "0", "soft", "value-too-new"),
    Case(NONE, "0", "soft", "version-unknown"),
    Case(NONE, "0", "yes", "1"),
    Case(NONE, "1", "hard", None),
    Case(NONE, "hard", "hard", "1"),
    Case(NONE, "soft", "no", "0"),
    Case(NONE, "1", "off", "0"),
]


@pytest.mark.parametrize("case", HIDDEN, ids=lambda c: f"{c.stored!r}-{c.wanted}")
def test_a_word_is_written_as_the_phone_takes_it(case: Case, tmp_path: Path) -> None:
    source = source_of(tmp_path, f"{case.head}{ACCOUNT}hideCID={case.stored}\n")
    template = f"[Account1]\nhideCID = {case.wanted}\n"
    if case.written in ("value-too-new", "version-unknown"):
        with pytest.raises(InputError) as caught:
            changes(source, template)
        assert caught.value.code == case.written
        assert "3.22.4" in caught.value.message
        assert caught.value.where == "t.ini:2"
        return
    expected = {} if case.written is None else {"Account1.hideCID": case.written}
    assert changes(source, template) == expected


BUTTONS = [
    Case(
        NEW, "Park;*68;dtmf;*69;0;Unpark", "Parken;*68;dtmf;*69;0", "Parken;*68;dtmf;*69;0;Unpark"
    ),
    Case(NEW, "Park;*68;dtmf;*69;0;Unpark", "Park;*68;dtmf;*69;0", None),
    Case(NEW, "Park;*68;dtmf;*69;0;Park", "Parken;*68;dtmf;*69;0", "Parken;*68;dtmf;*69;0;Parken"),
    Case(NEW, "Park;*68;dtmf;*69;0", "Park;*68;dtmf;*69;0;Unpark", "Park;*68;dtmf;*69;0;Unpark"),
    Case(NEW, "Park;*68;dtmf;*69;0;Unpark", "Park;*68;dtmf;*69;0;", "Park;*68;dtmf;*69;0;"),
    Case(
        OLD, "Park;*68;dtmf;*69;0;Unpark", "Parken;*68;dtmf;*69;0", "Parken;*68;dtmf;*69;0;Unpark"
    ),
    Case(OLD, "Park;*68;dtmf;*69;0", "Park;*68;dtmf;*69;0;Unpark", None),
    Case(NONE, "Park;*68;dtmf;*69;0", "Park;*68;dtmf;*69;0;Unpark", "Park;*68;dtmf;*69;0;Unpark"),
    Case(NONE, "A;1;call;;0;B", "C;1;call;;0", "C;1;call;;0;B"),
    Case(NEW, "A;1;call;;0;B", "C;2;call;;0", "C;2;call;;0"),
    Case(NEW, "A;1;call;;0", "A;1;callOrBT", "A;1;callOrBT;;0"),
    Case(OLD, "A;1;call;;0", "A;1;callOrAT", "value-too-new"),
    Case(NONE, "A;1;call;;0", "A;1;callOrConference", "version-unknown"),
]


@pytest.mark.parametrize("case", BUTTONS, ids=lambda c: f"{c.stored}-{c.wanted}")
def test_a_shortcut_keeps_its_sixth_field(case: Case, tmp_path: Path) -> None:
    source = source_of(tmp_path, f"{case.head}{ACCOUNT}[Shortcuts]\n0={case.stored}\n")
    template = f"[Shortcuts]\n0 = {case.wanted}\n"
    if case.written in ("value-too-new", "version-unknown"):
        with pytest.raises(InputError) as caught:
            changes(source, template)
        assert caught.value.code == case.written
        return
    expected = {} if case.written is None else {"Shortcuts.0": case.written}
    assert changes(source, template) == expected


@pytest.mark.parametrize(
    ("text", "given", "found"),
    [
        (NEW, None, ("3.22.16", "[Global]")),
        (OLD, None, ("3.22.3", "[Settings]")),
        (f"[Global]\nversion=3.22.16\n{OLD}", None, ("3.22.16", "[Global]")),
        (f"[Global]\nversion=nonsense\n{OLD}", None, ("3.22.3", "[Settings]")),
        (NEW, "3.22.3", ("3.22.16", "[Global]")),
        (NONE, "3.22.16", ("3.22.16", "--phone-version")),
        (NONE, None, ("", "")),
    ],
)
def test_the_version_is_found_in_a_fixed_order(
    text: str, given: str | None, found: tuple[str, str], tmp_path: Path
) -> None:
    version = source_of(tmp_path, text, given=given).phone.version
    assert (version.text, version.origin) == found


@pytest.mark.parametrize(
    ("numbers", "found"), [((3, 21, 6, 1), "3.21.6"), ((1, 0, 7, 0), "3.22.16")]
)
def test_a_program_file_comes_first_unless_a_vendor_counts_its_own_versions(
    numbers: tuple[int, ...], found: str, tmp_path: Path
) -> None:
    exe = tmp_path / "MicroSIP.exe"
    low_high = (numbers[1], numbers[0], numbers[3], numbers[2])
    fixed = b"\xbd\x04\xef\xfe" + bytes(4) + b"".join(n.to_bytes(2, "little") for n in low_high)
    exe.write_bytes(b"MZ" + "VS_VERSION_INFO".encode("utf-16-le") + bytes(4) + fixed)
    assert source_of(tmp_path, NEW, str(exe)).phone.version.text == found


def test_a_program_file_is_not_read_where_the_version_does_not_matter(tmp_path: Path) -> None:
    source = source_of(tmp_path, f"{NONE}{ACCOUNT}")
    asked: list[int] = []

    def find() -> Version:
        asked.append(1)
        return phone_of("3.22.3").version

    source.phone = Phone(find)
    changes(source, "[Account1]\nserver = sip.example.com\nICE = no\n")
    assert asked == []
    changes(source, "[Account1]\nhideCID = no\n")
    assert asked == [1]


@pytest.mark.parametrize(
    ("head", "shown"), [(NEW, {"": "", "1": "hard", "soft": "soft"}), (OLD, {"": False, "1": True})]
)
def test_show_says_what_this_phone_makes_of_it(
    head: str, shown: dict[str, object], tmp_path: Path
) -> None:
    for stored, value in shown.items():
        source = source_of(tmp_path, f"{head}{ACCOUNT}hideCID={stored}\n")
        (row,) = effective(source, "Account1.hideCID")
        assert row.value == value


@pytest.mark.parametrize("head", [NEW, OLD])
def test_what_is_captured_makes_the_same_phone(head: str, tmp_path: Path) -> None:
    lines = {"hideCID": "hard" if head is NEW else "1", "0": "Park;*68;dtmf;*69;0;Unpark"}
    text = f"{head}{ACCOUNT}hideCID={lines['hideCID']}\n[Shortcuts]\n0={lines['0']}\n"
    source = source_of(tmp_path, text)
    template = capture(source)
    assert f"0 = {lines['0']}" in template
    assert changes(source, template) == {}
    other = source_of(tmp_path, OLD if head is NEW else NEW)
    assert changes(other, template)["Account1.hideCID"] == ("1" if head is NEW else "hard")


@pytest.mark.parametrize(
    "line",
    [
        "[Settings]\nversion = 3.22.16",
        "[Settings]\ncheckUpdatesTime = 1",
        "[Settings]\ncallsLastKey = 3",
        "[Settings]\nversion ?= 3.22.16",
        "[Global]\nversion = 3.22.16",
        "[Global]\ncheckUpdatesTime = 1",
        "[Calls]\n0 = 100;A;0;1;1;",
    ],
)
def test_a_template_leaves_alone_what_the_phone_maintains_itself(line: str) -> None:
    with pytest.raises(InputError, match="the phone maintains itself"):
        parse(line, "t.ini")


def test_a_whole_file_of_either_form_has_the_same_effect() -> None:
    old, new = Profile(OLD + ACCOUNT + "hideCID=1\n"), Profile(NEW + ACCOUNT + "hideCID=hard\n")
    assert Effective(old, phone_of("3.22.3")).value("Account1", "hideCID") is True
    assert Effective(new, phone_of("3.22.16")).value("Account1", "hideCID") == "hard"
