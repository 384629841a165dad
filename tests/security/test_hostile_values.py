"""Arbitrary text as a value: what is accepted is what Windows reads back; the rest is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microsip_config import Configurator, Target, edits
from microsip_config.errors import InputError
from microsip_config.ini.profile import Profile
from microsip_config.template.layers import load
from tests.cli.conftest import Cli, utf16
from tests.windows.hostile import EDGE_BLANKS, VALUES
from tests.windows.oracle import Oracle, folded, running_oracle

EXAMPLES = 150
LEAST = 1000
KEYS = ("displayName", "label", "password", "authID", "voicemailNumber", "userAgent")
# Passwords are rare, since each costs a fingerprint that is made to be slow.
ACCOUNT_KEYS = ("password", *KEYS[:2], *KEYS[3:5], *KEYS[:2], *KEYS[3:5], "label")
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
judged: Counter[str] = Counter()

_hostile = st.sampled_from(
    (
        *VALUES,
        *EDGE_BLANKS,
        "a\r\n[Account1]\r\npassword=x",
        "a\nb",
        "a\rb",
        "a\vb",
        "a\fb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "a\0b",
        "\x1a",
        "\ud800",
        "\udc00\ud800",
        "\ufeff",
        "a\ufeff",
        "\u202e",
        "\U0010ffff",
        "\ufffe",
        '"',
        '""',
        '"""',
        "'\"",
        '"\'"',
        " ' ",
        "\xa0",
        "\u3000x\u3000",
        "\u200b",
        "]",
        "[x",
        ";",
        "#",
        "=",
        "{{ x }}",
        "{% x %}",
        "%APPDATA%",
        "e\u0301",
        "\u00e9",
        "ﬀ",
        "İ",
    )
)
_any = st.text(st.characters(), max_size=20)
_dressed = st.builds(
    lambda left, text, right: left + text + right,
    st.sampled_from(("", " ", "\t", '"', "'", '" ', " '", "\xa0")),
    st.one_of(_hostile, _any),
    st.sampled_from(("", " ", "\t", '"', "'", ' "', "' ", "\\", "\xa0")),
)
_long = st.builds(
    lambda unit, count: unit * count,
    st.sampled_from(("x", "é", "😀", " x", '"')),
    st.sampled_from((127, 128, 255, 256, 257, 520, 1040, 1041, 70_000)),
)
_values = st.lists(
    st.one_of(_hostile, _any, _any, _dressed, _dressed, _long), min_size=12, max_size=32
)


class Wish(NamedTuple):
    """A key of an account of its own, and the text it shall have."""

    section: str
    key: str
    given: str

    @property
    def text(self) -> str:
        """What is to be read: all of it; but the name in SIP headers has no outer blanks."""
        return self.given.strip() if self.key == "displayName" else self.given


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with running_oracle() as running:
        yield running


def wishes(values: Sequence[str]) -> list[Wish]:
    """Each value for another account, so that all can be in one file."""
    found = [
        Wish(f"Account{number}", ACCOUNT_KEYS[number % len(ACCOUNT_KEYS)], value)
        for number, value in enumerate(values, 1)
    ]
    return [*found, Wish("Settings", KEYS[-1], values[0])] if values else found


def fresh(path: Path, count: int) -> Path:
    """A file with so many accounts that load."""
    sections = [f"[Account{n}]\r\ndomain=sip.example.com\r\n" for n in range(1, count + 1)]
    path.write_bytes(utf16("[Settings]\r\naccountId=1\r\n" + "".join(sections)))
    return path


def accepted_by_set(wish: Wish) -> bool:
    try:
        edits([(wish.section, wish.key, wish.given)])
    except InputError:
        return False
    return True


def from_template(folder: Path, wanted: Sequence[Wish]) -> Any:
    """The desired state of a template that has the values from variables."""
    lines = [f"[{w.section}]\n{w.key} = {{{{ v{n} }}}}\n" for n, w in enumerate(wanted)]
    template = folder / "values.ini"
    template.write_text("[template]\n" + "".join(lines), encoding="utf-8")
    return load([template]).render({f"v{n}": w.given for n, w in enumerate(wanted)}, {})


def accepted_by_template(folder: Path, wish: Wish) -> bool:
    try:
        from_template(folder, [wish])
    except InputError:
        return False
    return True


def check_read_back(oracle: Oracle, ini: Path, wanted: Sequence[Wish], accounts: int) -> None:
    """Our reader and the Windows API both read the very texts, and no key or section more."""
    profile = Profile(ini.read_bytes()[2:].decode("utf-16-le"))
    seen = oracle.ask(ini)
    windows = seen.values()
    names = {folded(section.name) for section in seen.sections}
    assert names == {"settings", *(f"account{n}" for n in range(1, accounts + 1))}
    present = [wish for wish in wanted if wish.text]  # an absent text is an empty one
    assert len(windows) == 1 + accounts + len(present), "accountId, the domains and these"
    for wish in wanted:
        assert (profile.get(wish.section, wish.key) or "") == wish.text
        assert windows.get((folded(wish.section), folded(wish.key)), "") == wish.text


