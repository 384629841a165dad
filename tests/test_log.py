"""The log: whole lines, bounded size, and no failure that reaches the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from microsip_config import __version__
from microsip_config.job.surroundings import of_this_process
from microsip_config.journal import log
from microsip_config.journal.log import KEEP, SIZE, Log, open_log
from microsip_config.journal.report import REPORTS, write_report
from microsip_config.system.posix import ways

MOMENT = datetime(2026, 11, 23, 8, 5, 9, 123456, timezone(timedelta(hours=5, minutes=30)))


def at_that_moment() -> datetime:
    return MOMENT


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8").splitlines()


def test_a_line_has_time_with_zone_level_pid_and_message(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "x.log"
    record = Log(path, rotate=True, now=lambda: MOMENT.isoformat(timespec="milliseconds"))
    record.write("wrote 3 changes to C:\\Users\\Zoë\\microsip.ini")
    record.warning("careful")
    record.error("no")
    head = "2026-11-23T08:05:09.123+05:30"
    assert path.read_bytes().decode("utf-8") == (
        f"{head} INFO {os.getpid()} wrote 3 changes to C:\\Users\\Zoë\\microsip.ini\n"
        f"{head} WARNING {os.getpid()} careful\n"
        f"{head} ERROR {os.getpid()} no\n"
    )


def test_the_time_is_now(tmp_path: Path) -> None:
    Log(tmp_path / "x.log", rotate=True).write("hello")
    written = datetime.fromisoformat(lines(tmp_path / "x.log")[0].split()[0])
    assert written.utcoffset() is not None
    assert abs((datetime.now().astimezone() - written).total_seconds()) < 60


@pytest.mark.parametrize(
    "end", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\0", "\x1b[2J"]
)
def test_no_message_makes_a_second_line(tmp_path: Path, end: str) -> None:
    Log(tmp_path / "x.log", rotate=True).write(f"one{end}2026-01-01 INFO 1 forged")
    (line,) = lines(tmp_path / "x.log")
    assert "one\\" in line
    assert "forged" in line


def test_what_a_terminal_obeys_or_hides_is_escaped(tmp_path: Path) -> None:
    Log(tmp_path / "x.log", rotate=True).write("call from \u202e101\u2069\u200b \x9b2J Zoë עברית")
    (line,) = lines(tmp_path / "x.log")
    assert line.endswith(r"call from \u202e101\u2069\u200b \x9b2J Zoë עברית")


def test_odd_texts_are_written(tmp_path: Path) -> None:
    record = Log(tmp_path / "x.log", rotate=True)
    record.write("lone \ud800 surrogate")
    record.write("x" * 100_000)
    first, second = lines(tmp_path / "x.log")
    assert first.endswith("lone \\ud800 surrogate")
    assert len(second) < 5000
    assert second.endswith("(100000 characters)")
    assert record.failure == ""


def test_secrets_are_taken_out(tmp_path: Path) -> None:
    record = Log(tmp_path / "x.log", rotate=True, redact=lambda text: text.replace("zebra", "***"))
    record.write("the password is zebra")
    assert lines(tmp_path / "x.log")[0].endswith("the password is ***")


def test_nothing_is_made_before_the_first_line(tmp_path: Path) -> None:
    Log(tmp_path / "folder" / "x.log", rotate=True).close()
    assert list(tmp_path.iterdir()) == []


# --- rotation ----------------------------------------------------------------------------------


def test_the_own_log_is_rotated_and_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SIZE", 2000)
    path = tmp_path / "x.log"
    record = Log(path, rotate=True)
    for number in range(400):
        record.write(f"line {number}")
        if number == 200:
            record.close()
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["x.log", *(f"x.log.{n}" for n in range(1, KEEP + 1))]
    kept = [line for name in reversed(names) for line in lines(tmp_path / name)]
    numbers = [int(line.rpartition(" ")[2]) for line in kept]
    assert numbers == list(range(400 - len(numbers), 400))
    assert all(p.stat().st_size < 2000 + 100 for p in tmp_path.iterdir())


def test_a_log_elsewhere_is_only_appended_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SIZE", 100)
    path = tmp_path / "x.log"
    path.write_text("before\n")
    record = Log(path, rotate=False)
    for number in range(50):
        record.write(f"line {number}")
    assert [p.name for p in tmp_path.iterdir()] == ["x.log"]
    assert len(lines(path)) == 51
    assert lines(path)[0] == "before"


def test_rights(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        Log(tmp_path / "own" / "x.log", rotate=True).write("x")
        Log(tmp_path / "shared" / "x.log", rotate=False).write("x")
    finally:
        os.umask(umask)
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "own" / "x.log").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "shared" / "x.log").stat().st_mode & 0o777 == 0o640


def test_the_default_is_in_the_platforms_log_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = of_this_process().log_dir
    record = open_log(None, folder)
    assert tmp_path in record.path.parents
    record.write("hello")
    assert lines(record.path)[0].endswith("hello")
    assert open_log(tmp_path / "given.log", folder).path == tmp_path / "given.log"
    assert SIZE * (KEEP + 1) <= 8 * 2**20


# --- several at once ---------------------------------------------------------------------------


def test_lines_of_many_processes_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    script = (
        "import sys; from pathlib import Path; from microsip_config.journal.log import Log\n"
        "record = Log(Path(sys.argv[1]), rotate=False)\n"
        "for n in range(200): record.write(f'{sys.argv[2]} {n} ' + 'x' * 300)\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(who)]) for who in range(6)
    ]
    assert [run.wait() for run in runs] == [0] * 6
    found = [line.split()[3:5] for line in lines(path)]
    assert all(re.fullmatch(r"\S+ INFO \d+ \d \d+ x{300}", line) for line in lines(path))
    for who in range(6):
        assert [int(n) for w, n in found if w == str(who)] == list(range(200))


# --- failures ----------------------------------------------------------------------------------


def test_a_log_that_cannot_be_written_is_no_failure_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "x.log", tmp_path, Path("/dev/full"), Path("a\0b")):
        record = Log(path, rotate=False)
        record.write("one")
        record.write("two")
        assert str(path) in record.failure
        record.close()


def test_a_pipe_that_nobody_reads_does_not_hold_up_the_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    record = Log(tmp_path / "pipe", rotate=False)
    writer = threading.Thread(target=record.write, args=["hello"], daemon=True)
    writer.start()
    writer.join(5)
    assert not writer.is_alive()
    assert record.failure


def test_the_own_log_is_not_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "x.log").symlink_to(victim)
    record = Log(tmp_path / "x.log", rotate=True)
    record.write("hello")
    assert victim.read_text() == "mine"
    assert record.failure


# --- bug reports -------------------------------------------------------------------------------


def test_a_report_names_version_system_and_traceback(tmp_path: Path) -> None:
    path = write_report(tmp_path / "a" / "b", "Traceback: Zoë \udc80", "apply", at_that_moment)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"microsip-config {__version__} apply\n")
    assert "2026-11-23T08:05:09+05:30" in text
    assert sys.version in text
    assert sys.platform in text
    assert text.endswith("Traceback: Zoë \\udc80")
    assert path.name == f"bug-20261123-080509-{os.getpid()}.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent == tmp_path / "a" / "b" / "reports"
    assert str(Path.home()) not in text


def test_a_report_leaves_the_rights_of_a_folder_that_the_user_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = write_report(tmp_path, "x")
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["data", "data/reports"])
def test_a_report_is_not_led_away(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below a folder of somebody else; where the test is not root, the test's own user is that."""
    monkeypatch.setattr(ways, "may_become", lambda: True)
    theirs, elsewhere = tmp_path / "theirs", tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = theirs / name
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    if os.geteuid() == 0:
        os.chown(theirs, 65534, 65534)
        os.chown(link, 65534, 65534, follow_symlinks=False)
    with pytest.raises(OSError, match="can change"):
        write_report(theirs / "data", "x")
    assert list(elsewhere.iterdir()) == []


def test_only_the_newest_reports_are_kept(tmp_path: Path) -> None:
    other = tmp_path / "reports" / "other.txt"
    other.parent.mkdir(mode=0o700)
    other.touch()
    for minute in range(REPORTS + 5):
        path = write_report(tmp_path, "x", now=lambda m=minute: MOMENT.replace(minute=m))  # type: ignore[misc]
    reports = sorted(p.name for p in tmp_path.glob("reports/bug-*.txt"))
    assert len(reports) == REPORTS
    assert reports[-1] == path.name
    assert other.exists()


def test_a_report_that_cannot_be_written_raises(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_report(tmp_path / "file", "x")
