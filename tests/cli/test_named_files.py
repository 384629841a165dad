"""The files that a user names to be written: logs and call histories. Never the phone's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config.history.csv_file import CallsFile
from microsip_config.system.patience import cannot_write

from .conftest import SMALL, Cli, utf16

HEADER = "time,type,number,name,duration,info,key"
ROWS = [
    "2026-01-01T00:00:00Z,incoming,101,Jo,42,Normal,0",
    "2026-01-01T01:00:00Z,missed,102,,0,Busy,1",
]
ENTRIES = ["0=101;Jo;1;1767225600;42;Normal", "1=102;;2;1767229200;0;Busy"]


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "MicroSIP.ini"
    text = SMALL + "\n".join(["[Calls]", *ENTRIES, ""])
    path.write_bytes(utf16(text.replace("\n", "\r\n")))
    return path


def _itself(ini: Path) -> Path:
    return ini


def _through_the_folder(ini: Path) -> Path:
    (ini.parent / "sub").mkdir()
    return ini.parent / "sub" / ".." / ini.name


def _symbolic_link(ini: Path) -> Path:
    (ini.parent / "other.csv").symlink_to(ini)
    return ini.parent / "other.csv"


def _hard_link(ini: Path) -> Path:
    os.link(ini, ini.parent / "other.csv")
    return ini.parent / "other.csv"


SPELLINGS = [_itself, _through_the_folder, _symbolic_link, _hard_link]
WRITING = [
    "calls --out",
    "calls --follow --out",
    "set Settings.VAD=1 --log",
    "set --log",
    "phone start --log",
    "capture --out",
    "check --log-file",
    "set Settings.VAD=1 --log-file",
    "set Settings.nonsense=1 --log-file",
    "calls --log-file",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("words", WRITING)
def test_the_configuration_is_not_written_to(
    cli: Cli, ini: Path, words: str, spelling: Callable[[Path], Path]
) -> None:
    path, before = spelling(ini), ini.read_bytes()
    exe = ini.with_suffix(".exe")
    exe.touch()
    aim = ("--exe", exe) if words.startswith("phone") else ("--ini", ini)
    outcome = cli(*words.split(), path, *aim)
    assert (outcome.code, ini.read_bytes()) == (2, before)
    assert "names the configuration itself" in outcome.err
    assert "no backups" in cli("backups", "--ini", ini).out


@pytest.mark.parametrize("words", ["check --log-file", "set Settings.bogus=1 --log-file"])
def test_nor_where_it_is_found_or_still_to_be_made(
    cli: Cli, ini: Path, tmp_path: Path, words: str
) -> None:
    before = ini.read_bytes()
    assert cli(*words.split(), ini, "--portable", tmp_path).code == 2
    assert ini.read_bytes() == before
    new = tmp_path / "new.ini"
    for create in ([], ["--create"]):
        assert cli(*words.split(), new, "--ini", tmp_path / "." / "new.ini", *create).code == 2
        assert not new.exists()


def test_a_template_does_not_take_the_place_of_a_missing_configuration(
    cli: Cli, tmp_path: Path
) -> None:
    new = tmp_path / "new.ini"
    assert cli("capture", "--create", "--ini", new, "--out", new).code == 2
    assert not new.exists()


def test_nor_are_records_and_backups(cli: Cli, ini: Path, tmp_path: Path) -> None:
    cli("set", "Settings.VAD=1", "--ini", ini)
    (backup,) = (tmp_path / "our data" / "targets").glob("*/backups/*Z*.ini*")
    before = backup.read_bytes()
    for option in ("--log-file", "--log"):
        words = ["set", "Settings.VAD=0", option, backup, "--ini", ini]
        assert cli(*words).code == 2
        assert backup.read_bytes() == before
    beside = tmp_path / "our data" / "all.log"
    assert cli("check", "--ini", ini, "--log-file", beside).code in {0, 1}
    assert beside.exists(), "the folder itself is the user's"


@pytest.mark.parametrize(
    "words", ["calls --out", "calls --csv --out", "set Settings.VAD=1 --log", "set --log"]
)
@pytest.mark.parametrize("holds", ["my notes\n", "time,type\n", "\n" + HEADER, "\ufeff[Settings]"])
def test_a_file_that_is_no_call_history_is_left_alone(
    cli: Cli, ini: Path, tmp_path: Path, words: str, holds: str
) -> None:
    other, before = tmp_path / "other.txt", ini.read_bytes()
    other.write_text(holds, "utf-8", newline="")
    outcome = cli(*words.split(), other, "--ini", ini)
    assert (outcome.code, ini.read_bytes()) == (2, before)
    assert "hint: name another file" in outcome.err
    assert other.read_text("utf-8") == holds


@pytest.mark.parametrize("words", ["calls --out", "set Settings.VAD=1 --log", "set --log"])
def test_each_call_is_written_once(cli: Cli, ini: Path, tmp_path: Path, words: str) -> None:
    out = tmp_path / "calls.csv"
    for _ in range(2):
        assert cli(*words.split(), out, "--ini", ini).code == 0
        assert out.read_bytes().decode() == "\r\n".join([HEADER, *ROWS, ""])
    third = "2=103;Zoë \ud800;0;1767232800;1;Normal\r\n"
    ini.write_bytes(ini.read_bytes() + third.encode("utf-16-le", "surrogatepass"))
    assert cli(*words.split(), out, "--ini", ini).code == 0
    assert out.read_text("utf-8").splitlines()[:-1] == [HEADER, *ROWS]
    assert "103,Zoë \\ud800,1," in out.read_text("utf-8").splitlines()[-1]
    again = out.read_bytes()
    assert cli(*words.split(), out, "--ini", ini).code == 0
    assert out.read_bytes() == again


def test_a_flag_alone_is_honoured(cli: Cli, ini: Path, tmp_path: Path) -> None:
    before = ini.read_bytes()
    outcome = cli("set", "--log", tmp_path / "calls.csv", "--ini", ini)
    assert (outcome.code, outcome.out) == (0, f"added to {tmp_path / 'calls.csv'}: 2 calls\n")
    alone = cli("set", "--call", "5", "--ini", ini, "--json").json
    assert alone["errors"][0]["code"] == "no-exe", "not: nothing to set"
    assert ini.read_bytes() == before


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--call", "123"], 4),
        (["--log", "no/such/folder/x.csv"], 6),
        (["--log", "/dev/full"], 6),
        (["--log", "."], 6),
        (["--log", "x.csv", "--call", "123"], 4),
    ],
)
@pytest.mark.parametrize("words", ["set Settings.VAD=1", "apply base", "set --setvolume 50"])
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    cli: Cli, ini: Path, words: str, flags: list[str], code: int
) -> None:
    before = ini.read_bytes()
    result = cli(*words.split(), *flags, "--ini", ini, "--json").json
    assert (result["exit_code"], result["changed"], result["backup"]) == (code, False, None)
    assert ini.read_bytes() == before
    assert not Path("x.csv").exists()


def test_a_history_that_fails_in_the_end_tells_that_the_rest_was_done(
    cli: Cli, ini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: CallsFile, *_: object) -> int:
        raise cannot_write(OSError(28, "No space left on device"), self._path)

    monkeypatch.setattr(CallsFile, "prepare", lambda _: None)
    monkeypatch.setattr(CallsFile, "add", full)
    result = cli("set", "Settings.VAD=1", "--log", tmp_path / "x", "--ini", ini, "--json").json
    assert (result["exit_code"], result["changed"]) == (6, True)
    assert "the configuration was written before that" in result["errors"][0]["message"]
    result = cli("set", "Settings.VAD=1", "--log", tmp_path / "x", "--ini", ini, "--json").json
    assert (result["exit_code"], result["changed"]) == (6, False)
    assert "was written before" not in result["errors"][0]["message"]
