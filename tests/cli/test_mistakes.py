"""Mistakes of the command line: what is said, the exit code, the envelope that --json prints."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from microsip_config.cli.split_path import split_path
from microsip_config.cli.table import NAMES, load
from microsip_config.cli.verb import VerbGroup
from microsip_config.schema import owners
from microsip_config.system.current import system

from .conftest import ENVELOPE, Cli

EN, EM = "\u2013", "\u2014"

USAGE = [
    # --var without '=' is named where the template asks for it.
    ("apply office --var extension", "--var 'extension' expects NAME=VALUE", "--var extension=101"),
    ("apply office --var|extension 101", "'extension'", "extension=101"),
    ("apply office --var extension:101", "'extension'", "extension=101"),
    ("apply office --var “extension”", "'extension'", "extension=101"),
    ("plan office --var extension = 101", "'extension'", "blank around '='"),
    ("apply office --var site.domain", "'site.domain'", "extension=101"),
    ("apply office --var a=1 --var p4ssw0rd", "--var number 2", "extension=101"),
    ("apply office --var p4ssw0rd", "--var expects NAME=VALUE", "extension=101"),
    ("apply office --var 1x=p4ssw0rd", "not a variable name", "letters"),
    ("apply office --var env=1", "'env' is reserved", "rename"),
    ("plan office --ini MicroSIP.ini --var extension", "'extension'", "extension=101"),
    # Options in another system's spelling.
    ("apply office -ini x.ini", "no such option: -ini", "'--ini'"),
    ("apply office -ini=x.ini", "no such option: -ini", "'--ini'"),
    ("apply office -json", "no such option: -json", "'--json'"),
    ("apply office -user 101", "no such option: -user", "'--user'"),
    ("apply office -quiet", "no such option: -quiet", "'--quiet'"),
    ("apply office -wine-prefix p", "no such option: -wine-prefix", "'--wine-prefix'"),
    ("apply office -WinePrefix p", "no such option: -WinePrefix", "'--wine-prefix'"),
    ("apply office --wine_prefix p", "no such option: --wine_prefix", "'--wine-prefix'"),
    ("apply office --Ini x.ini", "no such option: --Ini", "'--ini'"),
    ("apply office --INI=x.ini", "no such option: --INI", "'--ini'"),
    ("apply office --ini:x.ini", "no such option: --ini:", "--ini VALUE"),
    ("apply office --password:p4ssw0rd", "no such option: --password:", "--password VALUE"),
    ("apply office -password:p4ssw0rd", "no such option: -password", "'--password'"),
    ("apply office /ini x.ini", "'/ini' is not an option", "'--ini'"),
    ("apply office /ini:x.ini", "'/ini' is not an option", "'--ini'"),
    ("apply office /password:p4ssw0rd", "'/password' is not an option", "'--password'"),
    ("apply office /?", "'/?' is not an option", "'--help'"),
    ("locate /ini x.ini", "'/ini'", "'--ini'"),
    (f"locate {EN}all", f"'{EN}all'", "'--all'"),
    (f"apply office {EN}ini x.ini", f"'{EN}ini' is not an option", "'--ini'"),
    (f"apply office {EM}ini x.ini", f"'{EM}ini' is not an option", "'--ini'"),
    (f"apply office {EN}{EN}ini x.ini", "is not an option", "'--ini'"),
    (f"set {EM}dn Jo", "is not an option", "'--dn'"),
    (f"show {EN}changed", "is not an option", "'--changed'"),
    ("-V", "no such option: -V", "'--version'"),
    ("-v", "no such option: -v", "'--version'"),
    ("apply office --jsn", "no such option: --jsn", "'--json'"),
    ("apply office --portabel d", "no such option: --portabel", "'--portable'"),
    ("apply office -h", "no such option: -h", "'--help'"),
    ("apply office -Z", "no such option: -Z", "apply --help"),
    ("apply office --zzzz=p4ssw0rd", "no such option: --zzzz", "apply --help"),
    ("phone start --minimised", "no such option: --minimised", "'--minimized'"),
    ("--ini x.ini apply office", "no such option here: --ini", "COMMAND --ini PATH"),
    ("phone --quiet", "no such option here: --quiet", "phone COMMAND --quiet"),
    # Commands.
    ("aply office", "no such command: 'aply'", "'apply'"),
    ("Apply office", "no such command: 'Apply'", "'apply'"),
    ("chek", "no such command: 'chek'", "'check'"),
    ("phone strat", "no such command: 'strat'", "'start'"),
    ("template vaildate x.ini", "no such command: 'vaildate'", "'validate'"),
    ("validate x.ini", "no such command: 'validate'", "'template validate'"),
    ("dial 101", "no such command: 'dial'", "'phone dial'"),
    ("phone apply", "no such command: 'apply'", "'apply'"),
    ("help", "no such command: 'help'", "'--help'"),
    ("/?", "no such command: '/?'", "'--help'"),
    ("version", "no such command: 'version'", "'--version'"),
    ("zzzzzz", "no such command: 'zzzzzz'", "apply, check"),
    # Names of keys without their section.
    ("set volumeRing=80", "not SECTION.KEY", "Settings.volumeRing=VALUE"),
    ("set volumering=80", "not SECTION.KEY", "Settings.volumeRing=VALUE"),
    ("set volumRing=80", "not SECTION.KEY", "Settings.volumeRing=VALUE"),
    ("set username=p4ssw0rd", "not SECTION.KEY", "Account1.username=VALUE"),
    ("set [Account2]username=1", "not SECTION.KEY", "Account2.username=VALUE"),
    ("set Settings/volumeRing=80", "not SECTION.KEY", "Settings.volumeRing=VALUE"),
    ("set settings:VOLUMERING=80", "not SECTION.KEY", "Settings.volumeRing=VALUE"),
    ("set version=3", "not SECTION.KEY", "Settings.version=VALUE or Global.version=VALUE"),
    ("set p4ssw0rd=1", "not SECTION.KEY", "Account1.password=VALUE"),
    ("set Settings.VAD = yes", "no '='", "Settings.VAD=VALUE, without a blank around '='"),
    ("set Settings.VAD", "no '='", "Settings.VAD=VALUE"),
    ("set volumeRing 80", "no '='", "Settings.volumeRing=VALUE"),
    ("set p4ssw0rd", "no '='", "Account1.password=VALUE"),
    ("set zzzz=p4ssw0rd", "not SECTION.KEY", "SECTION.KEY=VALUE"),
    ("unset volumeRing", "'volumeRing' is not SECTION.KEY", "Settings.volumeRing?"),
    ("unset zzz", "'zzz' is not SECTION.KEY", "Settings.enableSTUN"),
    # A path with a blank that nobody quoted.
    (r"locate --ini C:\Program Files\x\M.ini", "unexpected extra", r'"C:\Program Files\x\M.ini"'),
    (r"locate --ini=C:\Program Files\M.ini", "unexpected extra", r'"C:\Program Files\M.ini"'),
    (r"repair --ini C:\A B\C D\M.ini", "unexpected extra", r'quotes: "C:\A B\C D\M.ini"'),
    (r"phone start --exe C:\Program Files\M\m.exe", "unexpected extra", "quotes"),
    # Values that do not fit their option.
    ("apply office --secret sip=P1", "--secret", "SOURCE|env:VAR"),
    ("apply office --secret sip", "--secret", "env:VAR"),
    ("check --ini MicroSIP.ini --ansi-codepage nonsense", "ANSI code page", "1251"),
    ("check --phone-version x", "--phone-version", "3.22"),
    ("apply office --stop-timeout x", "'--stop-timeout'", "--help"),
    ("apply office --stop-timeout -1", "'--stop-timeout'", "--help"),
    ("apply office --lock-timeout nan", "--lock-timeout", ""),
    ("apply office --restart maybe", "'--restart'", "--help"),
    ("set --account x", "'--account'", "--help"),
    ("set --account -1", "'--account'", "--help"),
    ("calls --follow --interval 0", "'--interval'", "--help"),
    ("apply", "Missing argument 'TEMPLATE...'", "--help"),
]  # fmt: skip


def words_of(line: str) -> list[str]:
    """The words of a line, a ``|`` between two of them for a blank within one."""
    first, bar, rest = line.partition("|")
    if not bar:
        return line.split()
    return [*first.split(), rest]


@pytest.mark.parametrize(("line", "message", "hint"), USAGE, ids=lambda text: str(text)[:40])
def test_usage(cli: Cli, ini: Path, line: str, message: str, hint: str) -> None:
    before = ini.read_bytes()
    words = words_of(line)
    person = cli(*words)
    assert (person.code, person.out) == (2, "")
    assert f"error: {message}" in person.err or message in person.err
    assert any(part in person.err.partition("hint: ")[2] for part in hint.split("|"))
    assert "p4ssw0rd" not in person.err
    assert "Usage:" not in person.err
    result = cli(*words, *([] if "--json" in words else ["--json"])).json
    assert (result["status"], result["exit_code"]) == ("error", 2)
    [error] = result["errors"]
    assert error["code"] == "usage"
    assert message in error["message"]
    assert "p4ssw0rd" not in json.dumps(result)
    assert ini.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        (r"apply C:\Program Files\x\t.ini", 3, r'needs quotes: "C:\Program Files\x\t.ini"'),
        (r"plan C:\A B\C D\t.ini", 3, r'needs quotes: "C:\A B\C D\t.ini"'),
        (r"apply office --ini C:\Program Files\M\M.ini", 3, r'"C:\Program Files\M\M.ini"'),
        (r"template validate D:\my desks\a.ini", 3, r'"D:\my desks\a.ini"'),
        (r"apply base --vars C:\my vars\v.toml", 3, r'"C:\my vars\v.toml"'),
        (r"show --ini C:\Program Files\M.ini", 4, r'"C:\Program Files\M.ini"'),
        ("apply ./my desks/a.ini", 3, '"./my desks/a.ini"'),
        ("apply ./there desk", 3, '"./there desk"'),
        # No path is made of these.
        ("apply no/a.ini no/b.ini", 3, ""),
        ("apply no-such b.ini", 3, ""),
        ("apply office --password a/b x.ini", 3, ""),
    ],
)
def test_a_path_with_blanks_needs_quotes(
    cli: Cli, ini: Path, tmp_path: Path, line: str, code: int, hint: str
) -> None:
    (tmp_path / "there desk").write_text("[Settings]\nVAD = yes\n")
    own = [] if "--ini" in line else ["--ini", ini]
    if line.startswith("template"):
        own = []
    result = cli(*line.split(), *own, "--json").json
    assert result["exit_code"] == code
    assert hint in result["errors"][0]["hint"]
    assert ("quotes" in json.dumps(result["errors"])) == bool(hint)


def test_words_that_are_files_are_never_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b.ini"):
        (tmp_path / name).touch()
    assert split_path(["apply", "./a", "b.ini"]) == ""
    assert split_path(["apply", "./c", "b.ini"]) == ""
    assert split_path(["apply", "./c", "d.ini"]) == "./c d.ini"


@pytest.mark.parametrize("group", ["", *(n for n in NAMES if isinstance(load(n), VerbGroup))])
def test_without_a_command_there_is_the_help(cli: Cli, group: str) -> None:
    outcome = cli(*group.split())
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.strip() == cli(*group.split(), "--help").out.strip()
    assert "error" not in outcome.err.splitlines()[0]
    assert "hint: " not in outcome.err


# --- the target of an early error --------------------------------------------------------------

GIVEN = [
    ("--ini F.ini", {"ini": "F.ini", "exe": "", "mode": "given"}),
    ("--ini=F.ini", {"ini": "F.ini", "exe": "", "mode": "given"}),
    ("--ini F.ini --exe M.exe", {"ini": "F.ini", "exe": "M.exe", "mode": "given"}),
    ("--exe M.exe", {"ini": "", "exe": "M.exe", "mode": ""}),
    ("--portable D", {"ini": str(Path("D", "MicroSIP.ini")), "exe": "", "mode": "portable"}),
    ("--wine-prefix W", {"ini": "", "exe": "", "decided_by": "--wine-prefix names W"}),
]
EARLY = [
    "apply office --bogus",
    "apply office -json",
    "apply",
    "apply office --account x",
    "apply office --var extension",
    "apply office --secret sip=P1",
    "apply office /quiet",
    "apply no-such-template",
    "apply office",
    "set volumeRing=80",
    "set Settings.nonsense=1",
    "unset x",
    "show --bogus",
    "check --phone-version x",
    "phone status --bogus",
    "repair extra words",
    "plan office --vars no.toml",
]


@pytest.mark.parametrize("line", EARLY)
@pytest.mark.parametrize(("target", "expected"), GIVEN)
def test_an_early_error_tells_the_target(
    cli: Cli, line: str, target: str, expected: dict[str, str]
) -> None:
    result = cli(*line.split(), *target.split(), "--json").json
    assert result["errors"]
    assert result["exit_code"] in (2, 3, 4)
    assert result["target"].items() >= expected.items()
    assert result["command"] == " ".join(line.split()[: 1 + line.startswith("phone ")])
    assert (result["changed"], result["changes"], result["backup"]) == (False, [], None)


@pytest.mark.parametrize("line", ["apply office --var", "phone status --ini", "locate --exe"])
def test_an_option_without_its_value_is_told_with_its_verb(cli: Cli, line: str) -> None:
    verb, _, option = line.replace(" office", "").rpartition(" ")
    result = cli(*line.split()[:-1], "--json", option).json
    assert (result["exit_code"], result["command"]) == (2, verb)
    assert option in result["errors"][0]["message"]
    assert result["errors"][0]["hint"] == f"microsip-config {verb} --help"


@pytest.mark.parametrize(
    "request_",
    [
        {"operation": "aply"},
        {"operation": "apply", "templates": ["office"], "options": {"bogus": 1}},
        {"operation": "apply", "templates": ["no-such"]},
        {"operation": "set", "edits": ["volumeRing=80"]},
    ],
)
def test_an_early_error_of_a_job_tells_the_target(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, request_: dict[str, object]
) -> None:
    data = json.dumps({**request_, "target": {"ini": "F.ini"}}).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    result = cli("job").json
    assert result["errors"]
    assert result["target"]["ini"] == "F.ini"


def test_a_job_with_arguments_is_told_as_json(cli: Cli) -> None:
    result = json.loads(cli("job", "extra").out)
    assert result.keys() == ENVELOPE
    assert result["exit_code"] == 2


# --- patterns ----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "my desks"
    folder.mkdir()
    for name in ("b.ini", "A.ini", "c.txt", "d1.ini"):
        (folder / name).write_text("[Settings]\nVAD = yes\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder


PATTERNS = [
    ("*.ini", ["A.ini", "b.ini", "d1.ini"]),
    ("?.ini", ["A.ini", "b.ini"]),
    ("d[0-9].ini", ["d1.ini"]),
    ("[!A]*.ini", ["b.ini", "d1.ini"]),
    ("./*.txt", ["c.txt"]),
    ("../my*/b.ini", ["../my desks/b.ini"]),
]
VERBS = ("template validate", "plan", "apply", "check")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("pattern", "files"), [*PATTERNS, ("~/b.ini", ["HOME"])])
def test_patterns_where_the_shell_leaves_them(
    cli: Cli, ini: Path, folder: Path, monkeypatch: pytest.MonkeyPatch,
    verb: str, pattern: str, files: list[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(system, "shell_expands", lambda: False)
    monkeypatch.chdir(folder)
    if verb == "template validate":
        result = cli("template", "validate", pattern, "--json").json
        wanted = [str(folder / "b.ini") if file == "HOME" else file for file in files]
        assert list(result["data"]) == wanted
    else:
        result = cli(verb, pattern, "--ini", ini, "--json").json
        assert result["exit_code"] == (0 if verb == "apply" else 1)
        assert [change["key"] for change in result["changes"]] == ["VAD"]


@pytest.mark.parametrize("expands", [True, False])
@pytest.mark.parametrize("pattern", ["*.xyz", "no/*.ini", "z[1].ini", "**/*.ini", "~/no.ini"])
@pytest.mark.parametrize("verb", [*VERBS, "template show"])
def test_a_pattern_that_fits_nothing(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, verb: str, pattern: str, expands: bool
) -> None:
    monkeypatch.setattr(system, "shell_expands", lambda: expands)
    result = cli(*verb.split(), pattern, "--json").json
    [error] = result["errors"]
    assert (result["exit_code"], error["code"]) == (3, "bad-template")
    assert error["message"] == f"no file fits the pattern '{pattern}'"
    assert error["hint"]


@pytest.mark.parametrize("verb", [*VERBS, "template show"])
@pytest.mark.parametrize("pattern", [pattern for pattern, _ in PATTERNS])
def test_a_quoted_pattern_where_the_shell_expands_it(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, verb: str, pattern: str
) -> None:
    monkeypatch.setattr(system, "shell_expands", lambda: True)
    result = cli(*verb.split(), pattern, "--json").json
    assert result["exit_code"] == 3
    assert "quotes" in result["errors"][0]["hint"]


def test_a_file_whose_name_has_the_signs_of_a_pattern(cli: Cli, folder: Path) -> None:
    (folder / "d[1].ini").write_text("[Settings]\nVAD = yes\n")
    assert list(cli("template", "validate", "d[1].ini", "--json").json["data"]) == ["d[1].ini"]


# --- explain -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("blf", "Shortcuts.0..7"),
        ("BLF", "Shortcuts.0..7"),
        ("busy lamp", "Shortcuts.0..7"),
        ("volume", "Settings.volumeRing"),
        ("microphone", "Settings.volumeInput"),
        ("ring tone", "Settings.volumeRing"),
        ("keyring", "no-keyring"),
        ("scrypt", "no-scrypt"),
        ("second call", "Settings.callWaiting"),
        ("tls", "AccountN.transport"),
    ],
)
def test_explain_searches(cli: Cli, text: str, found: str) -> None:
    result = cli("explain", text, "--json").json
    assert (result["status"], result["exit_code"]) == ("ok", 0)
    names = [row.get("code") or f"{row['section']}.{row['key']}" for row in result["data"]]
    assert found in names
    person = cli("explain", text)
    assert person.code == 0
    assert [line.split()[0] for line in person.out.splitlines()] == names


@pytest.mark.parametrize("text", ["zzzz", "volumRing", "Settings.nonsense", "...", "blf zzzz"])
def test_explain_finds_nothing(cli: Cli, text: str) -> None:
    outcome = cli("explain", text)
    assert (outcome.code, outcome.out) == (3, "")
    assert "hint: " in outcome.err


def test_a_key_of_several_sections_is_named_with_each() -> None:
    assert owners("version") == ["Settings.version", "Global.version"]
