"""What root works with itself, whatever environment it was started in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..system.current import system
from .surroundings import DATA_DIR, Surroundings


def without_others(given: Surroundings) -> Surroundings:
    """What root works with itself: nothing that the environment of another user has led it to.

    As with ``sudo -E``, where HOME is still that of the caller.
    """
    environ = dict(given.environ)
    for name in ("WINEPREFIX", "XDG_DATA_HOME", "XDG_STATE_HOME", DATA_DIR):
        if environ.get(name) and system.is_foreign(Path(environ[name])):
            del environ[name]
    home = given.home
    if system.is_foreign(Path(home)):
        home = system.root_home()
    if environ == given.environ and home == given.home:
        return given
    return given._replace(
        environ=environ,
        home=home,
        data_dir=lambda: _own(environ, home, "XDG_DATA_HOME", "share"),
        log_dir=lambda: _own(environ, home, "XDG_STATE_HOME", "state") / "log",
    )


def _own(environ: Mapping[str, str], home: str, variable: str, usual: str) -> Path:
    """Where platformdirs would put it, had it this environment."""
    if usual == "share" and environ.get(DATA_DIR):
        return Path(environ[DATA_DIR])
    return Path(environ.get(variable) or Path(home, ".local", usual)) / "microsip-config"
