"""The file itself: loaded whole, replaced whole, and only when the new text is proven."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError, TargetError, UnreadableFile, WriteError
from ..limits import INI_BYTES
from ..results import Issue
from ..schema.versions import Phone, Version, noted_version
from ..system import atomic, files
from ..system.current import system
from ..system.links import leads_elsewhere
from ..system.patience import attempt, cannot_read, cannot_write
from ..system.replace_lock import replace_lock
from ..system.staged_names import staged_names
from . import refusals
from .encoding import Decoded, decode, encode
from .profile import Profile
from .proof import Expected, prove

if TYPE_CHECKING:
    from ..system.api import SecurePath

__all__ = [
    "NEW_FILE",
    "Expected",
    "Source",
    "load",
    "put",
    "refuse_protected",
    "remove",
    "tidy",
    "verify",
    "write",
]

NEW_FILE = "[Settings]"
"""What MicroSIP puts into a missing file (after the byte-order mark, and with no line end)."""

_LOOKS = 100  # at a file that others replace just then; one replacement may spoil one look


class Source:
    """A file as it was read.

    ``path`` is the path given, ``real_path`` where its last component leads; ``data`` the bytes,
    ``text`` and the other attributes as ``encoding.Decoded`` has them; ``exists`` is False for a
    file that is to be created. ``phone`` is the one that reads it: by default one of the version
    that is noted in it.
    """

    __slots__ = ("_profile", "data", "decoded", "exists", "path", "phone", "real_path")

    def __init__(
        self, path: Path, real_path: Path, data: bytes, decoded: Decoded, exists: bool = True
    ) -> None:
        self.path = path
        self.real_path = real_path
        self.data = data
        self.decoded = decoded
        self.exists = exists
        self._profile: Profile | None = None
        self.phone = Phone(lambda: noted_version(self.profile.get) or Version())

    @property
    def text(self) -> str:
        return self.decoded.text

    def same_as(self, other: Source) -> bool:
        """Whether both are the same bytes of the same file."""
        mine = (self.real_path, self.exists, self.data)
        return mine == (other.real_path, other.exists, other.data)

    @property
    def encoding(self) -> str:
        return self.decoded.encoding

    @property
    def needs_rewrite(self) -> str:
        return self.decoded.needs_rewrite

    @property
    def faults(self) -> tuple[Issue, ...]:
        return self.decoded.faults

    @property
    def profile(self) -> Profile:
        """What Windows reads in ``text``."""
        if self._profile is None:
            self._profile = Profile(self.text)
        return self._profile


# --- reading --------------------------------------------------------------------------------------


def load(
    path: str | os.PathLike[str],
    ansi_codepage: str | None = None,
    *,
    create: bool = False,
    follow_links: bool | None = None,
    undecodable: bool = False,
) -> Source:
    """Reads a file whole.

    ``create``: a missing file is a Source that is to be created, with the text that MicroSIP
    itself would begin with; so are the folders that are missing above it. ``follow_links``: True
    follows a link as last component, False refuses it, None follows only a link of this user to a
    file of this user. ``undecodable``: a file whose bytes cannot be understood is a Source without
    text. Raises TargetError (codes ``not-found``, ``link``, ``not-a-file``, ``no-rights``,
    ``too-large``, ``changed-meanwhile``) and UnreadableFile. What a run with more rights follows at
    all: see ``System.secure_path``.
    """
    given = Path(path)
    target, data = _content(given, follow_links)
    if data is None:
        if create and attempt(lambda: _is_makeable(target.parent), cannot_read, given):
            return Source(given, target, b"", Decoded(NEW_FILE, "empty"), exists=False)
        raise refusals.missing(given, target)
    refusals.refuse_too_large(len(data), given)
    try:
        decoded = decode(data, ansi_codepage)
    except UnreadableFile as error:
        if undecodable:
            return Source(given, target, data, Decoded("", "unreadable"))
        error.where = str(given)
        raise
    source = Source(given, target, data, decoded)
    if not undecodable:
        refusals.refuse_too_much(source.text, source.profile, given)
    return source


def _content(given: Path, follow_links: bool | None) -> tuple[Path, bytes | None]:
    """Where a path leads if its last component is a link, and the bytes there; None: no file."""
    path = given.absolute()
    reached = attempt(lambda: system.secure_path(path), cannot_read, given)
    if reached is None:
        return path, None
    with reached:
        info = attempt(lambda: files.inspect(reached.path), cannot_read, given)
        if info is None or not leads_elsewhere(info):
            return path, _read_judged(reached, info, given)
        target = _followed(reached, info, follow_links, given)
    end = attempt(lambda: system.secure_path(target), cannot_read, given)
    if end is None:
        return target, None
    with end:
        info = attempt(lambda: files.inspect(end.path), cannot_read, given)
        return target, _read_judged(end, info, given)


def _followed(reached: SecurePath, link: os.stat_result, follow: bool | None, given: Path) -> Path:
    """Where a link leads, if it may be followed."""
    target = Path(attempt(lambda: os.path.realpath(reached.path), cannot_read, given))
    if follow is None:
        end = attempt(lambda: files.inspect(target), cannot_read, given)
        follow = system.is_own_link(link, end)
    if follow:
        return target
    raise TargetError(
        f"the file is a link to {target}, which is not followed",
        hint=f"name the file itself: --ini {target}",
        where=str(given),
        code="link",
    )


def _read_judged(reached: SecurePath, info: os.stat_result | None, given: Path) -> bytes | None:
    """The bytes of a file whose state ``info`` was found just now; None if there is none."""
    for _ in range(_LOOKS):
        if info is None:
            return None
        refusals.refuse_unreadable(given, info)
        data = attempt(partial(_read, reached.path, info), cannot_read, given)
        if data is not None:
            return data
        info = attempt(lambda: files.inspect(reached.path), cannot_read, given)
    raise TargetError(
        "another program keeps replacing this file",
        hint="find out which program does that, then run the command again",
        where=str(given),
        code="changed-meanwhile",
    )


def _read(path: Path, judged: os.stat_result) -> bytes | None:
    """The bytes of the very file that was judged; None if that is not what ``path`` opens."""
    try:
        descriptor = files.open_existing(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):  # gone, or a link by now
            return None
        raise
    try:
        if not refusals.is_same_file(judged, files.inspect_open(descriptor)):
            return None
        return files.read(descriptor, INI_BYTES)
    finally:
        files.close(descriptor)


def _is_makeable(folder: Path) -> bool:
    """Whether a folder is there, or can be made below one that is."""
    for each in (folder, *folder.parents):
        if files.is_folder(each):
            return True
        if files.inspect(each) is not None:  # something else has the name
            return False
    return False


# --- writing --------------------------------------------------------------------------------------


def verify(source: Source, new_text: str, expected: Expected) -> None:
    """Proves that ``new_text`` is read as expected, and otherwise as before; see ``prove``."""
    prove(source.profile, Profile(decode(encode(new_text)).text), expected, source.path)


def _nobody(_: Issue) -> None:
    """For those who do not want to hear of warnings."""


def write(
    source: Source,
    new_text: str,
    expected: Expected | Callable[[Profile], None],
    warn: Callable[[Issue], object] = _nobody,
) -> bool:
    """Replaces the file by ``new_text`` (UTF-16LE with byte-order mark); True if it was written.

    ``expected`` is what ``verify`` takes, or a function that raises if the text, read as Windows
    reads it, is not right. For the rest see ``put``.
    """
    data = encode(new_text)
    after = Profile(decode(data).text)
    try:
        refusals.refuse_too_much(new_text, after, source.path)
    except TargetError as error:
        message = f"no later run could read the new file: {error.message}"
        raise WriteError(message, hint=error.hint, where=error.where, code=error.code) from None
    if callable(expected):
        expected(after)
    else:
        prove(source.profile, after, expected, source.path)
    return put(source, data, warn)


def put(source: Source, data: bytes, warn: Callable[[Issue], object] = _nobody) -> bool:
    """Replaces the file by these very bytes; True if it was written.

    Nothing is written if the bytes are those already there. The file is whole at every instant,
    keeps owner, rights and attributes, and is as it was on any error: WriteError (codes
    ``changed-meanwhile``, ``read-only``, ``no-rights``, ``in-use``, ``disk-full``, ``link``,
    ``not-written``). ``warn`` gets the warning ``not-locked`` if the system cannot keep others out.
    """
    if source.exists and data == source.data:
        return False
    made = [] if source.exists else _make_folders(source)
    try:
        _put(source, data, warn)
    except BaseException:
        _remove_folders(made)
        raise
    return True


def _put(source: Source, data: bytes, warn: Callable[[Issue], object]) -> None:
    with _reached(source) as reached, replace_lock(reached.path, source.path) as alone:
        attempt(reached.check_again, cannot_write, source.path)
        atomic.sweep(reached.path.parent, alone=alone, target=reached.path)
        _replace(source, data, reached)
        if not alone:
            _prove_kept(source, data, reached)
            warn(refusals.not_locked(source.path))


def remove(source: Source, warn: Callable[[Issue], object] = _nobody) -> None:
    """Removes the file, if it still is what was read; raises as :func:`put`."""
    with _reached(source) as reached, replace_lock(reached.path, source.path) as alone:
        attempt(reached.check_again, cannot_write, source.path)
        if _unchanged(source, reached) is None:
            return
        aside = atomic.staged_name(reached.path)
        attempt(lambda: files.overwrite(reached.path, aside), cannot_write, source.path)
        try:
            _prove_read(source, aside)
        except BaseException:  # another program was quicker: what it wrote goes back
            with suppress(OSError):
                files.swap(aside, reached.path, None)
            raise
        attempt(lambda: files.remove(aside), cannot_write, source.path)
        files.flush_folder(reached.path.parent)
        if not alone:
            warn(refusals.not_locked(source.path))


def _replace(source: Source, data: bytes, reached: SecurePath) -> None:
    existing = _unchanged(source, reached)

    def prepare(descriptor: int, staged: Path) -> None:
        if existing is not None:
            files.adopt(descriptor, staged, reached.path, existing)

    try:
        atomic.replace(
            reached.path,
            data,
            prepare,
            like=None if existing is None else reached.path,
            check=lambda: _unchanged(source, reached),
            replaced=lambda old: _prove_read(source, old),
        )
    except (FileExistsError, FileNotFoundError) as error:  # one that came up, or was removed
        raise refusals.changed_meanwhile(source.path) from error
    except OSError as error:
        raise cannot_write(error, source.path) from error


def tidy(source: Source) -> None:
    """Remove at once what a killed run has left beside the file. Nothing waits or fails for that.

    The rest of what such a run had to do may be nothing, and what is left may hold a password.
    """
    with suppress(OSError, MicrosipConfigError), _reached(source) as reached:
        folder, known = reached.path.parent, staged_names(reached.path)
        if any(name.startswith(known) for name in files.list_names(folder)):
            held = files.hold_place(reached.path)
            try:
                atomic.sweep(folder, alone=True, target=reached.path)
            finally:
                files.release_place(held)


def _make_folders(source: Source) -> list[Path]:
    """Make the folders of a new file that are missing; which ones, the outermost first."""
    folder = source.real_path.parent
    missing = [each for each in (folder, *folder.parents) if not files.is_folder(each)]
    made: list[Path] = []

    def make(folder: Path) -> None:
        reached = system.secure_path(folder)
        if reached is not None:
            with reached:
                files.make_folder(reached.path)
                made.append(reached.path)
                files.flush_folder(reached.path.parent)

    try:
        for each in reversed(missing):
            attempt(partial(make, each), cannot_write, source.path)
    except BaseException:
        _remove_folders(made)
        raise
    return made


def _remove_folders(made: list[Path]) -> None:
    """Leave nothing behind of a file that could not be made, unless others use it by now."""
    with suppress(OSError):
        for folder in reversed(made):
            files.remove_folder(folder)


def _reached(source: Source) -> SecurePath:
    reached = attempt(lambda: system.secure_path(source.real_path), cannot_write, source.path)
    if reached is None:
        raise refusals.changed_meanwhile(source.path, "folder of the file was removed")
    return reached


def refuse_protected(source: Source) -> None:
    """Raises the WriteError of ``put`` for a file that is marked read-only.

    For those who would do something for nothing before ``put`` says so, such as stop a phone.
    """
    with _reached(source) as reached:
        info = attempt(lambda: files.inspect(reached.path), cannot_write, source.path)
    if info is not None:
        refusals.refuse_protected(info, source.path)


def _unchanged(source: Source, reached: SecurePath) -> os.stat_result | None:
    """The target's state now; raises WriteError unless it is still what was read."""
    info = attempt(lambda: files.inspect(reached.path), cannot_write, source.path)
    if info is None:
        if source.exists:
            raise refusals.changed_meanwhile(source.path)
        return None
    _prove_read(source, reached.path, info)
    return info


def _prove_read(source: Source, path: Path, info: os.stat_result | None = None) -> None:
    """Raises WriteError unless the file at ``path``, in or out of its place, is what was read."""
    if info is None:
        info = attempt(lambda: files.inspect(path), cannot_write, source.path)
    if info is not None:
        refusals.refuse_unwritable(info, source.path)
    read = info and attempt(partial(_read, path, info), cannot_write, source.path)
    if not source.exists or read != source.data:
        raise refusals.changed_meanwhile(source.path)


def _prove_kept(source: Source, data: bytes, reached: SecurePath) -> None:
    """Raises WriteError if another program has replaced the new file already.

    A run that the lock did not keep out may have seen nothing of this one's change.
    """
    now: bytes | None = data
    with suppress(OSError):  # it is written, and just cannot be looked at
        info = files.inspect(reached.path)
        now = info and _read(reached.path, info)
    if now != data:
        raise refusals.changed_meanwhile(source.path)
