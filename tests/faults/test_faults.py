"""On a bad day: whichever file operation fails, and wherever a run is cut, nothing is torn."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config.records import fingerprint

from .inject import LOOKING, Cut, Opens, Operation, SharingViolation, answers, failing, watched
from .scene import Outcome, Scene

VERBS = ("apply", "restore", "repair")
LEAST = {"apply": 80, "restore": 60, "repair": 60}
DOCUMENTED = {0, 4, 6}


class Case:
    """A verb, the scene before it, and the bytes that the file may have afterwards."""

    def __init__(self, folder: Path, verb: str) -> None:
        self.verb = verb
        self.scene = Scene(folder)
        self.scene.prepare(verb)
        self.scene.reset()
        self.old = self.scene.ini.read_bytes()
        self.scene.phone.stop(0)
        self.saved = self.scene.ini.read_bytes()
        self.scene.reset()
        with watched(self.scene.root) as watch:
            done = self.run()
        assert (done.code, done.json["changed"]) == (0, True), done
        self.operations = watch.operations
        self.new = self.scene.ini.read_bytes()
        assert self.new not in (self.old, self.saved)

    def run(self) -> Outcome:
        return self.scene.run(self.verb)

    def check(self, *, cut: bool) -> None:
        """What holds after any run whatsoever."""
        now = self.scene.ini.read_bytes()
        assert now in (self.old, self.saved, self.new), "the file is neither old nor new"
        self.scene.check_backups()
        if now == self.new:
            assert self.saved in self.scene.backups().values(), "the old file is not kept"
        assert not self.scene.leaks(cut=cut)

    def check_outcome(self, outcome: Outcome) -> None:
        """What holds after a run that came to its end."""
        assert outcome.code in DOCUMENTED, outcome.err[-300:]
        assert not self.scene.leaks(outcome)
        changed = self.scene.ini.read_bytes() == self.new
        assert outcome.json["changed"] == changed
        assert (outcome.code == 0) == changed
        assert self.scene.flag.exists(), "the phone was not started again"

    def finish(self) -> None:
        """The next run does what is left to do; one more has nothing to do."""
        again = self.run()
        assert again.code == 0, again.short
        assert self.scene.ini.read_bytes() == self.new
        assert self.scene.flag.exists(), "the phone does not run"
        assert not self.scene.leaks(again)
        private = [path for path in self.scene.leftovers() if "/.microsip-config-" in path]
        assert not private, "what the killed run had staged is still there"


@pytest.fixture(params=VERBS)
def case(request: pytest.FixtureRequest, tmp_path: Path, cheap: None) -> Case:
    return Case(tmp_path, request.param)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fingerprints cost next to nothing here: this is about files."""
    monkeypatch.setattr(fingerprint, "COST", fingerprint.Cost(n=2, r=8, p=1))


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def test_every_file_operation_is_seen(case: Case, opens: Opens) -> None:
    case.scene.reset()
    case.scene.flag.unlink()  # what the phone itself does is no operation of the program
    opens.root, opens.count = str(case.scene.root), 0
    with watched(case.scene.root) as watch:
        case.run()
    opens.root = ""
    assert opens.count == watch.opened > 0
    assert len(watch.operations) >= LEAST[case.verb]


@pytest.mark.usefixtures("no_waiting")
def test_any_operation_may_fail(case: Case, tally: Callable[[str], None]) -> None:
    wrong: list[str] = []
    tried = 0
    for operation in representative(case.operations):
        for answer in answers(operation):
            for lasting in (False, True) if answer is SharingViolation else (False,):
                case.scene.reset()
                fault = failing(operation.number, answer, lasting=lasting)
                with watched(case.scene.root, fault) as watch:
                    outcome = case.run()
                assert watch.faults, f"nothing failed: {operation}"
                tried += 1
                try:
                    case.check(cut=False)
                    case.check_outcome(outcome)
                    if operation.name not in ("unlink", "remove"):
                        assert not case.scene.leftovers()
                    case.finish()
                except AssertionError as error:
                    what = answer if isinstance(answer, str) else repr(answer())
                    told = str(error).splitlines()[0]
                    wrong.append(f"{operation} {what} {lasting}: {told} {outcome.short}")
    alike = len(case.operations) - len(representative(case.operations))
    tally(
        f"{case.verb}: {len(case.operations)} operations ({alike} of them are the same look at one "
        f"more backup, left out), {tried} faults"
    )
    assert not wrong, "\n".join([f"{len(wrong)} of {tried}", *wrong])


def test_a_run_may_be_cut_after_any_operation(case: Case, tally: Callable[[str], None]) -> None:
    wrong: list[str] = []
    cuts = {True: 0, False: 0}
    for kill in (True, False):
        for operation in representative(case.operations):
            if kill and operation.name in LOOKING:
                continue
            case.scene.reset()
            (killed if kill else interrupted)(case, operation.number)
            cuts[kill] += 1
            try:
                case.check(cut=True)
                assert kill or not case.scene.leftovers()
                case.finish()
            except AssertionError as error:
                wrong.append(f"{operation} {kill}: {str(error).splitlines()[0]}")
    tally(
        f"{case.verb}: interrupted after {cuts[False]} operations, killed after the "
        f"{cuts[True]} of them that change something"
    )
    assert not wrong, "\n".join([f"{len(wrong)}", *wrong])


def representative(operations: list[Operation]) -> list[Operation]:
    """Of the same question asked of many files of a folder one by one, the first and the last."""
    chosen = []
    for before, operation, after in zip(
        [None, *operations], operations, [*operations[1:], None], strict=False
    ):
        kinds = [one and (one.name, Path(one.place).parent) for one in (before, operation, after)]
        if not kinds[0] == kinds[1] == kinds[2]:
            chosen.append(operation)
    return chosen


def killed(case: Case, number: int) -> None:
    """The run in a process of its own that is killed after one operation, without any clean-up."""
    child = os.fork()
    if not child:
        try:
            with watched(case.scene.root, after=at(number, _kill)):
                case.run()
        finally:  # whatever happens, this copy of the test run ends here
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the run came to its end without that operation"
    assert os.WTERMSIG(status) == signal.SIGKILL


def interrupted(case: Case, number: int) -> None:
    """The run ended by an exception that nobody expects, such as at a shutdown."""
    with watched(case.scene.root, after=at(number, _interrupt)), pytest.raises(Cut):
        case.run()


def at(number: int, cut: Callable[[], None]) -> Callable[[Operation], None]:
    """Cuts after one operation."""

    def after(operation: Operation) -> None:
        if operation.number == number:
            cut()

    return after


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _interrupt() -> None:
    raise Cut
