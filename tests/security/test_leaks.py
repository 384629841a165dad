"""No secret in anything that a whole session printed or wrote; and the search would find one."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from .plants import BUG, LOGGED, OPEN_BACKUPS, PLANTED, REASON, SHOWN, UNREDACTED
from .session import SECRETS, Session

PROGRAM = (sys.executable, "-m", "microsip_config")
SECRET = SECRETS["file"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A session of more than a hundred runs, over."""
    session = Session(tmp_path_factory.mktemp("session"), PROGRAM)
    session.everyday()
    session.mistakes()
    session.bad_days()
    session.with_a_phone()
    _prompted(session)
    return session


def _prompted(session: Session) -> None:
    """A person types the secret at a terminal."""
    template = session.template("{{ secret.sip }}")
    words: list[str | Path] = ["apply", template, "--secret", "sip=prompt"]
    command = [*PROGRAM, *map(str, words), "--ini", str(session.ini)]
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=session.environment
    ) as child:
        os.close(terminal)
        printed = os.read(screen, 4096)  # the question comes when the echo is off
        os.write(screen, SECRETS["prompt"].encode() + b"\n")
        while part := _read(screen):
            printed += part
    os.close(screen)
    session.note(words, child.returncode, printed)


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 4096)
    except OSError:  # the other side is closed
        return b""


def test_nothing_leaks(session: Session) -> None:
    assert session.leaks() == []


def test_our_own_files_are_for_the_owner_only(session: Session) -> None:
    assert session.open_files() == []


def test_the_session_was_a_real_one(session: Session) -> None:
    """Each secret was written once, each kind of end was met, and every place was filled."""
    kept = [path.read_bytes() for path in session.folder.glob("our data/targets/*/backups/*.ini")]
    everything = b"".join((*kept, session.ini.read_bytes())).decode("utf-16-le", "replace")
    assert {name for name, text in SECRETS.items() if text in everything} == set(SECRETS)
    codes = {ran.code for ran in session.ran}
    assert codes == {0, 1, 2, 3, 4, 6}
    assert len(session.ran) >= 90
    places = ("our data/targets/*/state.json", "home/state/**/*.log", "home/given.log")
    for place in places:
        assert [path for path in session.folder.glob(place) if path.stat().st_size], place
    given = (session.folder / "programs" / "given.txt").read_text("utf-8")
    assert "MicroSIP.exe" in given
    assert "PATH=" in given
    assert "SIP_PASSWORD" not in given


# --- bugs in the program ----------------------------------------------------------------------

POINTS = (
    "operations.configurator:make",
    "operations.locked_run:_in_names",
    "ini.file:write",
    "records.backups:keep",
    "ini.document:Document.render",
    "records.record:Record.judge",
    "records.record:Record.save",
    "records.fingerprint:derive",
    "schema.rules:violations",
    "cli.invocation:Invocation.say",
    "cli.present:diff",
    "cli.output:say",
    "cli.output:write_json",
    "journal.run_journal:Journal.finish",
)


# Of these types a message is kept, since the interpreter words it: there the redactor must help.
KEPT = "TypeError, OSError, NameError"


def _broken(folder: Path, point: str, source: str, kinds: str) -> Session:
    """Two runs with a password from ``--var``; at this point the one of ``source`` is raised."""
    module, _, name = point.partition(":")
    plant = BUG.format(
        secret=SECRETS[source], module=module, setting=f"home.{name} = broken", kinds=kinds
    )
    session = Session(folder, PROGRAM, plant)
    words, _ = session.ways()["var"]
    for form in ((), ("--json",)):
        session.reset()
        session.run("apply", *words, "--ini", session.ini, *form)
    return session


@pytest.mark.parametrize("point", POINTS)
def test_a_bug_does_not_tell(tmp_path: Path, point: str) -> None:
    session = _broken(tmp_path / "session", point, "var", f"KeyError, RuntimeError, {KEPT}")
    codes = [ran.code for ran in session.ran]
    one_form_only = point in {"cli.present:diff", "cli.output:say", "cli.output:write_json"}
    assert codes.count(70) == 2 or (one_form_only and 70 in codes)
    assert session.leaks() == []


def test_a_bug_does_not_tell_what_nobody_knows_for_a_secret(tmp_path: Path) -> None:
    session = _broken(
        tmp_path / "session", "operations.configurator:make", "prompt", "KeyError, RuntimeError"
    )
    assert [ran.code for ran in session.ran] == [70, 70]
    assert session.leaks() == []


# --- leaks that are put there, to see that they would be found -----------------------------------


def _short(folder: Path, plant: str) -> Session:
    """One apply for a person, one that cannot write, one that starts a phone."""
    plant = plant.format(secret=SECRET, env=SECRETS["env"]) if "!r}" in plant else plant
    session = Session(folder, PROGRAM, plant)
    words, _ = session.ways()["file"]
    session.both("apply", *words)
    session.reset()
    session.run("apply", *words, "--ini", session.ini, "--rotate", limit=400)
    return session


@pytest.mark.parametrize("leak", PLANTED)
def test_a_planted_leak_is_found(tmp_path: Path, leak: str) -> None:
    plant, place = PLANTED[leak]
    session = _short(tmp_path / "session", plant)
    if place == "given.txt":
        session.with_a_phone()
    found = session.leaks()
    assert any(place in leak.place for leak in found), found


def test_open_backups_are_found(tmp_path: Path) -> None:
    session = _short(tmp_path / "session", OPEN_BACKUPS)
    assert session.leaks() == []
    assert {path.parent.name for path in session.open_files()} == {"backups"}


@pytest.mark.parametrize("plant", [SHOWN, REASON, LOGGED], ids=["shown", "reason", "logged"])
def test_the_redactor_is_a_second_barrier(tmp_path: Path, plant: str) -> None:
    """The same leaks, with the redactor at work."""
    redactor_on = UNREDACTED.replace("redact.Redactor.text =", "unused =")
    assert _short(tmp_path / "session", redactor_on + plant).leaks() == []
