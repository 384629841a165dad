"""What ``strace -f -y`` says that the processes of a run did, and with whose rights."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_BY_DESCRIPTOR = "getdents64,fchmod,fchown,fchdir,ftruncate,fallocate,fsetxattr,flock"
STRACE = (
    *("strace", "-f", "--seccomp-bpf", "-y", "-s", "4096", "-e", "signal=none", "-o"),
    "{}",
    "-e",
    f"trace=file,process,setuid,setreuid,setresuid,setfsuid,{_BY_DESCRIPTOR}",
)

_LINE = re.compile(r"^(\d+) +(.*)$")
_RESUMED = re.compile(r"^<\.\.\. \w+ resumed>(.*)$")
_UNFINISHED = " <unfinished ...>"
_CALL = re.compile(r"^(\w+)\((.*)$")
_BECOMES = re.compile(r"^(setuid|setreuid|setresuid|setfsuid)\(([^)]*)\) += 0")
_FORKS = re.compile(r"^(?:clone3?|v?fork)\(.* = (\d+)$")
_DESCRIPTOR = re.compile(r"(?:AT_FDCWD|\b\d+)<(/[^>]*)>")
_OPENED = re.compile(r" = (\d+)<(/[^>]*)>")
_TEXT = re.compile(r'(?:(?:AT_FDCWD|\b\d+)<(/[^>]*)>, )?"((?:[^"\\]|\\.)*)"')


class Step(NamedTuple):
    """A system call of a process: with which effective uid, and on which paths."""

    pid: int
    uid: int
    call: str
    paths: tuple[str, ...]
    line: str


def steps(trace: str, cwd: Path) -> Iterator[Step]:
    """The calls in the order of their start; a process that is forked has the uid of the other."""
    uids: dict[int, int] = {}
    opened: dict[int, dict[str, str]] = {}
    lines = list(_whole(trace))
    parents = {int(found[1]): pid for pid, text in lines if (found := _FORKS.match(text))}
    for pid, text in lines:
        if pid not in uids:
            parent = parents.get(pid)
            uids[pid] = uids.get(parent, 0) if parent is not None else 0
            opened[pid] = dict(opened.get(parent, {})) if parent is not None else {}
        call = _CALL.match(text)
        if call is None:
            continue
        if found := _OPENED.search(text):
            opened[pid][found[1]] = found[2]
        yield Step(pid, uids[pid], call[1], tuple(_paths(call[2], cwd, opened[pid])), text)
        if became := _BECOMES.match(text):
            uid = _effective(became[1], became[2])
            if uid is not None:
                uids[pid] = uid


def _whole(trace: str) -> Iterator[tuple[int, str]]:
    """Calls that were interrupted by those of others, put together where they began."""
    found: list[tuple[int, str]] = []
    begun: dict[int, int] = {}
    for each in trace.splitlines():
        matched = _LINE.match(each)
        if matched is None:
            continue
        pid, text = int(matched[1]), matched[2]
        if text.endswith(_UNFINISHED):
            begun[pid] = len(found)
            found.append((pid, text.removesuffix(_UNFINISHED)))
        elif (rest := _RESUMED.match(text)) and pid in begun:
            at = begun.pop(pid)
            found[at] = (pid, found[at][1] + rest[1])
        else:
            found.append((pid, text))
    yield from found


def _effective(call: str, arguments: str) -> int | None:
    """The new effective uid; None if it stays."""
    numbers = [int(word) for word in arguments.split(",")]
    number = numbers[0 if call in ("setuid", "setfsuid") else 1]
    return None if number in (-1, 0xFFFFFFFF) else number


def _paths(arguments: str, cwd: Path, opened: dict[str, str]) -> Iterator[str]:
    """Every path that is named, also by a descriptor; one through /proc/self/fd as it leads."""
    for match in _DESCRIPTOR.finditer(arguments):
        yield match[1]
    for match in _TEXT.finditer(arguments):
        folder, text = match[1] or str(cwd), _unquoted(match[2])
        if through := re.match(r"/proc/(?:self|\d+)/fd/(\d+)(?=/|$)", text):
            text = opened.get(through[1], "/") + text[through.end() :]
        yield os.path.normpath(Path(folder, text))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
