"""The verbs on a small file: what they print, and how they end."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from microsip_config.cli.table import NAMES as VERBS
from microsip_config.cli.table import load
from microsip_config.cli.verb import Verb

from .conftest import SMALL, Cli, examples_of, utf16

SET = ("set", "Settings.VAD=yes", "Account1.displayName=Zoë Ж 😀")


def text_of(ini: Path) -> str:
    return ini.read_bytes()[2:].decode("utf-16-le")


def test_set_unset_and_the_envelope(cli: Cli, ini: Path) -> None:
    result = cli(*SET, "--ini", ini, "--json").json
    assert result["status"] == "changed"
    assert result["target"]["ini"] == str(ini)
    assert result["target"]["mode"] == "given"
    assert [(c["section"], c["key"], c["new"]) for c in result["changes"]] == [
        ("Settings", "VAD", "1"),
        ("Account1", "displayName", "Zoë Ж 😀"),
    ]
    assert result["backup"]
    assert "displayName=Zoë Ж 😀\r\n" in text_of(ini)
    assert cli(*SET, "--ini", ini, "--json").json["status"] == "ok"
    names = ("Settings.VAD", "Account1.displayName")
    assert cli("unset", *names, "--ini", ini, "--json").json["changed"]
    assert text_of(ini) == SMALL.replace("\n", "\r\n")
    assert cli("unset", *names, "--ini", ini).out == f"in the desired state: {ini}\n"


def test_a_person_sees_the_diff(cli: Cli, ini: Path) -> None:
    out = cli("set", "Settings.volumeRing=20", "--ini", ini).out
    assert out.startswith("[Settings]\n- volumeRing=80\n+ volumeRing=20  ; given\nchanged: ")
    assert "\x1b" not in out, "no colour where there is no terminal"


def test_quiet(cli: Cli, ini: Path) -> None:
    assert cli(*SET, "--ini", ini, "--quiet") == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["set", "Settings.VAD"], 2, "usage"),
        (["set", "VAD=1"], 2, "usage"),
        (["set"], 2, "usage"),
        (["set", "Settings.vad=1"], 3, "unknown-key"),
        (["set", "Settings.VAD=1", "Settings.VAD=0"], 3, "given-twice"),
        (["set", "Calls.0=1;x;1;1;1;"], 3, "phones-own"),
        (["set", "Account1.SRTP=Mandatory"], 3, "wrong-case"),
        (["unset", "Settings.nonsense"], 3, "unknown-key"),
        (["apply", "no-such-template"], 3, "bad-template"),
        (["apply"], 2, "usage"),
        (["plan", "office", "--bogus"], 2, "usage"),
        (["show", "Settings.nonsense"], 3, "unknown-key"),
        (["restore"], 4, "no-target"),
        (["restore", "no-such-backup"], 4, "no-target"),
        (["explain", "nonsense"], 3, "unknown-key"),
        (["phone", "status"], 4, "no-exe"),
        (["phone", "dial", "/exit now"], 3, "bad-value"),
        (["phone", "account", "9"], 2, "usage"),
        (["apply", "office", "--secret", "sip=env:NO_SUCH_VARIABLE"], 3, "bad-secret"),
        (["apply", "office", "--var", "extension"], 2, "usage"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors(cli: Cli, ini: Path, arguments: list[str], code: int, error: str) -> None:
    before = ini.read_bytes()
    aim = [] if arguments[0] == "explain" else ["--ini", str(ini)]
    result = cli(*arguments, *aim, "--json").json
    assert (result["exit_code"], result["errors"][0]["code"]) == (code, error)
    assert ini.read_bytes() == before
    person = cli(*arguments, *aim)
    assert (person.code, person.out) == (code, "")
    assert "error: " in person.err
    assert "Traceback" not in person.err


def test_set_tells_all_that_is_wrong(cli: Cli, ini: Path) -> None:
    before = ini.read_bytes()
    wrong = ("Settings.vad=1", "Settings.VAD=1", "Account1.domain=a b", "Settings.VAD=0")
    ended = cli("set", *wrong, "--ini", ini, "--json")
    assert (ended.code, ini.read_bytes()) == (3, before)
    assert [(error["code"], error["where"]) for error in ended.json["errors"]] == [
        ("unknown-key", "Settings.vad"),
        ("bad-value", "Account1.domain"),
        ("given-twice", "Settings.VAD"),
    ]


@pytest.mark.parametrize("verb", ["show", "check", "plan", "apply", "set", "repair", "capture"])
def test_no_such_file(cli: Cli, tmp_path: Path, verb: str) -> None:
    arguments = {"plan": ["base"], "apply": ["base"], "set": ["Settings.VAD=1"]}.get(verb, [])
    result = cli(verb, *arguments, "--ini", tmp_path / "nowhere.ini", "--json").json
    assert result["exit_code"] == 4
    assert str(tmp_path / "nowhere.ini") in result["errors"][0]["where"]
    assert [path.name for path in tmp_path.iterdir()] == ["logs"], "only the log tells of it"


@pytest.mark.parametrize("verb", VERBS)
def test_help(cli: Cli, verb: str) -> None:
    outcome = cli(verb, "--help")
    assert outcome.code == 0
    assert f"Usage: microsip-config {verb}" in outcome.out
    assert outcome.out.isascii()


def test_help_names_every_verb_and_exit_code(cli: Cli) -> None:
    out = cli("--help").out
    assert all(f"\n  {verb} " in out for verb in VERBS)
    assert {str(code) for code in (0, 1, 2, 3, 4, 5, 6, 70, 130)} <= set(out.split())


def test_show(cli: Cli, ini: Path) -> None:
    rows = {row["key"]: row for row in cli("show", "Settings", "--ini", ini, "--json").json["data"]}
    assert (rows["volumeRing"]["value"], rows["volumeRing"]["origin"]) == (80, "file")
    assert (rows["singleMode"]["value"], rows["singleMode"]["origin"]) == (True, "default")
    assert rows["unknownKey"]["origin"] == "unknown"
    line = cli("show", "Account1.registerRefresh", "--ini", ini).out
    assert line == "[Account1]\nregisterRefresh  = 300  ; default\n"


def test_show_hides_passwords(cli: Cli, ini: Path) -> None:
    cli("set", "Account1.password=not-to-be-seen", "--ini", ini)
    for arguments in (["show"], ["show", "--json"], ["show", "Account1.password"], ["check"]):
        outcome = cli(*arguments, "--ini", ini)
        assert "not-to-be-seen" not in outcome.out + outcome.err


def test_check_and_repair(cli: Cli, tmp_path: Path) -> None:
    ini = tmp_path / "MicroSIP.ini"
    lines = ["[Settings]", "accountId=1", "VAD=yes", "[Account1]", "transport=TLS"]
    lines += ["domain=sip.example.com", "server=sip.example.com", "username=1", ""]
    ini.write_bytes(utf16("\r\n".join(lines)))
    found = cli("check", "--ini", ini, "--json").json
    assert found["exit_code"] == 1
    by_key = {finding["key"]: finding for finding in found["data"]}
    assert (by_key["transport"]["line"], by_key["transport"]["certain"]) == (5, True)
    assert by_key["VAD"]["line"] == 3
    assert cli("repair", "--ini", ini, "--dry-run").code == 1
    assert "transport=TLS" in text_of(ini)
    assert cli("repair", "--ini", ini, "--json").json["changed"]
    assert "transport=tls\r\n" in text_of(ini)
    assert "VAD=1\r\n" in text_of(ini)
    assert cli("check", "--ini", ini).code == 0
    assert cli("repair", "--ini", ini, "--json").json["status"] == "ok"


def test_check_against_a_template(cli: Cli, ini: Path) -> None:
    cli("apply", "base", "--ini", ini)
    assert cli("check", "base", "--ini", ini, "--json").json["changes"] == []
    cli("set", "Settings.updatesInterval=daily", "--ini", ini)
    result = cli("check", "base", "--ini", ini, "--json").json
    assert [change["key"] for change in result["changes"]] == ["updatesInterval"]
    assert result["exit_code"] == 1


def test_backups_and_restore(cli: Cli, ini: Path) -> None:
    original = ini.read_bytes()
    assert cli("backups", "--ini", ini).out == "no backups yet\n"
    cli("set", "Settings.VAD=yes", "--ini", ini)
    changed = ini.read_bytes()
    listed = cli("backups", "--ini", ini, "--json").json["data"]
    assert [(backup["size"], backup["intact"]) for backup in listed] == [(len(original), True)]
    restored = cli("restore", "--ini", ini, "--json").json
    assert [(c["key"], c["action"]) for c in restored["changes"]] == [("VAD", "remove")]
    assert ini.read_bytes() == original
    newest = cli("backups", "--ini", ini, "--json").json["data"][-1]["id"]
    cli("restore", newest, "--ini", ini)
    assert ini.read_bytes() == changed, "a restore can be undone"


def test_a_damaged_backup_is_listed_as_such(cli: Cli, ini: Path, tmp_path: Path) -> None:
    for value in ("yes", "no"):
        cli("set", f"Settings.VAD={value}", "--ini", ini)
    older, _ = cli("backups", "--ini", ini, "--json").json["data"]
    (first,) = (tmp_path / "our data").rglob(f"backups/{older['id']}.*")
    first.write_bytes(first.read_bytes()[:-2])
    listed = cli("backups", "--ini", ini, "--json").json["data"]
    assert [backup["intact"] for backup in listed] == [False, True]
    lines = cli("backups", "--ini", ini).out.splitlines()
    assert [line.endswith("  damaged") for line in lines] == [False, True, False]
    assert cli("restore", older["id"], "--ini", ini).code == 4


def test_restore_gives_back_the_very_bytes(cli: Cli, tmp_path: Path) -> None:
    ini = tmp_path / "MicroSIP.ini"
    ini.write_bytes("[Settings]\nVAD=0\n[Account1]\nlabel=Ж".encode("cp1251"))
    before = ini.read_bytes()
    cli("set", "Settings.VAD=yes", "--ini", ini, "--ansi-codepage", "1251")
    assert ini.read_bytes() != before
    assert cli("restore", "--ini", ini).code == 0
    assert ini.read_bytes() == before


def test_capture_makes_a_template_of_it(cli: Cli, ini: Path, tmp_path: Path) -> None:
    assert cli("capture", "--ini", ini, "--out", tmp_path / "mine.ini").code == 0
    assert cli("template", "validate", tmp_path / "mine.ini").code == 0
    fresh = tmp_path / "fresh.ini"
    assert cli("apply", tmp_path / "mine.ini", "--ini", fresh, "--create").code == 0
    assert cli("plan", tmp_path / "mine.ini", "--ini", ini).code == 0
    assert cli("capture", "--ini", ini, "--out", tmp_path / "mine.ini").code == 2, "not twice"


def test_templates(cli: Cli, tmp_path: Path) -> None:
    listed = {entry["name"]: entry for entry in cli("template", "list", "--json").json["data"]}
    assert len(listed) >= 4
    for name in listed:
        assert cli("template", "validate", name).code == 0
        assert "[template]" in cli("template", "show", name).out
    assert cli("template", "new", tmp_path / "new.ini").code == 0
    assert cli("template", "validate", tmp_path / "new.ini").code == 0
    assert cli("template", "new", tmp_path / "no.ini", "--description", "a {{").code == 3
    assert not (tmp_path / "no.ini").exists()
    (tmp_path / "mine.ini").write_text("[Settings]\nEC = yes\n")
    assert cli("template", "show", "mine").out == "[Settings]\nEC = yes\n"
    (tmp_path / "cut.ini").write_text("")
    assert cli("template", "validate", "cut").code == 3
    (tmp_path / "bad.ini").write_text("[Settings]\naudioCodec = opus\nVAD = perhaps\n")
    errors = cli("template", "validate", tmp_path / "bad.ini", "--json").json["errors"]
    assert [error["where"].rpartition(":")[2] for error in errors] == ["2", "3"]


def test_explain(cli: Cli) -> None:
    (facts,) = cli("explain", "Account.transport", "--json").json["data"]
    assert facts["default"] == "udp"
    assert "tls" in facts["choices"]
    assert len(cli("explain", "--json").json["data"]) > 130
    listed = cli("explain", "--codes", "--json").json["data"]
    assert {"utf-8-bom", "password-drift", "usage"} <= {facts["code"] for facts in listed}
    assert "password-drift" in cli("explain", "--codes").out
    assert cli("explain", "--codes", "transport").code == 2


def test_locate(cli: Cli, ini: Path, tmp_path: Path) -> None:
    result = cli("locate", "--portable", tmp_path, "--json").json
    assert result["target"]["ini"] == str(ini)
    assert result["target"]["mode"] == "portable"
    assert result["target"]["decided_by"]


def test_calls(cli: Cli, tmp_path: Path) -> None:
    ini = tmp_path / "MicroSIP.ini"
    lines = ["[Settings]", "callsLastKey=1", "[Calls]", "0=101;Jo;1;1767225600;42;Normal"]
    ini.write_bytes(utf16("\r\n".join([*lines, "1=102;=cmd();2;1767225700;0;", ""])))
    data = cli("calls", "--ini", ini, "--json").json["data"]
    assert [(call["number"], call["type"]) for call in data] == [
        ("101", "incoming"),
        ("102", "missed"),
    ]
    csv = cli("calls", "--csv", "--ini", ini).out
    assert csv.splitlines()[1].startswith("2026-01-01T00:00:00Z,incoming,101,Jo,42")
    assert "'=cmd()" in csv


def test_a_read_only_file_is_refused(cli: Cli, ini: Path) -> None:
    ini.chmod(0o444)
    result = cli(*SET, "--ini", ini, "--json").json
    assert (result["exit_code"], result["errors"][0]["code"]) == (6, "read-only")
    assert text_of(ini) == SMALL.replace("\n", "\r\n")


def test_a_password_on_the_command_line_warns(cli: Cli, ini: Path) -> None:
    outcome = cli("set", "--password", "hunter2hunter2", "--ini", ini, "--json")
    assert [issue["code"] for issue in outcome.json["warnings"]].count("password-visible") == 1
    (change,) = outcome.json["changes"]
    assert (change["key"], change["new"], change["secret"]) == ("password", None, True)
    assert "hunter2" not in outcome.out + outcome.err
    assert "password=hunter2hunter2\r\n" in text_of(ini)


def test_a_password_in_the_wrong_place_is_not_repeated(cli: Cli, ini: Path) -> None:
    for arguments in (
        ["set", "Account1.password = hunter2hunter2 "],
        ["set", "Account1.pasword=hunter2hunter2"],
        ["set", "hunter2hunter2"],
        ["apply", "office", "--secret", "hunter2hunter2"],
        ["apply", "office", "--secret", "sip=hunter2hunter2"],
        ["apply", "office", "--var", "hunter2hunter2"],
    ):
        for form in ([], ["--json"]):
            outcome = cli(*arguments, *form, "--ini", ini)
            assert outcome.code in {2, 3}
            assert "hunter2" not in outcome.out + outcome.err, arguments


def test_a_bug_is_reported_without_its_values(
    cli: Cli, ini: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("the value s3cret-s3cret")

    monkeypatch.setattr("microsip_config.operations.configurator.make", broken)
    outcome = cli("apply", "base", "--ini", ini, "--json")
    result = outcome.json
    assert (outcome.code, result["errors"][0]["code"]) == (70, "bug")
    report = Path(result["errors"][0]["where"])
    assert report.is_file()
    text = report.read_text("utf-8")
    assert "KeyError" in text
    assert "s3cret" not in text + outcome.out + outcome.err
    assert os.name != "posix" or stat.S_IMODE(report.stat().st_mode) & 0o077 == 0


def test_ctrl_c(cli: Cli, ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("microsip_config.ini.file.write", interrupted)
    before = ini.read_bytes()
    result = cli(*SET, "--ini", ini, "--json").json
    assert (result["exit_code"], result["status"]) == (130, "error")
    assert ini.read_bytes() == before


@pytest.mark.parametrize("module", ["start", "output", "verbs.apply"])
def test_ctrl_c_while_modules_are_imported(module: str) -> None:
    script = f"""
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "microsip_config.cli.{module}":
            sys.meta_path.remove(self)
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from microsip_config.cli import entry
sys.argv[1:] = ["apply", "base"]
entry()
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    said = (ended.returncode, ended.stdout, ended.stderr)
    assert said == (130, "", "microsip-config: interrupted\n")


