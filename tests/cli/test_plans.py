"""Cases of plans from the field, each with its siblings."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from microsip_config.schema.password import may_hold

from .conftest import SMALL, Cli, utf16

TEMPLATE = "[Settings]\nvolumeRing = 20\n"
OTHER_ENCODINGS = {
    "ASCII": SMALL.encode("ascii"),
    "in an ANSI code page": SMALL.replace("Old", "B\xfcro").encode("cp1252"),
    "UTF-8 with": codecs.BOM_UTF8 + SMALL.encode(),
    "UTF-16BE": codecs.BOM_UTF16_BE + SMALL.encode("utf-16-be"),
    "UTF-16 without": SMALL.encode("utf-16-le"),
}
CHANGING = [
    ("set", "Settings.volumeRing=20"),
    ("unset", "Settings.volumeRing"),
    ("apply", "t.ini"),
    ("plan", "t.ini"),
]


@pytest.mark.parametrize("verb", CHANGING, ids=lambda verb: verb[0])
@pytest.mark.parametrize("encoding", OTHER_ENCODINGS)
def test_a_file_in_another_encoding_is_not_rewritten_without_a_word(
    cli: Cli, ini: Path, tmp_path: Path, verb: tuple[str, ...], encoding: str
) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    options = ["--ansi-codepage", "1252"] if "ANSI" in encoding else []
    ini.write_bytes(OTHER_ENCODINGS[encoding])

    said = cli(*verb, "--ini", ini, *options)
    assert "UTF-16LE" in said.err
    ini.write_bytes(OTHER_ENCODINGS[encoding])
    warnings = cli(*verb, "--ini", ini, *options, "--json").json["warnings"]
    assert [each["code"] for each in warnings if each["code"] == "rewritten"] == ["rewritten"]
    if verb[0] != "plan":
        assert ini.read_bytes().startswith(codecs.BOM_UTF16_LE)
        again = cli("set", "Settings.volumeRing=21", "--ini", ini, "--json").json
        assert not again["warnings"]
        assert cli("restore", "--original", "--ini", ini).code == 0
        assert ini.read_bytes() == OTHER_ENCODINGS[encoding]


def test_a_file_that_already_is_so_is_not_rewritten(cli: Cli, ini: Path) -> None:
    ini.write_bytes(OTHER_ENCODINGS["ASCII"])
    assert cli("set", "Settings.volumeRing=80", "--ini", ini, "--json").json["warnings"] == []


WRITE_NOTHING = [
    ("plan", "t.ini"), ("check",), ("show",), ("capture",), ("locate",), ("backups",), ("calls",),
    ("phone", "status"), ("phone", "stop"), ("phone", "dial", "100"), ("phone", "answer"),
]  # fmt: skip


@pytest.mark.parametrize("verb", WRITE_NOTHING, ids=" ".join)
def test_verbs_that_write_nothing_have_no_create(
    cli: Cli, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    assert cli(*verb, "--ini", tmp_path / "no.ini", "--create").code == 2


def test_the_plan_for_a_missing_file_says_what_makes_it(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    outcome = cli("plan", "t.ini", "--ini", tmp_path / "no.ini")
    assert outcome.code == 4
    assert "apply --create" in outcome.err


@pytest.mark.parametrize("verb", [("set", "Settings.volumeRing=20"), ("apply", "t.ini")])
@pytest.mark.parametrize("deep", ["new", "new/er/MicroSIP/and more"])
def test_create_makes_the_missing_folders(
    cli: Cli, tmp_path: Path, verb: tuple[str, ...], deep: str
) -> None:
    (tmp_path / "t.ini").write_text(TEMPLATE)
    ini = tmp_path / deep / "MicroSIP.ini"
    assert cli(*verb, "--ini", ini).code == 4
    assert not (tmp_path / "new").exists()
    assert cli(*verb, "--ini", ini, "--create").code == 0
    assert ini.read_bytes() == utf16("[Settings]\r\nvolumeRing=20\r\n")
    assert ini.parent.stat().st_mode & 0o022 == 0


@pytest.mark.parametrize("fails", ["swap", "write", "flush", "make_folder"])
def test_a_file_that_cannot_be_made_leaves_no_folder(
    cli: Cli, tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from microsip_config.system import files

    ini = tmp_path / "new" / "er" / "MicroSIP.ini"
    real = getattr(files, fails)

    def failing(*arguments: object) -> object:
        if fails != "make_folder" or str(arguments[0]).endswith("er"):
            raise OSError(28, "No space left on device")
        return real(*arguments)

    (tmp_path / "our data").mkdir(mode=0o700)
    cli("set", "Settings.volumeRing=20", "--ini", tmp_path / "first.ini", "--create")
    monkeypatch.setattr(files, fails, failing)
    outcome = cli("set", "Settings.volumeRing=20", "--ini", ini, "--create")
    assert outcome.code == 6
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_way_is_no_folder(cli: Cli, ini: Path) -> None:
    outcome = cli("set", "Settings.volumeRing=20", "--ini", ini / "x" / "MicroSIP.ini", "--create")
    assert outcome.code == 4


# --- what is given and not used -------------------------------------------------------------------

USES = """[template]
description = a desk
requires = declared
[Settings]
userAgent = {{ agent }}
STUN = {{ site.stun | default("") }}
dnsSrvNs = {{ "192.0.2.1" if never else "192.0.2.2" }}
volumeRing = {{ table[key] }}
[Account by domain]
domain = a.example.com
server = {{ lower }}
username = 1
password = {{ secret.sip }}
"""
GIVEN = {
    "agent": "x", "declared": "x", "site.stun": "stun.example.com", "never": "", "key": "a",
    "table.a": "5", "lower": "b.example.com",
}  # fmt: skip
VERBS = ["apply", "plan", "check", "template validate"]


@pytest.fixture
def desk(tmp_path: Path) -> list[str]:
    """Two layers, and all that they use."""
    (tmp_path / "desk.ini").write_text(USES)
    (tmp_path / "upper.ini").write_text(
        "[template]\nextends = desk.ini\n[Account by domain]\n"
        "domain = a.example.com\nserver = c.example.com\n"
    )
    (tmp_path / "pw").write_text("invented")
    (tmp_path / "pw").chmod(0o600)
    given = [part for name, text in GIVEN.items() for part in ("--var", f"{name}={text}")]
    return ["upper.ini", *given, "--secret", "sip=file:pw"]


def words(verb: str, ini: Path) -> list[str]:
    return [*verb.split(), *([] if verb.startswith("template") else ["--ini", str(ini)])]


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_used_anywhere_is_used(cli: Cli, ini: Path, desk: list[str], verb: str) -> None:
    outcome = cli(*words(verb, ini), *desk, "--strict", "--json").json
    assert not [each for each in outcome["warnings"] if "no template" in each["message"]]
    assert outcome["exit_code"] == (1 if verb in ("plan", "check") else 0)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("extra", "says", "hint"),
    [
        (["--var", "agnt=x"], "--var agnt", "did you mean 'agent'?"),
        (["--var", "sites.stun=x"], "--var sites.stun", "did you mean 'site.stun'?"),
        (["--var", "extension=5"], "--var extension", "leave it out"),
        (["--secret", "spi=env:P"], "--secret spi", "did you mean 'sip'?"),
        (["--vars", "more.toml"], "agentt, office.room, office.floor", "agentt: did you mean"),
    ],
    ids=["near", "near in a table", "far", "secret", "file"],
)
def test_what_nothing_uses_is_told_and_strictly_an_error(
    cli: Cli, ini: Path, tmp_path: Path, desk: list[str], verb: str, extra: list[str], says: str,
    hint: str,
) -> None:  # fmt: skip
    (tmp_path / "more.toml").write_text(
        'agentt = "x"\nagent = "y"\n[office]\nroom = "1"\nfloor = 2\n'
    )
    before = ini.read_bytes()
    strict = cli(*words(verb, ini), *desk, *extra, "--strict", "--json").json
    assert strict["exit_code"] == 3
    assert [each["code"] for each in strict["errors"]] == ["unused-variable"]
    assert ini.read_bytes() == before

    outcome = cli(*words(verb, ini), *desk, *extra, "--json").json
    found = [each for each in outcome["warnings"] if each["code"] == "unused-variable"]
    [told] = [each for each in found if "'requires'" not in each["message"]]
    assert says in f"{told['where']}: {told['message']}"
    assert hint in told["hint"]
    assert outcome["exit_code"] == (1 if verb in ("plan", "check") else 0)


def test_a_check_without_templates_uses_nothing(cli: Cli, ini: Path) -> None:
    outcome = cli("check", "--ini", ini, "--var", "a=1", "--json").json
    assert "unused-variable" in [each["code"] for each in outcome["warnings"]]


# --- without secrets ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["check", "plan"])
def test_a_monitor_compares_without_any_secret(
    cli: Cli, ini: Path, tmp_path: Path, verb: str
) -> None:
    template = tmp_path / "desk.ini"
    template.write_text(
        "[template]\nrequires = secret.sip, pin\n[Account1]\nlabel = Old\n"
        "password = {{ secret.sip }}\ndisplayName = {{ pin }}\nproxy = {{ secret.proxy }}\n"
    )
    given = ["--ini", str(ini), "--var", "pin=", "--json"]
    assert cli(verb, template, *given).code == 3
    told = cli(verb, template, *given, "--ignore-secrets").json
    assert told["changes"] == []
    [warning] = [each for each in told["warnings"] if each["code"] == "secrets-ignored"]
    assert "password (" in warning["message"]
    assert "proxy (" in warning["message"]

    template.write_text(template.read_text().replace("label = Old", "label = New"))
    found = cli(verb, template, *given, "--ignore-secrets").json
    assert [change["key"] for change in found["changes"]] == ["label"]
    assert found["exit_code"] == 1


def test_what_a_secret_overrides_is_not_compared_either(
    cli: Cli, ini: Path, tmp_path: Path
) -> None:
    (tmp_path / "base.ini").write_text("[Account1]\nlabel = Base\n")
    (tmp_path / "upper.ini").write_text("[Account1]\nlabel = {{ secret.name ~ '' }}\n")
    options = ["base.ini", "upper.ini", "--ini", ini, "--ignore-secrets", "--json"]
    assert cli("plan", *options).json["changes"] == []


def test_an_account_is_not_found_by_what_is_left_out(cli: Cli, ini: Path, tmp_path: Path) -> None:
    (tmp_path / "t.ini").write_text("[Account by username]\nusername = {{ secret.name }}\n")
    outcome = cli("plan", "t.ini", "--ini", ini, "--ignore-secrets", "--json").json
    assert outcome["exit_code"] == 3
    assert [each["where"].endswith("t.ini:2") for each in outcome["errors"]] == [True]


@pytest.mark.parametrize("verb", ["apply", "set", "restore", "show"])
def test_verbs_that_write_ignore_no_secret(cli: Cli, ini: Path, verb: str) -> None:
    assert cli(verb, "--ini", ini, "--ignore-secrets").code == 2


# --- the account of the documented flags ----------------------------------------------------------

THREE = (
    SMALL
    + """\
