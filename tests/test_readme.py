"""The README tells the truth: its commands are the real ones, its Python runs."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import pytest

from microsip_config.cli import main
from microsip_config.cli.reader import read
from microsip_config.cli.table import NAMES, load
from microsip_config.job.options import PHONE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_ci_calls_the_readme_command_for_all_tests() -> None:
    (setup,) = blocks("sh")
    command = setup.strip().splitlines()[-1]
    assert command.endswith("-m tests")
    assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_every_verb_is_told() -> None:
    table = README.partition("## Verbs")[2].partition("\n## ")[0]
    assert {verb for verb in NAMES if not re.search(rf"`{verb}\b", table)} == set()
    (restart,) = (option for option in PHONE.options if option.name == "restart")
    words = restart.choices
    assert all(f"`{word}`" in README or f"--restart {word}" in README for word in words)


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = blocks("python")
    shell = next(block for block in blocks("console") if "cat desk.ini" in block)
    template = shell.partition("$ cat desk.ini\n")[2].partition("\n$ ")[0]
    monkeypatch.chdir(tmp_path)
    Path("desk.ini").write_text(template, "utf-8")
    Path("MicroSIP.ini").write_bytes(b"\xff\xfe" + "[Settings]".encode("utf-16-le"))
    told: list[object] = []
    exec(example, {"print": lambda *words: told.extend(words)})
    assert told[0] is True
    assert "Account1.password" in str(told[1])
    assert "opus/48000/2" in str(told[2])
    assert list(Path("records").iterdir())


# The file that was rolled out by hand.
BY_HAND = """\
; desk of the front office
[Settings]
accountId=1
singleMode=1
audioCodecs=PCMA/8000/1,PCMU/8000/1
volumeRing=80

[Account1]
label=Front desk
server=sip:sip.example.com
domain=sip.example.com
username=101
transport=TLS
"""


def sessions() -> list[tuple[str, str]]:
    """Each command line of the console blocks, and what the README shows of its output."""
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


def test_the_sessions_are_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MICROSIP_CONFIG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIP_PASSWORD", "correct horse battery")
    ini = Path("MicroSIP.ini")
    ini.write_bytes(b"\xff\xfe" + BY_HAND.replace("\n", "\r\n").encode("utf-16-le"))
    for command, shown in sessions():
        if command.startswith("cat "):
            Path(command.split()[1]).write_text(shown, "utf-8")
            continue
        if "apply" in command:  # the mistakes that the text around it announces
            text = Path("desk.ini").read_text("utf-8")
            text = text.replace("audioCodecs =", "audioCodec =").replace("= yes", "= perhaps")
            Path("desk.ini").write_text(text, "utf-8")
        with pytest.raises(SystemExit):
            main(shlex.split(command)[1:])
        out, err = capsys.readouterr()
        assert out + err == shown.removesuffix("\n" * shown.endswith("\n\n")), command


def test_the_request_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (request,) = blocks("json")
    monkeypatch.chdir(tmp_path)
    Path("MicroSIP.ini").write_bytes(b"\xff\xfe" + BY_HAND.encode("utf-16-le"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(request.encode())))
    monkeypatch.setenv("MICROSIP_CONFIG_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(SystemExit) as ended:
        main(["job"])
    assert ended.value.code == 0
    assert "correct horse" in Path("MicroSIP.ini").read_bytes().decode("utf-16")


def test_the_logon_script_is_read() -> None:
    (script,) = blocks("bat")
    command = script.partition("\nif ")[0].replace("^\n", " ")
    words = command.split()[1:]
    understood = read(load(words[0]), words[1:], {})
    assert understood is not None
    assert understood[1]["quiet"]
