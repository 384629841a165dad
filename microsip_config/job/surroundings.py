"""What a job may know about the process and the machine that it runs on, handed in by a surface."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple

DATA_DIR = "MICROSIP_CONFIG_DATA_DIR"
"""The environment variable that names the data folder of a job that names none."""

if TYPE_CHECKING:
    from ..target import World


def _no_input(_: int) -> bytes:
    return b""


def _no_prompt(_: str) -> str:
    return ""


class Surroundings(NamedTuple):
    """The process of a job: nothing below a surface asks for these by itself.

    ``platform`` is ``sys.platform``; ``environ`` the environment variables; ``home`` the home
    folder of the user whose phone is meant. ``data_dir`` and ``log_dir`` give the default folders
    and raise ``OSError`` for a user without a profile. ``user`` and ``host`` are the facts that a
    template may ask for, each found when it is asked for. ``caller`` is the number of the user who
    called sudo, whose files root may read. ``read_stdin`` reads at most so many
    bytes for ``--secret NAME=stdin``, ``prompt`` asks a person, where ``is_terminal`` is true.
    """

    platform: str
    environ: Mapping[str, str]
    home: str
    data_dir: Callable[[], Path]
    log_dir: Callable[[], Path]
    user: Mapping[str, Callable[[], str]]
    host: Mapping[str, Callable[[], str]]
    caller: int | None = None
    read_stdin: Callable[[int], bytes] = _no_input
    prompt: Callable[[str], str] = _no_prompt
    is_terminal: Callable[[], bool] = bool

    @property
    def world(self) -> World:
        """The part of it that finding a configuration needs."""
        from ..target import World

        return World(self.platform, self.environ, self.home)


def of_this_process() -> Surroundings:
    """The surroundings of the running process, without a standard input.

    For a surface: this is the one place that reads the environment.
    """
    return Surroundings(
        sys.platform,
        os.environ,
        str(Path.home()),
        _data_dir,
        _log_dir,
        USER_FACTS,
        HOST_FACTS,
        _caller(),
    )


def _caller() -> int | None:
    number = os.environ.get("SUDO_UID", "")
    return int(number) if number.isdecimal() and len(number) <= 10 else None


def _data_dir() -> Path:
    if given := os.environ.get(DATA_DIR):
        return Path(given)
    from platformdirs import user_data_path

    return user_data_path("microsip-config", appauthor=False)


def _log_dir() -> Path:
    from platformdirs import user_log_path

    return user_log_path("microsip-config", appauthor=False)


def _user_name() -> str:
    from getpass import getuser

    return getuser()


def _host_name() -> str:
    import platform

    return platform.node().partition(".")[0]


def _host_fqdn() -> str:
    from socket import getfqdn

    return getfqdn()


USER_FACTS: Mapping[str, Callable[[], str]] = {"name": _user_name}
HOST_FACTS: Mapping[str, Callable[[], str]] = {"name": _host_name, "fqdn": _host_fqdn}
