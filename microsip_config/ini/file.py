"""The file itself: loaded whole, replaced whole, and only when the new text is proven."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from ..errors import MicrosipConfigError, TargetError, UnreadableFile, WriteError
from ..results import Issue
from ..system import files
from ..system.patience import attempt, cannot_read, cannot_write
from ..system.replace import elevated, is_link, is_read_only, is_same_file
from ..system.replace_lock import turn
from ..system.secure_path import Reach, reach
from ..system.staging import discard, stage, sweep
from .encoding import Decoded, decode, encode
from .names import fold
from .profile import Profile

SIZE_LIMIT = 32 << 20
"""Bytes. The phone's own files stay under 1 MB; more is not an ini file."""

NEW_FILE = "[Settings]"
"""What MicroSIP puts into a missing file (after the byte-order mark, and with no line end)."""

_LOOKS = 100  # at a file that others replace just then; one replacement may spoil one look

Expected = Mapping[tuple[str, str], str | None]
"""(section, key) -> the text that must be read afterwards; None: the key must be absent."""


class Source:
    """A file as it was read.

    ``path`` is the path given, ``real_path`` where its last component leads; ``data`` the bytes,
    ``text`` and the other attributes as ``encoding.Decoded`` has them; ``exists`` is False for a
    file that is to be created.
    """

    __slots__ = ("_profile", "data", "decoded", "exists", "path", "real_path")

    def __init__(
        self, path: Path, real_path: Path, data: bytes, decoded: Decoded, exists: bool = True
    ) -> None:
        self.path = path
        self.real_path = real_path
        self.data = data
        self.decoded = decoded
        self.exists = exists
        self._profile: Profile | None = None

    @property
    def text(self) -> str:
        return self.decoded.text

    def same_as(self, other: Source) -> bool:
        """Whether both are the same bytes in the same place."""
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
    itself would begin with. ``follow_links``: True follows a link as last component, False
    refuses it, None follows only one of our own to a file of our own. ``undecodable``: a file
    whose bytes cannot be understood is a Source without text. Raises TargetError (codes
    ``not-found``, ``link``, ``not-a-file``, ``foreign-owner``, ``no-rights``, ``too-large``,
    ``changed-meanwhile``) and UnreadableFile. What a run with more rights follows at all: see
    ``reach``.
    """
    given = Path(path)
    target = _followed(given.absolute(), follow_links)
    data = _content(target, given)
    if data is None:
        if create and (target.parent.is_dir() or _is_makeable(target.parent)):
            return Source(given, target, b"", Decoded(NEW_FILE, "empty"), exists=False)
        raise _missing(given, target)
    if len(data) > SIZE_LIMIT:
        message = f"the file is larger than {SIZE_LIMIT >> 20} MiB: that is no MicroSIP ini"
        raise TargetError(message, hint="name the right file", where=str(given), code="too-large")
    try:
        return Source(given, target, data, decode(data, ansi_codepage))
    except UnreadableFile as error:
        if undecodable:
            return Source(given, target, data, Decoded("", "unreadable"))
        error.where = str(given)
        raise


def _content(target: Path, given: Path) -> bytes | None:
    """The bytes of a file; None where there is none."""
    place = attempt(lambda: reach(target), cannot_read, given)
    if place is None:
        return None
    with place:
        for _ in range(_LOOKS):
            info = attempt(lambda: files.inspect(place.path), cannot_read, given)
            if info is None:
                return None
            _refuse_odd(given, info, place)
            data = attempt(partial(_read, place.path, info), cannot_read, given)
            if data is not None:
                return data
    raise TargetError(
        "another file is put in the place of this one again and again",
        hint="find out which program does that, then run the command again",
        where=str(given),
        code="changed-meanwhile",
    )


def _is_makeable(folder: Path) -> bool:
    """The one folder that MicroSIP itself makes for its files, in an existing AppData\\Roaming."""
    return folder.name.lower() == "microsip" and folder.parent.is_dir()


def verify(source: Source, new_text: str, expected: Expected) -> None:
    """Proves, with the profile reader, that ``new_text`` says what is expected and no more.

    Every intended value must be read, and everything else be read as before. Raises the package's
    base error (a bug, exit 70) that names the keys, never their values.
    """
    found = _readable(Profile(decode(encode(new_text)).text))
    wanted = _readable(source.profile)
    names = {}
    for (section, key), text in expected.items():
        place = (fold(section), fold(key))
        names[place] = f"{section}.{key}"
        wanted.pop(place, None)
        if text is not None:
            wanted[place] = text
    if found == wanted:
        return
    places = found.keys() | wanted.keys()
    wrong = sorted(place for place in places if found.get(place) != wanted.get(place))
    told = ", ".join(names.get(place, ".".join(place)) for place in wrong[:5])
    raise MicrosipConfigError(
        f"the edited text would not be read as intended; nothing was written ({told})",
        hint="this is a fault of microsip-config: please report it with the lines around these "
        "keys, without passwords",
        where=str(source.path),
    )


def _readable(profile: Profile) -> dict[tuple[str, str], str]:
    return {
        (section, key): value
        for section, values in profile.snapshot().items()
        for key, value in values.items()
    }


def write(source: Source, new_text: str, expected: Expected | Callable[[Profile], None]) -> bool:
    """Replaces the file by ``new_text`` (UTF-16LE with byte-order mark); True if it was written.

    ``expected`` is what ``verify`` takes, or a function that raises if the text, read as Windows
    reads it, is not right. For the rest see ``put``.
    """
    data = encode(new_text)
    if callable(expected):
        expected(Profile(decode(data).text))
    else:
        verify(source, new_text, expected)
    return put(source, data)


def put(source: Source, data: bytes) -> bool:
    """Replaces the file by these very bytes; True if it was written.

    Nothing is written if the bytes are those already there. The file is whole at every instant,
    keeps owner, rights and attributes, and is as it was on any error: WriteError (codes
    ``changed-meanwhile``, ``read-only``, ``no-rights``, ``in-use``, ``disk-full``, ``link``,
    ``not-written``).
    """
    if source.exists and data == source.data:
        return False
    if not source.exists:
        _make_folder(source)
    with _reached(source) as place, turn(place.path, source.path) as alone:
        with _reached(source):  # on Windows the open file of our turn keeps the way from now on
            pass
        sweep(place.path.parent, alone=alone, beside=place.path)
        _replace(source, data, place)
    return True


def _replace(source: Source, data: bytes, place: Reach) -> None:
    where = source.path
    existing = _refuse_changed(source, place)

    def prepare(descriptor: int, staged: Path) -> None:
        if existing is not None:
            files.adopt(descriptor, staged, place.path, existing)
        elif place.foreign is not None:
            files.give(descriptor, place.foreign)

    like = None if existing is None else place.path
    staged = attempt(lambda: stage(place.path, data, prepare, like=like), cannot_write, where)
    try:
        existing = _refuse_changed(source, place)
        attempt(lambda: files.swap(staged, place.path, existing), cannot_write, where)
    except BaseException:
        discard(staged)
        raise


def _make_folder(source: Source) -> None:
    """The folder of a new file, if it is missing; it belongs to whom the one above belongs."""
    folder = source.real_path.parent
    if folder.is_dir():
        return

    def make() -> None:
        place = reach(folder)
        if place is not None:
            with place:
                files.make_folder(place.path)
                if place.foreign is not None:
                    files.give(place.path, place.foreign)

    attempt(make, cannot_write, source.path)


def _reached(source: Source) -> Reach:
    place = attempt(lambda: reach(source.real_path), cannot_write, source.path)
    if place is None:
        raise WriteError(
            "the folder of the file is gone",
            hint="run the command again",
            where=str(source.path),
            code="changed-meanwhile",
        )
    return place


def refuse_protected(source: Source) -> None:
    """Raises the WriteError of ``put`` for a file that is marked read-only.

    For those who would do something for nothing before ``put`` says so, such as stop a phone.
    """
    with _reached(source) as place:
        info = attempt(lambda: files.inspect(place.path), cannot_write, source.path)
    if info is not None:
        _refuse_protected(info, source.path)


def _refuse_protected(info: os.stat_result, where: Path) -> None:
    if is_read_only(info):
        raise WriteError(
            "the file is read-only",
            hint="somebody protected it on purpose: clear the attribute (attrib -r, chmod u+w)",
            where=str(where),
            code="read-only",
        )


def _refuse_changed(source: Source, place: Reach) -> os.stat_result | None:
    """The target's state now; raises WriteError unless it is still what was read."""
    target, where = place.path, source.path
    info = attempt(lambda: files.inspect(target), cannot_write, where)
    if info is not None:
        if is_link(info) or info.st_nlink > 1:
            raise WriteError("the file has become a link", where=str(where), code="link")
        _refuse_protected(info, where)
    now = None
    if info is not None:
        now = attempt(partial(_read, target, info), cannot_write, where)
    if (info is None) != (now is None) or now != (source.data if source.exists else None):
        raise WriteError(
            "the file was changed by another program in the meantime",
            hint="run the command again",
            where=str(where),
            code="changed-meanwhile",
        )
    return info


