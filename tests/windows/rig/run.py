#!/usr/bin/env python3
"""Run the rig's Windows Python (or another .exe) under Wine, like a local program.

    run.py [OPTIONS] [--] ARGS...        python.exe ARGS
      --exe FILE      run this program (a Linux or Windows path) instead of python.exe
      --timeout SEC   kill the program after SEC seconds (exit status 124)
      --env K[=V]     give it this variable (repeatable); else it gets Windows' own only
      --acp N         ANSI code page 1250..1258, 874, 932, 936, 949, 950 (default 1252)
      --fresh         run in a throw-away copy of the prefix (registry, C:), removed after
      --prefix DIR    run in this prefix
      --stop          end every process of the prefix, and the server

The exit status is the program's, cut to 8 bits by Unix (256 becomes 0). The Wine server stays
RIG_KEEP seconds (300) after the last program, which makes the next start take 0.1 s, not 1 to 3.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

RIG = Path(__file__).resolve().parents[3] / ".rig"
# Wine takes the ANSI and OEM code pages from the locale's name. The locale itself must be found,
# or file names lose what is not ASCII: a link of that name to C.utf8 will do.
LOCALES = {
    1250: "pl_PL",
    1251: "ru_RU",
    1252: "en_US",
    1253: "el_GR",
    1254: "tr_TR",
    1255: "he_IL",
    1256: "ar_EG",
    1257: "lt_LT",
    1258: "vi_VN",
    874: "th_TH",
    932: "ja_JP",
    936: "zh_CN",
    949: "ko_KR",
    950: "zh_TW",
}
WITH_VALUE = ("--exe", "--timeout", "--env", "--acp", "--prefix")
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


class Wine(NamedTuple):
    """The programs of Wine, and the environment (with its prefix) that they run in."""

    program: str
    server: str
    environment: dict[str, str]

    @property
    def prefix(self) -> Path:
        return Path(self.environment["WINEPREFIX"])

    def quietly(self, *command: str, timeout: float) -> None:
        subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=timeout,
        )

    def stop(self) -> None:
        for flag in ("-k", "-w"):
            self.quietly(self.server, flag, timeout=60)


def windows_path(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


def boot(wine: Wine) -> None:
    """Start the prefix's server, services, desktop and keeper, unless they run already.

    Done here with /dev/null, under a lock, because services started by the first program would
    inherit *its* pipes and keep them open: the reader would never see the end of file.
    """
    ready, note = wine.prefix / ".keeper-ready", wine.prefix / ".keeper-pid"
    with (wine.prefix / ".boot.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(OSError, ValueError):
            if b"keeper.exe" in Path(f"/proc/{int(note.read_text())}/cmdline").read_bytes():
                return
        ready.unlink(missing_ok=True)
        wine.quietly(wine.program, "wineboot", timeout=120)
        seconds = os.environ.get("RIG_KEEP", "300")
        keeper = subprocess.Popen(
            [wine.program, str(RIG / "bin/keeper.exe"), seconds, windows_path(ready)],
            env=wine.environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        note.write_text(str(keeper.pid))
        end = time.monotonic() + 30
        while not ready.exists() and keeper.poll() is None and time.monotonic() < end:
            time.sleep(0.01)


def drop_override() -> None:
    """Let root's children meet file permissions (read-only files!) like anyone's."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):  # counts from the next exec
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def pin(prefix: Path, *, alone: bool) -> None:
    """Keep a prefix's server and programs on one CPU.

    Every system call of Wine is a message to the server and back; on one CPU it takes a fraction
    of the time that waking another (virtual) CPU does. RIG_CPU=any: don't. A prefix that lasts
    always has the same CPU; a throw-away one (``alone``) takes a free one.
    """
    cpus = sorted(os.sched_getaffinity(0))
    cpu = cpus[prefix.stat().st_ino % len(cpus)]
    for candidate in cpus if alone else ():
        path = f"{tempfile.gettempdir()}/microsip-rig-cpu{candidate}-{os.getuid()}.lock"
        claim = os.open(path, os.O_CREAT | os.O_RDWR)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held until this process ends
            cpu = candidate
            break
    if os.environ.get("RIG_CPU") != "any":
        os.sched_setaffinity(0, {cpu})


class Pump(threading.Thread):
    """Copy one descriptor to another; ``last`` says when something last came."""

    def __init__(self, source: int, target: int, *, close: bool = False) -> None:
        super().__init__(daemon=True)
        self.source, self.target, self.close = source, target, close
        self.last = time.monotonic()
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):  # the other side is gone
            while data := os.read(self.source, 65536):
                self.last = time.monotonic()
                while data:
                    data = data[os.write(self.target, data) :]
        if self.close:
            os.close(self.target)


