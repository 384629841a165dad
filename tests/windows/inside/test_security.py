"""Passwords beside a phone that rewrites them, and no trace of any secret elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_log_path

from ...security.plants import LOGGED, RECORDED, SHOWN, UNREDACTED
from ...security.session import BAD, SECRETS, Session
from ...security.traces import Hunt
from .standin import Phone, until

assert sys.platform == "win32"

PROGRAM = Path(sys.executable).parent / "Scripts/microsip-config.exe"
TEMPLATE = """[template]
[Settings]
updatesInterval = never
[Account1]
server = sip.example.com
domain = sip.example.com
username = 101
password = {{ secret.sip }}
"""
OLD, NEW = "correct horse Ж1", "battery staple é2"


class Desk:
    """A portable phone and the template for it."""

    def __init__(self, phone: Phone, folder: Path) -> None:
        self.phone = phone
        self.folder = folder
        self.template = folder / "desk.ini"
        self.template.write_text(TEMPLATE, encoding="utf-8")

    def apply(self, password: str, *options: str) -> Any:
        command = [PROGRAM, "apply", self.template, "--portable", self.phone.exe.parent, "--json"]
        done = subprocess.run(
            [*map(str, command), "--create", "--secret", "sip=env:SIP_PASSWORD", *options],
            capture_output=True,
            timeout=120,
            env={
                **os.environ,
                "SIP_PASSWORD": password,
                "MICROSIP_CONFIG_DATA_DIR": str(self.folder / "data"),
            },
        )
        result = json.loads(done.stdout)
        assert result["exit_code"] == done.returncode == 0, result
        return result

    @property
    def stored(self) -> str:
        section = self.phone.read().split("[Account1]")[1]
        return section.split("password=")[1].split("\r\n")[0]

    @property
    def stamp(self) -> tuple[int, bytes]:
        return self.phone.ini.stat().st_mtime_ns, self.phone.ini.read_bytes()


@pytest.fixture
def desk(phone: Phone, tmp_path: Path) -> Iterator[Desk]:
    """Applied once; the phone has started and has stored the password in its own way."""
    desk = Desk(phone, tmp_path)
    assert desk.apply(OLD)["changed"]
    assert desk.stored == OLD
    phone.start("/minimized")
    assert desk.stored != OLD
    yield desk
    phone.tell("/exit")
    assert not phone.said("dialled") + phone.said("message") + phone.said("reset")


def codes(result: Any) -> list[str]:
    return [issue["code"] for issue in result["warnings"]]


def test_ten_applies_touch_neither_file_nor_phone(desk: Desk) -> None:
    before, events = desk.stamp, desk.phone.events()
    for _ in range(10):
        result = desk.apply(OLD)
        assert (result["status"], result["changes"], result["warnings"]) == ("ok", [], [])
        assert result["phone"]["command_lines"] == []
    assert desk.stamp == before
    assert desk.phone.events() == events, "it was asked nothing, not even to end"


def test_another_password_is_one_change_and_one_restart(desk: Desk) -> None:
    desk.apply(OLD)
    result = desk.apply(NEW)
    assert [(c["section"], c["key"]) for c in result["changes"]] == [("Account1", "password")]
    assert (result["phone"]["stopped"], result["phone"]["started"]) == (True, True)
    assert codes(result) == []
    until(lambda: len(desk.phone.said("ready")) == 2)
    assert desk.stored not in {OLD, NEW}, "the phone has stored it"
    before, events = desk.stamp, desk.phone.events()
    assert [desk.apply(NEW)["changed"] for _ in range(3)] == [False] * 3
    assert (desk.stamp, desk.phone.events()) == (before, events)
    assert len(desk.phone.said("saved")) == 1, "one exit, one save"


def test_a_password_that_the_user_typed_is_drift(desk: Desk) -> None:
    desk.apply(OLD)
    ours = desk.stored
    desk.phone.send("/account:1 /password:of another user", 1)
    until(lambda: desk.stored != ours)
    theirs = desk.stored
    result = desk.apply(OLD)
    assert codes(result) == ["password-drift"]
    assert [change["key"] for change in result["changes"]] == ["password"]
    until(lambda: len(desk.phone.said("ready")) == 2)
    assert desk.stored == ours != theirs
    assert desk.apply(OLD)["status"] == "ok"


def test_a_blob_put_there_by_somebody_is_drift(desk: Desk) -> None:
    desk.apply(OLD)
    desk.phone.tell("/exit")
    desk.phone.children[-1].wait(10)
    foreign = "0123456789abcdef" * (len(desk.stored) // 16)
    desk.phone.write(desk.phone.read().replace(desk.stored, foreign))
    result = desk.apply(OLD)
    assert (codes(result), result["phone"]["was_running"]) == (["password-drift"], False)
    assert desk.stored == OLD


# --- the search for secrets -------------------------------------------------------------------


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Secrets from every source that needs no terminal, mistakes, and a phone that is started."""
    session = Session(tmp_path_factory.mktemp("session") / "s", [str(PROGRAM)])
    phone = Phone(session.folder / "desk")
    aim = ("--exe", phone.exe)
    for words, stdin in session.ways().values():
        session.run("apply", *words, *aim, "--json", stdin=stdin)
    session.run("set", "--password", SECRETS["flag"], *aim, "--json")
    session.run("set", f"Account1.password={SECRETS['argument']}", *aim)
    session.job("apply", {"secrets": {"sip": SECRETS["request"]}})
    session.job("set", {"edits": {"Account1.password": SECRETS["edit"]}}, template=False)
    for verb in ("show", "capture", "backups", "check"):
        session.run(verb, *aim, "--json")
    for name in ("undefined", "wrong kind", "number", "command"):
        body = f"[template]\n[Account1]\nserver = a\ndomain = b\nusername = c\n{BAD[name]}\n"
        bad = session.template("x", f"bad {name}")
        bad.write_text(body, encoding="utf-8")
        session.run("apply", bad, "--secret", "sip=env:SIP_PASSWORD", *aim)
    session.ini.chmod(0o444)
    words, _ = session.ways()["file"]
    session.run("apply", *words, *aim, "--json")
    session.ini.chmod(0o666)
    words, _ = session.ways()["env"]
    session.run("apply", *words, *aim, "--rotate", "--restart", "always", "--json")
    phone.tell("/exit")
    return session


