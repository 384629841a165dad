"""``restore`` to a named moment: the same however often it is run, and nothing is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from microsip_config import Configurator, Result, Target, edits

from .conftest import Cli

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


class History:
    """A file with three runs an hour apart; the run ``n`` is at noon + n hours."""

    def __init__(self, folder: Path, *, created: bool) -> None:
        self.ini = folder / "MicroSIP.ini"
        self.data = folder / "our data"
        self.states: list[bytes | None] = [None]
        if not created:
            self.ini.write_bytes("\ufeff[Settings]\r\nEC=1\r\n".encode("utf-16-le"))
            self.states = [self.ini.read_bytes()]
        for hour in range(3):
            self.set(hour, str(10 + hour))
            self.states.append(self.ini.read_bytes())

    def at(self, hour: float, run: str) -> Configurator:
        from microsip_config.operations.context import Policy

        return Configurator(
            Target(str(self.ini)),
            data_dir=self.data,
            policy=Policy(create=True),
            now=lambda: NOON + timedelta(hours=hour),
            run_id=run,
        )

    def set(self, hour: float, volume: str) -> Result:
        return self.at(hour, f"run{hour}").apply(edits([("Settings", "volumeRing", volume)]))

    @property
    def now(self) -> bytes | None:
        return self.ini.read_bytes() if self.ini.exists() else None


@pytest.fixture(params=[False, True], ids=["there before", "made by us"])
def history(request: pytest.FixtureRequest, tmp_path: Path) -> History:
    return History(tmp_path, created=request.param)


MOMENTS = [
    (("--original",), 0),
    (("--run", "run0"), 0),
    (("--run", "run1"), 1),
    (("--run", "run2"), 2),
    (("--before", "2026-03-09T11:59:59Z"), 0),
    (("--before", "2026-03-09T12:30:00+00:00"), 1),
    (("--before", "2026-03-09T14:30:00+01:00"), 2),
    (("--before", "2026-03-09T14:00:01Z"), 3),
    (("--before", "2026-03-09"), 0),
]


@pytest.mark.parametrize(("options", "state"), MOMENTS, ids=lambda value: str(value))
def test_the_second_time_changes_nothing_and_it_can_be_undone(
    cli: Cli, history: History, options: tuple[str, ...], state: int
) -> None:
    first = cli("restore", *options, "--ini", history.ini, "--json").json
    assert history.now == history.states[state]
    assert first["changed"] is (state != 3)
    assert first["exit_code"] == 0

    for _ in range(2):
        again = cli("restore", *options, "--ini", history.ini, "--json").json
        assert (again["changed"], again["exit_code"]) == (False, 0)
        assert history.now == history.states[state]

    if state != 3:
        undone = cli("restore", "--run", first["run"]["id"], "--ini", history.ini, "--json").json
        assert undone["changed"]
        assert history.now == history.states[3]


def test_what_the_phone_writes_after_a_restore_stays(cli: Cli, history: History) -> None:
    cli("restore", "--run", "run1", "--ini", history.ini)
    phones = (history.now or b"") + "windowX=5\r\n".encode("utf-16-le")
    history.ini.write_bytes(phones)
    again = cli("restore", "--run", "run1", "--ini", history.ini, "--json").json
    assert not again["changed"]
    assert [each["code"] for each in again["warnings"]] == ["already-restored"]
    assert history.now == phones

    history.set(9, "33")
    assert cli("restore", "--run", "run1", "--ini", history.ini, "--json").json["changed"]
    assert history.now == history.states[1]


def test_later_runs_that_are_undone_too_are_named(cli: Cli, history: History) -> None:
    outcome = cli("restore", "--run", "run0", "--ini", history.ini, "--json").json
    [warning] = [each for each in outcome["warnings"] if each["code"] == "later-runs-undone"]
    assert "run1, run2" in warning["message"]
    last = cli("restore", "--run", "run2", "--ini", history.ini, "--json").json
    assert "later-runs-undone" not in [each["code"] for each in last["warnings"]]


def test_a_file_that_apply_made_is_removed_by_restore_and_comes_back(
    cli: Cli, tmp_path: Path
) -> None:
    ini = tmp_path / "new.ini"
    cli("set", "Settings.volumeRing=20", "--create", "--ini", ini)
    made = ini.read_bytes()
    removed = cli("restore", "--ini", ini, "--json").json
    assert not ini.exists()
    assert removed["changes"][0]["action"] == "remove"
    assert removed["backup"]
    assert not [name for name in tmp_path.iterdir() if name.suffix == ".tmp"]
    assert cli("restore", "--ini", ini, "--create").code == 0
    assert ini.read_bytes() == made
    assert cli("restore", "--ini", ini, "--create").code == 0
    assert ini.read_bytes() == made, "what was restored is not removed"


def test_what_others_wrote_into_a_made_file_is_kept_before_it_is_removed(
    cli: Cli, tmp_path: Path
) -> None:
    ini = tmp_path / "new.ini"
    run = cli("set", "Settings.volumeRing=20", "--create", "--ini", ini, "--json").json["run"]["id"]
    phones = ini.read_bytes() + "windowX=5\r\n".encode("utf-16-le")
    ini.write_bytes(phones)
    backup = cli("restore", "--run", run, "--ini", ini, "--json").json["backup"]
    assert not ini.exists()
    assert cli("restore", backup, "--ini", ini, "--create").code == 0
    assert ini.read_bytes() == phones


def test_the_original_outlives_all_rotation(tmp_path: Path) -> None:
    history = History(tmp_path, created=False)
    for hour in range(4, 40):
        history.set(hour, str(hour))
    phone = history.at(50, "x")
    assert len(phone.backups()) <= phone.policy.backups + 1
    phone.restore(original=True)
    assert history.now == history.states[0]


def test_a_run_whose_backup_is_gone_is_told(cli: Cli, tmp_path: Path) -> None:
    history = History(tmp_path, created=False)
    for hour in range(4, 40):
        history.set(hour, str(hour))
    outcome = cli("restore", "--run", "run2", "--ini", history.ini, "--json").json
    assert (outcome["exit_code"], outcome["errors"][0]["code"]) == (4, "no-backup")


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--run", "nobody"), 4, "no run nobody"),
        (("--before", "yesterday"), 2, "ISO 8601"),
        (("--before", ""), 2, "ISO 8601"),
        (("--run", ""), 2, "--run is empty"),
        (("",), 2, "id of the backup is empty"),
        (("--before", "2026-13-01"), 2, "ISO 8601"),
        (("--original", "--run", "run1"), 2, "exclude each other"),
        (("--before", "2026-03-09", "--original"), 2, "exclude each other"),
        (("20260309T120000Z", "--original"), 2, "exclude each other"),
    ],
)
def test_what_cannot_be_restored(
    cli: Cli, history: History, options: tuple[str, ...], code: int, says: str
) -> None:
    outcome = cli("restore", *options, "--ini", history.ini)
    assert (outcome.code, says in outcome.err) == (code, True)
    assert history.now == history.states[3]


def test_damaged_notes_are_told_and_backups_still_work(cli: Cli, history: History) -> None:
    [notes] = history.data.rglob("runs.json")
    for damage in (b"", b"{}", b'{"format": 1, "runs": [[1]]}', b"[" * 9999, b"\xff"):
        notes.write_bytes(damage)
        told = cli("restore", "--run", "run1", "--ini", history.ini, "--json").json
        assert [each["code"] for each in told["warnings"]] == ["runs-unusable"]
        assert told["exit_code"] == 4
    assert cli("restore", "--ini", history.ini).code == 0
    assert history.now == history.states[2]


def test_backups_name_the_runs(cli: Cli, tmp_path: Path) -> None:
    history = History(tmp_path, created=False)
    rows = cli("backups", "--ini", history.ini, "--json").json["data"]
    assert [row["run"] for row in rows] == ["run0", "run1", "run2"]
    assert "run1" in cli("backups", "--ini", history.ini).out
    history.ini.unlink()
    assert cli("backups", "--ini", history.ini, "--json").json["data"] == rows


def test_a_run_that_could_not_write_is_not_noted(
    cli: Cli, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    from microsip_config.ini import file

    with monkeypatch.context() as patch:
        patch.setattr(file, "write", lambda *_: 1 / 0)
        assert cli("set", "Settings.EC=0", "--ini", history.ini).code == 70
    [notes] = history.data.rglob("runs.json")
    assert [row[0] for row in json.loads(notes.read_bytes())["runs"]] == ["run0", "run1", "run2"]
