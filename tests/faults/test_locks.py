"""Locks that are not there, that somebody else holds, or that were left; and what came between."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from microsip_config import Configurator, edits
from microsip_config.errors import MicrosipConfigError, WriteError
from microsip_config.ini import file as store
from microsip_config.ini.profile import Profile
from microsip_config.results import Result, Target
from microsip_config.system import files, replace_lock, staged_names
from microsip_config.system.posix import locks
from microsip_config.system.posix import replace as posix_replace

from .inject import watched
from .scene import OLD, Scene, utf16
from .test_concurrency import HOLD_FOLDER, held, opposites

STRANGER = 54321
CANNOT_LOCK = [errno.ENOLCK, errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS]

# A run on a file system that answers in this way; the data folder is on another one.
CRIPPLED = """
import errno, fcntl, os, sys
number, exchange, folder = int(sys.argv[1]), sys.argv[2] == "exchange", sys.argv[3]
real = fcntl.flock
def flock(descriptor, how):
    if os.readlink(f"/proc/self/fd/{descriptor}").startswith(folder):
        raise OSError(number, os.strerror(number))
    real(descriptor, how)
fcntl.flock = flock
if not exchange:
    from microsip_config.system.posix import replace
    replace._renameat2 = lambda: None
from microsip_config.cli import main
main(sys.argv[4:])
"""


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "profile" / "MicroSIP.ini"
    path.parent.mkdir()
    path.write_bytes(utf16(OLD))
    return path


def change(ini: Path, text: str = "60") -> Result:
    desk = Configurator(Target(str(ini)), data_dir=ini.parent.parent / "data")
    return desk.apply(edits([("Settings", "volumeRing", text)]))


def refused(ini: Path) -> MicrosipConfigError:
    with pytest.raises(MicrosipConfigError) as caught:
        change(ini)
    return caught.value


def codes(result: Result) -> list[str]:
    return [issue.code for issue in (*result.errors, *result.warnings)]


def value(ini: Path, key: str = "volumeRing") -> str | None:
    return Profile(ini.read_bytes()[2:].decode("utf-16-le")).get("Settings", key)


def opened(descriptor: int) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()


def no_flock(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int) -> None:
    real = fcntl.flock

    def flock(descriptor: int, how: int) -> None:
        if opened(descriptor).is_relative_to(folder):
            raise OSError(number, os.strerror(number))
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock)


# --- where the system cannot lock -----------------------------------------------------------------


@pytest.mark.parametrize(("runs", "renames"), [(100, "exchange"), (30, "plainly")])
def test_without_locks_a_run_that_says_it_is_done_has_lost_nothing(
    ini: Path, tmp_path: Path, runs: int, renames: str
) -> None:
    wanted = [("Settings", *one) for one in opposites()][:40]
    accounts = [f"Account{n}" for n in range(2, 32)]
    server = "server=a.example\r\ndomain=a.example\r\n"
    others = [f"[{name}]\r\n{server}username={name}\r\n" for name in accounts]
    ini.write_bytes(utf16(OLD + "".join(others)))
    wanted += [
        (name, key, f"{key} {name}") for name in accounts for key in ("label", "displayName")
    ]
    wanted = wanted[:runs]
    command = [sys.executable, "-c", CRIPPLED, str(errno.ENOLCK), renames, str(ini.parent)]
    processes = []
    for number, (section, key, text) in enumerate(wanted):
        data = tmp_path / f"user {number}"
        given = ["set", f"{section}.{key}={text}", "--ini", str(ini), "--json"]
        given += ["--data-dir", str(data), "--log-file", str(data / "log")]
        processes.append(subprocess.Popen([*command, *given], stdout=subprocess.PIPE))
    answers: list[tuple[int, dict[str, Any]]] = []
    for process in processes:
        out, _ = process.communicate(timeout=300)
        answers.append((process.returncode, json.loads(out)))
    profile = Profile(ini.read_bytes()[2:].decode("utf-16-le"))
    for (section, key, text), (code, answer) in zip(wanted, answers, strict=True):
        told = [issue["code"] for issue in (*answer["errors"], *answer["warnings"])]
        if code == 0:
            assert (key, profile.get(section, key)) == (key, text)
            assert "not-locked" in told
        else:
            assert code == 6
            assert told[0] in ("changed-meanwhile", "in-use")
    assert sum(code == 0 for code, _ in answers) > runs / 2
    assert list(ini.parent.iterdir()) == [ini]


@pytest.mark.parametrize("number", CANNOT_LOCK, ids=errno.errorcode.get)
def test_a_lock_that_cannot_be_had_is_told(
    ini: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    no_flock(monkeypatch, ini.parent, number)
    result = change(ini)
    assert (result.status, codes(result)) == ("changed", ["not-locked"])
    assert str(ini) in result.warnings[0].where
    assert codes(change(ini)) == []
    assert list(ini.parent.iterdir()) == [ini]


@pytest.mark.parametrize("planted", ["a link", "a folder"])
def test_what_is_in_the_place_of_the_lock_is_neither_followed_nor_a_reason_to_wait(
    ini: Path, tmp_path: Path, planted: str
) -> None:
    lock, other = staged_names.lock_file(ini), tmp_path / "other"
    other.write_bytes(b"stays")
    if planted == "a link":
        lock.symlink_to(other)
    else:
        lock.mkdir()
    result = change(ini)
    assert (result.status, codes(result)) == ("changed", ["not-locked"])
    assert other.read_bytes() == b"stays"


def test_a_claim_of_another_run_is_waited_for_and_its_holder_named(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_flock(monkeypatch, ini.parent, errno.ENOLCK)
    monkeypatch.setattr(replace_lock, "PATIENCE", 0.05)
    claim = staged_names.claim_file(ini)
    claim.write_text("process 7 of mallory\x1b[31m\u202e, since today")
    error = refused(ini)
    assert error.code == "in-use"
    assert "process 7 of mallory?[31m?, since today" in error.message
    assert (value(ini), claim.exists()) == ("80", True)


def test_a_claim_that_a_killed_run_left_is_removed_by_one_of_those_who_wait(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_flock(monkeypatch, ini.parent, errno.ENOLCK)
    claim = staged_names.claim_file(ini)
    claim.touch()
    os.utime(claim, (1, 1))
    assert codes(change(ini)) == ["not-locked"]
    assert list(ini.parent.iterdir()) == [ini]


def test_a_claim_that_a_quicker_run_has_made_anew_stays(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a stale claim and its removal another run may have done the same."""
    no_flock(monkeypatch, ini.parent, errno.ENOLCK)
    monkeypatch.setattr(replace_lock, "PATIENCE", 0.05)
    claim = staged_names.claim_file(ini)
    claim.touch()
    os.utime(claim, (1, 1))
    real = files.swap

    def swap(old: Path, new: Path, existing: os.stat_result | None) -> None:
        if old.name == claim.name and not new.exists() and claim.stat().st_size == 0:
            other = claim.with_name("theirs")
            other.write_text("process 7 of other")
            other.replace(claim)
        real(old, new, existing)

    monkeypatch.setattr(files, "swap", swap)
    assert refused(ini).code == "in-use"
    assert claim.read_text() == "process 7 of other"


