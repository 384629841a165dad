"""The record as a file: kept whole, kept private, and never a reason to fail."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microsip_config.errors import WriteError
from microsip_config.records import RecordsFolder, fingerprint, target_id
from microsip_config.records.record import Record
from microsip_config.secret import Secret

PASSWORD = Secret("green-gate-71")
BLOB = "0123456789abcdef" * 4


def made(data: Path, ini: str | Path) -> Path:
    """The data folder of a target, on the disk."""
    return RecordsFolder(data, ini).secure()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "data", tmp_path / "microsip.ini") / "state.json"


def recorded(path: Path) -> Record:
    record = Record()
    record.remember("Account1", PASSWORD, PASSWORD.reveal())
    record.remember("Account1", PASSWORD, BLOB)
    record.remember("Account2", PASSWORD, PASSWORD.reveal())
    assert record.save(path) == ()
    return record


def test_a_record_comes_back(path: Path) -> None:
    recorded(path)
    record, warnings = Record.load(path)
    assert warnings == ()
    assert record.identities() == {"Account1", "Account2"}
    assert record.judge("Account1", BLOB, PASSWORD).kind == "same"
    assert record.judge("Account2", PASSWORD.reveal(), PASSWORD).kind == "literal"
    assert record.judge("Account2", BLOB, PASSWORD).kind == "learned"


def test_no_record_is_an_empty_one(path: Path) -> None:
    record, warnings = Record.load(path)
    assert (record.identities(), warnings) == (frozenset(), ())


def test_an_unchanged_record_is_not_written(path: Path) -> None:
    recorded(path)
    os.utime(path, ns=(1, 1))
    record, _ = Record.load(path)
    record.judge("Account1", BLOB, PASSWORD)
    record.remember("Account1", PASSWORD, BLOB)
    record.save(path)
    assert path.stat().st_mtime_ns == 1


def test_only_the_owner_can_read_it(path: Path) -> None:
    recorded(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.parent.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("raw", [PASSWORD.reveal(), BLOB], ids=["plain", "blob"])
def test_nothing_in_it_can_be_tested_faster_than_scrypt(path: Path, raw: str) -> None:
    """Neither the texts nor any quick hash of them, keyed with what the record holds or not."""
    record = Record()
    record.remember("Account1", PASSWORD, raw)
    record.save(path)
    content = path.read_text()
    fields = json.loads(content)["accounts"]["Account1"]
    salt, kept = bytes.fromhex(fields["salt"]), bytes.fromhex(fields["password"])
    password = PASSWORD.reveal().encode()
    for text in (password, BLOB.encode(), password.decode().encode("utf-16-le")):
        assert text.decode("latin-1") not in content
        assert text.hex() not in content
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256"):
            for whole in (text, salt + text, text + salt, text + password, password + text):
                assert hashlib.new(algorithm, whole).hexdigest()[:32] not in content
            for key in (b"", salt, kept, b"Account1", password):
                assert hmac.new(key, text, algorithm).hexdigest()[:32] not in content
    cost = fields["n"], fields["r"], fields["p"]
    assert cost == fingerprint.COST
    assert 128 * cost[0] * cost[1] >= 16 * 2**20


def test_equal_passwords_have_different_fingerprints(path: Path) -> None:
    recorded(path)
    accounts = json.loads(path.read_text())["accounts"]
    assert accounts["Account1"]["password"] != accounts["Account2"]["password"]


def test_a_guess_costs_what_it_should() -> None:
    """A figure for the log; the bound is a tenth of what a 2020s machine takes."""
    start = time.perf_counter()
    fingerprint.derive("guess", fingerprint.new_salt(), fingerprint.COST)
    seconds = time.perf_counter() - start
    print(f"one scrypt: {seconds * 1000:.0f} ms")
    assert seconds > 0.003


# --- damage --------------------------------------------------------------------------------------

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no json": lambda _: b"hello",
    "cut": lambda data: data[:-20],
    "zeros": lambda data: bytes(len(data)),
    "a list": lambda _: b"[]",
    "deep": lambda _: b"[" * 100_000,
    "not text": lambda data: b"\xff" + data,
    "later version": lambda data: data.replace(b'"version": 1', b'"version": 2'),
    "no version": lambda data: data.replace(b'"version": 1', b'"v": 1'),
    "accounts a list": lambda _: b'{"version": 1, "target": "x", "accounts": []}',
    "salt not hex": lambda data: data.replace(b'"salt": "', b'"salt": "z'),
    "salt a number": lambda data: data.replace(b'"salt": "', b'"salt": 1, "x": "'),
    "short fingerprint": lambda data: data.replace(b'"password": "', b'"password": "", "x": "'),
    "no cost": lambda data: data.replace(b'"n": 16384', b'"n": 2'),
    "stalling cost": lambda data: data.replace(b'"n": 16384', b'"n": 1073741824'),
    "cost a fraction": lambda data: data.replace(b'"n": 16384', b'"n": 16384.0'),
    "cost a truth": lambda data: data.replace(b'"p": 1', b'"p": true'),
    "another scheme": lambda data: data.replace(b'"scrypt+', b'"md5+'),
    "too long": lambda data: data + b" " * 1024 * 1024,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_a_warning_and_fixed_by_the_next_write(path: Path, damage: str) -> None:
    recorded(path)
    damaged = DAMAGE[damage](path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    record, warnings = Record.load(path)
    assert [w.code for w in warnings] == ["record-unusable"]
    assert warnings[0].where == str(path)
    assert record.judge("Account1", BLOB, PASSWORD).kind == "unknown"
    record.remember("Account1", PASSWORD, BLOB)
    assert record.save(path) == ()
    assert Record.load(path)[1] == ()


@settings(max_examples=60)
@given(position=st.integers(0, 1000), byte=st.integers(0, 255))
def test_any_wrong_byte_is_survived(
    tmp_path_factory: pytest.TempPathFactory, position: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("t") / "state.json"
    data = bytearray(_template_record())
    data[position % len(data)] = byte
    path.write_bytes(data.replace(b'"target": "id"', f'"target": "{path.parent.name}"'.encode()))
    record, warnings = Record.load(path)
    assert record.identities() or len(warnings) <= 1


def _template_record() -> bytes:
    from microsip_config.records.record_format import render

    entry = fingerprint.Fingerprint(fingerprint.COST, bytes(16), bytes(32), bytes(32))
    return render({"Account1": entry}, [entry], "id", 1)


def test_a_record_of_another_target_is_foreign(path: Path, tmp_path: Path) -> None:
    recorded(path)
    other = made(tmp_path / "data", tmp_path / "other.ini") / "state.json"
    other.write_bytes(path.read_bytes())
    record, warnings = Record.load(other)
    assert record.identities() == frozenset()
    assert "another file" in warnings[0].message


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_not_our_file_is_not_read(path: Path, tmp_path: Path, kind: str) -> None:
    recorded(path)
    path.rename(tmp_path / "elsewhere.json")
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere.json")
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    record, warnings = Record.load(path)
    assert record.identities() == frozenset()
    assert [w.code for w in warnings] == ["record-unusable"]


def test_a_link_in_its_place_is_replaced_and_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.symlink_to(victim)
    recorded(path)
    assert victim.read_text() == "mine"
    assert not path.is_symlink()


def test_a_record_that_cannot_be_saved_is_a_warning(path: Path) -> None:
    path.mkdir()
    (path / "in the way").touch()
    record = Record()
    record.remember("Account1", PASSWORD, BLOB)
    issues = record.save(path)
    assert [i.code for i in issues] == ["record-not-saved"]
    assert [p.name for p in path.parent.iterdir()] == ["state.json"]


def test_leftovers_of_killed_runs_are_swept(path: Path) -> None:
    stale, fresh = (path.with_name(f".microsip-config-{n}.tmp") for n in ("old", "new"))
    stale.touch()
    fresh.touch()
    os.utime(stale, (1, 1))
    recorded(path)
    assert not stale.exists()
    assert fresh.exists()


# --- the folder ----------------------------------------------------------------------------------


def test_the_id_is_of_the_resolved_path(tmp_path: Path) -> None:
    real = tmp_path / "microsip.ini"
    real.touch()
    link = tmp_path / "link.ini"
    link.symlink_to(real)
    assert target_id(link) == target_id(real) == target_id(str(tmp_path / "." / "microsip.ini"))
    assert target_id(real) != target_id(tmp_path / "other.ini")
    assert len(target_id(real)) == 16
    assert int(target_id(real), 16) >= 0
    assert target_id(tmp_path / "b\udcffd.ini")


def test_asking_for_the_path_makes_nothing(tmp_path: Path) -> None:
    folder = RecordsFolder(tmp_path / "data", tmp_path / "microsip.ini")
    assert not (tmp_path / "data").exists()
    assert folder.secure() == folder.path
    assert folder.path.is_dir()


def test_a_folder_that_is_too_open_is_narrowed(tmp_path: Path) -> None:
    folder = made(tmp_path, "x.ini")
    folder.chmod(0o755)
    made(tmp_path, "x.ini")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = RecordsFolder(tmp_path, "x.ini").path
    folder.parent.mkdir()
    folder.symlink_to(elsewhere)
    with pytest.raises(WriteError) as caught:
        made(tmp_path, "x.ini")
    assert caught.value.code == "unsafe-folder"
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("place", ["data", "data/targets"])
def test_a_file_in_the_way_of_the_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text("in the way")
    with pytest.raises(WriteError):
        made(tmp_path / "data", "x.ini")