@settings(max_examples=EXAMPLES, suppress_health_check=SHARED)
@given(values=_values)
def test_any_text(oracle: Oracle, cli: Cli, tmp_path: Path, values: list[str]) -> None:
    wanted = wishes(values)
    good = [wish for wish in wanted if accepted_by_set(wish)]
    bad = [wish for wish in wanted if wish not in good]
    for wish in wanted:
        assert accepted_by_template(tmp_path, wish) == (wish in good), wish
    judged.update(accepted=len(good), refused=len(bad))

    ini = fresh(oracle.path(), len(values))
    words = [f"{w.section}.{w.key}={w.given}" for w in good]
    if good:
        assert cli("set", *words, "--ini", ini, "--quiet").code == 0
    check_read_back(oracle, ini, good, len(values))
    before = ini.read_bytes()
    for wish in bad[:2]:
        word = f"{wish.section}.{wish.key}={wish.given}"
        assert cli("set", *words, word, "--ini", ini, "--quiet").code == 3
    assert ini.read_bytes() == before

    ini = fresh(oracle.path(), len(values))
    Configurator(Target(str(ini)), data_dir=tmp_path / "data").apply(from_template(tmp_path, good))
    check_read_back(oracle, ini, good, len(values))


def test_enough_was_judged() -> None:
    assert judged["accepted"] >= LEAST, judged
    assert judged["refused"] >= LEAST // 10, judged


@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\rb", "a\vb", "a\fb", "a\x1cb", "a\x85b", "a\u2028b", "a\u2029b", "a\0b", "\x1a",
     "\x7f", "\ud800", "x\udfff", "x" * 1041, "\x1b[2J"],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("key", KEYS[:-1])
def test_what_no_line_can_hold_is_refused(cli: Cli, tmp_path: Path, key: str, value: str) -> None:
    ini = fresh(tmp_path / "MicroSIP.ini", 1)
    before = ini.read_bytes()
    outcome = cli("set", f"Account1.{key}={value}", "--ini", ini, "--json")
    assert outcome.code == 3
    assert value not in outcome.out + outcome.err
    template = tmp_path / "desk.ini"
    template.write_text(f"[Account1]\n{key} = {{{{ v }}}}\n")
    assert cli("apply", template, "--var", f"v={value}", "--ini", ini).code == 3
    assert ini.read_bytes() == before


@settings(max_examples=150, suppress_health_check=SHARED)
@given(
    section=st.one_of(st.sampled_from(("Settings", "Account1", "A]", "Account1]\r\n[x")), _any),
    key=st.one_of(st.sampled_from(("VAD", "a=b", "x]", "label\r\ny", ";x", "[x]", "", " ")), _any),
)
def test_any_name(cli: Cli, tmp_path: Path, section: str, key: str) -> None:
    """A name is one that MicroSIP knows, or it is refused: nothing else gets into the file."""
    ini = fresh(tmp_path / "MicroSIP.ini", 1)
    before = ini.read_bytes()
    known = (section, key) == ("Settings", "VAD")
    for verb, name in (("set", f"{section}.{key}=1"), ("unset", f"{section}.{key}")):
        # "--": a name may begin with a dash
        code = cli(verb, "--ini", ini, "--", name).code
        assert (code == 0) if known else (code in {2, 3}), (verb, name)
    assert ini.read_bytes() == before, "a known key was set and removed again"


def test_commands_need_leave(cli: Cli, tmp_path: Path) -> None:
    ini = fresh(tmp_path / "MicroSIP.ini", 1)
    before = ini.read_bytes()
    for key in ("cmdCallStart", "cmdIncomingCall", "cmdCallEnd"):
        words = ("set", f"Settings.{key}=C:\\tools\\note.exe", "--ini", ini)
        refused = cli(*words, "--json").json
        assert (refused["exit_code"], refused["errors"][0]["code"]) == (3, "command")
        assert "--allow-commands" in refused["errors"][0]["hint"]
    assert ini.read_bytes() == before
    assert cli(*words, "--allow-commands", "--json").json["changed"]
    assert "C:\\tools\\note.exe" in ini.read_bytes()[2:].decode("utf-16-le")
    assert cli("unset", "Settings.cmdCallEnd", "--ini", ini).code == 0, "removing is no danger"
    assert "note.exe" not in ini.read_bytes()[2:].decode("utf-16-le")


def test_commands_from_variables_need_leave_and_quotes(cli: Cli, tmp_path: Path) -> None:
    ini = fresh(tmp_path / "MicroSIP.ini", 1)
    template = tmp_path / "desk.ini"
    for line, options, code in (
        ('\'"C:\\a.exe" "{{ v }}"\'', [], 3),
        ('\'"C:\\a.exe" "{{ v }}"\'', ["--allow-commands"], 0),
        ("C:\\a.exe {{ v }}", ["--allow-commands"], 3),
    ):
        template.write_text(f"[Settings]\ncmdCallStart = {line}\n")
        arguments = ("apply", template, "--var", "v=101", "--ini", ini, *options)
        assert cli(*arguments).code == code, line
    injected = ("apply", template, "--ini", ini, "--allow-commands", "--var")
    template.write_text('[Settings]\ncmdCallStart = \'"C:\\a.exe" "{{ v }}"\'\n')
    for value in ('" & calc', "a b", "-x", "a\\", "%PATH%", "{number}"):
        assert cli(*injected, f"v={value}").code == 3, value
