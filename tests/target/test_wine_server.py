"""The registry of a Wine that is running is what Wine says, not what its files still have."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from microsip_config.errors import TargetError
from microsip_config.target import TargetRequest, find
from microsip_config.target.hosts import wine_server
from microsip_config.target.hosts.wine import Prefix
from tests.windows.rig import BUILD, RIG, RUN

from .prefixes import world

FOLDER = "C:\\Program Files\\Télé “Phone”"
SET = """
import json, sys, winreg
folder = json.loads(sys.argv[1])
for hive, key in ((winreg.HKEY_CURRENT_USER, r"Software\\MicroSIP"),):
    with winreg.CreateKeyEx(hive, key) as opened:
        winreg.SetValueEx(opened, "", 0, winreg.REG_SZ, folder)
"""


@pytest.fixture
def prefix(tmp_path: Path) -> Iterator[Path]:
    subprocess.run(BUILD, check=True, stdout=subprocess.DEVNULL)
    root = tmp_path / "prefix"
    ignored = shutil.ignore_patterns(".boot.lock", ".keeper*")
    shutil.copytree(RIG / "prefix", root, symlinks=True, ignore=ignored)
    in_prefix = (*RUN, "--prefix", str(root))
    try:
        subprocess.run((*in_prefix, "--timeout", "60", "-c", SET, json.dumps(FOLDER)), check=True)
        yield root
    finally:
        subprocess.run((*in_prefix, "--stop"), check=True)


def test_a_value_of_a_moment_ago_counts(prefix: Path) -> None:
    assert b"Software\\\\MicroSIP]" not in (prefix / "user.reg").read_bytes(), "not saved yet"
    seen = Prefix(prefix)
    assert seen.registered.hkcu == FOLDER
    assert seen.registered.hklm == ""
    exe = seen.host_path(f"{FOLDER}\\MicroSIP.exe")
    exe.parent.mkdir(parents=True)
    exe.write_bytes(b"MZ")
    found = find(TargetRequest(exe=exe, create=True), world(prefix.parent))
    assert found.target.mode == "installed"


def test_where_wine_cannot_be_asked_its_files_are_not_believed(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wine_server, "_LOADERS", ("no-such-wine",))
    with pytest.raises(TargetError, match="could not be asked"):
        _ = Prefix(prefix).registered


def test_without_a_server_the_files_are_all_there_is(tmp_path: Path) -> None:
    assert wine_server.server_of(tmp_path) is None
