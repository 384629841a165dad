"""The name of a template -> its file, the same for every verb and for ``extends``.

A bare name (``office``) is the ready template; only where there is none of that name, a file. So
nobody who may write into the current folder can put another template in its place. A name with a
suffix or a folder (``office.ini``, ``./office``) is a file, and only where there is none, a
ready template. ``.ini`` may be left out of either.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..errors import TemplateError
from .files import is_file
from .trouble import did_you_mean


class Place(NamedTuple):
    """Where a template lies, and how messages name it: a ready one by its bare file name."""

    path: Path
    shown: str


def find(name: str, bundled: Path, *, beside: Path | None = None, where: str = "") -> Place:
    """The file of a template.

    :param name: what a user or ``extends`` says.
    :param bundled: the folder of the ready templates.
    :param beside: the folder that files are relative to; None: the current one.
    :param where: the place of ``extends``, for the error.
    :raises TemplateError: there is none; the hint has the likely name.
    """
    file = (beside or Path()) / name
    plain = Path(name).name == name and not any(mark in name for mark in "/\\:")
    ready = [bundled / f"{name.removesuffix('.ini')}.ini"] if plain else []
    files = [file, Path(f"{file}.ini")]
    bare = plain and "." not in name
    for path in (*ready, *files) if bare else (*files, *ready):
        if is_file(path):
            return Place(path, path.name if path.parent == bundled else str(path))
    raise TemplateError(f"there is no template '{name}'", where=where, hint=_hint(file, bundled))


def _hint(file: Path, bundled: Path) -> str:
    names = {path.name for folder in (file.parent, bundled) for path in _templates(folder)}
    if file.suffix != ".ini":
        names = {name.removesuffix(".ini") for name in names}
    return did_you_mean(file.name, sorted(names)) or "'template list' shows the ready ones"


def _templates(folder: Path) -> list[Path]:
    try:
        return list(folder.glob("*.ini"))
    except (OSError, ValueError):  # there is no such folder, or nobody may look into it
        return []
