"""A desk on which runs go wrong: a configuration, our own data, a log, a phone, a secret."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import microsip_config.job.job_run as job_run
from microsip_config.cli import main
from microsip_config.phone import Phone
from microsip_config.phone.state import PhoneProcess, PhoneState, StopReport
from microsip_config.records.backups import entries
from microsip_config.results import Target
from microsip_config.target import World

from ..security.traces import Hunt, Leak

SECRET = "Zq9-planted-secret"
OLDER_SECRET = "older-planted-secret"
OLD = (
    "; by hand\r\n[Settings]\r\naccountId=1\r\nvolumeRing=80\r\nunknownKey=stays\r\n"
    "[Account1]\r\nlabel=Old\r\nserver=old.example.com\r\ndomain=old.example.com\r\nusername=7\r\n"
)
TEMPLATE = (
    "[Settings]\nvolumeRing = 60\n[Account1]\nserver = sip.example.com\n"
    "domain = sip.example.com\nusername = 101\npassword = {{ secret.sip }}\n"
)
HUNT = Hunt({"secret": SECRET, "older": OLDER_SECRET})
KEPT = 20
EXE = "C:\\MicroSIP\\MicroSIP.exe"


def utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


class Outcome(NamedTuple):
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value

    @property
    def short(self) -> str:
        if not self.out:
            return f"exit {self.code}, {self.err}"
        issues = (*self.json["warnings"], *self.json["errors"])
        return f"exit {self.code}, {[issue['code'] for issue in issues]}"


class StandIn:
    """A phone that keeps what it is in a file outside the watched folder, and saves on exit.

    It does what the real one does to the file: rewrites it from its memory when it ends.
    """

    exe = EXE

    def __init__(self, flag: Path, ini: Path) -> None:
        self._flag, self._ini = flag, ini

    def status(self) -> PhoneState:
        one = PhoneProcess(4, EXE, 0, None, True, True, True, True, 0.0)
        return PhoneState((one,) if self._flag.exists() else ())

    def refuse_unstartable(self) -> None:
        pass

    def settled(self, timeout: float) -> PhoneState:
        assert timeout
        return self.status()

    def stop(self, *_: object, **__: object) -> StopReport:
        saved = "; saved by the phone\r\n"
        with self._ini.open("rb+") as file:
            before = file.read()
            line = saved.encode("utf-16-le" if before[:2] == b"\xff\xfe" else "ascii")
            if line not in before:
                file.write(line)
        self._flag.unlink(missing_ok=True)
        return StopReport(True, False, False, (f"{EXE} /exit",))

    def start(self, *_: object, **__: object) -> str:
        self._flag.touch()
        return EXE

    def send(self, *_: object, **__: object) -> str:
        raise AssertionError("nothing is said to the phone here")


class Scene:
    """The folder ``root`` is watched; template, phone and the state to start from are beside it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "watched"
        self.template = folder / "desk.ini"
        self.flag = folder / "phone-runs"
        self._saved = folder / "saved"
        self.ini = self.root / "profile" / "MicroSIP.ini"
        self.data = self.root / "data"
        self.log = self.root / "logs" / "run.log"
        self.ini.parent.mkdir(parents=True)
        self.log.parent.mkdir()
        self.template.write_text(TEMPLATE)
        self.before_bytes = b""
        self.phone = StandIn(self.flag, self.ini)

    # --- arranging --------------------------------------------------------------------------

    def prepare(self, name: str) -> None:
        """Everything as it is before the run ``name``; there is a history to lose."""
        self.ini.write_bytes(utf16(OLD))
        assert self.run("apply", secret=OLDER_SECRET).code == 0
        for number in range(KEPT - 1):
            self.ini.write_bytes(utf16(f"[Settings]\r\nvolumeRing={number}\r\n"))
            assert self.run("set").code == 0
        if name == "repair":
            self.ini.write_bytes(b"\xef\xbb\xbf" + OLD.encode())
        else:
            self.ini.write_bytes(utf16(OLD.replace("80", "90")))
        assert len(self.backups()) == KEPT
        self.before_bytes = self.ini.read_bytes()
        shutil.copytree(self.root, self._saved)

    def reset(self) -> None:
        shutil.rmtree(self.root)
        shutil.copytree(self._saved, self.root)
        self.flag.touch()

    # --- running ----------------------------------------------------------------------------

    def run(self, name: str, *, secret: str = SECRET) -> Outcome:
        """One run of the command line in this process."""
        given = {
            "apply": ["apply", str(self.template), "--secret", "sip=env:PLANTED"],
            "set": ["set", "Settings.volumeRing=100"],
            "restore": ["restore"],
            "repair": ["repair"],
        }[name]
        if name == "restore":  # the oldest: the one that is rotated away by this very run
            given.append(self.before()[0].partition(".")[0])
        options = ("--ini", self.ini, "--data-dir", self.data, "--log-file", self.log, "--json")
        os.environ["PLANTED"] = secret
        try:
            with self._phone_beside():
                return invoked([*given, *map(str, options)])
        finally:
            del os.environ["PLANTED"]

    @contextmanager
    def _phone_beside(self) -> Iterator[None]:
        def phone_for(target: Target, world: World, version: str | None) -> Phone | None:
            assert target
            assert world
            assert version is None
            return self.phone

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(job_run, "phone_for", phone_for)
            yield

    # --- looking ----------------------------------------------------------------------------

    def backups(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.data.glob("targets/*/backups/*.ini")}

    def before(self) -> list[str]:
        """The names of the backups that were there before the run, the oldest first."""
        (folder,) = (self._saved / "data").glob("targets/*/backups")
        return [backup.path.name for backup in entries(folder)]

    def leftovers(self) -> list[str]:
        return [str(path) for path in self.root.rglob("*.tmp")]

    def leaks(self, outcome: Outcome | None = None, *, cut: bool = False) -> list[Leak]:
        """Where a secret stands, in any dress, that may not: in files, names, what was printed.

        ``cut``: a run that was killed may leave what it had staged beside the file.
        """
        staged = [path for path in self.ini.parent.iterdir() if path.suffix == ".tmp"]
        allowed = [self.ini, *self.data.glob("targets/*/backups/*"), *(staged if cut else [])]
        printed = outcome.out + outcome.err if outcome else ""
        return [*HUNT.under(self.root, allowed), *HUNT.inside(printed.encode(), "the output")]

    def check_backups(self) -> None:
        """Every one is whole, and none of those before is gone but the oldest, for a new one."""
        before, after = self.before(), self.backups()
        for name, data in after.items():
            assert name.split(".")[1] == hashlib.sha256(data).hexdigest(), f"damaged: {name}"
        gone, new = set(before) - set(after), set(after) - set(before)
        assert gone <= set(before[: len(new)])


def invoked(arguments: list[str]) -> Outcome:
    bytes_out, bytes_err = io.BytesIO(), io.BytesIO()
    out = io.TextIOWrapper(bytes_out, "utf-8", newline="")
    err = io.TextIOWrapper(bytes_err, "utf-8", newline="")
    code: object = None
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
        out.flush()
        err.flush()
    assert isinstance(code, int)
    assert sys.stdout is not out
    return Outcome(code, bytes_out.getvalue().decode(), bytes_err.getvalue().decode())