def test_a_usage_error_is_json_where_json_is_asked_for(cli: Cli) -> None:
    assert cli("apply", "--json").json["errors"][0]["code"] == "usage"
    assert cli("--nonsense", "--json").json["exit_code"] == 2


def test_demo(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("demo", tmp_path / "demo")
    assert outcome.code == 0
    assert "(exit 1)" in outcome.out, "plan finds differences"
    assert "in the desired state" in outcome.out, "the second apply changes nothing"
    assert "correct horse" not in outcome.out + outcome.err
    kept = text_of(tmp_path / "demo" / "MicroSIP.ini")
    assert "; the user likes it loud\r\nvolumeRing = 80\r\n" in kept
    assert cli("demo", tmp_path / "demo").code == 2


def test_json_survives_any_code_page(cli: Cli, ini: Path) -> None:
    out = cli("set", "Account1.label=Ж😀", "--ini", ini, "--json").out
    assert "\\u0416\\ud83d\\ude00" in out
    assert json.loads(out)["changes"][0]["new"] == "Ж😀"


def test_restore_replaces_a_file_that_cannot_be_read(cli: Cli, ini: Path) -> None:
    original = ini.read_bytes()
    cli("set", "Settings.VAD=yes", "--ini", ini)
    ini.write_bytes(b"\0garbage\0" * 9)
    assert cli("show", "--ini", ini).code == 4
    assert cli("restore", "--ini", ini, "--json").json["changed"]
    assert ini.read_bytes() == original
    ini.unlink()
    assert cli("restore", "--ini", ini).code == 4, "a missing file is made only when told"
    assert cli("restore", "--ini", ini, "--create").code == 0
    assert ini.exists()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("microsip-config ap", "apply"),
        ("microsip-config apply --rest", "--restart"),
        ("microsip-config apply off", "office"),
    ],
)
def test_shell_completion(words: str, offered: str) -> None:
    environ = {**os.environ, "_MICROSIP_CONFIG_COMPLETE": "complete_bash", "COMP_WORDS": words}
    environ["COMP_CWORD"] = str(words.count(" "))
    program = Path(sys.executable).parent / "microsip-config"
    done = subprocess.run([program], env=environ, capture_output=True, text=True, check=True)
    assert offered in done.stdout.split()


