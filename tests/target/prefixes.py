"""A Wine prefix on disk as Wine lays it out, without Wine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from microsip_config.target import World

SID = "S-1-5-21-0-0-0-1000"
MICROSIP = "Software\\MicroSIP"
MICROSIP_32 = "Software\\Wow6432Node\\MicroSIP"
RUN = "Software\\Microsoft\\Windows\\CurrentVersion\\Run"
SHELL = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders"
PROFILE = f"Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\{SID}"
PRODUCTS = "Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Products"

Keys = Mapping[str, Mapping[str, str]]


class FakePrefix:
    """``root`` with drives, a user ``ada`` and registry files; texts are Windows paths."""

    def __init__(
        self, root: Path, *, user: Keys | None = None, machine: Keys | None = None
    ) -> None:
        self.root = root
        for folder in ("dosdevices", "drive_c/users/Public", "drive_c/Program Files"):
            (root / folder).mkdir(parents=True)
        (root / "dosdevices/c:").symlink_to("../drive_c")
        (root / "dosdevices/z:").symlink_to("/")
        self.profile = root / "drive_c/users/ada"
        self.roaming = self.profile / "AppData/Roaming"
        self.local = self.profile / "AppData/Local"
        self.roaming.mkdir(parents=True)
        self.local.mkdir()
        usual = {SHELL: {"AppData": "%USERPROFILE%\\AppData\\Roaming"}}
        self.registry(
            user={**usual, **(user or {})},
            machine={PROFILE: {"ProfileImagePath": "C:\\users\\ada"}, **(machine or {})},
        )

    def registry(self, *, user: Keys, machine: Keys, arch: str = "win64") -> None:
        """Write both files anew."""
        for name, hive, keys in (
            ("user.reg", f"User\\\\{SID}", user),
            ("system.reg", "Machine", machine),
        ):
            lines = ["WINE REGISTRY Version 2", f";; All keys relative to REGISTRY\\\\{hive}", ""]
            lines += [f"#arch={arch}", ""]
            for key, values in keys.items():
                lines.append("[{}] 1795415675".format(key.replace("\\", "\\\\")))
                for value_name, text in values.items():
                    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
                    kind = "str(2):" if "%" in text else ""
                    lines.append(f'"{value_name}"={kind}{quoted}' if value_name else f"@={quoted}")
                lines.append("")
            (self.root / name).write_text("\n".join(lines), encoding="ascii")

    def put(self, windows_path: str, data: bytes = b"MZ") -> Path:
        """A file on drive C."""
        path = self.root / "drive_c" / windows_path.removeprefix("C:\\").replace("\\", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


def world(home: Path, **environ: str) -> World:
    return World("linux", environ, home)