def _read(path: Path, judged: os.stat_result) -> bytes | None:
    """The bytes of the very file that was judged; None if that is not what ``path`` opens."""
    try:
        descriptor = files.open_existing(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):  # gone, or a link by now
            return None
        raise
    try:
        if not is_same_file(judged, files.inspect_open(descriptor)):
            return None
        return files.read(descriptor, SIZE_LIMIT)
    finally:
        files.close(descriptor)


def _followed(path: Path, follow_links: bool | None) -> Path:
    """Where a path leads if its last component is a link that may be followed."""
    place = attempt(lambda: reach(path), cannot_read, path)
    if place is None:
        return path
    with place:
        link = attempt(lambda: files.inspect(place.path), cannot_read, path)
        if link is None or not is_link(link):
            return path
        target = Path(attempt(lambda: os.path.realpath(place.path), cannot_read, path))
    if follow_links is None:
        end = attempt(lambda: files.inspect(target), cannot_read, path)
        follow_links = place.foreign is None and _is_own_link(link, end)
    if follow_links:
        return target
    raise TargetError(
        f"the file is a link to {target}, which is not followed",
        hint=f"name the file itself: --ini {target}",
        where=str(path),
        code="link",
    )


def _is_own_link(link: os.stat_result, end: os.stat_result | None) -> bool:
    """On POSIX: ours, to a file of ours. Windows tells no owner here: not when elevated."""
    if not hasattr(os, "geteuid"):
        return not elevated()
    return end is not None and link.st_uid == end.st_uid == os.geteuid()


