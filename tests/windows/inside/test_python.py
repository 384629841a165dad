"""The interpreter is a Windows one in every respect that a command-line tool sees."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

assert sys.platform == "win32"


def test_platform() -> None:
    assert (sys.platform, os.name, os.sep) == ("win32", "nt", "\\")
    assert sys.getwindowsversion().major == 10


def test_the_profile_has_a_blank_and_a_letter_beyond_ascii(tmp_path: Path) -> None:
    assert "Zoë Tester" in str(tmp_path)
    assert tmp_path.drive.upper() == "C:"


def test_the_installed_package_is_tested_and_not_the_working_tree() -> None:
    import microsip_config

    assert "site-packages" in str(microsip_config.__file__)
    assert metadata.version("microsip-config") == microsip_config.__version__


def test_exit_codes_beyond_a_byte_are_kept() -> None:
    code = f"import ctypes; ctypes.windll.kernel32.ExitProcess({0xC0000005})"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0xC0000005


def test_child_whose_output_is_a_file(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    with out.open("wb") as stream:
        subprocess.run([sys.executable, "-c", "print('hi')"], stdout=stream, check=True)
    assert out.read_bytes() == b"hi\r\n"


def test_root_meets_file_permissions(tmp_path: Path) -> None:
    path = tmp_path / "read-only.ini"
    path.write_text("x")
    path.chmod(0o444)
    handle = ctypes.windll.kernel32.CreateFileW(str(path), 0x40000000, 7, None, 3, 0, None)
    assert handle == -1
    path.chmod(0o666)
