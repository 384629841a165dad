"""The store replaces a file whole or not at all, and says why not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import MicrosipConfigError, TargetError, UnreadableFile, WriteError
from microsip_config.ini import file as store
from microsip_config.ini.document import Document
from microsip_config.ini.encoding import encode
from microsip_config.ini.profile import Profile
from microsip_config.limits import INI_BYTES
from microsip_config.system import atomic, files
from microsip_config.system.replace_lock import replace_lock

OLD = "[Settings]\r\nvolumeRing=100\r\n[Account1]\r\nusername=101\r\n"
NEW = OLD.replace("100", "50")
EXPECTED: store.Expected = {("Settings", "volumeRing"): "50"}


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "microsip.ini"
    path.write_bytes(encode(OLD))
    return path


def refusal(action: Callable[[], object]) -> MicrosipConfigError:
    with pytest.raises(MicrosipConfigError) as caught:
        action()
    return caught.value


def alone(path: Path) -> bool:
    return [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_loads_and_writes(ini: Path) -> None:
    source = store.load(ini)
    assert (source.text, source.encoding, source.exists) == (OLD, "utf-16-le", True)
    assert source.profile.get("account1", "username") == "101"
    assert store.write(source, NEW, EXPECTED)
    assert ini.read_bytes() == encode(NEW)
    assert alone(ini)


def test_an_ansi_file_becomes_utf16(ini: Path) -> None:
    text = OLD + "label=Приёмная\r\n"
    ini.write_bytes(text.encode("cp1251"))
    source = store.load(ini, "1251")
    assert source.encoding == "ansi:cp1251"
    store.write(source, text.replace("100", "50"), EXPECTED)
    assert ini.read_bytes() == encode(text.replace("100", "50"))


def test_a_file_that_is_right_is_not_touched(ini: Path) -> None:
    os.utime(ini, (1, 1))
    before = ini.stat()
    assert not store.write(store.load(ini), OLD, {})
    after = ini.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_missing_file(tmp_path: Path) -> None:
    error = refusal(lambda: store.load(tmp_path / "microsip.ini"))
    assert isinstance(error, TargetError)
    assert error.code == "not-found"
    assert "--create" in error.hint
    assert "--create" not in refusal(lambda: store.load(tmp_path / "no" / "microsip.ini")).hint


def test_a_file_to_be_created_begins_as_the_phones_own(tmp_path: Path) -> None:
    path = tmp_path / "microsip.ini"
    source = store.load(path, create=True)
    assert (source.exists, source.data) == (False, b"")
    document = Document(source.text)
    document.set("Account1", "username", "101")
    assert store.write(source, document.render(), {("Account1", "username"): "101"})
    assert path.read_bytes() == encode("[Settings]\r\n[Account1]\r\nusername=101\r\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert alone(path)


def test_a_file_that_appeared_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "microsip.ini"
    source = store.load(path, create=True)
    path.write_bytes(encode(OLD))
    assert refusal(lambda: store.write(source, "[Settings]\r\n", {})).code == "changed-meanwhile"
    assert path.read_bytes() == encode(OLD)


def test_a_file_changed_meanwhile_is_not_replaced(ini: Path) -> None:
    source = store.load(ini)
    ini.write_bytes(encode(OLD.replace("101", "102")))
    error = refusal(lambda: store.write(source, NEW, EXPECTED))
    assert isinstance(error, WriteError)
    assert error.code == "changed-meanwhile"
    assert ini.read_bytes() == encode(OLD.replace("101", "102"))
    ini.unlink()
    assert refusal(lambda: store.write(source, NEW, EXPECTED)).code == "changed-meanwhile"
    assert not ini.exists()


def test_a_change_between_staging_and_swap_is_noticed(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = atomic.stage

    def stage_while_the_phone_saves(target: Path, data: bytes, *_: Any, **__: Any) -> Path:
        staged = real(target, data)
        ini.write_bytes(encode(OLD.replace("101", "102")))
        return staged

    monkeypatch.setattr(atomic, "stage", stage_while_the_phone_saves)
    assert refusal(lambda: store.write(store.load(ini), NEW, EXPECTED)).code == "changed-meanwhile"
    assert ini.read_bytes() == encode(OLD.replace("101", "102"))
    assert alone(ini)


UNPROVEN: list[tuple[str, str, store.Expected]] = [
    ("intended value missing", OLD, EXPECTED),
    ("other value", NEW.replace("50", "51"), EXPECTED),
    ("another key changed", NEW.replace("101", "102"), EXPECTED),
    ("another key lost", NEW.replace("username=101\r\n", ""), EXPECTED),
    ("another key added", NEW + "password=x\r\n", EXPECTED),
    ("another section added", NEW + "[Account2]\r\nusername=1\r\n", EXPECTED),
    ("section shadowed", "[account1]\r\nx=1\r\n" + NEW, EXPECTED),
    ("shadowed by a duplicate", NEW.replace("volume", "volumeRing=9\r\nvolume"), EXPECTED),
    ("not removed", OLD, {("Settings", "volumeRing"): None}),
]


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in UNPROVEN]
)
def test_a_text_that_is_not_read_as_intended_is_not_written(
    ini: Path, text: str, expected: store.Expected
) -> None:
    error = refusal(lambda: store.write(store.load(ini), text, expected))
    assert error.exit_code == 70
    assert ini.read_bytes() == encode(OLD)
    assert alone(ini)


def test_no_value_is_in_the_message_of_a_failed_proof(ini: Path) -> None:
    wanted: store.Expected = {("Account1", "password"): "hunter2"}
    error = refusal(lambda: store.write(store.load(ini), OLD + "password=s3cret\r\n", wanted))
    assert "Account1.password" in error.message
    assert not {"hunter2", "s3cret"} & set(f"{error} {error.hint}".split())


def test_a_check_of_the_callers_own(ini: Path) -> None:
    seen = []

    def check(profile: Profile) -> None:
        seen.append(profile.get("Settings", "volumeRing"))
        raise LookupError

    source = store.load(ini)
    with pytest.raises(LookupError):
        store.write(source, NEW, check)
    assert seen == ["50"]
    assert ini.read_bytes() == encode(OLD)


def test_an_unreadable_file_is_named(ini: Path) -> None:
    ini.write_bytes("[S]\na=é".encode())
    error = refusal(lambda: store.load(ini))
    assert isinstance(error, UnreadableFile)
    assert error.where == str(ini)


def test_odd_targets(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert refusal(lambda: store.load(tmp_path)).code == "not-a-file"
    assert refusal(lambda: store.load(fifo)).code == "not-a-file"


def test_a_huge_file_is_refused(ini: Path) -> None:
    with ini.open("r+b") as file:
        file.truncate(INI_BYTES + 1)
    assert refusal(lambda: store.load(ini)).code == "too-large"


def test_mode_and_owner_are_kept(ini: Path) -> None:
    ini.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(ini, 12345, 23456)
    before = ini.stat()
    store.write(store.load(ini), NEW, EXPECTED)
    after = ini.stat()
    assert ini.read_bytes() == encode(NEW)
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


def test_extended_attributes_are_kept(ini: Path) -> None:
    os.setxattr(ini, "user.DOSATTRIB", b"0x2")
    store.write(store.load(ini), NEW, EXPECTED)
    assert os.getxattr(ini, "user.DOSATTRIB") == b"0x2"


def test_a_read_only_file_is_refused(ini: Path) -> None:
    ini.chmod(0o444)
    error = refusal(lambda: store.write(store.load(ini), NEW, EXPECTED))
    assert isinstance(error, WriteError)
    assert error.code == "read-only"
    assert error.hint
    assert ini.read_bytes() == encode(OLD)
    assert alone(ini)


def test_links(ini: Path, tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    link = folder / "microsip.ini"
    link.symlink_to(ini)
    assert refusal(lambda: store.load(link, follow_links=False)).code == "link"
    source = store.load(link)
    assert (source.path, source.real_path) == (link, ini)
    store.write(source, NEW, EXPECTED)
    assert link.is_symlink()
    assert ini.read_bytes() == encode(NEW)


def test_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "microsip.ini"
    link.symlink_to(tmp_path / "nowhere.ini")
    assert refusal(lambda: store.load(link, create=True)).code == "link"
    assert not (tmp_path / "nowhere.ini").exists()


def test_hard_links_are_refused(ini: Path) -> None:
    os.link(ini, ini.with_name("other.ini"))
    assert refusal(lambda: store.load(ini)).code == "link"


def test_a_link_put_in_the_place_of_the_file_is_not_followed(ini: Path, tmp_path: Path) -> None:
    source = store.load(ini)
    victim = tmp_path / "victim"
    victim.write_bytes(encode(OLD))
    ini.unlink()
    ini.symlink_to(victim)
    assert refusal(lambda: store.write(source, NEW, EXPECTED)).code == "link"
    assert victim.read_bytes() == encode(OLD)


def test_no_file_is_opened_through_a_link(ini: Path) -> None:
    link = ini.with_name("link.ini")
    link.symlink_to(ini)
    for opening in (files.open_existing, files.create):
        with pytest.raises(OSError, match=r"link\.ini"):
            opening(link)


CHILD = """
import resource, signal, sys
from pathlib import Path
from microsip_config.errors import WriteError
from microsip_config.ini import file as store
from microsip_config.ini.encoding import encode
path = Path(sys.argv[1])
source = store.load(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    store.write(source, source.text + "; " + "x" * 100_000 + "\\r\\n", {})
except WriteError as error:
    print(error.code, bool(error.hint), error.where == str(path))
"""


def test_a_full_disk(ini: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CHILD, str(ini)], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["disk-full", "True", "True"]
    assert ini.read_bytes() == encode(OLD)
    assert alone(ini)


ERRORS = [  # what the system says, our code
    (OSError(28, "No space left on device"), "disk-full"),
    (OSError(30, "Read-only file system"), "read-only"),
    (PermissionError(13, "Permission denied"), "no-rights"),
    (OSError(5, "Input/output error"), "not-written"),
]
WRITING = ["create", "adopt", "write", "flush", "swap", "close"]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=[code for _, code in ERRORS])
@pytest.mark.parametrize("operation", WRITING)
def test_every_operation_may_fail(
    ini: Path, monkeypatch: pytest.MonkeyPatch, operation: str, error: OSError, code: str
) -> None:
    source = store.load(ini)
    real = getattr(files, operation)
    calls = []

    def failing(*arguments: object) -> object:
        calls.append(operation)
        if operation == "close":
            real(*arguments)
        raise error

    monkeypatch.setattr(files, operation, failing)
    told = refusal(lambda: store.write(source, NEW, EXPECTED))
    assert isinstance(told, WriteError)
    assert (told.code, told.where, bool(told.hint)) == (code, str(ini), True)
    assert calls
    assert ini.read_bytes() == encode(OLD)
    assert alone(ini)


@pytest.mark.parametrize("operation", ["create", "write", "flush", "read", "inspect", "swap"])
def test_an_interruption_leaves_nothing_behind(
    ini: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    source = store.load(ini)

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, operation, interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.write(source, NEW, EXPECTED)
    assert ini.read_bytes() == encode(OLD)
    assert alone(ini)


def test_short_writes_are_continued(ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    store.write(store.load(ini), NEW, EXPECTED)
    assert ini.read_bytes() == encode(NEW)


def test_bytes_that_did_not_reach_the_disk_are_noticed(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = store.load(ini)
    monkeypatch.setattr(files, "write", lambda descriptor, data: os.write(descriptor, data[:-2]))
    assert refusal(lambda: store.write(source, NEW, EXPECTED)).code == "not-written"
    assert ini.read_bytes() == encode(OLD)


class SharingViolation(PermissionError):
    winerror = 32


class AccessDenied(PermissionError):
    winerror = 5


@pytest.mark.parametrize(
    ("denials", "ours"), [(1, True), (1000, False)], ids=["for a moment", "for good"]
)
def test_a_turn_that_is_denied_after_a_long_wait(
    ini: Path, monkeypatch: pytest.MonkeyPatch, denials: int, ours: bool
) -> None:
    """Windows denies a file (error 5) at the moment when another run lets go of it."""
    errors = [BlockingIOError()] * 200 + [AccessDenied(13, "denied")] * denials
    real = files.hold_place

    def hold_place(target: Path) -> tuple[int, Path]:
        if errors:
            raise errors.pop(0)
        return real(target)

    monkeypatch.setattr(files, "hold_place", hold_place)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with replace_lock(ini, ini) as held:
        assert held == ours


@pytest.mark.parametrize("operation", ["swap", "create", "open_existing"])
def test_a_file_that_others_hold_is_tried_again(
    ini: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    source = store.load(ini)
    real = getattr(files, operation)
    failures = [SharingViolation(13, "in use")] * 3

    def held(*arguments: object) -> object:
        if failures:
            raise failures.pop()
        return real(*arguments)

    monkeypatch.setattr(files, operation, held)
    assert store.write(source, NEW, EXPECTED)
    assert ini.read_bytes() == encode(NEW)
    assert alone(ini)


def test_patience_with_others_is_bounded(ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = store.load(ini)
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    def held(*arguments: object) -> None:
        raise SharingViolation(13, "in use")

    monkeypatch.setattr(files, "swap", held)
    assert refusal(lambda: store.write(source, NEW, EXPECTED)).code == "in-use"
    assert 1 <= sum(pauses) <= 2
    assert ini.read_bytes() == encode(OLD)
    assert alone(ini)


@pytest.mark.parametrize("lockable", [True, False])
def test_leftovers_of_killed_runs_are_removed(
    ini: Path, monkeypatch: pytest.MonkeyPatch, lockable: bool
) -> None:
    def no_lock(target: Path) -> int:
        raise OSError(37, "No locks available")

    if not lockable:
        monkeypatch.setattr(files, "hold_place", no_lock)
    old, young = atomic.stage(ini.with_name("other.ini"), b""), atomic.stage(ini, b"")
    other = ini.with_name("other.tmp")
    other.write_bytes(b"")
    os.utime(old, (1, 1))
    os.utime(other, (1, 1))
    store.write(store.load(ini), NEW, EXPECTED)
    assert not old.exists()
    assert young.exists() != lockable  # without a lock it may be another run's at work
    assert other.exists()


def test_readers_see_the_old_or_the_new_file_whole(ini: Path) -> None:
    whole = {encode(OLD), encode(NEW)}
    stop = threading.Event()
    torn: list[bytes] = []

    def look() -> None:
        while not stop.is_set():
            data = ini.read_bytes()
            if data not in whole:
                torn.append(data)

    reader = threading.Thread(target=look)
    reader.start()
    for value in ["50", "100"] * 20:
        source = store.load(ini)
        text = (OLD, NEW)[value == "50"]
        store.write(source, text, {("Settings", "volumeRing"): value})
    stop.set()
    reader.join()
    assert torn == []


def test_of_two_writers_one_is_told(ini: Path) -> None:
    first, second = store.load(ini), store.load(ini)
    assert store.write(first, NEW, EXPECTED)
    told = refusal(
        lambda: store.write(second, OLD.replace("101", "9"), {("Account1", "username"): "9"})
    )
    assert told.code == "changed-meanwhile"
    assert ini.read_bytes() == encode(NEW)


def test_the_folders_that_are_missing_are_made(tmp_path: Path) -> None:
    path = tmp_path / "Roaming" / "MicroSIP" / "MicroSIP.ini"
    with pytest.raises(TargetError):
        store.load(path)
    store.write(store.load(path, create=True), "[Settings]", {})
    assert path.read_bytes() == b"\xff\xfe" + "[Settings]".encode("utf-16-le")
    with pytest.raises(TargetError):
        store.load(path / "below a file" / "MicroSIP.ini", create=True)


def test_runs_on_two_files_of_a_folder_leave_each_others_staged_files(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock covers no more than that file on every system."""
    beside = ini.with_name("other.ini")
    beside.write_bytes(encode(OLD))
    real = files.swap

    @contextmanager
    def unlocked(*_: Path) -> Iterator[bool]:
        yield True

    def swap(staged: Path, target: Path, existing: os.stat_result | None) -> None:
        if target.name == ini.name:
            assert store.write(store.load(beside), NEW, EXPECTED)
        real(staged, target, existing)

    monkeypatch.setattr(store, "replace_lock", unlocked)
    monkeypatch.setattr(files, "swap", swap)
    assert store.write(store.load(ini), NEW, EXPECTED)
    assert ini.read_bytes() == beside.read_bytes() == encode(NEW)
    assert sorted(ini.parent.iterdir()) == [ini, beside]


@pytest.mark.parametrize("name", ["microsip.ini", "MicroSIP.INI"])
def test_what_a_killed_run_staged_for_this_file_goes_at_once(ini: Path, name: str) -> None:
    left = atomic.stage(ini.with_name(name), b"x")
    others = atomic.stage(ini.with_name("other.ini"), b"x")
    store.write(store.load(ini), NEW, EXPECTED)
    assert not left.exists()
    assert others.exists()


def exchanging(
    monkeypatch: pytest.MonkeyPatch, ini: Path, exchange: Callable[[int], object]
) -> None:
    """After each look at the file, and before it is opened, ``exchange`` gets the look's number."""
    real = files.inspect
    looks = iter(range(1, 1000))

    def inspect(path: Path) -> os.stat_result | None:
        info = real(path)
        if path.name == ini.name:
            exchange(next(looks))
        return info

    monkeypatch.setattr(files, "inspect", inspect)


def linked(ini: Path, victim: Path) -> None:
    ini.unlink()
    os.link(victim, ini)


def pointed(ini: Path, victim: Path) -> None:
    ini.unlink()
    ini.symlink_to(victim)


def piped(ini: Path, victim: Path) -> None:
    ini.unlink()
    os.mkfifo(ini)
    assert victim


@pytest.mark.parametrize(
    ("exchange", "code"), [(linked, "link"), (pointed, "link"), (piped, "not-a-file")]
)
def test_what_is_read_is_what_was_judged(
    ini: Path, monkeypatch: pytest.MonkeyPatch, exchange: Callable[[Path, Path], None], code: str
) -> None:
    victim = ini.with_name("victim")
    victim.write_bytes(encode("[Settings]\r\nsecret=of root\r\n"))
    exchanging(monkeypatch, ini, lambda look: exchange(ini, victim) if look == 1 else None)
    opened = refusal(lambda: store.load(ini, follow_links=False))
    assert opened.code == code
    assert "of root" not in str(opened)


def test_an_owner_who_exchanges_the_file_at_each_look_gets_nothing_read(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = ini.with_name("victim")
    victim.write_bytes(encode("[Settings]\r\nsecret=of root\r\n"))
    real = files.open_existing

    def open_existing(path: Path) -> int:
        opened = real(path)
        ini.unlink()
        ini.write_bytes(encode(OLD))  # an ordinary one is back before the next look
        return opened

    monkeypatch.setattr(files, "open_existing", open_existing)
    exchanging(monkeypatch, ini, lambda look: linked(ini, victim) if look else None)
    assert refusal(lambda: store.load(ini)).code == "changed-meanwhile"


def test_a_file_that_is_replaced_between_look_and_opening_is_looked_at_again(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(look: int) -> None:
        if look == 1:
            beside = ini.with_name("beside")
            beside.write_bytes(encode(NEW))
            beside.replace(ini)

    exchanging(monkeypatch, ini, replace)
    assert store.load(ini).text == NEW


@pytest.mark.parametrize("exchange", [linked, pointed])
def test_what_is_replaced_is_what_was_judged(
    ini: Path, monkeypatch: pytest.MonkeyPatch, exchange: Callable[[Path, Path], None]
) -> None:
    """The very bytes are in the other file, so that only its identity tells."""
    source = store.load(ini)
    victim = ini.with_name("victim")
    victim.write_bytes(source.data)
    exchanging(monkeypatch, ini, lambda look: exchange(ini, victim) if look == 1 else None)
    assert refusal(lambda: store.write(source, NEW, EXPECTED)).code == "changed-meanwhile"
    assert victim.read_bytes() == source.data
