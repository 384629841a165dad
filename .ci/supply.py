#!/usr/bin/env python3
"""Where the program's parts come from: their lock, their known faults, and the list of a build.

    python .ci/supply.py lock     pin and hash what the program and its build need (.ci/lock/*.txt)
    python .ci/supply.py audit    ask the public databases about known faults of what is pinned
    python .ci/supply.py build    sdist, wheel and CycloneDX SBOM in dist/, from pinned parts only

The tools (TOOLS) are installed into a throw-away environment, the program's own parts only with
the hashes of the lock. ``audit`` needs the internet; all else a package index.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / ".ci" / "lock"
RUNTIME, BUILD = LOCK / "runtime.txt", LOCK / "build.txt"
DIST = ROOT / "dist"
TOOLS = {"lock": "pip-tools==7.6.2", "audit": "pip-audit==2.10.1", "sbom": "cyclonedx-bom==7.5.0"}
COMPILE = ("--generate-hashes", "--strip-extras", "--allow-unsafe", "--no-header", "--quiet")
UNTOLD = ("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links")


class Environment:
    """A throw-away virtual environment."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self.python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"

    def run(self, *words: str | Path) -> None:
        subprocess.run([self.python, "-m", *words], cwd=ROOT, check=True)

    def install(self, *words: str | Path) -> None:
        self.run("pip", "install", "--quiet", *words)


def lock(folder: Path) -> None:
    tools = Environment(folder / "tools")
    tools.install(TOOLS["lock"])
    LOCK.mkdir(exist_ok=True)
    compile_ = ("piptools", "compile", *COMPILE, *UNTOLD, "--upgrade")
    sources = ("pyproject.toml", ".ci/lock/windows.in")
    tools.run(*compile_, "--output-file", RUNTIME, *sources)
    only_build = ("--only-build-deps", "--build-deps-for", "wheel", "--build-deps-for", "sdist")
    tools.run(*compile_, *only_build, "--output-file", BUILD, "pyproject.toml")


def audit(folder: Path) -> None:
    tools = Environment(folder / "tools")
    tools.install(TOOLS["audit"])
    locked = ("--requirement", RUNTIME, "--requirement", BUILD)
    tools.run("pip_audit", "--strict", "--disable-pip", "--require-hashes", *locked)


def build(folder: Path) -> None:
    builder = Environment(folder / "builder")
    builder.install("--require-hashes", "--requirement", BUILD)
    shutil.rmtree(DIST, ignore_errors=True)
    builder.run("hatchling", "build", "--directory", DIST)
    (wheel,) = DIST.glob("*.whl")
    product = Environment(folder / "product")
    product.install("--require-hashes", "--requirement", RUNTIME)
    product.install("--no-deps", "--no-index", wheel)
    product.run("pip", "check")
    product.run("pip", "uninstall", "--quiet", "--yes", "setuptools", "pip")
    tools = Environment(folder / "tools")
    tools.install(TOOLS["sbom"])
    name, version = wheel.name.split("-")[:2]
    sbom = DIST / f"{name}-{version}.cdx.json"
    described = ("--pyproject", "pyproject.toml", "--mc-type", "application")
    form = ("--output-format", "JSON", "--output-file", sbom, "--output-reproducible")
    tools.run("cyclonedx_py", "environment", *described, *form, product.python)
    _name_the_wheel(sbom, wheel, version)
    print(*(path.relative_to(ROOT) for path in sorted(DIST.iterdir())), sep="\n")


def _name_the_wheel(sbom: Path, wheel: Path, version: str) -> None:
    """Say which build the list is of: pyproject.toml does not hold the version."""
    content = json.loads(sbom.read_bytes())
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    subject = content["metadata"]["component"]
    subject |= {"version": version, "hashes": [{"alg": "SHA-256", "content": digest}]}
    sbom.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    commands = {"lock": lock, "audit": audit, "build": build}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory(prefix="supply-") as folder:
        try:
            commands[sys.argv[1]](Path(folder))
        except subprocess.CalledProcessError as error:
            return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
