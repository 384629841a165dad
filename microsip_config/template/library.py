"""Where templates are, and how they are read: the same for every verb and for ``extends``.

A bare name (``office``) is the bundled template; only if there is none of that name, a file. So
nobody who can write to the current folder can replace a bundled template. A name with a suffix or a
folder (``office.ini``, ``./office``) is a file, and only if there is none, a bundled template.
``.ini`` may be left out of either.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from ..errors import InputError, TargetError, TemplateError
from ..limits import TEMPLATE_BYTES, TEMPLATES
from ..named_tuple import NamedTuple
from ..system import files
from ..system.current import system
from ..text import did_you_mean


def folder() -> Path:
    """Where the bundled templates are: in the installed package, or next to it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


class TemplateFile(NamedTuple):
    """Where a template is, and how messages name it: a ready one by its bare file name."""

    path: Path
    shown: str


def find(
    name: str, bundled: Path, *, relative_to: Path | None = None, where: str = ""
) -> TemplateFile:
    """The file of a template.

    :param name: what a user or ``extends`` names.
    :param bundled: the folder of the bundled templates.
    :param relative_to: the folder that files are relative to; None: the current one.
    :param where: the location of ``extends``, for the error.
    :raises TemplateError: there is none; the hint has the likely name.
    """
    file = (relative_to or Path()) / name
    plain = Path(name).name == name and not any(mark in name for mark in "/\\:")
    ready = [bundled / f"{name.removesuffix('.ini')}.ini"] if plain else []
    files = [file, Path(f"{file}.ini")]
    bare = plain and "." not in name
    for path in (*ready, *files) if bare else (*files, *ready):
        if is_file(path):
            return TemplateFile(path, path.name if path.parent == bundled else str(path))
    raise TemplateError(f"no template named '{name}'", where=where, hint=_hint(file, bundled))


def expand(names: Iterable[str]) -> list[str]:
    """``names`` as a shell passes them, with files in the place of ``*``, ``?``, ``[...]``, ``~``.

    Only where shells leave that to the program, as on Windows; a file of exactly that name is meant
    itself. Files come in the order of their names.

    :raises TemplateError: no file fits, or the shell was kept from its work.
    """
    found = []
    for name in names:
        pattern = any(sign in name for sign in "*?[") or name[:2] in ("~", "~/", "~\\")
        if not pattern or is_file(Path(name)) or is_file(Path(f"{name}.ini")):
            found.append(name)
            continue
        files = _fitting(name)
        if system.shell_expands() or not files:
            quoted = files and "leave out the quotes, so that the shell puts the files in its place"
            raise TemplateError(
                f"no template named '{name}'" if quoted else f"no file fits the pattern '{name}'",
                hint=quoted or f"the folder has no such file: {Path(name).parent.absolute()}",
            )
        found += files
    return found


def _fitting(pattern: str) -> list[str]:
    """The files that a pattern fits, by name; as many as a run may take, and one more."""
    if "**" in pattern:  # would walk through a whole disk
        return []
    try:
        path = Path(pattern).expanduser()
        if not any(sign in str(path) for sign in "*?["):
            return [str(path)] if is_file(path) else []
        root = Path(path.anchor)
        found = islice(root.glob(str(path.relative_to(root))), TEMPLATES + 1)
        return sorted((str(each) for each in found if is_file(each)), key=str.lower)
    except (OSError, ValueError, RuntimeError, NotImplementedError):
        return []


def _hint(file: Path, bundled: Path) -> str:
    names = {path.name for folder in (file.parent, bundled) for path in _templates(folder)}
    if file.suffix != ".ini":
        names = {name.removesuffix(".ini") for name in names}
    return (
        did_you_mean(file.name, sorted(names))
        or "'microsip-config template list' shows the bundled ones"
    )


def _templates(folder: Path) -> list[Path]:
    try:
        return list(folder.glob("*.ini"))
    except (OSError, ValueError):  # there is no such folder, or it may not be read
        return []


def is_file(path: Path) -> bool:
    """Whether ``path`` is a regular file."""
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


def read_text(
    path: Path,
    shown: str,
    error: type[InputError] = TemplateError,
    *,
    caller: int | None = None,
) -> str:
    """The text of a file in UTF-8 (with or without a byte-order mark) or UTF-16 with one.

    :param path: the file.
    :param shown: how messages name it.
    :param error: the kind of error to raise.
    :param caller: the user whose files root may read; see ``System.open_given``.
    :raises InputError: missing, unreadable, too large, not a regular file or not such a text.
    """
    hint = code = ""
    try:
        if path.parent == folder():  # our own: the program itself is where it is
            data = files.read_regular(path, TEMPLATE_BYTES)
        else:
            data = files.read_given(path, TEMPLATE_BYTES, caller)
    except FileNotFoundError:
        fault = "there is no such file"
    except (files.NotRegular, files.TooLarge) as reason:
        fault = str(reason.strerror)
    except TargetError as reason:
        fault, hint, code = reason.message, reason.hint, reason.code
    except (OSError, ValueError) as reason:
        fault = f"cannot read the file: {getattr(reason, 'strerror', None) or 'not a valid path'}"
    else:
        return _decode(data, shown, error)
    raise error(fault, where=shown, hint=hint, code=code)


def _decode(data: bytes, shown: str, error: type[InputError]) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name, encoding = "UTF-16", "utf-16"
    else:
        name, encoding = "UTF-8", "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in data[:8]:
        hint = "save the file as UTF-8 text"
        raise error("the file is UTF-16 without a byte-order mark", where=shown, hint=hint)
    line = 0
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as reason:
        line = data[: reason.start].decode(encoding, "replace").count("\n") + 1
    raise error(
        f"the file is not valid {name}", where=f"{shown}:{line}", hint="save the file as UTF-8 text"
    )
