"""What a run reads is an ordinary file of bounded size, whatever is put in its place."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from microsip_config.errors import TemplateError
from microsip_config.system import files
from microsip_config.template.library import read_text

from ..target.prefixes import FakePrefix
from .conftest import Bounded, utf16

HUGE = 10 << 30  # bytes that are not there


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)


def _link_to_pipe(path: Path) -> None:
    pipe = Path(f"{path}.pipe")
    os.mkfifo(pipe)
    path.symlink_to(pipe)


ODD: dict[str, Callable[[Path], None]] = {
    "pipe": _fifo,
    "link to a pipe": _link_to_pipe,
    "socket": _socket,
    "folder": Path.mkdir,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "terminal": lambda path: path.symlink_to("/dev/tty"),
    "circle": lambda path: path.symlink_to(path.name),
    "link to nothing": lambda path: path.symlink_to("nothing"),
    "huge file": _huge,
}


@pytest.mark.parametrize("kind", ODD)
def test_the_reader_refuses_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    ODD[kind](path)
    with pytest.raises(OSError):  # noqa: PT011 - which one, the next test says
        files.read_regular(path, 1000)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("pipe", files.NotRegular), ("folder", files.NotRegular), ("device", files.NotRegular),
     ("huge file", files.TooLarge), ("circle", OSError)],
)  # fmt: skip
def test_the_reader_says_why(tmp_path: Path, kind: str, error: type[OSError]) -> None:
    path = tmp_path / "x"
    ODD[kind](path)
    with pytest.raises(error):
        files.read_regular(path, 1000)


def test_the_reader_takes_as_much_as_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"1234")
    assert files.read_regular(path, 4) == b"1234"
    with pytest.raises(files.TooLarge, match="larger than 3 bytes"):
        files.read_regular(path, 3)
    link = tmp_path / "link"
    link.symlink_to(path)
    assert files.read_regular(link, 4) == b"1234"
    with pytest.raises(OSError):  # noqa: PT011
        files.read_regular(link, 4, follow=False)


def test_a_template_that_is_swapped_for_a_pipe_does_not_block(tmp_path: Path) -> None:
    """Between a look at the name and its opening is no moment that matters."""
    path, pipe, file = (tmp_path / name for name in ("t.ini", "pipe", "file"))
    os.mkfifo(pipe)
    file.write_text("[Settings]\n", encoding="utf-8")
    file.rename(path)
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            for one, other in ((path, file), (pipe, path), (path, pipe), (file, path)):
                one.rename(other)

    swapper = threading.Thread(target=swap, daemon=True)
    swapper.start()
    read = threading.Thread(target=_tried, args=(path, 2_000), daemon=True)
    read.start()
    read.join(60)
    hung = read.is_alive()
    done.set()
    swapper.join(60)
    assert not hung


def _tried(path: Path, times: int) -> None:
    for _ in range(times):
        with suppress(TemplateError):
            read_text(path, "t.ini")


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("words", [["plan", "odd.ini"], ["plan", "t.ini", "--vars", "odd.toml"],
                                   ["plan", "parent.ini"], ["template", "validate", "odd.ini"],
                                   ["plan", "t.ini", "--secret", "sip=file:odd.key"]])  # fmt: skip
def test_what_the_administrator_names(
    bounded: Bounded, ini: Path, tmp_path: Path, kind: str, words: list[str]
) -> None:
    (tmp_path / "t.ini").write_text("[Account1]\npassword = {{ secret.sip }}\n", encoding="utf-8")
    (tmp_path / "parent.ini").write_text("[template]\nextends = odd.ini\n", encoding="utf-8")
    for name in ("odd.ini", "odd.toml", "odd.key"):
        ODD[kind](tmp_path / name)
    target = [] if words[0] == "template" else ["--ini", ini]
    ended = bounded(*words, *target)
    assert ended.returncode == 3, ended.stderr[-500:]


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["user.reg", "system.reg"])
def test_a_registry_file(bounded: Bounded, tmp_path: Path, kind: str, name: str) -> None:
    prefix = FakePrefix(tmp_path / "prefix")
    ini = prefix.roaming / "MicroSIP/MicroSIP.ini"
    ini.parent.mkdir()
    ini.write_bytes(utf16("[Settings]\r\nvolumeRing=5\r\n"))
    (prefix.root / name).unlink()
    ODD[kind](prefix.root / name)
    for words in (["locate", "--wine-prefix", prefix.root], ["show", "--ini", ini]):
        ended = bounded(*words)
        assert ended.returncode in (0, 4), (words, ended.stderr[-500:])
    assert bounded("locate", "--all").returncode in (0, 4)


_AROUND = [chr(97 + number) for number in range(26)]

# Links in the folder of a prefix: name -> where it leads. An empty text is a file.
LOOPS: dict[str, dict[str, str]] = {
    "itself": {"dosdevices/c:": "c:"},
    "two": {"dosdevices/c:": "d:", "dosdevices/d:": "c:"},
    "all drives": {
        f"dosdevices/{one}:": f"{other}:"
        for one, other in zip(_AROUND, [*_AROUND[1:], "a"], strict=True)
    },
    "doubling": {
        f"dosdevices/{one}:": f"{other}:/../{other}:/." for one, other in pairwise(_AROUND)
    },
    "beside": {"dosdevices/d:": "d:"},
    "below": {"dosdevices/e:": "e:/x/y"},
    "far": {"dosdevices/d:": "x/" * 2_000},
    "a file": {"dosdevices/c:": ""},
    "the folder itself": {"dosdevices": "dosdevices"},
    "a user": {"drive_c/users/Loop": "Loop"},
    "the folder of the drive": {"drive_c": "drive_c"},
}


def _put(prefix: Path, links: dict[str, str]) -> None:
    for name, leads_to in links.items():
        path = prefix / name
        if os.path.lexists(path):
            path.rename(prefix / f"was {path.name}")
        if leads_to:
            path.symlink_to(leads_to)
        else:
            path.write_bytes(b"")


@pytest.mark.parametrize("name", LOOPS)
def test_drives_that_lead_in_a_circle(bounded: Bounded, tmp_path: Path, name: str) -> None:
    prefix = FakePrefix(tmp_path / ".wine")
    exe = prefix.put("C:\\Program Files\\MicroSIP\\MicroSIP.exe")
    ini = prefix.roaming / "MicroSIP/MicroSIP.ini"
    ini.parent.mkdir()
    ini.write_bytes(utf16("[Settings]\r\nvolumeRing=5\r\n"))
    _put(prefix.root, LOOPS[name])
    for words in (
        ["locate", "--wine-prefix", prefix.root],
        ["locate"],
        ["locate", "--exe", exe],
        ["locate", "--exe", exe, "--wine-prefix", prefix.root],
        ["show", "--ini", ini],
        ["locate", "--all"],
        ["show", "--ini", prefix.root / "dosdevices/c:/MicroSIP.ini"],
    ):
        ended = bounded(*words)
        assert ended.returncode in (0, 4), (words, ended.stderr[-500:])
        assert "bug" not in ended.stderr


REGISTRIES: dict[str, Callable[[], str]] = {
    "products": lambda: "".join(
        "[Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Installer\\\\UserData\\\\S-1-5-18"
        f"\\\\Products\\\\{n}\\\\InstallProperties] 1\n"
        for n in range(100_000)
    ),
    "continued line": lambda: "[Software\\\\MicroSIP] 1\n@=hex(1):" + "\\\n" * 6_000_000,
    "long text": lambda: '[Software\\\\MicroSIP] 1\n@="' + "x" * 20_000_000 + '"\n',
    "escapes": lambda: '[Software\\\\MicroSIP] 1\n@="' + "\\x41" * 5_000_000 + '"\n',
    "lines": lambda: "[Software\\\\MicroSIP] 1\n" + '"a"="b"\n' * 2_000_000,
}


@pytest.mark.parametrize("name", REGISTRIES)
def test_a_registry_file_that_is_work(bounded: Bounded, tmp_path: Path, name: str) -> None:
    prefix = FakePrefix(tmp_path / "prefix")
    prefix.put("C:\\Program Files\\MicroSIP\\MicroSIP.exe")
    for file in ("user.reg", "system.reg"):
        with (prefix.root / file).open("a", encoding="ascii") as registry:
            registry.write(REGISTRIES[name]())
    assert bounded("locate", "--wine-prefix", prefix.root).returncode in (0, 4)
