"""Output that is lost, and readers that go away: what the exit code and stderr tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
PROGRAM = Path(sys.executable).parent / "microsip-config"


@pytest.fixture
def calls_ini(ini: Path) -> Path:
    text = ini.read_bytes() + "[Calls]\r\n0=1;Jo;1;1767225600;42;Normal\r\n".encode("utf-16-le")
    ini.write_bytes(text)
    return ini


def ended(tmp_path: Path, command: str) -> tuple[int, str, str]:
    """A shell's ``command``, in which PROGRAM is the program with a data folder of its own."""
    environ = {"MICROSIP_CONFIG_DATA_DIR": str(tmp_path / "data"), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-c", f"PROGRAM={PROGRAM}; set -o pipefail; {command}"],
        env={"PATH": "/usr/bin:/bin", **environ},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "reports").exists(), "no bug report"
    return done.returncode, done.stdout, done.stderr


PRODUCTS = [
    "calls --ini MicroSIP.ini",
    "calls --ini MicroSIP.ini --csv",
    "calls --ini MicroSIP.ini --csv --follow",
    "calls --ini MicroSIP.ini --json",
    "capture --ini MicroSIP.ini",
    "show --ini MicroSIP.ini --json",
    "check --ini MicroSIP.ini",
    "plan base --ini MicroSIP.ini",
    "set --ini MicroSIP.ini Settings.accountId=1",
    "template show office",
    "explain",
    "demo shop",
    "--help",
    "set --help",
    "--version",
]


@pytest.mark.parametrize("words", PRODUCTS)
def test_output_that_is_lost_is_a_failure_where_it_was_the_product(
    calls_ini: Path, tmp_path: Path, words: str
) -> None:
    before = calls_ini.read_bytes()
    code, _, err = ended(tmp_path, f"$PROGRAM {words} >{FULL}")
    assert (code, calls_ini.read_bytes()) == (6, before)
    assert "the output cannot be written: No space left on device" in err
    assert ended(tmp_path, f"rm -rf shop; $PROGRAM {words} >{FULL} 2>{FULL}")[0] == 6


@pytest.mark.parametrize("option", ["", "--json"])
def test_what_was_done_is_done_and_the_loss_is_told(ini: Path, tmp_path: Path, option: str) -> None:
    code, _, err = ended(tmp_path, f"$PROGRAM set --ini {ini} Settings.VAD=1 {option} >{FULL}")
    assert code == 0
    assert "VAD=1" in ini.read_bytes().decode("utf-16")
    assert "warning: the output cannot be written" in err
    (log,) = tmp_path.rglob("*.log")
    assert log.read_text("utf-8").rstrip().endswith("No space left on device; exit code 0")


@pytest.mark.parametrize(
    "words", ["calls --out new.csv", "calls --out new.csv --json", "capture --out new.csv"]
)
def test_a_file_that_was_asked_for_is_the_product(
    calls_ini: Path, tmp_path: Path, words: str
) -> None:
    code, _, err = ended(tmp_path, f"$PROGRAM {words} --ini {calls_ini} >{FULL}")
    assert code == 0
    assert "error" not in err
    assert (tmp_path / "new.csv").stat().st_size


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("bogus", 2),
        ("bogus --json", 2),
        ("set --ini MicroSIP.ini", 2),
        ("set --ini MicroSIP.ini Settings.nonsense=1", 3),
        ("set --ini MicroSIP.ini Settings.nonsense=1 --json", 3),
        ("show --ini nowhere.ini", 4),
    ],
)
def test_an_error_keeps_its_code(ini: Path, tmp_path: Path, words: str, code: int) -> None:
    assert ini.exists()
    for lost in (f"2>{FULL}", f">{FULL}", f">{FULL} 2>{FULL}", "2>&-", ">&- 2>&-"):
        assert ended(tmp_path, f"$PROGRAM {words} {lost}")[0] == code, lost
    assert "error" in ended(tmp_path, f"$PROGRAM {words} >{FULL}")[2], "a lost object, too"


@pytest.mark.parametrize("words", [*PRODUCTS[:2], *PRODUCTS[3:7], "template show office"])
def test_a_reader_that_goes_away_is_no_failure(calls_ini: Path, tmp_path: Path, words: str) -> None:
    assert calls_ini.exists()
    code, _, err = ended(tmp_path, f"(sleep 0.5; $PROGRAM {words}) | true")
    assert (code, err) == (0, "")


@pytest.mark.parametrize("words", [*PRODUCTS[:2], *PRODUCTS[3:]])
def test_no_stdout_at_all_is_no_loss(calls_ini: Path, tmp_path: Path, words: str) -> None:
    assert calls_ini.exists()
    code, _, err = ended(tmp_path, f"$PROGRAM {words} >&-")
    assert (code, err) == (int(words.startswith("plan")), "")
