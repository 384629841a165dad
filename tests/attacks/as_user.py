"""``as_user.py UID GID ARGS...``: the program as that user runs it, with all its modules loaded
before, as the user may not reach the interpreter of these tests (one in /root, for example)."""

from __future__ import annotations

import contextlib
import encodings
import os
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

import microsip_config
from microsip_config.cli import main

LATE = (
    *("configupdater", "platformdirs.unix", "pydantic", "jinja2", "jinja2.sandbox", "typer"),
    *("datetime", "difflib", "getpass", "grp", "hashlib", "ipaddress", "platform", "pwd"),
    *("resource", "shutil", "socket", "subprocess", "tempfile", "traceback", "pydantic.main"),
)

if __name__ == "__main__":
    for name in LATE:
        import_module(name)
    for package in (microsip_config, encodings):
        path = str(Path(package.__path__[0]))
        for found in pkgutil.walk_packages([path], f"{package.__name__}."):
            if not found.name.endswith(".__main__"):
                with contextlib.suppress(ImportError, AssertionError):  # of another system
                    import_module(found.name)
    uid, gid = int(sys.argv[1]), int(sys.argv[2])
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    sys.exit(main(sys.argv[3:]))
