"""The health check and the repair, as a table of files; see ``table``."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.codes.register import CODES, FINDINGS
from microsip_config.health.checks import examine
from microsip_config.health.findings import Finding
from microsip_config.health.fixes import repair
from microsip_config.ini import file as store
from microsip_config.ini.appended import without_appended
from microsip_config.ini.document import Document
from microsip_config.ini.encoding import Decoded
from microsip_config.ini.file import Source
from microsip_config.schema import lookup

from .table import BLOB, CASES, HEALTHY, Case
from .test_access import CODES as ACCESS


def _source(path: Path, content: str | bytes, codepage: str | None = None) -> Source:
    data = content
    if isinstance(data, str):
        data = b"\xff\xfe" + data.encode("utf-16-le", "surrogatepass")
    path.write_bytes(data)
    return store.load(path, codepage)


def _in_memory(text: str) -> Source:
    path = Path("microsip.ini")
    return Source(path, path, b"", Decoded(text, "utf-16-le"))


def _repaired(source: Source) -> Source:
    """The file after the certain fixes, written and read again as ``repair`` does it."""
    fixing = repair(examine(source))
    document = Document(without_appended(source.text) if fixing.cut_appended else source.text)
    for fix in fixing.fixes:
        key = lookup(fix.section, fix.key)
        if fix.text is None:
            document.remove(fix.section, fix.key)
        else:
            document.set(fix.section, fix.key, fix.text, key is not None and key.quoted)
    if not fixing.fixes and not fixing.rewrite:
        return source
    expected = {(fix.section, fix.key): fix.text for fix in fixing.fixes}
    store.write(source, document.render(), expected=expected)
    return store.load(source.path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_finds_exactly_what_is_wrong_and_repairs_what_is_certain(
    case: Case, tmp_path: Path
) -> None:
    source = _source(tmp_path / "microsip.ini", case.content, case.codepage)
    findings = examine(source)
    assert {(f.code, f.line) for f in findings} == case.found
    after = _repaired(source)
    left = {f.code for f in examine(after)}
    assert left == case.left
    assert not left & {f.code for f in findings if f.certain}
    for name, text in case.read.items():
        assert after.profile.get(*name.split(".")) == text


def test_a_missing_file_is_reported_as_such(tmp_path: Path) -> None:
    source = store.load(tmp_path / "microsip.ini", create=True)
    assert [f.code for f in examine(source)] == ["missing-file"]


def test_every_finding_of_the_register_is_made_in_some_file() -> None:
    in_table = {code for case in CASES for code, _ in case.found} | {"missing-file"}
    assert in_table | ACCESS == set(FINDINGS)


# Rows of microsip-behaviour.md, section 12, that a file can show. Not among them: 2 and 19 (the
# running phone), 9 (the registry); 20 shows as an empty or missing file.
_SECTION_12 = {
    1: {"utf-8-bom", "utf-16-no-bom"},
    3: {"account-id-missing"},
    4: {"account-gap", "account-without-domain", "account-without-username"},
    5: {"wrong-case"},
    6: {"not-a-switch"},
    7: {"codec-ignored", "codec-unknown", "no-codec"},
    8: {"scheme", "double-quote", "too-many"},
    10: {"log-file"},
    11: {"calls-last-key-huge"},
    12: {"too-many-placeholders", "directory-password-in-clear", "directory-user-in-clear"},
    13: {"unescaped", "bad-alternative"},
    14: {"unquoted-path", "command-present", "command-for-any-caller"},
    15: {"armed-button-aa", "armed-button-dnd"},
    16: {"retired-word"},
    17: {"starts-hidden", "hidden-phone", "second-call-blocked"},
    18: {"local-account-open"},
    20: {"empty-file", "missing-file"},
    21: {"stun-hides-public-address", "dns-srv-without-servers", "fixed-port"},
    22: {"machine-specific"},
}


def test_the_known_ways_to_break_the_phone_have_codes() -> None:
    assert set().union(*_SECTION_12.values()) <= set(CODES)
    assert set(_SECTION_12) == set(range(1, 23)) - {2, 9, 19}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_findings_say_effect_and_show_no_secret(case: Case, tmp_path: Path) -> None:
    source = _source(tmp_path / "microsip.ini", case.content, case.codepage)
    password = source.profile.get("Account1", "password") or BLOB
    for finding in examine(source):
        assert finding.message
        assert finding.effect
        assert finding.code in CODES
        assert password not in repr(finding)
        assert not any(key == "password" for _, key, _, _ in finding.edits)


def test_the_fix_of_a_command_is_told_but_not_made(tmp_path: Path) -> None:
    source = _source(
        tmp_path / "microsip.ini",
        HEALTHY.replace("[Account1]", 'cmdCallEnd="C:\\My Tools\\log.exe"\n[Account1]'),
    )
    found = next(f for f in examine(source) if f.code == "unquoted-path")
    assert '"C:\\My Tools\\log.exe"' in found.fix
    assert not found.certain


@pytest.mark.parametrize(
    "line",
    [
        'cmdCallEnd="C:\\My Tools\\log.exe"',
        "cmdCallEnd=C:\\My Tools\\log.exe",
        "cmdCallEnd=C:\\My Tools\\log.exe -v {number}",
        "cmdCallEnd=C:\\My Tools\\log.exe " + '"two words"',
        "VAD=true",
        "denyIncoming=rdomain",
        "audioCodecs=opus PCMA",
    ],
)
def test_what_a_fix_says_to_write_is_right_in_the_file(line: str) -> None:
    text = HEALTHY.replace("[Account1]", f"{line}\n[Account1]")
    found = next(f for f in examine(_in_memory(text)) if f.fix.startswith("write "))
    fixed = f"{found.key}={found.fix.removeprefix('write ')}"
    assert fixed != line
    after = examine(_in_memory(text.replace(line, fixed)))
    assert found.code not in {f.code for f in after}


@pytest.mark.parametrize("line", ["cmdCallEnd=C:\\My Tools\\log.exe", "dialPlan=\\d(1"])
def test_backslashes_are_told_as_they_are(line: str) -> None:
    section = "[Account1]" if "dial" in line else "[Settings]"
    told = repr([f.message for f in examine(_in_memory(f"{section}\n{line}\n"))])
    assert "\\" * 2 in told
    assert "\\" * 3 not in told  # repr doubles them once


def test_reasons_of_fixes_name_fault_and_effect(tmp_path: Path) -> None:
    source = _source(tmp_path / "microsip.ini", HEALTHY.replace("[Acc", "VAD=true\n[Acc"))
    [fix] = repair(examine(source)).fixes
    assert (fix.section, fix.key, fix.text) == ("Settings", "VAD", "1")
    assert "off" in fix.reason


def test_repair_says_why_bytes_must_be_rewritten(tmp_path: Path) -> None:
    source = _source(tmp_path / "microsip.ini", b"\xef\xbb\xbf" + HEALTHY.encode())
    assert repair(examine(source)) == ((), CODES["utf-8-bom"].meaning, False)


def test_of_two_fixes_for_one_key_one_is_made() -> None:
    def fixing(text: str) -> Finding:
        edits = (("Settings", "VAD", text, False),)
        return Finding("clamped", "warning", 1, "Settings", "VAD", "m", "e", "w", True, edits)

    assert [m.text for m in repair([fixing("1"), fixing("0")]).fixes] == ["1"]


_NAMES = st.sampled_from(
    [
        "VAD",
        "rport",
        "audioCodecs",
        "autoAnswer",
        "accountId",
        "callsLastKey",
        "cmdCallEnd",
        "STUN",
        "transport",
        "registerRefresh",
        "server",
        "proxy",
        "domain",
        "dialPlan",
        "password",
        "0",
        "x",
    ]
)
_TEXTS = st.one_of(
    st.sampled_from(
        [
            "1",
            "true",
            "No",
            "TLS",
            "All",
            "5",
            "-3",
            "sip:a.example.com",
            "opus, PCMA",
            "+x",
            "",
            '"',
        ]
    ),
    st.text(st.characters(exclude_characters="\r\n"), max_size=20),
)
_LINES = st.one_of(
    st.builds("{}={}".format, _NAMES, _TEXTS),
    st.sampled_from(
        ["[Settings]", "[Account1]", "[Account2", " [Shortcuts]x", "[]", "=", "; x", ""]
    ),
    _TEXTS,
)


@given(st.lists(_LINES, max_size=12))
def test_any_file_can_be_checked_and_fixes_hold(lines: list[str]) -> None:
    source = _in_memory("\r\n".join(lines))
    findings = examine(source)
    document = Document(without_appended(source.text))
    for fix in repair(findings).fixes:
        if fix.text is None:
            document.remove(fix.section, fix.key)
        else:
            document.set(fix.section, fix.key, fix.text)
    after = examine(_in_memory(document.render()))
    fixed = {(f.code, f.section.lower(), f.key.lower()) for f in findings if f.edits}
    assert not fixed & {(f.code, f.section.lower(), f.key.lower()) for f in after}
