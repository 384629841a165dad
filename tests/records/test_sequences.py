"""Random days of a password: runs, restores, the phone, other tools, other and older records.

After each step, a plan that says "in the desired state" is only right if the phone would register
with the desired password; and what was written is in the desired state once the phone has stored
it, however often that happens.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from microsip_config import Configurator, Policy, Secret, Target, edits
from microsip_config.records import fingerprint
from microsip_config.records.passwords import PasswordRecords
from microsip_config.records.record import Record
from microsip_config.system.current import system
from tests.security.desk import blob

INI = "[Settings]\r\naccountId=1\r\n[Account1]\r\ndomain=sip.example.com\r\npassword={}\r\n"
# Three of one length, one of another, one that looks like a stored form.
PASSWORDS = ("green-gate-71", "black-boat-82", "white-wall-93", "x", "3f2a9c01b7de4450")
FOREIGN = "other-user-00"
STORED = {blob(password): password for password in (*PASSWORDS, FOREIGN)}


class Step(NamedTuple):
    """``act`` is the name of a method of :class:`Desk`."""

    act: str
    password: str = PASSWORDS[0]
    whose: int = 0
    number: int = 0


class Desk:
    """A file, two programs with a record each (two machines that share the file), and a phone.

    ``told`` are the stored forms that the first record has called the desired password's.
    """

    def __init__(self, folder: Path, stored: str) -> None:
        self.ini = folder / "MicroSIP.ini"
        self.data = [folder / "one", folder / "two"]
        self.put(INI.format(stored))
        self.programs = [
            Configurator(Target(str(self.ini)), data_dir=data, policy=Policy(lock_timeout=0))
            for data in self.data
        ]
        self.kept: bytes | None = None
        self.told: set[str] = set()
        self.written: tuple[int, str] | None = None

    @property
    def text(self) -> str:
        return self.ini.read_bytes()[2:].decode("utf-16-le")

    @property
    def stored(self) -> str:
        found = [line for line in self.text.splitlines() if line.startswith("password=")]
        return found[0].partition("=")[2] if found else ""

    def put(self, text: str) -> None:
        """In place, as the phone writes."""
        self.ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))

    def swap(self, text: str) -> None:
        """By a new file, as we and most editors write."""
        fresh = self.ini.with_name("fresh")
        fresh.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
        fresh.replace(self.ini)

    def with_password(self, password: str) -> str:
        lines = [line for line in self.text.split("\r\n") if not line.startswith("password=")]
        return "\r\n".join([*lines[:-1], f"password={password}", ""])

    def registers_with(self) -> str:
        return STORED.get(self.stored, self.stored)

    def says_desired(self, whose: int, password: str) -> bool:
        wanted = edits([("Account1", "password", Secret(password))])
        return not self.programs[whose].plan(wanted).differs

    # --- what can happen --------------------------------------------------------------------

    def apply(self, step: Step, *, rotate: bool = False) -> None:
        wanted = edits([("Account1", "password", Secret(step.password))])
        self.programs[step.whose].apply(wanted, rotate=rotate)
        assert self.registers_with() == step.password
        self.written = (step.whose, step.password)
        if step.whose == 0 and self.stored in STORED:
            self.told.add(self.stored)

    def rotate(self, step: Step) -> None:
        self.apply(step, rotate=True)

    def phone(self, _: Step) -> None:
        """A start: a plain password is stored."""
        if self.stored and self.stored not in STORED:
            self.put(self.with_password(blob(self.stored)))
        if self.written:
            assert self.says_desired(*self.written), "what was written is written again"

    def change(self, step: Step) -> None:
        """Another key, by a program that is not told the password."""
        self.programs[step.whose].apply(edits([("Settings", "volumeRing", str(step.number))]))
        if self.written and step.whose != self.written[0]:
            self.written = None  # for the other program, another tool has replaced the file

    def remove(self, step: Step) -> None:
        self.programs[step.whose].apply(edits([("Account1", "password", None)]))
        self.written = None

    def restore(self, step: Step) -> None:
        program = self.programs[step.whose]
        kept = program.backups()
        if kept:
            program.restore(kept[step.number % len(kept)].id)
            self.written = None

    def lose(self, step: Step) -> None:
        for record in self.data[step.whose].glob("targets/*/state.json"):
            record.unlink()
        self.written = None
        self.told = set() if step.whose == 0 else self.told

    def keep(self, _: Step) -> None:
        for record in self.data[0].glob("targets/*/state.json"):
            self.kept = record.read_bytes()

    def put_back(self, _: Step) -> None:
        """An older record, out of a backup of the profile."""
        for record in self.data[0].glob("targets/*/state.json"):
            if self.kept is not None:
                record.write_bytes(self.kept)
                self.written = None
                self.told.clear()

    def copy(self, step: Step) -> None:
        """Another tool puts a stored form there, or the file of another desk."""
        self.swap(self.with_password([*STORED][step.number % len(STORED)]))
        self.written = None

    def overwrite(self, step: Step) -> None:
        """Another tool writes, as the phone does, a text that the record has seen before."""
        if self.told:
            self.put(self.with_password(sorted(self.told)[step.number % len(self.told)]))
            self.written = None


ANYWHERE = ("apply", "apply", "rotate", "phone", "phone", "change", "restore", "remove", "lose")
# Only where a file system tells whether a file was replaced.
REPLACED = ("copy", "keep", "put_back")


def steps(acts: tuple[str, ...], machines: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(
        st.builds(
            Step,
            st.sampled_from(acts),
            st.sampled_from(PASSWORDS),
            st.integers(0, machines - 1),
            st.integers(0, 9),
        ),
        min_size=3,
        max_size=10,
    )


ONE_RECORD = steps((*ANYWHERE, "overwrite"), 1)
SEVERAL_RECORDS = steps((*ANYWHERE, *REPLACED), 2)
BEFORE = st.sampled_from(["", blob(FOREIGN), blob(PASSWORDS[0]), PASSWORDS[1]])


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    """Thousands of fingerprints and writes; what they protect against is not tried here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprint, "COST", fingerprint.Cost(2, 8, 1))
        patch.setattr(os, "fsync", lambda _: None)
        yield


