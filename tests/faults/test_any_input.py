"""Whatever bytes the file holds and whatever verb is run: a documented exit code, and no harm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from .scene import OLD, invoked, utf16

DOCUMENTED = {0, 1, 2, 3, 4, 5, 6}
CHANGING = {"set", "unset", "apply", "repair", "restore"}
TEMPLATE = (
    "[Settings]\nvolumeRing = 60\n[Account by username]\nusername = 101\nserver = a.example\n"
)

PIECES = st.sampled_from(
    [
        "[Settings]",
        "[Account1]",
        "[account2]",
        "[Calls]",
        "[Shortcuts]",
        "[Dialed]",
        "[Contacts]",
        "[",
        "]",
        "=",
        ";",
        "#",
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\x1a",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x0b",
        "\ud800",
        '"',
        "'",
        " ",
        "\t",
        "accountId=1",
        "volumeRing=80",
        "audioCodecs=opus/48000/2",
        "username=7",
        "password=" + "0a" * 16,
        "label=Приёмная",
        "0=Desk;100;call;;0",
        "key",
        "=v",
        "cmdCallStart=calc",
        "sourcePort=99999999999999999999",
        "transport=TLS",
        "İ=ı",
        "[Account0]",
        "[Account99999999999]",
        "server=sip.example.com",
        "x" * 3000,
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join) | st.builds(
    lambda at, piece: OLD[:at] + piece + OLD[at:], st.integers(0, len(OLD)), PIECES
)
ENCODINGS = st.sampled_from(
    [
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"", "utf-16-le"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"", "utf-8"),
        (b"", "cp1251"),
    ]
)
FILES = st.binary(max_size=200) | st.builds(
    lambda text, how, tail: how[0] + text.encode(how[1], "replace") + tail,
    TEXTS,
    ENCODINGS,
    st.binary(max_size=2),
)
NAMES = st.sampled_from(
    [
        "Settings.volumeRing",
        "Settings.audioCodecs",
        "Settings.userAgent",
        "Account1.label",
        "Account1.username",
        "Account7.server",
        "Calls.1",
        "Shortcuts.0",
        "Settings",
        ".",
        "Bad.key",
        "Settings.password",
        "Account1.password",
        "[x].y",
        "Settings.accountId",
    ]
)
VALUES = st.sampled_from(["60", "", " ", '"', "opus,G722", "yes", "0", "text", "ä", "a\nb", "-1"])
VERBS = st.one_of(
    st.sampled_from(
        [
            ["show"],
            ["show", "Settings"],
            ["show", "Account1.password"],
            ["check"],
            ["repair"],
            ["repair", "--dry-run"],
            ["capture"],
            ["backups"],
            ["restore"],
            ["calls"],
            ["locate"],
            ["calls", "--csv"],
            ["apply", "T"],
            ["plan", "T"],
            ["check", "T"],
            ["restore", "../x"],
            ["set", "--dn", "Desk", "--user", "101"],
            ["set", "--account", "3", "--domain", "d.example"],
        ]
    ),
    st.builds(lambda name, value: ["set", f"{name}={value}"], NAMES, VALUES),
    st.builds(lambda name: ["unset", name], NAMES),
)
OPTIONS = st.sampled_from([[], ["--ansi-codepage", "1251"], ["--ansi-codepage", "utf-8"]])


@contextmanager
def desk() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            Path("T").write_text(TEMPLATE)
            yield Path(folder)
        finally:
            os.chdir(before)


@settings(max_examples=250)
@given(FILES, st.lists(VERBS, min_size=1, max_size=3), OPTIONS)
@example(utf16(OLD), [["set", "Settings.volumeRing=70"], ["restore"]], [])
def test_any_file_any_verb(data: bytes, verbs: list[list[str]], options: list[str]) -> None:
    with desk() as folder:
        ini = folder / "MicroSIP.ini"
        ini.write_bytes(data)
        for verb in verbs:
            before = ini.read_bytes()
            common = ["--ini", str(ini), "--data-dir", str(folder / "data"), "--json"]
            common += ["--log-file", str(folder / "log")]
            takes_codepage = verb[0] not in ("locate", "backups")
            outcome = invoked([*verb, *common, *(options if takes_codepage else [])])
            assert outcome.code in DOCUMENTED, (verb, outcome)
            changed = outcome.json["changed"]
            assert changed == (ini.read_bytes() != before), (verb, outcome)
            assert not changed or verb[0] in CHANGING, (verb, outcome)
            assert not changed or outcome.code == 0, (verb, outcome)


@settings(max_examples=100)
@given(FILES, VERBS.filter(lambda verb: verb[0] in ("set", "unset", "apply", "repair")), OPTIONS)
def test_what_was_done_needs_not_be_done_again(
    data: bytes, verb: list[str], options: list[str]
) -> None:
    with desk() as folder:
        ini = folder / "MicroSIP.ini"
        ini.write_bytes(data)
        common = ["--ini", str(ini), "--data-dir", str(folder / "data"), "--json", *options]
        common += ["--log-file", str(folder / "log")]
        if invoked([*verb, *common]).code == 0:
            again = invoked([*verb, *common])
            assert (again.code, again.json["changed"]) == (0, False), (verb, again)
