"""Who can read a Windows file, decided from its access control list. Pure: no Windows needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

EVERYONE = "S-1-1-0"
SYSTEM = "S-1-5-18"
ADMINISTRATORS = "S-1-5-32-544"
TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
OWNER_RIGHTS = "S-1-3-4"  # stands for whoever owns the file

# By their last number in any domain: Administrator, Domain Admins, Enterprise Admins.
_ADMINISTRATORS = frozenset({"500", "512", "519"})

_ACCESS_ALLOWED = 0
# Types that never grant anything: denied, denied-object, denied-callback, denied-callback-object.
_DENYING = frozenset({1, 6, 10, 12})
_INHERIT_ONLY = 0x08

_READ_DATA = 0x1
_WRITE_DAC = 0x40000  # may give himself the right
_WRITE_OWNER = 0x80000  # may make himself the owner, and then the same
_GENERIC_ALL = 0x10000000
_GENERIC_READ = 0x80000000
_LETS_READ = _READ_DATA | _WRITE_DAC | _WRITE_OWNER | _GENERIC_ALL | _GENERIC_READ


class Ace(NamedTuple):
    """One entry: its type, flags and access mask as Windows numbers them, and whose it is."""

    kind: int
    flags: int
    mask: int
    sid: str


class Acl(NamedTuple):
    """A file's owner and entries; ``entries`` is None where there is no list (all may do all)."""

    owner: str
    entries: tuple[Ace, ...] | None


def is_administrators(sid: str) -> bool:
    """Whether it is a well-known account or group that Windows gives all rights.

    Members of a domain have its administrators among their own.
    """
    if sid in (SYSTEM, ADMINISTRATORS, TRUSTED_INSTALLER):
        return True
    parts = sid.split("-")
    return sid.startswith("S-1-5-21-") and len(parts) == 8 and parts[7] in _ADMINISTRATORS


def strangers(acl: Acl, user: str, readers: Collection[str] = ()) -> list[str]:
    """The SIDs, besides ``user``, administrators and ``readers``, that can get at the content.

    The owner counts: he can always change the list. A denying entry is not set off against an
    allowing one, and an entry of an unknown type counts as allowing: the answer errs towards
    naming too many.
    """
    trusted = {user, *readers}
    found = [] if acl.owner in trusted or is_administrators(acl.owner) else [acl.owner]
    if acl.entries is None:
        return [*found, "everyone (there is no access control list)"]
    return list(dict.fromkeys(found + list(_readers(acl.entries, trusted | {OWNER_RIGHTS}))))


def _readers(entries: Iterable[Ace], trusted: set[str]) -> Iterable[str]:
    for ace in entries:
        if ace.kind in _DENYING or ace.flags & _INHERIT_ONLY:
            continue
        if ace.sid in trusted or is_administrators(ace.sid):
            continue
        if ace.kind != _ACCESS_ALLOWED or ace.mask & _LETS_READ:
            yield ace.sid
