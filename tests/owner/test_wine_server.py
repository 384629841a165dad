"""Wine's own programs, which root asks about a registry only where nobody else can replace them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from microsip_config.target.hosts import wine_server

assert sys.platform != "win32"


@pytest.mark.parametrize(
    "lent",
    ["drive_c", "drive_c/windows", "drive_c/windows/system32"],
)
def test_root_runs_no_program_that_another_user_put_into_its_prefix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lent: str
) -> None:
    (tmp_path / "drive_c/windows/system32").mkdir(parents=True)
    (tmp_path / "dosdevices").mkdir()
    (tmp_path / "dosdevices/c:").symlink_to("../drive_c")
    mark = tmp_path / "started"
    loader = tmp_path / "wine"
    loader.write_text(f"#!/bin/sh\ntouch {mark}\n")
    loader.chmod(0o755)
    monkeypatch.setattr(wine_server, "_USUAL_FOLDERS", (str(tmp_path),))

    def ask() -> bytes | None:
        return wine_server.exported(tmp_path, os.getpid(), ["HKCU\\Software"], str)

    assert ask() is None
    assert mark.exists(), "Wine is asked where everything is root's"
    mark.unlink()
    os.chown(tmp_path / lent, 65534, 65534)
    assert ask() is None
    assert not mark.exists()
