"""Files that belong to this program alone: owner-only, replaced as a whole, never through links."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from ..errors import WriteError

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)  # absent on Windows
_BINARY = getattr(os, "O_BINARY", 0)  # absent elsewhere
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file must not stop us
_STALE_SECONDS = 3600
_REPLACE_TRIES = 20
_REPLACE_PAUSE = 0.05  # seconds; virus scanners and indexers hold a new file about this long


def target_id(ini: str | Path) -> str:
    """The name of a target's data folder: 16 hex digits that stand for the resolved path."""
    try:
        real = os.path.realpath(ini)
    except OSError:  # a link that vanished between two looks at it
        real = os.path.abspath(ini)  # noqa: PTH100 - must not resolve
    resolved = os.path.normcase(real)
    digest: bytes = _sha256()(resolved.encode("utf-8", "surrogatepass")).digest()
    return digest[:8].hex()


def _sha256() -> Callable[[bytes], Any]:
    """SHA-256 without hashlib, which loads OpenSSL (2 ms); ``random`` does likewise."""
    for module in ("_sha2", "_sha256"):  # since 3.12; before
        with suppress(ImportError, AttributeError):
            found: Callable[[bytes], Any] = import_module(module).sha256
            return found
    from hashlib import sha256

    return sha256


def target_folder(data_dir: str | Path, ini: str | Path) -> Path:
    """Create, if need be, the folder of a target's record, note, lock and backups; return it.

    Only the owner gets in (0700; on Windows owner, SYSTEM and Administrators). Raises
    ``WriteError`` if it cannot be made, is a link, or belongs to somebody else.
    """
    return private_folder(target_path(data_dir, ini))


def target_path(data_dir: str | Path, ini: str | Path) -> Path:
    """Where :func:`target_folder` is or would be; nothing is made."""
    return Path(data_dir) / "targets" / target_id(ini)


def private_folder(path: Path) -> Path:
    """Create ``path`` and its parents for the owner only; narrow the rights of an existing one."""
    try:
        _refuse_links(path)
        make_private(path)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or _is_reparse_point(found):
            raise WriteError(
                "our data folder is a link or not a folder", where=str(path), code="unsafe-folder"
            )
        if not (_is_own(found) and _close_to_others(path, found)):
            raise WriteError(
                "our data folder belongs to somebody else",
                hint="remove it, or name another one with --data-dir",
                where=str(path),
                code="unsafe-folder",
            )
    except OSError as error:
        raise WriteError(
            f"our data folder cannot be used: {error.strerror}",
            hint="name another one with --data-dir",
            where=str(path),
        ) from error
    return path


def _refuse_links(path: Path) -> None:
    """As root, nothing of ours may lie where a link of somebody else leads."""
    from ..errors import TargetError
    from .secure_path import reach

    try:
        place = reach(path.absolute())
    except TargetError as error:
        raise WriteError(
            f"our data folder: {error.message}",
            hint="name another one with --data-dir",
            where=error.where,
            code="unsafe-folder",
        ) from error
    if place is not None:
        with place:
            pass


def make_private(path: Path) -> None:
    """Create a missing folder, and those above it, for the owner only. Raises ``OSError``."""
    if path.is_dir():
        return
    if path.parent != path:
        make_private(path.parent)
    try:
        if sys.platform == "win32":
            from .windows.private import create_owner_folder

            create_owner_folder(str(path))
        else:
            path.mkdir(mode=0o700)
    except FileExistsError:  # another run was quicker, or it is no folder: the caller looks
        pass


def _is_reparse_point(found: os.stat_result) -> bool:
    attributes: int = getattr(found, "st_file_attributes", 0)  # only on Windows
    return bool(attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT)


def _is_own(found: os.stat_result) -> bool:
    return sys.platform == "win32" or found.st_uid == os.geteuid()


def _close_to_others(path: Path, found: os.stat_result) -> bool:
    """Narrow the rights of our folder; False if that cannot keep its owner out (Windows)."""
    if sys.platform == "win32":
        from .windows.private import close_to_others

        return close_to_others(str(path))
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return True


def read_own(path: Path, limit: int) -> bytes | None:
    """The content of one of our files, at most ``limit`` bytes; ``None`` if there is none.

    Raises ``OSError`` if it cannot be read, ``ValueError`` if it is a link, no regular file,
    somebody else's, or longer: none of these is a file that this program wrote.
    """
    try:
        descriptor = _open_itself(path)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or _is_reparse_point(found) or not _is_own(found):
            raise ValueError("not a file of our own")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"longer than {limit} bytes")
    return data


def _open_itself(path: Path) -> int:
    """A descriptor for reading, never of what a link leads to."""
    if sys.platform == "win32":
        from .windows.acl import open_without_following

        return open_without_following(str(path))
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | _NO_FOLLOW | _NO_WAIT)


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` as a whole, readable by its owner only (0600).

    The folder must exist. Raises ``OSError``; the old content is then still there.
    """
    _sweep(path)
    temporary = path.with_name(f"{path.name}.{os.urandom(6).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY | _NO_FOLLOW
    try:
        descriptor = os.open(temporary, flags, 0o600)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _sweep(path: Path) -> None:
    """Remove what runs that were killed while writing left behind."""
    for leftover in path.parent.glob(f"{path.name}.*.tmp"):
        try:
            if time.time() - leftover.lstat().st_mtime > _STALE_SECONDS:
                leftover.unlink()
        except OSError:  # someone else's business, or already gone
            continue


def _replace(source: Path, target: Path) -> None:
    for attempt in range(_REPLACE_TRIES):
        try:
            source.replace(target)
        except PermissionError:  # Windows: somebody has it open at this moment
            if os.name == "posix" or attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(_REPLACE_PAUSE)
        else:
            return


def _sync_folder(folder: Path) -> None:
    """Make the replacement survive a power cut, where folders can be flushed."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some network file systems cannot; the content itself is safe
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
