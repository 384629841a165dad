"""The parties of an attack: root's run, users that are real uids, and root's vault."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pwd
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from microsip_config.codes.register import CODES

assert sys.platform != "win32"

PROGRAM = Path(sys.executable).with_name("microsip-config")
AS_USER = Path(__file__).with_name("as_user.py")
DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 7, 130}
REFUSED = {2, 3, 4, 5, 6}
LONGEST = 100.0  # seconds after which a run counts as hanging; a silent child has 30
MEMORY = 2 << 30  # bytes of address space: a run that needs more is exhausted

VAULTED = "vaulted-word"
"""Stands in everything that only root may read."""
PASSWORD = "correct horse battery"
INI = (
    "[Settings]\r\naccountId=1\r\nvolumeRing=80\r\ncallsLastKey=0\r\n\r\n"
    "[Account1]\r\nlabel=Desk\r\nserver=sip.example.com\r\ndomain=sip.example.com\r\n"
    "username=101\r\n\r\n[Calls]\r\n0=100;Jo;1;1767225600;42;Normal\r\n"
)
TEMPLATE = "[Settings]\nvolumeRing = 50\n"
WITH_PASSWORD = TEMPLATE + "[Account1]\npassword = {{ secret.sip }}\n"


def utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


class Run(NamedTuple):
    """One run of the program, ended."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.envelope["errors"]]

    @property
    def told(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"

    def is_documented(self) -> Run:
        """It ended by itself, as the contract says, and no traceback is to be seen."""
        assert self.code in DOCUMENTED, self.told
        assert "Traceback" not in self.err, self.told
        assert VAULTED not in self.out + self.err, self.told
        return self

    def is_done(self) -> Run:
        assert self.code == 0, self.told
        return self.is_documented()

    def is_refused(self) -> Run:
        """Nothing was done, and the registered codes of the envelope say why."""
        assert self.code in REFUSED, self.told
        assert self.codes, self.told
        assert set(self.codes) <= set(CODES), self.told
        return self.is_documented()


class User(NamedTuple):
    """Somebody without privileges; ``name`` is empty for a uid that has no account."""

    uid: int
    gid: int
    name: str
    home: Path

    @property
    def ini(self) -> Path:
        return self.home / "phone" / "MicroSIP.ini"

    @property
    def exe(self) -> Path:
        return self.ini.with_name("MicroSIP.exe")

    def settles(self) -> None:
        """Make a home with a portable phone in it."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.ini.parent.mkdir(parents=True)
        self.ini.write_bytes(utf16(INI))
        self.ini.chmod(0o600)
        self.exe.write_bytes(b"MZ")
        self.home.chmod(0o700)
        self.owns(self.home)

    def owns(self, top: Path) -> Path:
        """Give everything below ``top`` to this user, links themselves included."""
        for path in (top, *top.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        return top

    def links(self, name: Path, to: Path | str) -> Path:
        """A link of this user in the place of what is there."""
        with contextlib.suppress(FileNotFoundError):
            name.rename(name.with_name(f"{name.name}.aside"))
        name.parent.mkdir(parents=True, exist_ok=True)
        name.symlink_to(to)
        self.owns(self.home)
        return name

    def becomes(self) -> None:
        """From now on this process is the user's."""
        os.setgroups([])
        os.setresgid(self.gid, self.gid, self.gid)
        os.setresuid(self.uid, self.uid, self.uid)

    def does(self, work: Callable[[], object]) -> None:
        """``work``, to its end, with this user's rights."""
        _, status = os.waitpid(self._fork(work), 0)
        assert status == 0

    @contextlib.contextmanager
    def keeps(self, work: Callable[[], object]) -> Iterator[None]:
        """Again and again ``work`` with this user's rights, in a process besides."""

        def forever() -> NoReturn:
            while True:
                work()

        child = self._fork(forever)
        try:
            yield
            assert os.waitpid(child, os.WNOHANG) == (0, 0), "the attacker has ended"
        finally:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)

    def _fork(self, work: Callable[[], object]) -> int:
        if child := os.fork():
            return child
        status = 1
        try:
            self.becomes()
            work()
            status = 0
        except BaseException as error:
            os.write(2, f"attacker: {error!r}\n".encode())
        os._exit(status)

    def starts(self, *command: str | Path, **options: Any) -> subprocess.Popen[bytes]:
        """A program of this user's."""
        return subprocess.Popen(
            [os.fspath(word) for word in command],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )


