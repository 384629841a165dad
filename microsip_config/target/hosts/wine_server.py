"""What a running Wine itself says of its registry.

Its server keeps the registry in memory and writes it to the prefix up to 30 seconds after a change.
So while it runs, the keys that matter are exported by Wine's own ``reg``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from ...limits import REGISTRY_BYTES
from ...system.current import system
from ...system.files import read_regular

_PROC = Path("/proc")
_LOADERS = ("wine64", "wine")
_USUAL_FOLDERS = ("/usr/bin", "/usr/lib/wine", "/opt/wine-stable/bin")
_PROGRAMS = ("cmd.exe", "reg.exe")
_WHO = frozenset({"USER", "LOGNAME", "WINEDLLOVERRIDES"})
_PATIENCE = 30.0  # seconds; a busy machine takes some to start a Windows program


def server_of(prefix: Path) -> int | None:
    """The process of this user's Wine server of a prefix; None if there is none."""
    try:
        found = prefix.stat()
        entries = [entry for entry in _PROC.iterdir() if entry.name.isdigit()]
    except OSError:
        return None
    folder = f"server-{found.st_dev:x}-{found.st_ino:x}"
    for entry in entries:
        try:
            mine = entry.stat().st_uid == (_PROC / "self").stat().st_uid
            served = mine and (entry / "comm").read_text().startswith("wineserver")
            if served and (entry / "cwd").readlink().name == folder:
                return int(entry.name)
        except OSError:  # it has ended
            continue
    return None


def exported(
    prefix: Path, server: int, keys: Sequence[str], windows_path: Callable[[Path], str]
) -> bytes | None:
    """The ``keys`` (of one hive, such as ``HKCU\\Software\\MicroSIP``) and what is below them, as
    Wine writes them to its files; None if Wine could not be asked. A key that does not exist is
    there without values.

    :param windows_path: the path of a host file in the prefix, "" if no drive has it.
    """
    import subprocess
    import tempfile

    loader = _loader(server)
    if loader is None or _is_led_by_others(prefix):
        return None
    try:
        for parent in (None, prefix / "drive_c"):
            with tempfile.TemporaryDirectory(
                prefix="microsip-config-", dir=parent, ignore_cleanup_errors=True
            ) as name:
                inside = windows_path(Path(name))
                if inside:
                    return _ask(loader, server, prefix, Path(name), inside, keys)
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return None
    return None


def _is_led_by_others(prefix: Path) -> bool:
    """Whether root would run what another user has put there, or write where one can change it."""
    system_folder = prefix / "dosdevices" / "c:" / "windows" / "system32"
    run = (system_folder / name for name in _PROGRAMS)
    return any(map(system.is_foreign, (prefix, prefix / "drive_c", *run)))


def _ask(
    loader: str, server: int, prefix: Path, folder: Path, inside: str, keys: Sequence[str]
) -> bytes | None:
    import subprocess

    lines = [f'reg export "{key}" "{inside}\\{n}.reg" /y' for n, key in enumerate(keys)]
    batch = folder / "ask.bat"
    batch.write_text("\r\n".join(["@echo off", *lines, f'echo 1 >"{inside}\\done"', ""]))
    subprocess.run(  # noqa: S603 - Wine's own programs
        [loader, "cmd", "/c", f"{inside}\\ask.bat"],
        env=_environment(prefix, server),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_PATIENCE,
        check=False,
    )
    if not (folder / "done").exists():
        return None
    return b"\n".join(_as_in_file(key, folder / f"{n}.reg") for n, key in enumerate(keys))


def _environment(prefix: Path, server: int) -> dict[str, str]:
    """Who the user is, as the server was told, and nothing else of what it was started with."""
    environment = {"PATH": os.defpath, "WINEDEBUG": "-all", "WINEPREFIX": str(prefix)}
    for each in (_PROC / str(server) / "environ").read_bytes().split(b"\0"):
        name, _, text = os.fsdecode(each).partition("=")
        if name in _WHO or (name == "HOME" and not system.is_foreign(Path(text))):
            environment[name] = text
    return environment


def _as_in_file(key: str, exported_to: Path) -> bytes:
    """An export in the form of the registry's own files: names without the hive, backslashes
    doubled."""
    missing = f"[{_escaped(key)}]\n".encode()
    if not exported_to.exists():
        return missing
    text = read_regular(exported_to, REGISTRY_BYTES).decode("utf-16").replace("\r\n", "\n")
    lines = []
    for line in text.split("\n")[1:]:
        if line.startswith("[") and line.endswith("]"):
            line = f"[{_escaped(line[1:-1])}]"
        lines.append(line)
    return "\n".join(lines).encode()


def _escaped(key: str) -> str:
    return key.partition("\\")[2].replace("\\", "\\\\")


def _loader(server: int) -> str | None:
    import shutil

    try:
        own = str((_PROC / str(server) / "exe").readlink().parent)
    except OSError:
        own = ""
    for folder in filter(None, (own, *_USUAL_FOLDERS)):
        for name in _LOADERS:
            found = shutil.which(name, path=folder)
            if found and not system.is_foreign(Path(found)):
                return found
    return None