def _closed(*descriptors: int) -> str:
    """A shell's way to start a program without these streams."""
    return " ".join(f"{descriptor}>&-" for descriptor in descriptors)


@pytest.mark.parametrize("descriptors", [(1,), (2,), (1, 2)])
def test_without_standard_streams(ini: Path, tmp_path: Path, descriptors: tuple[int, ...]) -> None:
    """As under pythonw, in services and in some logon scripts."""
    program = Path(sys.executable).parent / "microsip-config"
    for arguments, code in (("set Settings.VAD=yes", 0), ("set Settings.nonsense=1", 3)):
        command = f"{program} {arguments} --ini '{ini}' --data-dir '{tmp_path / 'data'}'"
        done = subprocess.run(["sh", "-c", f"{command} {_closed(*descriptors)}"], check=False)
        assert done.returncode == code
    assert "VAD=1" in text_of(ini)


@pytest.mark.parametrize("option", ["--ini", "--exe", "--portable", "--wine-prefix", "--data-dir"])
def test_an_empty_path_is_not_the_current_folder(cli: Cli, ini: Path, option: str) -> None:
    before = ini.read_bytes()
    result = cli("set", "Settings.VAD=yes", option, "", "--json").json
    assert (result["exit_code"], result["errors"][0]["code"]) == (2, "usage")
    assert ini.read_bytes() == before