def is_open(descriptor: int) -> bool:
    try:
        return not stat.S_ISBLK(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a program whose standard streams are terminals or pipes, whatever ours are.

    Wine 8 cannot query a standard handle that is a regular file (GetFileInformationByHandle:
    error 6), and Python does so at start: so files are fed through pipes.
    """
    terminal = [is_open(fd) and os.isatty(fd) for fd in (0, 1, 2)]
    same = is_open(1) and is_open(2) and os.path.samestat(os.fstat(1), os.fstat(2))
    pipe, merged = subprocess.PIPE, subprocess.STDOUT
    return subprocess.Popen(
        command,
        env=environment,
        bufsize=0,
        stdin=None if terminal[0] else pipe if is_open(0) else subprocess.DEVNULL,
        stdout=None if terminal[1] else pipe,
        stderr=None if terminal[2] else merged if same else pipe,
    )


def execute(command: list[str], environment: dict[str, str], timeout: float | None) -> int:
    """Run a program to its end, its streams joined to ours; gives its exit status."""
    child = start(command, environment)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: child.kill())
    if child.stdin:
        Pump(0, os.dup(child.stdin.fileno()), close=True)
        child.stdin.close()
    out = [Pump(pipe.fileno(), fd) for pipe, fd in ((child.stdout, 1), (child.stderr, 2)) if pipe]
    try:
        status = child.wait(timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        print(f"{command[1]} was ended: it took more than {timeout:g} s", file=sys.stderr)
        status = 124
    # Normally the end of file is there by now. If a program left behind holds the pipe, half a
    # second of silence is taken for the end.
    for pump in out:
        while pump.is_alive() and time.monotonic() - pump.last < 0.5:
            pump.join(0.05)
    return status if status >= 0 else 128 - status


def code_page(number: str) -> dict[str, str]:
    """The variables that give Wine this ANSI code page."""
    if int(number) not in LOCALES:
        sys.exit(f"--acp {number}: not one of {sorted(LOCALES)}")
    name, folder = LOCALES[int(number)] + ".UTF-8", RIG / "locale"
    folder.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (folder / name).symlink_to("/usr/lib/locale/C.utf8")
    return {"LC_ALL": name, "LOCPATH": str(folder)}


def parse(argv: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Our own options, and what is left for the program."""
    options: dict[str, Any] = {"env": {}}
    argv = list(argv)
    while argv and argv[0].startswith("--"):
        option, given, value = argv[0].partition("=")
        if option == "--":
            return options, argv[1:]
        if option not in (*WITH_VALUE, "--fresh", "--stop"):
            break  # python.exe's own, as --version
        argv.pop(0)
        if option in WITH_VALUE and not given:
            value = argv.pop(0)
        if option == "--env":
            name, given, text = value.partition("=")
            options["env"][name] = text if given else os.environ.get(name, "")
        elif option == "--acp":
            options["env"].update(code_page(value))
        else:
            options[option[2:]] = value or True
    return options, argv


def main(argv: list[str]) -> int:
    if argv[:1] == ["--help-rig"]:
        print(__doc__)
        return 0
    options, argv = parse(argv)
    if not (RIG / "rig.json").exists():
        sys.exit(f"there is no rig in {RIG}: run {Path(__file__).with_name('build_rig.py')} first")
    config = json.loads((RIG / "rig.json").read_text())
    environment = {**config["env"], **options["env"]}
    environment["WINEPREFIX"] = str(Path(options.get("prefix", RIG / "prefix")).resolve())
    environment["WINEPATH"] = ";".join(
        windows_path(RIG / folder) for folder in ("python", "python/Scripts")
    )
    wine = Wine(config["wine"], config["wineserver"], environment)
    if options.get("stop"):
        wine.stop()
        return 0
    drop_override()
    with contextlib.ExitStack() as cleanup:
        if fresh := options.get("fresh"):
            wine = throw_away(wine, cleanup)
        pin(wine.prefix, alone=bool(fresh))
        boot(wine)
        program = options.get("exe") or str(RIG / "python/python.exe")
        timeout = float(options["timeout"]) if "timeout" in options else None
        return execute([wine.program, program, *argv], wine.environment, timeout)


def throw_away(wine: Wine, cleanup: contextlib.ExitStack) -> Wine:
    """The same Wine in a copy of its prefix that ends with ``cleanup``."""
    scratch = Path(tempfile.mkdtemp(prefix="microsip-rig-"))
    cleanup.callback(shutil.rmtree, scratch, ignore_errors=True)
    ignored = shutil.ignore_patterns(".boot.lock", ".keeper*", "reg*.tmp")
    shutil.copytree(wine.prefix, scratch / "prefix", symlinks=True, ignore=ignored)
    copy = wine._replace(environment={**wine.environment, "WINEPREFIX": str(scratch / "prefix")})
    cleanup.callback(copy.stop)
    return copy


if __name__ == "__main__":
    exit_status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(exit_status)  # pump threads may still wait for input
