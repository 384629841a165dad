"""The record of which password was written, so that a second run has nothing to do.

MicroSIP replaces a plain password by a hex blob that nobody else can make, so "the file says what
the template says" is never true for passwords. The record keeps, for each account, a fingerprint
of the password last written and of the text that was in the file afterwards.

What it can and cannot do:

- Trust on first use: the first blob of a possible length that shows up in the written file is
  taken for the phone's form of that password. It is not if the file was replaced as a whole since
  (as every tool of ours, a restore and most editors do; where the file system tells), or if the
  blob is known as that of another password. If a user typed another password of about the same
  length into the phone before that, it is not noticed; ``rotate`` writes again.
- What this program itself puts there without knowing the password (a backup, a moved account) is
  never taken for the phone's doing.
- The phone encrypts the active account and Account0 at its start, all others when its menu opens.
  Until then the plain text stays in the file, is compared as such, and needs no trust.
- Guessing passwords with a stolen record costs one scrypt a guess, also when the ini is stolen
  too. (The blob in the ini is weaker than that: MicroSIP's key is the same for everybody.)
- Who can write the record can make a password be written once more by removing an entry, but
  cannot make a wrong one pass without knowing the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from ..results import Issue
from ..schema.password import is_blob, may_hold
from ..secret import Secret
from ..system.private import read_private, write_private
from . import fingerprint as fp

Kind = Literal[
    "same",  # the password and the text in the file are those of the record
    "literal",  # the password is in the file as plain text, or both are empty
    "learned",  # the first blob after a write
    "adopted",  # an unknown blob, taken for the password's because --adopt was given
    "absent",  # there is no password in the file, and none was written
    "changed",  # the desired password differs from the one last written
    "drift",  # somebody else changed what had been written
    "unknown",  # something is there, and nothing is known about it
    "rotated",  # written because --rotate was given
]

_FORMAT = 1
_LIMIT = 1024 * 1024  # bytes; an entry takes some 500
_FORMER = 8  # entries; telling whether a blob is one of them costs a scrypt each


class PasswordVerdict(NamedTuple):
    """Whether the password in the file is the desired one, and why.

    ``code`` is that of a warning, or empty. ``learn`` asks for :meth:`Record.remember` although
    nothing is to be written.
    """

    same: bool
    reason: str
    code: str = ""
    kind: Kind = "same"
    learn: bool = False

    @property
    def drift(self) -> bool:
        return self.kind == "drift"


class Record:
    """The fingerprints of one target, by account.

    An account's ``identity`` is any text that names it in this file, as ``Account1``; if accounts
    are moved under another name, their passwords are written once more.
    """

    def __init__(
        self, entries: Mapping[str, fp.Fingerprint] = {}, former: Iterable[fp.Fingerprint] = ()
    ) -> None:
        self._entries = dict(entries)
        self._former = tuple(former)  # of passwords no longer desired, whose blob is known
        self._keys: dict[tuple[str, bytes, fp.Cost], tuple[Secret, fp.Key]] = {}  # scrypt is dear
        self.changed = False

    @staticmethod
    def load(path: Path) -> tuple[Record, tuple[Issue, ...]]:
        """Read ``RecordsFolder.state``.

        No file is an empty record. A damaged one, or one that belongs to another target or to a
        later version, is an empty record and a warning.
        """
        try:
            data = read_private(path, _LIMIT)
            if data is None:
                return Record(), ()
            from .record_format import parse

            return Record(*parse(data, path.parent.name, _FORMAT)), ()
        except OSError as error:
            why = error.strerror or type(error).__name__
        except ValueError as error:
            why = str(error)
        return Record(), (_unusable(path, why),)

    def reload(self, path: Path) -> tuple[bool, tuple[Issue, ...]]:
        """As :meth:`load` into this record, whose keys are kept; and whether nothing is new."""
        now, warnings = Record.load(path)
        same = now._entries == self._entries and now._former == self._former
        self._entries, self._former, self.changed = now._entries, now._former, False
        return same, warnings

    def save(self, path: Path) -> tuple[Issue, ...]:
        """Write the record if it changed; as a whole, for the owner only.

        A failure is a warning: the file it describes is written already, and the price is one
        more write next time.
        """
        if not self.changed:
            return ()
        from .record_format import render

        try:
            content = render(self._entries, self._former, path.parent.name, _FORMAT)
            write_private(path, content)
        except OSError as error:
            return (not_saved(str(error.strerror), str(path)),)
        self.changed = False
        return ()

    def identities(self) -> frozenset[str]:
        """The accounts that are known here."""
        return frozenset(self._entries)

    def judge(
        self,
        identity: str,
        raw: str | None,
        desired: Secret,
        *,
        adopt: bool = False,
        rotate: bool = False,
        file_id: Callable[[], str] = str,
    ) -> PasswordVerdict:
        """Decide whether ``desired`` is what the file has. Changes nothing.

        :param raw: the password as the profile reader returns it; ``None`` = there is none.
        :param adopt: take a blob of which nothing is known for the desired password's. By default
            such a password is written: that is certain to be right, and happens once.
        :param rotate: write in any case.
        :param file_id: gives the lasting id of the file; empty: not known.
        """
        if rotate:
            return PasswordVerdict(False, "rotation was asked for", kind="rotated")
        wanted = desired.reveal()
        if _same_text(raw or "", wanted):
            return self._literal(identity, desired, file_id)
        if not raw:
            return self._missing(identity)
        entry = self._entries.get(identity)
        if entry is None:
            return _unrecorded(raw, wanted, adopt)
        key = self._key(identity, desired, entry)
        if not fp.same(key.password, entry.password):
            return PasswordVerdict(
                False, "the password differs from the one last written", kind="changed"
            )
        return self._same_password(raw, desired, entry, key, file_id)

    def remember(
        self, identity: str, password: Secret, raw: str | None, file_id: Callable[[], str] = str
    ) -> None:
        """Note that ``password`` is what the account has, and ``raw`` what is in the file.

        To be called after a write, with what the profile reader then finds, and without one when
        a verdict says ``learn``. A blob in ``raw`` is taken for the password's.
        """
        if not password.reveal():  # nothing to hide, and nothing that the phone would replace
            self.forget(identity)
            return
        entry = self._entries.get(identity)
        key = self._key(identity, password, entry) if entry else None
        if entry is None or key is None or not _current(entry, key):
            if entry is not None and entry.blob is not None:
                self._former = (*self._former, entry)[-_FORMER:]
            salt = fp.new_salt()
            key = self._derived(identity, password, salt, fp.COST)
            entry = fp.Fingerprint(fp.COST, salt, key.password)
        if raw is None or _same_text(raw, password.reveal()):
            fresh = entry._replace(text=None, blob=None, file=file_id())
        elif entry.blob and entry.text and fp.same(fp.text_mac(key, raw), entry.text):
            fresh = entry
        else:
            blob = fp.blob_print(raw, entry.salt, entry.cost)
            fresh = entry._replace(text=fp.text_mac(key, raw), blob=blob, file="")
        if fresh != self._entries.get(identity):
            self._entries[identity] = fresh
            self.changed = True

    def awaits(self) -> bool:
        """Whether the first blob that shows up for some account would be believed."""
        return any(entry.text is None for entry in self._entries.values())

    def disown(self, identities: Collection[str] | None) -> None:
        """Believe no blob that shows up for these accounts (in lower case; None: for any): it is
        about to be put there, not by the phone."""
        for identity, entry in [*self._entries.items()]:
            if entry.text is None and (identities is None or identity.lower() in identities):
                self.forget(identity)

    def follow(self, before: str, after: str) -> None:
        """The file with the lasting id ``before`` was replaced, by this program, by ``after``."""
        for identity, entry in self._entries.items():
            if entry.text is None and entry.file == before != after:
                self._entries[identity] = entry._replace(file=after)
                self.changed = True

    def forget(self, identity: str) -> None:
        """Drop what is known of an account that is gone or has no password any more."""
        if self._entries.pop(identity, None) is not None:
            self.changed = True

    # --- the cases of judge -----------------------------------------------------------------

    def _literal(
        self, identity: str, desired: Secret, file_id: Callable[[], str]
    ) -> PasswordVerdict:
        """The very text is there. Make sure that the blob it will become is taken for its own."""
        reason = "the file has this password"
        if not desired.reveal():
            return PasswordVerdict(True, reason, kind="literal", learn=identity in self._entries)
        entry = self._entries.get(identity)
        if entry is None:
            return PasswordVerdict(True, reason, kind="literal", learn=True)
        known = _current(entry, self._key(identity, desired, entry)) and entry.text is None
        known = known and entry.file == file_id()
        return PasswordVerdict(True, reason, kind="literal", learn=not known)

    def _missing(self, identity: str) -> PasswordVerdict:
        if identity in self._entries:
            return _drift("the password that was written has been removed since")
        return PasswordVerdict(False, "there is no password in the file", kind="absent")

    def _same_password(
        self,
        raw: str,
        desired: Secret,
        entry: fp.Fingerprint,
        key: fp.Key,
        file_id: Callable[[], str],
    ) -> PasswordVerdict:
        if entry.text is not None:
            if fp.same(fp.text_mac(key, raw), entry.text):
                renew = entry.cost != fp.COST or entry.blob is None
                return PasswordVerdict(True, "the password is unchanged", kind="same", learn=renew)
            return _drift("the stored password was changed by somebody else")
        if not is_blob(raw):
            return _drift("the password in the file was changed by somebody else")
        if not may_hold(raw, desired.reveal()):
            return _drift("the phone stored a password whose length differs from the one written")
        if entry.file and entry.file != file_id():
            return _drift("the file was replaced since the password was written")
        if self._is_of_another(raw, desired):
            return _drift("the stored password is another one, that was in this file before")
        return PasswordVerdict(
            True, "the phone has stored the password", kind="learned", learn=True
        )

    def _is_of_another(self, raw: str, desired: Secret) -> bool:
        """Whether ``raw`` is known as the stored form of another password.

        The phone makes one blob of one password, and never the same of two.
        """
        for known in (*self._former, *self._entries.values()):
            if known.blob is None:
                continue
            if fp.same(fp.blob_print(raw, known.salt, known.cost), known.blob):
                key = fp.derive(desired.reveal(), known.salt, known.cost)
                return not fp.same(key.password, known.password)
        return False

    def _key(self, identity: str, password: Secret, entry: fp.Fingerprint) -> fp.Key:
        return self._derived(identity, password, entry.salt, entry.cost)

    def _derived(self, identity: str, password: Secret, salt: bytes, cost: fp.Cost) -> fp.Key:
        cached = self._keys.get((identity, salt, cost))
        if cached is not None and cached[0] == password:
            return cached[1]
        key = fp.derive(password.reveal(), salt, cost)
        self._keys[identity, salt, cost] = (password, key)
        return key


def _unrecorded(raw: str, wanted: str, adopt: bool) -> PasswordVerdict:
    """Something is in the file, and no record says whose."""
    if not is_blob(raw):
        return PasswordVerdict(False, "the file has another password", kind="unknown")
    if not may_hold(raw, wanted):
        return PasswordVerdict(False, "the stored password has another length", kind="unknown")
    if not adopt:
        return PasswordVerdict(
            False, "the stored password was not written by microsip-config", kind="unknown"
        )
    return PasswordVerdict(
        True,
        "the stored password was accepted as the wanted one",
        code="password-adopted",
        kind="adopted",
        learn=True,
    )


def _drift(reason: str) -> PasswordVerdict:
    return PasswordVerdict(False, reason, code="password-drift", kind="drift")


def _current(entry: fp.Fingerprint, key: fp.Key) -> bool:
    """Is the entry this password's, at today's cost?"""
    return entry.cost == fp.COST and fp.same(entry.password, key.password)


def _same_text(one: str, other: str) -> bool:
    return fp.same(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def not_saved(why: str, where: str) -> Issue:
    """The warning that the next run will not know what this one wrote."""
    return Issue(
        "record-not-saved",
        f"the record of passwords could not be saved: {why}",
        "the passwords will be written again by the next run",
        where,
    )


def _unusable(path: Path, why: str) -> Issue:
    return Issue(
        "record-unusable",
        f"the record of passwords cannot be used ({why}) and is ignored",
        "the passwords are written once more (or accepted with --adopt), which fixes the record",
        str(path),
    )
