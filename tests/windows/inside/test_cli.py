"""The installed program, ``microsip-config.exe``, on real files and beside a running phone."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from .standin import Phone, user32

assert sys.platform == "win32"

PROGRAM = Path(sys.executable).parent / "Scripts/microsip-config.exe"
TEMPLATE = """[template]
description = A desk
requires = extension, full_name
activate = Account1

[Settings]
audioCodecs = opus, G722, PCMA
enableSTUN = yes
STUN = stun.example.com
volumeRing ?= 60

[Account1]
server = sip.example.com
domain = sip.example.com
username = {{ extension }}
displayName = {{ full_name }}
transport = tls
"""
CODECS = "opus/48000/2 G722/16000/1 PCMA/8000/1"
BEFORE = "\r\n".join(
    (
        "; kept, as all of this",
        "",
        "[Settings]",
        "  audioCodecs = PCMA/8000/1",
        "volumeRing=40",
        "",
        "; mine",
        "mine=1",
        "[Account1]",
        "server=old.example.com",
        "domain=old.example.com",
        "",
    )
)


class Ran(NamedTuple):
    """What a run of the program gave."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out.isascii()
        assert self.out.count("\n") == 1
        return json.loads(self.out)


class Desk:
    """A folder with an ini, a template and the program's own data."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.ini = folder / "Büro.ini"
        self.template = folder / "desk.ini"
        self.template.write_text(TEMPLATE, encoding="utf-8")

    def run(self, *args: str | Path, stdin: str = "", **environment: str) -> Ran:
        done = subprocess.run(
            [PROGRAM, *map(str, args)],
            input=stdin.encode(),
            capture_output=True,
            timeout=120,
            env={
                **os.environ,
                "MICROSIP_CONFIG_DATA_DIR": str(self.folder / "data"),
                **environment,
            },
        )
        return Ran(
            done.returncode, done.stdout.decode("mbcs"), done.stderr.decode("utf-8", "replace")
        )

    def verb(self, verb: str, *args: str | Path) -> Ran:
        """A verb with our template, for extension 101 and a name beyond the code page."""
        names = ("--var", "extension=101", "--var", "full_name=Zoë Жук")
        return self.run(verb, self.template, *names, "--ini", self.ini, "--json", *args)

    def read(self) -> str:
        data = self.ini.read_bytes()
        assert data[:2] == b"\xff\xfe"
        return data[2:].decode("utf-16-le")

    def api(self, section: str, key: str) -> str:
        """What the phone would read."""
        buffer = ctypes.create_unicode_buffer(2048)
        ctypes.windll.kernel32.GetPrivateProfileStringW(
            section, key, "<none>", buffer, 2048, str(self.ini)
        )
        return buffer.value


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "Zoë's desk")


def test_apply_then_nothing_more_to_do(desk: Desk) -> None:
    desk.ini.write_bytes(b"\xff\xfe" + BEFORE.encode("utf-16-le"))
    first = desk.verb("apply")
    assert (first.exit_code, first.json["status"], first.json["changed"]) == (0, "changed", True)
    assert Path(first.json["target"]["ini"]) == desk.ini
    assert desk.api("Settings", "audioCodecs") == CODECS
    assert desk.api("Settings", "accountId") == "1"
    assert desk.api("Settings", "volumeRing") == "40"
    assert desk.api("Account1", "displayName") == "Zoë Жук"
    assert desk.api("Account1", "transport") == "tls"
    lines = desk.read().split("\r\n")
    assert lines[:4] == ["; kept, as all of this", "", "[Settings]", f"  audioCodecs = {CODECS}"]
    kept = [
        line for line in BEFORE.split("\r\n") if "old" not in line and "audioCodecs" not in line
    ]
    assert [line for line in lines if line in kept] == kept
    stamp = desk.ini.stat().st_mtime_ns
    second = desk.verb("apply")
    assert (second.exit_code, second.json["status"], second.json["changed"]) == (0, "ok", False)
    assert desk.ini.stat().st_mtime_ns == stamp


def test_plan_says_what_differs_and_writes_nothing(desk: Desk) -> None:
    desk.ini.write_bytes(b"\xff\xfe" + BEFORE.encode("utf-16-le"))
    plan = desk.verb("plan")
    assert (plan.exit_code, plan.json["status"]) == (1, "differs")
    changes = {(c["section"], c["key"]): c for c in plan.json["changes"]}
    assert changes["Settings", "audioCodecs"]["old"] == "PCMA/8000/1"
    assert changes["Settings", "audioCodecs"]["new"] == CODECS
    assert desk.ini.read_bytes() == b"\xff\xfe" + BEFORE.encode("utf-16-le")
    assert desk.verb("apply").exit_code == 0
    assert desk.verb("plan").exit_code == 0


def test_a_file_without_mark_is_in_the_code_page_of_this_windows(desk: Desk) -> None:
    desk.ini.write_bytes(BEFORE.encode() + b"label=B\xfcro\r\n")
    assert desk.verb("apply").exit_code == 0
    assert desk.api("Account1", "label") == "Büro"
    assert desk.read().startswith("; kept, as all of this\r\n")


def test_a_missing_file_is_made_only_when_asked(desk: Desk) -> None:
    missing = desk.verb("apply")
    assert (missing.exit_code, missing.json["status"]) == (4, "error")
    assert not desk.ini.exists()
    assert desk.verb("apply", "--create").exit_code == 0
    assert desk.api("Account1", "username") == "101"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("enableSTUN", "enableSTUM", "enableSTUM"),
        ("transport = tls", "transport = TLS9", "transport"),
        ("{{ full_name }}", "{{ nobody }}", "displayName"),
    ],
)
def test_a_bad_template_names_the_place_and_changes_nothing(
    desk: Desk, old: str, new: str, named: str
) -> None:
    desk.ini.write_bytes(BEFORE.encode())
    desk.template.write_text(TEMPLATE.replace(old, new), encoding="utf-8")
    ran = desk.verb("apply")
    assert ran.exit_code == 3
    assert named in json.dumps(ran.json["errors"])
    assert f"{desk.template.name}:" in json.dumps(ran.json["errors"])
    assert desk.ini.read_bytes() == BEFORE.encode()


def test_a_read_only_file_stays_as_it_was(desk: Desk) -> None:
    desk.ini.write_bytes(BEFORE.encode())
    desk.ini.chmod(0o444)
    ran = desk.verb("apply")
    assert (ran.exit_code, ran.json["status"], ran.json["changed"]) == (6, "error", False)
    assert desk.ini.read_bytes() == BEFORE.encode()
    desk.ini.chmod(0o666)


def test_a_file_in_use_stays_as_it_was(desk: Desk) -> None:
    desk.ini.write_bytes(BEFORE.encode())
    with desk.ini.open("rb"):  # Python opens without FILE_SHARE_DELETE
        ran = desk.verb("apply")
    assert (ran.exit_code, ran.json["status"]) == (6, "error")
    assert desk.ini.read_bytes() == BEFORE.encode()
    assert not list(desk.folder.glob("*.tmp"))
    assert desk.verb("apply").exit_code == 0


def test_set_and_show(desk: Desk) -> None:
    desk.ini.write_bytes(BEFORE.encode())
    assert desk.run("set", "Settings.AA=yes", "--ini", desk.ini).exit_code == 0
    assert desk.api("Settings", "AA") == "1"
    shown = desk.run("show", "Settings.AA", "--ini", desk.ini, "--json")
    assert shown.exit_code == 0
    assert shown.json["command"] == "show"


def test_a_secret_is_nowhere_but_in_the_file(desk: Desk) -> None:
    secret = "Geheim-Жук9"
    desk.ini.write_bytes(BEFORE.encode())
    desk.template.write_text(TEMPLATE + "password = {{ secret.sip }}\n", encoding="utf-8")
    names = ("--var", "extension=101", "--var", "full_name=Zoë")
    args = (desk.template, *names, "--secret", "sip=env:DESK_SECRET", "--ini", desk.ini, "--json")
    first = desk.run("apply", *args, DESK_SECRET=secret)
    assert first.exit_code == 0, first.err
    assert desk.api("Account1", "password") == secret
    (change,) = [c for c in first.json["changes"] if c["key"] == "password"]
    assert (change["secret"], change["old"], change["new"]) == (True, None, None)
    assert desk.run("apply", *args, DESK_SECRET=secret).json["changed"] is False
    forms = [secret.encode(codec) for codec in ("utf-8", "utf-16-le", "cp1251")]
    forms += [json.dumps(secret)[1:-1].encode()]
    written = [path for path in desk.folder.rglob("*") if path.is_file() and path != desk.ini]
    assert len(written) > 1
    for path in written:
        assert not any(form in path.read_bytes() for form in forms), path


# -- beside a phone ---------------------------------------------------------------------------
def test_apply_stops_and_restarts_a_running_phone(desk: Desk, phone: Phone) -> None:
    phone.write(BEFORE.replace("[Settings]", "[Settings]\r\nupdatesInterval=never\r\naccountId=1"))
    child = phone.start("/minimized", STANDIN_COMMANDS="set volumeOutput=37")
    names = ("--var", "extension=101", "--var", "full_name=Zoë", "--json")
    target = ("--portable", phone.exe.parent)
    ran = desk.run("apply", desk.template, *names, *target)
    try:
        assert ran.exit_code == 0, ran.out + ran.err
        assert child.wait(5) == 0
        report = ran.json["phone"]
        assert (report["was_running"], report["stopped"], report["started"]) == (True, True, True)
        lines = phone.lines()
        assert {"volumeOutput=37", f"audioCodecs={CODECS}", "transport=tls"} <= {
            line.strip().replace(" = ", "=") for line in lines
        }
        again = desk.run("apply", desk.template, *names, *target)
        assert (again.exit_code, again.json["changed"]) == (0, False)
        assert len(phone.said("window")) == 2
        assert phone.said("window")[-1] == "hidden"
        assert not phone.said("dialled") + phone.said("message") + phone.said("reset")
    finally:
        phone.tell("/exit")


def test_a_hung_phone_means_exit_5_and_an_untouched_file(desk: Desk, phone: Phone) -> None:
    phone.write(BEFORE.replace("[Settings]", "[Settings]\r\nupdatesInterval=never\r\naccountId=1"))
    child = phone.start("/minimized", STANDIN_HANG_ON_CLOSE="1")
    before = phone.ini.read_bytes()
    names = ("--var", "extension=101", "--var", "full_name=Zoë", "--json")
    where = ("--portable", phone.exe.parent, "--stop-timeout", "2")
    ran = desk.run("apply", desk.template, *names, *where)
    assert (ran.exit_code, ran.json["status"]) == (5, "error")
    assert phone.ini.read_bytes() == before
    assert child.poll() is None
    assert user32.IsWindow(phone.window())
    killed = desk.run("apply", desk.template, *names, *where, "--kill")
    try:
        assert (killed.exit_code, killed.json["phone"]["started"]) == (0, True)
        assert child.wait(5) != 259
    finally:
        phone.tell("/exit")
