"""A phone's file with accounts, a template with passwords, and what the phone makes of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Cli, Outcome, utf16

INI = """\
; kept
[Settings]
accountId=1
[Account1]
server=sip.example.com
domain=sip.example.com
username=101
"""
ACCOUNT = """
[Account by username]
domain = sip.example.com
server = sip.example.com
username = {number}
password = {{{{ secret.s{number} }}}}
"""


def blob(password: str, key: str = "this phone's") -> str:
    """Hex of the length that MicroSIP stores for a password, and of nothing in it."""
    units = len(password.encode("utf-16-le")) // 2
    digits = 16 * ((4 + 2 * units) // 8 + 1)
    return hashlib.shake_256(f"{key}:{password}".encode()).hexdigest(digits // 2)


class Desk:
    """Applies a template with one account for each given extension."""

    def __init__(self, folder: Path, cli: Cli) -> None:
        self.folder = folder
        self.cli = cli
        self.ini = folder / "MicroSIP.ini"
        self.ini.write_bytes(utf16(INI.replace("\n", "\r\n")))
        self.template = folder / "desk.ini"

    def apply(self, *options: str, verb: str = "apply", **passwords: str) -> dict[str, Any]:
        """``apply(s101="...")``: the JSON of a run that gives extension 101 this password."""
        return self.run(*options, verb=verb, **passwords).json

    def run(self, *options: str, verb: str = "apply", **passwords: str) -> Outcome:
        accounts = [ACCOUNT.format(number=name[1:]) for name in passwords]
        self.template.write_text("[template]\n" + "".join(accounts), encoding="utf-8")
        arguments: list[str | Path] = [verb, self.template, "--ini", self.ini, "--json", *options]
        for name, text in passwords.items():
            source = self.folder / f"{name}.txt"
            source.touch(mode=0o600)
            source.write_text(text, encoding="utf-8")
            arguments += ["--secret", f"{name}=file:{source}"]
        return self.cli(*arguments)

    @property
    def text(self) -> str:
        return self.ini.read_bytes()[2:].decode("utf-16-le")

    @property
    def stamp(self) -> tuple[int, int, bytes]:
        """What changes when the file is touched at all."""
        found = self.ini.stat()
        return found.st_ino, found.st_mtime_ns, self.ini.read_bytes()

    def stored(self, account: int = 1) -> str:
        """The text of an account's password."""
        section = self.text.split(f"[Account{account}]")[1].split("[")[0]
        (line,) = [line for line in section.splitlines() if line.startswith("password=")]
        return line.partition("=")[2]

    def store(self, text: str, account: int = 1) -> None:
        """Put this text in place of an account's password, as the phone does."""
        head, section, rest = self.text.partition(f"[Account{account}]")
        old = f"password={self.stored(account)}\r\n"
        self.ini.write_bytes(utf16(head + section + rest.replace(old, f"password={text}\r\n", 1)))

    @property
    def record(self) -> Path:
        """The state record of this file."""
        (found,) = self.folder.glob("our data/targets/*/state.json")
        return found

    def fingerprints(self) -> dict[str, Any]:
        accounts: dict[str, Any] = json.loads(self.record.read_bytes())["accounts"]
        return accounts


def codes(result: dict[str, Any], kind: str = "warnings") -> list[str]:
    return [issue["code"] for issue in result[kind]]