# --- what came between the last look and the replacement ------------------------------------------


def other_saves(ini: Path) -> None:
    """As an editor does that makes a new file."""
    new = ini.with_name("theirs")
    new.write_bytes(utf16(OLD.replace("unknownKey=stays", "unknownKey=theirs")))
    new.replace(ini)


def phone_saves(ini: Path) -> None:
    """As the phone does, in the same file."""
    ini.write_bytes(utf16(OLD.replace("unknownKey=stays", "unknownKey=theirs")))


@pytest.mark.parametrize("between", [other_saves, phone_saves])
def test_what_another_program_saved_last_is_not_lost(
    ini: Path, monkeypatch: pytest.MonkeyPatch, between: Callable[[Path], None]
) -> None:
    at_the_swap(monkeypatch, ini, between)
    source = store.load(ini)
    with pytest.raises(WriteError) as caught:
        store.write(source, OLD.replace("80", "60"), {("Settings", "volumeRing"): "60"})
    assert caught.value.code == "changed-meanwhile"
    assert (value(ini), value(ini, "unknownKey")) == ("80", "theirs")
    assert list(ini.parent.iterdir()) == [ini]
    ini.write_bytes(utf16(OLD))
    at_the_swap(monkeypatch, ini, between)
    assert codes(change(ini)) == []
    assert (value(ini), value(ini, "unknownKey")) == ("60", "theirs")
    assert list(ini.parent.iterdir()) == [ini]


