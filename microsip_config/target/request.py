"""What the caller asks for, what it knows about this computer, and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..named_tuple import NamedTuple
from ..results import Target


class TargetRequest(NamedTuple):
    """The target options of a verb, as host paths; None or "" is an option not given.

    At most one of them, except ``ini`` with ``exe`` (the file is given, the executable is for
    the restart) and ``exe`` with ``wine_prefix``. ``create``: a missing ini is not an error.
    """

    ini: str | Path | None = None
    exe: str | Path | None = None
    portable: str | Path | None = None
    wine_prefix: str | Path | None = None
    create: bool = False


class World(NamedTuple):
    """Where the search runs: the facts about the process and its user, handed in by the caller.

    The search itself never reads the environment. ``platform`` is ``sys.platform``, ``environ`` the
    environment variables, ``home`` the home folder of the user whose phone is meant.
    """

    platform: str
    environ: Mapping[str, str]
    home: str | Path


class Found(NamedTuple):
    """A target, and how it was decided.

    ``notes`` point out what is unusual, ``otherwise`` says what would change the decision,
    ``moves_to`` is where MicroSIP will move the file at its next start ("" = it stays).
    """

    target: Target
    notes: tuple[str, ...] = ()
    otherwise: str = ""
    moves_to: str = ""


def as_given(options: Mapping[str, Any]) -> Target | None:
    """The target as the options name it, nothing looked for; None where they name none.

    :param options: ``ini``, ``exe``, ``portable`` and ``wine_prefix`` as they were typed.
    """
    ini, exe, portable, prefix = (
        str(options.get(name) or "") for name in ("ini", "exe", "portable", "wine_prefix")
    )
    if ini:
        return Target(ini, exe, "given", "--ini names the file")
    if portable:
        reason = "--portable names the folder"
        return Target(str(Path(portable) / "MicroSIP.ini"), exe, "portable", reason)
    if prefix:
        return Target("", exe, "", f"--wine-prefix names {prefix}")
    return Target("", exe, "", "--exe names the phone") if exe else None