def _refuse_odd(path: Path, info: os.stat_result, place: Reach) -> None:
    if stat.S_ISLNK(info.st_mode):
        raise TargetError("the file has become a link", where=str(path), code="link")
    if not stat.S_ISREG(info.st_mode):
        kind = "a folder" if stat.S_ISDIR(info.st_mode) else "no ordinary file"
        raise TargetError(
            f"this is {kind}", hint="name the ini file itself", where=str(path), code="not-a-file"
        )
    if info.st_nlink > 1:
        raise TargetError(
            "the file has a second name (hard link), which replacing it would split off",
            hint="copy it to a file of its own first",
            where=str(path),
            code="link",
        )
    folder = place.foreign
    if folder is not None and folder.st_uid and info.st_uid not in (folder.st_uid, 0):
        raise TargetError(
            f"the file belongs to another user ({info.st_uid}) than its folder ({folder.st_uid})",
            hint="find out who put it there; chown it, or run as its owner",
            where=str(path),
            code="foreign-owner",
        )


def _missing(path: Path, target: Path) -> TargetError:
    if target.parent.is_dir():
        hint = "check the path, start MicroSIP once, or let --create make the file"
        return TargetError("there is no such file", hint=hint, where=str(path), code="not-found")
    hint = "check the path; its folder does not exist either"
    return TargetError("there is no such file", hint=hint, where=str(path), code="not-found")