class Scene:
    """A place on the disk where everybody has a folder."""

    def __init__(self, base: Path, users: tuple[User, ...]) -> None:
        self.base = base
        self.users = users
        self.vault, self.root_home, self.templates = (
            self._folder(name, mode)
            for name, mode in (("vault", 0o700), ("root", 0o700), ("templates", 0o755))
        )
        self.common = self._folder("common", 0o1777)
        for user in users:
            user.settles()
        for name in ("conf", "shadow", "MicroSIP.ini", "AppData/Roaming/MicroSIP/MicroSIP.ini"):
            path = self.vault / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(utf16(f"{INI}[Other]\r\nkey={VAULTED}\r\n"))
            path.chmod(0o600)
        (self.vault / "MicroSIP.exe").write_bytes(b"MZ")
        self.secret = self._file(self.vault / "secret", VAULTED)
        self.before = self.state()

    def _folder(self, name: str, mode: int) -> Path:
        path = self.base / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        path.chmod(mode)
        return path

    def _file(self, path: Path, text: str, mode: int = 0o600) -> Path:
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    def template(self, text: str = TEMPLATE, name: str = "desk.ini") -> Path:
        """A template where only root can change it."""
        return self._file(self.templates / name, text, 0o644)

    def state(self) -> dict[str, tuple[object, ...]]:
        """All that is in the vault."""
        found: dict[str, tuple[object, ...]] = {}
        for path in (self.vault, *sorted(self.vault.rglob("*"))):
            info = path.lstat()
            content = path.read_bytes() if stat.S_ISREG(info.st_mode) else b""
            found[str(path)] = (info.st_uid, info.st_gid, info.st_mode, info.st_nlink, content)
        return found

    def is_unharmed(self) -> None:
        """The vault is as it was, and root owns nothing in anybody's home."""
        assert self.state() == self.before
        vaulted = {path.lstat().st_ino for path in self.vault.rglob("*")}  # hard links to it
        for user in self.users:
            states = [(str(path), path.lstat()) for path in user.home.rglob("*")]
            assert [n for n, info in states if not info.st_uid and info.st_ino not in vaulted] == []

    def root(
        self,
        *words: str | Path,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        cwd: Path | None = None,
        under: tuple[str, ...] = (),
        memory: int | None = MEMORY,
        longest: float = LONGEST,
        asjson: bool = True,
    ) -> Run:
        """Run the program as root, who must be back in bounded time with bounded memory."""
        command = [*under, str(PROGRAM), *map(str, words), *(["--json"] if asjson else [])]
        return ended(
            command, {**self.environment, **(env or {})}, stdin, cwd or self.base, memory, longest
        )

    @property
    def environment(self) -> dict[str, str]:
        kept = {n: os.environ[n] for n in ("PATH", "PYTHONPATH") if n in os.environ}
        return {**kept, "HOME": str(self.root_home), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}

    def own_run(self, user: User, *words: str | Path, stdin: bytes = b"") -> Run:
        """Run the program as that user, at home."""
        command = [sys.executable, str(AS_USER), str(user.uid), str(user.gid)]
        command += [*map(str, words), "--json"]
        environment = {**self.environment, "HOME": str(user.home)}
        return ended(command, environment, stdin, user.home, None, LONGEST)


def ended(
    command: list[str],
    environment: Mapping[str, str],
    stdin: bytes,
    cwd: Path,
    memory: int | None,
    longest: float,
) -> Run:
    def limit() -> None:
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    with subprocess.Popen(
        command,
        env=environment,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=limit,
    ) as process:
        try:
            out, err = process.communicate(stdin, longest)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"hangs: {command}")
    return Run(process.returncode, out.decode(), err.decode(errors="replace"))


def processes_of(user: User) -> Iterator[int]:
    """The running processes of a user: those whose uid it is, also where /proc says root."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                uids = re.search(r"^Uid:\s+(\d+)", (entry / "status").read_text(), re.MULTILINE)
                if uids and int(uids[1]) == user.uid:
                    yield int(entry.name)


def end_all_of(user: User) -> None:
    end = time.monotonic() + 10
    while pids := list(processes_of(user)):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if time.monotonic() > end:
            break
        time.sleep(0.02)


_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h
_AT_FDCWD = -100
_LIBC = ctypes.CDLL(None, use_errno=True)


def exchange(one: Path, other: Path) -> None:
    """Let two names change places in a single step."""
    names = os.fsencode(one), os.fsencode(other)
    if _LIBC.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE):
        number = ctypes.get_errno()
        if number != 2:  # one of them is just being replaced
            raise OSError(number, os.strerror(number))


def free_uid(start: int) -> int:
    while True:
        try:
            pwd.getpwuid(start)
        except KeyError:
            return start
        start += 1
