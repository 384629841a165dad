"""What Windows programs wrote into a Wine prefix is read alike from its files."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from microsip_config.target import TargetRequest, find
from microsip_config.target.hosts.wine import Prefix
from microsip_config.target.registry_file import RegistryFile
from tests.windows.rig import BUILD, RIG, ROOT, RUN, windows_path

from .prefixes import world

FOLDER = "C:\\Program Files\\Télé “Phone”"
TEXTS = {
    "plain": "C:\\Program Files\\MicroSIP",
    "quotes": '"C:\\a b\\x.exe" /minimized',
    "controls": "a\tb\r\nc\x01d\x1fe\x7f0",
    "escape look-alike": "\\x41 \\n \\\\srv\\share",
    "before digits": "\u00e90123 \x017 é abc",
    "Ünïcödé-電話": "Žižkov 電話 \U0001f600 end",
    "brackets": "[not\\a] key=value ;#",
    "empty": "",
    "blanks": "  both ends  ",
}
SET_AND_TELL = """
import json, os, sys, winreg
from pathlib import Path
from microsip_config.target import TargetRequest, World, find
from microsip_config.target.hosts.windows import Windows

folder, exe, texts = json.loads(sys.argv[1])
def put(hive, key, name, text, kind=winreg.REG_SZ, view=winreg.KEY_WOW64_64KEY):
    with winreg.CreateKeyEx(hive, key, 0, winreg.KEY_ALL_ACCESS | view) as opened:
        winreg.SetValueEx(opened, name, 0, kind, text)
run = r"Software\\Microsoft\\Windows\\CurrentVersion\\Run"
put(winreg.HKEY_CURRENT_USER, r"Software\\MicroSIP", "", folder.upper())
put(winreg.HKEY_LOCAL_MACHINE, r"Software\\MicroSIP", "", "wide")
put(winreg.HKEY_LOCAL_MACHINE, r"Software\\MicroSIP", "", "narrow", view=winreg.KEY_WOW64_32KEY)
put(winreg.HKEY_CURRENT_USER, run, "MicroSIP", f'"{exe}" /minimized')
key = r"Software\\Texts [x]\\Sub"
for name, text in texts.items():
    put(winreg.HKEY_CURRENT_USER, key, name, text)
put(winreg.HKEY_CURRENT_USER, key, "expand", r"%A%\\b", winreg.REG_EXPAND_SZ)
Path(exe).parent.mkdir()
Path(exe).write_bytes(b"MZ")
world = World(sys.platform, os.environ, Path.home())
windows = Windows(world)
found = find(TargetRequest(exe=exe, create=True), world)
print(json.dumps([windows.registered, windows.folders[:2], found.target, found.notes]))
"""


class Inside(NamedTuple):
    """The prefix, and what a Windows program in it saw."""

    prefix: Prefix
    registered: list[str]
    folders: list[str]
    target: list[str]
    notes: list[str]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    subprocess.run(BUILD, check=True, stdout=subprocess.DEVNULL)
    root = tmp_path_factory.mktemp("wine") / "prefix"
    ignored = shutil.ignore_patterns(".boot.lock", ".keeper*")
    shutil.copytree(RIG / "prefix", root, symlinks=True, ignore=ignored)
    in_prefix = (*RUN, "--prefix", str(root))
    arguments = json.dumps([FOLDER, f"{FOLDER}\\Desk.exe", TEXTS])
    try:
        done = subprocess.run(
            (*in_prefix, "--timeout", "60", "--env", f"PYTHONPATH={windows_path(ROOT)}",
             "-c", SET_AND_TELL, arguments),
            stdout=subprocess.PIPE,
            check=True,
        )  # fmt: skip
    finally:
        subprocess.run((*in_prefix, "--stop"), check=True)  # the server writes its files as it ends
    answer: list[Any] = json.loads(done.stdout)
    yield Inside(Prefix(root), *answer)
    shutil.rmtree(root)


def test_the_values_of_microsip(inside: Inside) -> None:
    assert list(inside.prefix.registered) == inside.registered
    assert inside.registered[:3] == [FOLDER.upper(), "wide", "narrow"]


def test_the_folders_of_the_user(inside: Inside) -> None:
    assert list(inside.prefix.folders[:2]) == inside.folders
    assert inside.prefix.host_path(inside.folders[0]).is_dir()
    assert [user.name for user in inside.prefix.users()] == [inside.folders[0].split("\\")[2]]


def test_texts_of_every_kind(inside: Inside) -> None:
    file = RegistryFile((inside.prefix.root / "user.reg").read_bytes())
    key = "Software\\Texts [x]\\Sub"
    values = {name: file.value(key, name) for name in TEXTS}
    assert {name: value.text if value else None for name, value in values.items()} == TEXTS
    assert file.value(key, "expand") == ("%A%\\b", True)


def test_the_same_decision_inside_and_outside(inside: Inside) -> None:
    prefix = inside.prefix
    exe = prefix.host_path(inside.target[1])
    assert exe.is_file()
    outside = find(TargetRequest(exe=exe, create=True), world(prefix.root / "nobody"))
    assert outside.target.ini == str(prefix.host_path(inside.target[0]))
    assert list(outside.target[2:]) == inside.target[2:]
    assert list(outside.notes) == inside.notes
    assert outside.target.mode == "installed"
    by_search = find(TargetRequest(wine_prefix=prefix.root, create=True), world(prefix.root))
    assert (by_search.target.ini, by_search.target.exe) == (outside.target.ini, str(exe))


def test_host_and_windows_paths_lead_back(inside: Inside) -> None:
    for path in (*inside.folders, inside.target[1], "Z:\\tmp", "C:"):
        assert inside.prefix.windows_path(inside.prefix.host_path(path)) == path
