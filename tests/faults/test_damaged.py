"""Our own data in every state that a bad disk, a clumsy hand or an attacker can bring it to."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config.records import fingerprint
from microsip_config.records.backups import entries

from .inject import Fault, Operation, watched
from .scene import OLDER_SECRET, SECRET, Outcome, Scene

CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "zeros": b"\0" * 4096,
    "garbage": bytes(range(256)) * 3,
    "no object": b"[1, 2]",
    "half": b'{"version": 1, "target": "',
    "other shape": b'{"version": 1, "target": 5, "accounts": {"Account1": 7}, "exe": 1}',
    "deep": b"[" * 100_000,
    "huge": b" " * (2 << 20),
    "numbers": b'{"version": 1e999, "target": NaN, "accounts": {}}',
}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(fingerprint, "COST", fingerprint.Cost(n=2, r=8, p=1))
    scene = Scene(tmp_path)
    scene.prepare("apply")
    return scene


def folder_of(scene: Scene) -> Path:
    (folder,) = scene.data.glob("targets/*")
    return folder


def check(scene: Scene, outcome: Outcome, codes: tuple[int, ...] = (0, 6)) -> list[str]:
    """The codes of the warnings and errors of a run that may have failed, but decently."""
    text = outcome.out + outcome.err
    assert outcome.code in codes, text
    assert "Traceback" not in text
    assert SECRET not in text
    assert OLDER_SECRET not in text
    assert not list(scene.data.rglob("bug-*")) if scene.data.is_dir() else True
    assert bool(outcome.json["changed"]) == (scene.ini.read_bytes() != scene.before_bytes)
    return [issue["code"] for issue in (*outcome.json["warnings"], *outcome.json["errors"])]


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize(
    ("name", "warning"), [("state.json", "record-unusable"), ("pending.json", "note-unusable")]
)
def test_a_damaged_record_or_note_is_a_warning(
    scene: Scene, name: str, warning: str, content: bytes
) -> None:
    (folder_of(scene) / name).write_bytes(content)
    outcome = scene.run("apply")
    assert warning in check(scene, outcome, (0,))
    again = scene.run("apply")
    assert (again.code, again.json["changed"]) == (0, False)


def put_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def put_link(path: Path) -> None:
    path.unlink(missing_ok=True)
    target = path.parents[4] / "elsewhere"
    target.write_bytes(b"not ours")
    path.symlink_to(target)


def put_pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


@pytest.mark.parametrize("put", [put_folder, put_link, put_pipe])
@pytest.mark.parametrize("name", ["state.json", "pending.json", "lock"])
def test_something_odd_in_the_place_of_our_files(
    scene: Scene, name: str, put: Callable[[Path], None]
) -> None:
    put(folder_of(scene) / name)
    check(scene, scene.run("apply"))
    elsewhere = scene.root.parent / "elsewhere"
    assert not elsewhere.exists() or elsewhere.read_bytes() == b"not ours"


def test_a_lost_data_folder_is_made_anew(scene: Scene) -> None:
    scene.data.rename(scene.data.with_name("lost"))
    assert check(scene, scene.run("apply"), (0,)) == []
    assert len(scene.backups()) == 1


def test_junk_among_the_backups(scene: Scene) -> None:
    folder = folder_of(scene) / "backups"
    newest = entries(folder)[-1]
    newest.path.write_bytes(b"damaged")
    (folder / "20991231T235959Z.ini").write_bytes(b"no checksum")
    (folder / f"20991231T235959Z.{'0' * 64}.ini").mkdir()
    (folder / f"99999999T999999Z.{'0' * 64}.ini").write_bytes(b"no time")
    (folder / "\udcff\n").write_bytes(b"no text")
    assert check(scene, scene.run("restore"), (0,)) == []
    assert scene.run("apply").code == 0


def test_a_damaged_backup_is_not_put_back(scene: Scene) -> None:
    folder = folder_of(scene) / "backups"
    entries(folder)[0].path.write_bytes(b"damaged")
    assert check(scene, scene.run("restore"), (4,)) == ["damaged-backup"]


@pytest.mark.parametrize("where", ["backups", ".", "..", "../.."])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_no_folder_where_one_of_ours_should_be(scene: Scene, where: str, kind: str) -> None:
    place = Path(os.path.normpath(folder_of(scene) / where))
    aside = place.with_name("aside")
    place.rename(aside)
    if kind == "file":
        place.write_bytes(b"")
    else:
        place.symlink_to(aside)
    check(scene, scene.run("apply"))


BAD_DISKS: dict[str, int] = {
    "full": errno.ENOSPC,
    "read-only": errno.EROFS,
    "not ours": errno.EACCES,
    "gone": errno.ESTALE,
}
CHANGING = ("write", "mkdir", "replace", "rename", "unlink", "remove", "chmod", "fsync")


def on_bad_disk(number: int, below: str) -> Fault:
    """Whatever would change something below a folder fails, from the beginning to the end."""

    def fault(operation: Operation) -> OSError | None:
        changes = operation.creates or operation.name in CHANGING
        if operation.place.startswith(below) and (changes or number == errno.ESTALE):
            return OSError(number, os.strerror(number), operation.place)
        return None

    return fault


@pytest.mark.parametrize("verb", ["apply", "restore", "repair"])
@pytest.mark.parametrize("number", BAD_DISKS.values(), ids=BAD_DISKS)
def test_a_bad_disk_under_our_data(scene: Scene, verb: str, number: int) -> None:
    """Nothing is changed without a backup, and so nothing at all."""
    with watched(scene.root, on_bad_disk(number, "/data")):
        outcome = scene.run(verb)
    if outcome.code == 0:
        assert not outcome.json["changed"]
    check(scene, outcome, (0, 4, 6))
    assert scene.ini.read_bytes() == scene.before_bytes
    assert not scene.leftovers()


@pytest.mark.parametrize("number", BAD_DISKS.values(), ids=BAD_DISKS)
def test_a_bad_disk_under_the_file(scene: Scene, number: int) -> None:
    with watched(scene.root, on_bad_disk(number, "/profile")):
        outcome = scene.run("apply")
    check(scene, outcome, (4, 6))
    assert scene.ini.read_bytes() == scene.before_bytes


@pytest.mark.parametrize("number", BAD_DISKS.values(), ids=BAD_DISKS)
def test_a_bad_disk_under_the_log_fails_nothing(scene: Scene, number: int) -> None:
    with watched(scene.root, on_bad_disk(number, "/logs")):
        outcome = scene.run("apply")
    assert "not-logged" in check(scene, outcome, (0,))
    assert outcome.json["changed"]


def test_a_bad_disk_under_our_data_does_not_matter_where_nothing_changes(scene: Scene) -> None:
    assert scene.run("apply").code == 0
    scene.before_bytes = scene.ini.read_bytes()
    with watched(scene.root, on_bad_disk(errno.EROFS, "/data")):
        outcome = scene.run("apply")
    assert check(scene, outcome, (0,)) == []
    assert json.loads(outcome.out)["status"] == "ok"