def test_nothing_leaks(session: Session) -> None:
    assert session.leaks() == []


def test_nothing_leaks_into_the_log_of_the_user(session: Session) -> None:
    log = user_log_path("microsip-config", appauthor=False)
    assert str(session.ini) in (log / "microsip-config.log").read_text("utf-8")
    assert Hunt(SECRETS).under(log, ()) == []


def test_the_session_was_a_real_one(session: Session) -> None:
    backups = session.folder.glob("our data/targets/*/backups/*.ini")
    kept = b"".join(path.read_bytes() for path in backups).decode("utf-16-le", "replace")
    kept += session.ini.read_bytes().decode("utf-16-le", "replace")
    written = {name for name, text in SECRETS.items() if text in kept}
    assert written >= set(SECRETS) - {"prompt"}, [ran.code for ran in session.ran]
    assert {ran.code for ran in session.ran} >= {0, 1, 3, 6}


@pytest.mark.parametrize("plant", [SHOWN, LOGGED, RECORDED], ids=["shown", "logged", "recorded"])
def test_a_planted_leak_is_found(tmp_path: Path, plant: str) -> None:
    session = Session(tmp_path / "s", [str(PROGRAM)], UNREDACTED + plant)
    words, _ = session.ways()["var"]
    log = session.folder / "home" / "given.log"
    session.run("apply", *words, "--ini", session.ini, "--log-file", log)
    assert "var" in {leak.name for leak in session.leaks()}, session.ran