def test_a_file_that_was_removed_or_came_up_last_is_noticed(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = store.load(ini)
    at_the_swap(monkeypatch, ini, Path.unlink)
    with pytest.raises(WriteError) as caught:
        store.write(source, OLD.replace("80", "60"), {("Settings", "volumeRing"): "60"})
    assert caught.value.code == "changed-meanwhile"
    assert list(ini.parent.iterdir()) == []
    missing = store.load(ini, create=True)
    at_the_swap(monkeypatch, ini, phone_saves)
    with pytest.raises(WriteError) as caught:
        store.write(missing, "[Settings]\r\n", {})
    assert caught.value.code == "changed-meanwhile"
    assert value(ini, "unknownKey") == "theirs"
    assert list(ini.parent.iterdir()) == [ini]


def test_what_came_in_between_stays_if_a_still_newer_file_replaced_ours(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest file stays; what it was made from is its maker's business."""
    at_the_swap(monkeypatch, ini, other_saves)
    real = files.open_existing
    newest = utf16(OLD.replace("unknownKey=stays", "unknownKey=newest"))

    def open_existing(path: Path) -> int:
        if path.suffix == ".tmp":
            new = ini.with_name("newest")
            new.write_bytes(newest)
            new.replace(ini)
        return real(path)

    monkeypatch.setattr(files, "open_existing", open_existing)
    source = store.load(ini)
    with pytest.raises(WriteError) as caught:
        store.write(source, OLD.replace("80", "60"), {("Settings", "volumeRing"): "60"})
    assert caught.value.code == "changed-meanwhile"
    assert ini.read_bytes() == newest
    assert list(ini.parent.iterdir()) == [ini]


def test_without_a_lock_the_new_file_is_looked_at_once_more(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_flock(monkeypatch, ini.parent, errno.ENOLCK)
    monkeypatch.setattr(posix_replace, "_renameat2", lambda: None)
    at_the_swap(monkeypatch, ini, other_saves, after=True)
    assert codes(change(ini)) == ["not-locked"]
    assert (value(ini), value(ini, "unknownKey")) == ("60", "theirs")


def at_the_swap(
    monkeypatch: pytest.MonkeyPatch,
    ini: Path,
    between: Callable[[Path], None],
    *,
    after: bool = False,
) -> None:
    """``between`` happens once, after the last look and before the names change, or ``after``."""
    real = posix_replace.swap
    left = [between]

    def swap(staged: Path, target: Path, existing: os.stat_result | None) -> None:
        due = target.name == ini.name and left
        if due and not after:
            left.pop()(ini)
        real(staged, target, existing)
        if due and after:
            left.pop()(ini)

    monkeypatch.setattr(files, "swap", swap)


# --- who holds it ---------------------------------------------------------------------------------


FOREIGN = """
import fcntl, os, sys
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
opened = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(opened, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_who_may_only_read_holds_nobody_up(ini: Path, tmp_path: Path, what: str) -> None:
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    place = ini.parent if what == "folder" else ini
    holder = subprocess.Popen(
        [sys.executable, "-c", FOREIGN, str(place), str(STRANGER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        assert (change(ini).status, value(ini)) == ("changed", "60")
    finally:
        holder.communicate("")


def test_who_holds_it_is_named(ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replace_lock, "PATIENCE", 0.05)
    holder = held(HOLD_FOLDER, ini)
    try:
        error = refused(ini)
        monkeypatch.setattr(locks, "_ALL_LOCKS", Path("/nothing"))  # another machine, or macOS
        elsewhere = refused(ini)
    finally:
        holder.communicate("")
    assert error.code == elsewhere.code == "in-use"
    assert f"process {holder.pid} (python" in error.message
    assert f"process {holder.pid} of " in elsewhere.message
    assert change(ini).status == "changed"
    assert list(ini.parent.iterdir()) == [ini]


def test_a_killed_holder_holds_nobody_up(ini: Path) -> None:
    holder = held(HOLD_FOLDER, ini)
    holder.kill()
    holder.communicate()
    assert staged_names.lock_file(ini).exists()
    assert codes(change(ini)) == []
    assert list(ini.parent.iterdir()) == [ini]


@pytest.mark.parametrize(
    ("folder", "lock"), [(0o700, 0o600), (0o755, 0o600), (0o775, 0o660), (0o777, 0o666)]
)
def test_only_who_can_write_the_folder_can_hold_it(ini: Path, folder: int, lock: int) -> None:
    ini.parent.chmod(folder)
    taken = files.hold_place(ini)
    assert stat.S_IMODE(staged_names.lock_file(ini).stat().st_mode) == lock
    files.release_place(taken)


def test_what_a_killed_run_left_is_removed_by_one_that_has_nothing_to_do(ini: Path) -> None:
    assert change(ini).status == "changed"
    left = staged_names.staged_names(ini)
    for name in (f"{left}0123456789abcdef.tmp", f"{left}.lock"):
        ini.with_name(name).write_bytes(b"password=x")
    before = ini.stat()
    assert change(ini).status == "ok"
    assert list(ini.parent.iterdir()) == [ini]
    assert (ini.stat().st_ino, ini.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


# --- for its owner alone, and on the disk ---------------------------------------------------------


def test_no_file_is_open_to_others_before_its_content_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path)
    scene.ini.write_bytes(utf16(OLD))
    scene.ini.chmod(0o644)
    scene.flag.touch()
    modes: dict[str, set[int]] = {}
    real = files.write

    def write(descriptor: int, data: bytes) -> None:
        for _ in range(2):
            folder = opened(descriptor).parent.name
            modes.setdefault(folder, set()).add(stat.S_IMODE(os.fstat(descriptor).st_mode))
            real(descriptor, data[: len(data) // 2])
            data = data[len(data) // 2 :]
        real(descriptor, data)

    monkeypatch.setattr(files, "write", write)
    umask = os.umask(0)
    try:
        assert scene.run("apply").code == 0
    finally:
        os.umask(umask)
    assert len(modes) >= 3, modes  # the ini, backups, records
    assert set().union(*modes.values()) == {0o600}
    assert stat.S_IMODE(scene.ini.stat().st_mode) == 0o644
    others = [path for path in scene.root.rglob("*") if path.is_file() and path != scene.ini]
    assert [path for path in others if path.stat().st_mode & 0o027] == []


def test_every_replacement_is_on_the_disk_with_its_name(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.ini.write_bytes(utf16(OLD))
    scene.flag.touch()
    with watched(scene.root) as watch:
        assert scene.run("apply").code == 0
    made = {o.place for o in watch.operations if o.name in ("replace", "rename", "mkdir")}
    folders = {str(Path(place).parent) for place in made if not place.startswith("/logs")}
    assert len(folders) >= 5  # profile, data, targets, the target's, backups
    for folder in folders - {"/"}:
        steps = [
            (o.number, o.name)
            for o in watch.operations
            if (o.name == "fsync" and o.place == folder)
            or (o.place in made and o.name != "fsync" and str(Path(o.place).parent) == folder)
        ]
        changed = [n for n, name in steps if name in ("replace", "rename", "mkdir")]
        flushed = [n for n, name in steps if name == "fsync"]
        assert flushed, folder
        assert flushed[-1] > changed[-1], folder


def test_a_run_that_waits_is_bounded(ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def taken(_: Path) -> tuple[int, Path]:
        raise BlockingIOError

    monkeypatch.setattr(files, "hold_place", taken)
    monkeypatch.setattr(time, "sleep", waited.append)
    assert refused(ini).code == "in-use"
    assert sum(waited) == pytest.approx(replace_lock.PATIENCE, abs=0.1)