def test_paths_that_cannot_be_read_have_the_documented_codes(cli: Cli, ini: Path) -> None:
    if os.geteuid() == 0:
        unreadable = ini.parent / "folder"
        unreadable.mkdir()  # root reads everything, but no folder as a file
    else:
        unreadable = ini.parent / "unreadable"
        unreadable.touch(mode=0)
    assert cli("show", "--ini", unreadable).code == 4
    assert cli("plan", "base", "--ini", ini, "--vars", unreadable).code == 3
    assert cli("set", "Settings.VAD=yes", "--ini", ini, "--log-file", unreadable).code == 0


def test_a_dry_run_does_not_claim_to_be_done(cli: Cli, ini: Path) -> None:
    cli("set", "Settings.VAD=yes", "--ini", ini)
    ini.write_bytes(utf16(text_of(ini).replace("VAD=1", "VAD=true")))
    outcome = cli("repair", "--dry-run", "--ini", ini)
    assert outcome.code == 1
    assert "in the desired state" not in outcome.out


def test_demo_as_json(cli: Cli, tmp_path: Path) -> None:
    assert cli("demo", tmp_path / "demo", "--json").json["data"]["exit_codes"] == [1, 0, 0, 0]


def test_a_short_password_does_not_spoil_names(
    cli: Cli, ini: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("P", "MicroSIP")
    (tmp_path / "t.ini").write_text("[Account1]\npassword = {{ secret.p }}\n")
    outcome = cli("apply", tmp_path / "t.ini", "--secret", "p=env:P", "--ini", ini, "--json")
    assert outcome.json["target"]["ini"] == str(ini)


def test_the_examples_of_template_work(cli: Cli) -> None:
    """In this order: what ``new`` has written is validated."""
    for verb in ("list", "show", "new", "validate"):
        examples = examples_of(cli("template", verb, "--help").out)
        assert examples
        for example in examples:
            outcome = cli(*shlex.split(example)[1:])
            assert outcome.code == 0, (example, outcome.err)


def takes_a_target(verb: str) -> bool:
    loaded = load(verb)
    return isinstance(loaded, Verb) and any(option.name == "ini" for option in loaded.options())


TARGETS = ("--ini", "--portable", "--exe", "--wine-prefix")


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in {"phone", "template"}])
def test_the_examples_of_the_help_work(
    cli: Cli, ini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setenv("SIP_PASSWORD", "correct horse")
    (tmp_path / "desk.toml").write_text(
        'extension = "101"\nfull_name = "Jo"\n'
        'site = {domain = "sip.example.com", voicemail = "9"}\n'
    )
    examples = examples_of(cli(verb, "--help").out)
    assert examples
    cli("set", "Settings.userAgent=x", "--ini", ini)  # so that there is a backup
    for example in examples:
        words = shlex.split(example, posix=True)[1:]
        for option in set(TARGETS).intersection(words):
            place = words.index(option)
            del words[place : place + 2]
        if "--follow" in words or "--all" in words:
            continue
        own = ["--ini", str(ini)] if takes_a_target(verb) else []
        words = [word if not word.startswith("2026") else "" for word in words]
        outcome = cli(*[word for word in words if word], *own)
        assert outcome.code in {0, 1}, (example, outcome.err)


@pytest.mark.parametrize("words", ["", "--quiet"])
def test_check_tells_what_is_wrong_even_when_quiet(cli: Cli, ini: Path, words: str) -> None:
    text = text_of(ini).replace("unknownKey=stays", "VAD=yes\r\nstray words\r\ncmdCallEnd=calc.exe")
    ini.write_bytes(utf16(text))
    found = {
        (finding["severity"], finding["code"])
        for finding in cli("check", "--ini", ini, "--json").json["data"]
    }
    assert {severity for severity, _ in found} == {"error", "warning", "info"}
    outcome = cli("check", "--ini", ini, *words.split())
    assert outcome.code == 1
    for severity, code in found:
        told = f"{severity} {code} (" in outcome.out
        assert told == (severity != "info" or not words)


@pytest.mark.parametrize("place", ["/proc/no/such", "a file/demo", "a file"])
def test_a_demo_that_cannot_be_made(cli: Cli, tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_bytes(b"")
    outcome = cli("demo", tmp_path / place, "--json")
    error = outcome.json["errors"][0]
    if place == "a file":
        assert (outcome.code, error["code"]) == (2, "usage")
    else:
        assert (outcome.code, error["code"]) == (6, "not-written")
        assert place.partition("/no")[0] in error["where"]
    assert "folder" in error["hint"]
