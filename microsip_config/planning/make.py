"""Desired + current -> an ordered list of changes. Pure: no I/O, no clock.

Values are compared as MicroSIP takes them: an absent ``transport`` and a template that says
``udp`` are the same thing, and no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import ErrorList, InputError, ValueRefused
from ..named_tuple import NamedTuple
from ..results import Change, Issue
from ..schema import SECTIONS, account_number, canonical_section, lookup
from ..schema.effective import Effective
from ..schema.versions import UNKNOWN, Phone
from ..secret import Secret, revealed
from ..template.typed import shown_name
from .accounts import AccountIndex, AccountResolver, ambiguous
from .overlay import Overlay, Readable, check
from .plan import (
    ANOTHER_USER,
    Password,
    PasswordJudge,
    Plan,
    Text,
    change_of,
    compare_plain_text,
)

if TYPE_CHECKING:
    from ..schema.key import Key
    from ..template.model import Assignment, Desired, Selector

# What has to be said of an account to make it one: any of these sets of keys.
_MAKE_AN_ACCOUNT = (frozenset({"domain"}), frozenset({"username", "server"}))


def make(
    profile: Readable,
    desired: Desired,
    *,
    phone: Phone = UNKNOWN,
    rewrite: str = "",
    judge: PasswordJudge = compare_plain_text,
) -> Plan:
    """Compare ``desired`` with what the phone reads now.

    :param profile: the file as the phone reads it.
    :param phone: the phone that reads it.
    :param rewrite: why the file must be rewritten in any case; '' if it need not.
    :param judge: decides whether a stored password is the desired one.
    :raises InputError: the phone has no such value, the outcome would break a rule that the file
        does not break today, or the account to activate does not load.
    """
    comparison = _Comparison(profile, phone, judge)
    comparison.take(desired.assignments)
    comparison.choose_account(desired)
    changes = comparison.changes()
    warnings = list(comparison.warnings)
    if any((change.section, change.key) == ("Settings", "accountId") for change in changes):
        _refuse_legacy(profile)
    if changes:
        warnings += check(profile, comparison.after, changes, phone)
    return Plan(tuple(changes), tuple(warnings), tuple(comparison.passwords), rewrite)


def section_of(profile: Readable, desired: Desired, selector: Selector) -> str:
    """The section that ``selector`` means in ``desired``; raises as :func:`make`."""
    accounts = AccountResolver(profile)
    _place(accounts, desired.assignments)
    return accounts.resolve(selector, desired.activate_where)


def _place(accounts: AccountResolver, assignments: Sequence[Assignment]) -> None:
    for assignment in assignments:
        if assignment.selector.kind == "section":
            accounts.claim(assignment)
    accounts.place(assignments)


def _refuse_legacy(profile: Readable) -> None:
    """Raises InputError: an ``accountId`` would keep the phone from moving its old account."""
    if profile.get("Settings", "accountId") or not profile.get("Settings", "domain"):
        return
    raise InputError(
        "the account is in [Settings], where old versions kept it, and would be lost",
        hint="start MicroSIP once, which moves it to [Account1], then run this again",
        where="Settings.domain",
        code="legacy-account",
    )


def from_edits(
    profile: Readable,
    edits: Iterable[tuple[str, str, str | None, str]],
    *,
    rewrite: str = "",
    cut_appended: bool = False,
) -> Plan:
    """A plan of literal edits ``(section, key, text or None, reason)``, as ``repair`` makes them.

    Unlike :func:`make` it compares texts, since the fix of a misread value may well read alike.
    """
    changes = []
    for section, key, text, reason in edits:
        old = profile.get(section, key)
        if old != text:
            changes.append(change_of(section, key, lookup(section, key), old, text, reason))
    return Plan(tuple(changes), rewrite=rewrite, cut_appended=cut_appended)


def replacing(before: Readable, after: Readable, data: bytes | None, reason: str) -> Plan:
    """The plan that puts ``data``, which reads as ``after``, in place of a file; None removes it.

    The changes are derived, to be shown.
    """
    changes = []
    for section, key in _all_names(before, after):
        old, new = before.get(section, key), after.get(section, key)
        if old != new:
            changes.append(change_of(section, key, lookup(section, key), old, new, reason))
    return Plan(tuple(changes), replacement=data, removal=data is None)


def _all_names(*profiles: Readable) -> Iterator[tuple[str, str]]:
    seen = set()
    for profile in profiles:
        for section in profile.sections():
            for key in profile.keys(section):
                name = (section.lower(), key.lower())
                if name not in seen:
                    seen.add(name)
                    yield section, key


class _Wanted(NamedTuple):
    key: Key
    text: Text | None
    where: str


class _Comparison:
    """Collects what each key shall be, and compares that with what the phone reads now."""

    def __init__(self, profile: Readable, phone: Phone, judge: PasswordJudge) -> None:
        self.profile = profile
        self.phone = phone
        self.judge = judge
        self.after = Overlay(profile)
        self.accounts = AccountResolver(profile)
        self.warnings: list[Issue] = []
        self.passwords: list[Password] = []
        self._wanted: dict[tuple[str, str], _Wanted] = {}

    def take(self, assignments: Sequence[Assignment]) -> None:
        _place(self.accounts, assignments)
        errors = ErrorList()
        for assignment in assignments:
            for section in self.accounts.targets(assignment.selector):
                try:
                    self._want(section, assignment)
                except InputError as error:
                    errors.add(error)
        errors.settle()
        self._refuse_lost_identities()

    def _refuse_lost_identities(self) -> None:
        """Raises InputError: in the next run an account would not be found by its identity, or
        another one, too."""
        indexes: dict[tuple[str, ...], AccountIndex] = {}
        numbers = self.accounts.numbers()
        for selector, section in self.accounts.sections.items():
            for name, text in selector.match:
                key, after = SECTIONS["Account"][name], self.after.get(section, name)
                if not key.same(after, text) and key.read(after).value != key.read(text).value:
                    raise InputError(
                        f"the template finds [{section}] by its {name} but also changes it; "
                        "every run would add another account",
                        hint="leave the key out here, or find the account by other keys",
                        where=self._wanted[section.lower(), name].where,
                        code="identity-lost",
                    )
            if selector.match:
                keys = tuple(name for name, _ in selector.match)
                texts = tuple(text for _, text in selector.match)
                index = indexes.setdefault(keys, AccountIndex(keys))
                found = index.find(numbers, self.after, texts)
                if len(found) > 1:
                    where = self._wanted[section.lower(), keys[0]].where
                    error = ambiguous(found, keys, where)
                    raise error.with_(message=f"after this run, {error.message}")

    def _loads(self, number: int) -> bool:
        return bool(self.after.get(f"Account{number}", "domain"))

    def _want(self, section: str, assignment: Assignment) -> None:
        key = assignment.key
        if assignment.only_if_absent and self.after.get(section, key.name) is not None:
            return
        self._set(section, key, self._fitted(section, assignment), assignment.where)

    def _fitted(self, section: str, assignment: Assignment) -> Text | None:
        """The text as the phone has to find it. Raises ValueRefused if it has no such value."""
        key, text = assignment.key, assignment.text
        if text is None:
            return None
        plain = text.reveal() if isinstance(text, Secret) else text
        try:
            fitted = key.text_for(self.phone, plain)
        except ValueRefused as error:
            given = assignment.where == "given"
            raise error.with_(
                message=error.message if given else f"{shown_name(key)}: {error.message}",
                where=f"{section}.{key.name}" if given else assignment.where,
            ) from None
        fitted = key.completed(self.profile.get(section, key.name), fitted)
        return Secret(fitted) if isinstance(text, Secret) else fitted

    def _set(self, section: str, key: Key, text: Text | None, where: str) -> None:
        self._wanted[section.lower(), key.name] = _Wanted(key, text, where)
        self.after.put(section, key.name, revealed(text))

    def choose_account(self, desired: Desired) -> None:
        """Point ``accountId`` at the account that shall be in use.

        An account that ``activate`` names always becomes it. Else it is the first one that is
        provisioned, but only where ``accountId`` would be absent, dangling or 0, and never in place
        of another one that the phone would take then, or of what ``accountId`` is set to.
        """
        key = SECTIONS["Settings"]["accountId"]
        if desired.activate is not None:
            number = self._number_to_activate(desired.activate, desired.activate_where)
            self._set("Settings", key, str(number), "the account that the template activates")
            return
        provisioned = self._provisioned(desired.assignments)
        said = any(
            each.key is key and not each.only_if_absent  # a proposal must do for the phone, too
            for each in desired.assignments
        )
        if said or not provisioned:
            return
        text = self.after.get("Settings", "accountId")
        current = key.read(text).value if text else None
        taken = Effective(self.after).active_account() if text else 0
        if taken and (taken == current or taken not in provisioned):
            return
        why = "absent" if not text else "0" if not current else f"{current}, no such account"
        why = f"accountId was {why}, so the phone would not register"
        self._set("Settings", key, str(taken or provisioned[0]), why)

    def _provisioned(self, assignments: Sequence[Assignment]) -> list[int]:
        """The accounts that are provisioned, in the order in which they were found or placed.

        Such a one loads, and the desired state names what makes it an account: its domain, or its
        user name and server, whether they are new or already in the file. Other keys, such as a
        label or a dial plan, provision nothing, nor does what is said of every account.
        """
        said: dict[str, set[str]] = {section: set() for section in self.accounts.sections.values()}
        for assignment in assignments:
            if assignment.selector in self.accounts.sections and revealed(assignment.text):
                said[self.accounts.sections[assignment.selector]].add(assignment.key.name)
        numbers = (
            account_number(section)
            for section, names in said.items()
            if any(needed <= names for needed in _MAKE_AN_ACCOUNT)
        )
        return [number for number in numbers if number and self._loads(number)]

    def _number_to_activate(self, selector: Selector, where: str) -> int:
        section = self.accounts.resolve(selector, where)
        number = account_number(section)
        if number is None or not self._loads(number):
            _refuse_legacy(self.profile)
            known = [f"Account{each}" for each in self.accounts.numbers() if self._loads(each)]
            raise InputError(
                f"'activate' names [{section}], which does not exist or has no domain",
                hint=f"accounts that load: {', '.join(known)}" if known else "give it a domain",
                where=where,
                code="no-such-account",
            )
        return number

    def changes(self) -> list[Change]:
        """The wanted keys that differ, section by section, in the order in which they came."""
        found: dict[str, list[Change]] = {}
        for (section, _), wanted in self._wanted.items():
            change = self._compare(canonical_section(section), wanted)
            if change is not None:
                found.setdefault(section, []).append(change)
        return [change for changes in found.values() for change in changes]

    def _compare(self, section: str, wanted: _Wanted) -> Change | None:
        key, text = wanted.key, wanted.text
        old = self.profile.get(section, key.name)
        if text is None:
            if old is None:
                return None
            return change_of(section, key.name, key, old, None, wanted.where)
        if key.kind == "secret":
            desired = text if isinstance(text, Secret) else Secret(text)
            verdict = self.judge(section, old, desired)
            if verdict.same and old != desired.reveal() and self._has_another_user(section):
                verdict = ANOTHER_USER
            self.passwords.append(Password(section, desired, verdict))
            if verdict.code:
                self.warnings.append(
                    Issue(verdict.code, verdict.reason, where=f"{section}.{key.name}")
                )
            if verdict.same:
                return None
            reason = f"{wanted.where}: {verdict.reason}"
            return change_of(section, key.name, key, old, desired, reason)
        read = key.of(self.phone)
        if read.same(old, revealed(text) or ""):
            return None
        self._doubt(section, wanted)
        return change_of(section, key.name, key, old, text, f"{wanted.where}{_before(read, old)}")

    def _has_another_user(self, section: str) -> bool:
        """Whether the account gets another user name: its stored password is that of the old."""
        key = SECTIONS["Account"].get("username")
        before, after = (each.get(section, "username") for each in (self.profile, self.after))
        return key is not None and not key.same(before, after or "")

    def _doubt(self, section: str, wanted: _Wanted) -> None:
        """Warn of what is written although it may not be meant, or has no effect."""
        key, text = wanted.key, wanted.text
        place = f"{section}.{key.name}"
        if not key.read_by(self.phone) and self.phone.number:
            message = f"{self.phone.name} does not read it"
            hint = f"{key.since} added it" if self.phone.is_known_before(key.since) else ""
            self.warnings.append(Issue("key-not-read", message, hint, place))
        for notice in key.doubts(text) if isinstance(text, str) else ():
            self.warnings.append(Issue(notice.code, notice.effect, notice.hint, place))


def _before(key: Key, old: str | None) -> str:
    """What was in effect so far, where the old line does not say so."""
    reading = key.read(old)
    if reading.origin == "file" or reading.value is None:
        return ""
    text = key.encode(reading.value)
    if reading.origin == "default":
        return f" (default: {text})" if text else ""
    return f" (was taken as {text or 'empty'})"