HELD: dict[int, int] = {}  # files that stay open: their number and a descriptor


@contextmanager
def desk(stored: str) -> Iterator[Desk]:
    folder = Path(tempfile.mkdtemp())
    try:
        yield Desk(folder, stored)
    finally:
        shutil.rmtree(folder)
        for descriptor in HELD.values():
            os.close(descriptor)
        HELD.clear()


def happens(stored: str, day: list[Step], machines: int) -> None:
    """One sequence, judged after each step."""
    with desk(stored) as place:
        for step in day:
            getattr(place, step.act)(step)
            for whose in range(machines):
                wishes = PASSWORDS[:3] if step is day[-1] else (step.password,)
                for password in wishes:
                    if place.says_desired(whose, password):
                        assert place.registers_with() == password, f"after {step}"


def sequences(count: int, machines: int, days: st.SearchStrategy[list[Step]]) -> Callable[[], None]:
    @settings(max_examples=count, phases=(Phase.explicit, Phase.generate, Phase.shrink))
    @given(stored=BEFORE, day=days)
    def each(stored: str, day: list[Step]) -> None:
        happens(stored, day, machines)

    return each


@pytest.fixture
def _no_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a network share or in memory: nothing tells that a file was replaced."""
    monkeypatch.setattr(system, "lasting_id", lambda _: "")


def held_id(path: Path) -> str:
    """A number that no other file of this sequence gets, since the file stays open."""
    if not path.exists():
        return ""
    descriptor = os.open(path, os.O_RDONLY)
    number = os.fstat(descriptor).st_ino
    if number in HELD:
        os.close(descriptor)
    else:
        HELD[number] = descriptor
    return str(number)


@pytest.fixture
def _ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ids of this file system; where it has none, such as in a container, others as lasting."""
    (tmp_path / "probe").touch()
    if not system.lasting_id(tmp_path / "probe"):
        monkeypatch.setattr(system, "lasting_id", held_id)


@pytest.mark.usefixtures("_no_ids")
def test_one_record_where_nothing_tells_of_a_replacement() -> None:
    sequences(2000, 1, ONE_RECORD)()


@pytest.mark.usefixtures("_ids")
def test_several_records_of_one_file() -> None:
    sequences(500, 2, SEVERAL_RECORDS)()


@pytest.mark.usefixtures("_no_ids")
def test_a_run_that_is_cut_after_its_write_leaves_nothing_to_believe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with desk("") as place:
        place.apply(Step("apply", A))
        with monkeypatch.context() as patch:
            patch.setattr(PasswordRecords, "settle", _cut)
            with pytest.raises(KeyboardInterrupt):
                place.apply(Step("apply", B))
        place.written = None
        place.phone(Step("phone"))
        assert place.registers_with() == B
        assert not place.says_desired(0, A)


def _cut(*_: object) -> None:
    raise KeyboardInterrupt


A, B = PASSWORDS[:2]
# Days on which one mend alone keeps a wrong password from passing.
FAULTS: dict[str, tuple[object, str, Callable[..., object], list[Step]]] = {
    "what we put there is believed": (
        Record,
        "disown",
        lambda *_: None,
        [Step("apply", A), Step("phone"), Step("apply", B), Step("restore", B, number=1)],
    ),
    "the blobs of other passwords are forgotten": (
        Record,
        "_is_of_another",
        lambda *_: False,
        [
            *(Step("apply", A), Step("phone"), Step("apply", A)),
            *(Step("apply", B), Step("overwrite", B)),
        ],
    ),
    "replaced files are believed": (
        system,
        "lasting_id",
        lambda _: "",
        [Step("apply", A), Step("copy", A, number=PASSWORDS.index(B))],
    ),
}


@pytest.mark.usefixtures("_ids")
@pytest.mark.parametrize("fault", FAULTS)
def test_each_mend_is_needed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, nothing, day = FAULTS[fault]
    happens("", day, 1)
    monkeypatch.setattr(system, "lasting_id", lambda _: "")
    monkeypatch.setattr(owner, name, nothing)
    with pytest.raises(AssertionError, match="after Step"):
        happens("", day, 1)