[Account2]
label=Mine
server=own.example.com
domain=own.example.com
username=8
[Account3]
label=Desk
server=sip.example.com
domain=sip.example.com
username=101
authID=login
"""
)
BY_DOMAIN = "[Account by domain]\ndomain = sip.example.com\n"
TEMPLATES = {
    "by identity": BY_DOMAIN + "username = 101\n",
    "by number": "[Account3]\nlabel = Desk\n",
    "the one to activate": f"[template]\nactivate = Account by domain\n{BY_DOMAIN}[Account2]\n"
    "label = Mine\n",
    "activate one of the file": "[template]\nactivate = Account3\n[Settings]\nVAD = no\n",
}


@pytest.mark.parametrize("verb", ["plan", "check", "apply"])
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_flags_are_for_the_account_of_the_template(
    cli: Cli, ini: Path, tmp_path: Path, verb: str, template: str
) -> None:
    ini.write_bytes(utf16(THREE))
    (tmp_path / "t.ini").write_text(template)
    outcome = cli(verb, "t.ini", "--ini", ini, "--user", "104", "--json").json
    found = {(c["section"], c["key"], c["new"]) for c in outcome["changes"]}
    accounts = {change for change in found if change[0] != "Settings"}
    assert accounts == {("Account3", "username", "104"), ("Account3", "authID", "104")}


@pytest.mark.parametrize(
    ("template", "options", "section"),
    [
        ("[Settings]\nVAD = no\n", [], "Account1"),
        (BY_DOMAIN, ["--account", "2"], "Account2"),
        ("[Account2]\nlabel = Mine\n[Account3]\nlabel = Desk\n", ["--account", "3"], "Account3"),
        (BY_DOMAIN.replace("sip", "new") + "server = {{ 'n.example.com' }}\n", [], "Account4"),
    ],
    ids=["none", "named", "of several", "a new one"],
)
def test_or_for_the_one_that_is_named(
    cli: Cli, ini: Path, tmp_path: Path, template: str, options: list[str], section: str
) -> None:
    ini.write_bytes(utf16(THREE))
    (tmp_path / "t.ini").write_text(template)
    outcome = cli("plan", "t.ini", "--ini", ini, "--user", "104", *options, "--json").json
    changed = [c["section"] for c in outcome["changes"] if c["key"] == "username"]
    assert changed == [section]
    applied = cli("apply", "t.ini", "--ini", ini, "--user", "104", *options, "--json").json
    assert applied["changes"] == outcome["changes"]
    again = cli("apply", "t.ini", "--ini", ini, "--user", "104", *options, "--json").json
    assert not again["changed"]


def test_which_of_several_accounts_is_meant_is_not_guessed(
    cli: Cli, ini: Path, tmp_path: Path
) -> None:
    (tmp_path / "t.ini").write_text("[Account1]\nlabel = A\n[Account2]\nlabel = B\n")
    outcome = cli("apply", "t.ini", "--ini", ini, "--user", "104")
    assert outcome.code == 2
    assert "--account N" in outcome.err


def test_a_flag_that_changes_what_the_account_is_found_by_is_refused(
    cli: Cli, ini: Path, tmp_path: Path
) -> None:
    ini.write_bytes(utf16(THREE))
    (tmp_path / "t.ini").write_text(BY_DOMAIN)
    outcome = cli("apply", "t.ini", "--ini", ini, "--domain", "other.example.com", "--json").json
    assert (outcome["exit_code"], outcome["errors"][0]["code"]) == (3, "identity-lost")


# --- a new user name ------------------------------------------------------------------------------


def test_the_stored_password_of_another_user_does_not_pass(
    cli: Cli, ini: Path, tmp_path: Path
) -> None:
    (tmp_path / "pw").write_text("invented")
    (tmp_path / "pw").chmod(0o600)
    (tmp_path / "t.ini").write_text(
        BY_DOMAIN + "username = {{ ext }}\npassword = {{ secret.sip }}\n"
    )
    ini.write_bytes(utf16(THREE))

    def apply(extension: str, *more: str) -> list[str]:
        options = ["--var", f"ext={extension}", "--secret", "sip=file:pw", *more, "--json"]
        return [c["key"] for c in cli("apply", "t.ini", "--ini", ini, *options).json["changes"]]

    assert apply("101") == ["password"]
    blob = next("ab" * n for n in range(99) if may_hold("ab" * n, "invented"))
    phones = ini.read_bytes().decode("utf-16").replace("password=invented", f"password={blob}")
    ini.write_bytes(utf16(phones))
    assert apply("101", "--adopt") == []
    assert apply("102", "--adopt") == ["username", "password"]
    assert apply("102") == []
