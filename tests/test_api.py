"""The Python API: the same operations without the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import microsip_config
from microsip_config import (
    Configuration,
    Configurator,
    MicrosipConfigError,
    Policy,
    Secret,
    Target,
    edits,
    load_template,
)


@pytest.fixture
def phone(tmp_path: Path) -> Configurator:
    target = Target(str(tmp_path / "MicroSIP.ini"))
    return Configurator(target, data_dir=tmp_path / "data", policy=Policy(create=True))


def test_every_exported_name_is_there() -> None:
    for name in microsip_config.__all__:
        assert getattr(microsip_config, name) is not None
    with pytest.raises(AttributeError):
        microsip_config.__getattr__("nonsense")


def test_a_template_from_end_to_end(phone: Configurator, tmp_path: Path) -> None:
    (tmp_path / "desk.ini").write_text(
        "[Account1]\ndomain = {{ domain }}\nserver = {{ domain }}\nusername = 1\n"
        "password = {{ secret.sip }}\n"
    )
    wanted = load_template([tmp_path / "desk.ini"]).render(
        {"domain": "sip.example.com"}, {"sip": Secret("a b c d e f")}
    )
    assert phone.plan(wanted).differs
    result = phone.apply(wanted)
    assert result.changed
    assert result.exit_code == 0
    assert [change.key for change in result.changes][:2] == ["domain", "server"]
    assert "a b c d" not in repr(result.changes)
    assert not phone.apply(wanted).changed
    assert phone.check() == [finding for finding in phone.check() if finding.severity == "info"]


def test_the_typed_model(phone: Configurator) -> None:
    phone.apply(edits([("Settings", "audioCodecs", "opus, PCMA"), ("Settings", "VAD", "yes")]))
    configuration = phone.configuration()
    assert isinstance(configuration, Configuration)
    assert configuration.settings.VAD is True
    assert configuration.settings.volumeRing == 100
    assert list(configuration.settings.audioCodecs) == ["opus/48000/2", "PCMA/8000/1"]


def test_undo(phone: Configurator) -> None:
    phone.apply(edits([("Settings", "VAD", "yes")]))
    phone.apply(edits([("Settings", "VAD", None)]))
    assert len(phone.backups()) == 1
    phone.restore()
    assert [row.value for row in phone.show("Settings.VAD")] == [True]


def test_errors_know_their_exit_code(phone: Configurator) -> None:
    with pytest.raises(MicrosipConfigError) as caught:
        edits([("Settings", "VAD", "perhaps")])
    assert caught.value.exit_code == 3
    with pytest.raises(MicrosipConfigError) as caught:
        phone.restore()
    assert caught.value.exit_code == 4


HEAVY = (
    *("pydantic", "jinja2", "configupdater", "typer", "rich", "sqlite3", "keyring"),
    *("logging", "inspect", "dataclasses", "tempfile", "datetime", "hashlib", "json", "difflib"),
)


@pytest.mark.parametrize("arguments", [["--version"], ["apply", "@template", "--var", "x=1"]])
def test_a_run_that_changes_nothing_imports_nothing_heavy(
    tmp_path: Path, arguments: list[str]
) -> None:
    """Start-up is paid at each logon; this is what keeps it small."""
    ini = tmp_path / "MicroSIP.ini"
    ini.write_bytes(b"\xff\xfe" + "[Settings]\r\nVAD=1\r\n".encode("utf-16-le"))
    template = tmp_path / "desk.ini"
    template.write_text("[Settings]\nVAD = {{ x }}\n")
    command = [word if word != "@template" else str(template) for word in arguments]
    if command[0] == "apply":
        command += ["--ini", str(ini), "--data-dir", str(tmp_path / "data")]
    code = (
        f"import sys; sys.argv[1:] = {command!r}\n"
        "from microsip_config.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert not (tmp_path / "data").exists()
