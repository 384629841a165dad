"""What the README says to type over other users' profiles."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from pwd import getpwnam

import pytest

from tests.faults.scene import OLD, utf16
from tests.target.prefixes import FakePrefix

from .conftest import give

README = Path(__file__).parents[2] / "README.md"
NAME = "mscjo"


@pytest.fixture
def home() -> Iterator[Path]:
    """The home of a real account, with a portable phone and one that is installed under Wine."""
    with tempfile.TemporaryDirectory(prefix="microsip-config-jo-") as top:
        os.chmod(top, 0o755)  # noqa: PTH101
        home = Path(top, "jo")
        subprocess.run(["useradd", "-M", "-d", str(home), NAME], check=True)
        try:
            account = getpwnam(NAME)
            for folder in ("MicroSIP", ".wine"):
                (home / folder).mkdir(parents=True)
            prefix = FakePrefix(home / ".wine")
            for path in (home / "MicroSIP", prefix.roaming / "MicroSIP"):
                path.mkdir(exist_ok=True)
                (path / "MicroSIP.ini").write_bytes(utf16(OLD))
            program = prefix.put("C:\\Program Files\\MicroSIP\\MicroSIP.exe").parent
            prefix.registry(
                user={"Software\\MicroSIP": {"": "C:\\Program Files\\MicroSIP"}}, machine={}
            )
            assert program.is_dir()
            give(home, account.pw_uid, account.pw_gid)
            yield home
        finally:
            subprocess.run(["userdel", NAME], check=True, capture_output=True)


def test_the_commands_over_another_profile(home: Path) -> None:
    text = README.read_text("utf-8")
    (block,) = re.findall(r"^```shell\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    commands = block.replace("/home/jo", str(home)).replace("-user jo", f"-user {NAME}").split("\n")
    assert len(list(filter(None, commands))) == 2
    for command in filter(None, commands):
        for state in ("changed: ", "in the desired state: "):
            words = command.split()[1:]
            done = subprocess.run(
                [sys.executable, "-m", "microsip_config", *words],
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert done.returncode == 0, done.stderr
            assert f"{state}{home}" in done.stdout
    assert {path.lstat().st_uid for path in home.rglob("*")} == {home.stat().st_uid}
    records = home / ".local" / "share" / "microsip-config" / "targets"
    assert len(list(records.iterdir())) == 2
