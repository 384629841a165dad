"""A whole working session with secrets from every source, and faults in it.

Each run is a process of its own. Whatever it prints is kept, and all that it writes is under one
folder: the file, the data folder, the logs, the home folder, the temporary files.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .traces import Hunt, Leak

# One for each source; the beginnings and ends are unlike anything else that a run says.
SECRETS = {
    source: f"{number}Kq{source}Zx é\"\\%Ж<&>';{source}Wv{number}jQ"
    for number, source in enumerate(
        (
            *("env", "file", "stdin", "prompt", "flag", "argument", "var", "vars", "literal"),
            *("old", "request", "edit"),
        ),
        31,
    )
}
ACCOUNT = """
[Account1]
server = sip.example.com
domain = sip.example.com
username = 101
password = {}
"""
# Templates in which something is wrong just where the secret is.
BAD = {
    "undefined": "password = {{ secret.sip }}{{ nobody }}",
    "wrong kind": "transport = {{ secret.sip }}",
    "codecs": "password = x\n[Settings]\naudioCodecs = opus, {{ secret.sip }}",
    "number": "registerRefresh = {{ secret.sip }}",
    "too long": "label = {{ secret.sip * 40 }}",
    "attribute": "password = {{ secret.sip.nothing }}",
    "arithmetic": "password = {{ secret.sip + 1 }}",
    "filter": "password = {{ secret.sip | int / 0 }}",
    "syntax": "password = {{ secret.sip | }}",
    "identity": "password = x\n[Account by username]\nusername = {{ secret.sip }}\ndomain = x",
    "command": 'password = x\n[Settings]\ncmdCallStart = "x.exe" "{{ secret.sip }}"',
    "line end": "password = {{ secret.sip ~ '\\n' }}",
    "unknown key": "passwort = {{ secret.sip }}",
}

# Notes its arguments and its environment; then it is a process with the phone's name.
WINE = """#!/bin/bash
here=$(dirname "$0")
echo $$ > "$here/pid"
{ printf '%s\\n' "$@"; env; } > "$here/given.txt"
exec -a "$1" sleep 60
"""


class Ran(NamedTuple):
    """One run: its words, its exit code, and all that it printed."""

    words: tuple[str, ...]
    code: int
    printed: bytes


class Session:
    """Runs a program several times in one folder.

    :param program: the words that start it.
    :param plant: code for ``sitecustomize``, run in every process before the program.
    """

    def __init__(self, folder: Path, program: Sequence[str], plant: str = "") -> None:
        self.folder = folder
        self.program = tuple(program)
        self.ini = folder / "desk" / "MicroSIP.ini"
        self.ran: list[Ran] = []
        self.environment = self._surroundings()
        self.holders: set[Path] = {self.ini}
        """The files that are meant to hold a secret."""
        for name in ("desk", "home", "temporary", "sources", "plant"):
            (folder / name).mkdir(parents=True)
        if plant:
            self._source("plant/sitecustomize.py", plant)
        self.reset()

    def reset(self) -> None:
        """A file with an old password in it, once where it counts and once in a broken line."""
        old = SECRETS["old"]
        text = ACCOUNT.format(old) + f"[Settings]\naccountId=1\npassword {old}\n"
        text += f"password={old}\n[Account2]\nserver=x\npassword={old}\npassword={old}2\n"
        self.ini.write_bytes(b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"))

    def _source(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        self.holders.add(path)
        return path

    def _surroundings(self) -> dict[str, str]:
        home = str(self.folder / "home")
        temporary = str(self.folder / "temporary")
        plant = str(self.folder / "plant")
        own = {
            "HOME": home,
            "XDG_DATA_HOME": f"{home}/data",
            "XDG_STATE_HOME": f"{home}/state",
            "MICROSIP_CONFIG_DATA_DIR": str(self.folder / "our data"),
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
            "PYTHONPATH": os.pathsep.join(filter(None, (plant, os.environ.get("PYTHONPATH")))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SIP_PASSWORD": SECRETS["env"],
        }
        return {**os.environ, **own}

    def run(self, *words: str | Path, stdin: str | None = None, limit: int = 0) -> Ran:
        """Run it with these words; ``limit``: no file may grow beyond so many bytes."""
        command = [*self.program, *map(str, words)]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            preexec_fn=(lambda: _limit_files(limit)) if limit else None,
        ) as child:
            out, err = child.communicate((stdin or "").encode(), timeout=120)
        return self.note(words, child.returncode, out + b"\n" + err)

    def note(self, words: Sequence[str | Path], code: int, printed: bytes) -> Ran:
        ran = Ran(tuple(map(str, words)), code, printed)
        self.ran.append(ran)
        return ran

    def both(self, *words: str | Path, stdin: str | None = None) -> None:
        """The same words for a person and for a program."""
        for form in ((), ("--json",)):
            self.run(*words, "--ini", self.ini, *form, stdin=stdin)

    # --- what is done -----------------------------------------------------------------------

    def ways(self) -> dict[str, tuple[list[str | Path], str | None]]:
        """source -> the words that apply a template with the secret from there, and stdin."""
        file = self._source("sources/file.txt", SECRETS["file"])
        quoted = SECRETS["vars"].replace("\\", "\\\\").replace('"', '\\"')
        table = self._source("sources/vars.toml", f'pw = "{quoted}"\n')
        by_secret = self.template("{{ secret.sip }}")
        by_variable = self.template("{{ pw }}", "variable")
        literal = self.template(SECRETS["literal"], "literal")
        return {
            "env": ([by_secret, "--secret", "sip=env:SIP_PASSWORD"], None),
            # Wine shows every file as one that others may read.
            "file": ([by_secret, "--secret", f"sip=file:{file}", "--allow-open-secrets"], None),
            "stdin": ([by_secret, "--secret", "sip=stdin"], SECRETS["stdin"] + "\n"),
            "var": ([by_variable, "--var", f"pw={SECRETS['var']}"], None),
            "vars": ([by_variable, "--vars", table], None),
            "literal": ([literal], None),
        }

    def template(self, value: str, name: str = "secret") -> Path:
        return self._source(f"sources/{name}.ini", f"[template]\n{ACCOUNT.format(value)}")

    def everyday(self) -> None:
        """Every verb that may meet a secret, with secrets from every source."""
        for words, stdin in self.ways().values():
            self.run("plan", *words, "--ini", self.ini, stdin=stdin)
            self.both("apply", *words, stdin=stdin)
            self.run("check", *words, "--ini", self.ini, "--json", stdin=stdin)
            self.run("apply", *words, "--rotate", "--ini", self.ini, stdin=stdin)
        self.both("set", "--password", SECRETS["flag"])
        self.both("set", f"Account1.password={SECRETS['argument']}")
        log = self.folder / "home" / "given.log"
        words, _ = self.ways()["env"]
        self.run("apply", *words, "--rotate", "--ini", self.ini, "--log-file", log)
        for looking in (
            ["show", "Account1"],
            ["show", "Account1.password"],
            ["capture"],
            ["capture", "--parametrise"],
            ["backups"],
            ["repair", "--dry-run"],
            ["locate"],
        ):
            self.both(*looking)
        for operation in ("plan", "apply", "check"):
            self.job(operation, {"secrets": {"sip": SECRETS["request"]}})
        self.job("set", {"edits": {"Account1.password": SECRETS["edit"]}}, template=False)
        self.both("restore")
        self.both("unset", "Account1.password")
        self.run("capture", "--ini", self.ini, "--out", self.folder / "home" / "captured.ini")

    def mistakes(self) -> None:
        """What is typed in the wrong place, and templates that fail at the secret."""
        secret, aim = SECRETS["argument"], ("--ini", self.ini)
        for wrong in (
            ["set", f"Account1.pasword={secret}"],
            ["set", f"Account1.password{secret}"],
            ["set", f"Account1.password={secret}\n"],
            ["set", f"Account1.password={secret * 20}"],
            ["set", secret],
            ["set", "--password", secret + "\n"],
            ["phone", "start", "--password", secret],
            ["apply", "x.ini", "--secret", secret],
            ["apply", "x.ini", "--secret", f"sip={secret}"],
            ["apply", "x.ini", "--var", secret],
        ):
            self.run(*wrong, *aim)
        for wrong_request in (
            {"secrets": {"sip": secret, "pin": {"sourc": secret}}},
            {"secrets": secret},
            {"secret": {"sip": secret}},
            {"secrets": {"sip": {"source": secret}}},
            {"edits": [f"Account1.password{secret}"]},
            {"options": {"restart": secret, secret: 1}},
            {"variables": {"pw": [[secret]]}},
        ):
            self.job("apply", wrong_request)
        self.run("job", stdin=secret)
        for name, line in BAD.items():
            body = f"[template]\n[Account1]\nserver = a\ndomain = b\nusername = c\n{line}\n"
            bad = self._source(f"sources/bad {name}.ini", body)
            self.both("apply", bad, "--secret", "sip=env:SIP_PASSWORD")
        self.run("template", "validate", *self.folder.glob("sources/bad *.ini"))

    def job(self, operation: str, fields: Mapping[str, object], *, template: bool = True) -> None:
        """A request on standard input, with the template as a text."""
        text = self.template("{{ secret.sip }}").read_text("utf-8")
        request = {"operation": operation, "target": {"ini": str(self.ini)}, **fields}
        if template:
            request["templates"] = [{"name": "desk.ini", "text": text}]
        self.run("job", stdin=json.dumps(request))

    def bad_days(self) -> None:
        """Writes that fail, a lock that is held, a record that is damaged."""
        words, stdin = self.ways()["file"]
        self.reset()
        self.ini.chmod(0o444)
        self.both("apply", *words, stdin=stdin)
        self.ini.chmod(0o644)
        for record in self.folder.glob("our data/targets/*/state.json"):
            record.write_bytes(b"{" + record.read_bytes())
        self.both("apply", *words, stdin=stdin)
        if sys.platform != "win32":
            for limit in (40, 400, 700):
                self.reset()
                self.run("apply", *words, "--ini", self.ini, "--json", limit=limit)

    def with_a_phone(self) -> None:
        """A run that starts the phone: a stand-in for Wine writes down what it is given."""
        programs = self.folder / "programs"
        programs.mkdir()
        wine = programs / "wine"
        wine.write_text(WINE, encoding="ascii")
        wine.chmod(0o755)
        exe = self.ini.with_suffix(".exe")
        exe.write_bytes(b"MZ")
        self.environment["PATH"] = f"{programs}{os.pathsep}{self.environment['PATH']}"
        words, _ = self.ways()["env"]
        try:
            self.run("apply", *words, "--exe", exe, "--restart", "always", "--rotate", "--json")
        finally:
            pid = int((programs / "pid").read_text())
            os.kill(pid, signal.SIGTERM)

    # --- what is found ----------------------------------------------------------------------

    def leaks(self, secrets: Mapping[str, str] = SECRETS) -> list[Leak]:
        """Every trace of a secret outside of the files that are meant to hold it."""
        hunt = Hunt(secrets)
        found = []
        for ran in self.ran:
            found += hunt.inside(ran.printed, f"output of {' '.join(ran.words[:2])}")
        backups = self.folder.glob("our data/targets/*/backups/*.ini")
        return found + hunt.under(self.folder, {*self.holders, *backups})

    def open_files(self) -> list[Path]:
        """Our own files and folders that others may read (by their mode)."""
        ours = self.folder / "our data"
        return [path for path in (ours, *ours.rglob("*")) if path.lstat().st_mode & 0o077]


def _limit_files(size: int) -> None:
    assert sys.platform != "win32"
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
