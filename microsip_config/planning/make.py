"""Desired + current -> an ordered list of changes. Pure: no I/O, no clock.

Values are compared as MicroSIP takes them: an absent ``transport`` and a template that says
``udp`` are the same thing, and no change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..errors import InputError
from ..results import Action, Change, Issue
from ..schema import SECTIONS, account_number, canonical_section, lookup
from ..secret import Secret, revealed
from .overlay import Overlay, Readable, check

if TYPE_CHECKING:
    from ..schema.key import Key
    from ..template.model import Assignment, Desired, Selector

Text = str | Secret

# What has to be said of an account to make it one: any of these sets of keys.
_MAKE_AN_ACCOUNT = (frozenset({"domain"}), frozenset({"username", "server"}))


class Verdict(Protocol):
    """Whether the password in the file is the desired one.

    ``code``: a warning's, '' for none. ``learn``: to be remembered although nothing is written.
    """

    @property
    def same(self) -> bool: ...
    @property
    def reason(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def learn(self) -> bool: ...


class Password(NamedTuple):
    """A desired password, where it belongs, and what was decided about it."""

    section: str
    desired: Secret
    verdict: Verdict


PasswordJudge = Callable[[str, str | None, Secret], Verdict]


class _Literal(NamedTuple):
    same: bool
    reason: str = "the file has another text"
    code: str = ""
    learn: bool = False


def compare_plain_text(_section: str, raw: str | None, desired: Secret) -> Verdict:
    """The judge without a memory: only the very same text is the same password."""
    return _Literal((raw or "") == desired.reveal())


class Plan(NamedTuple):
    """What has to be done to a file.

    ``rewrite`` says why the file must be written anew although no key may change (its encoding
    hides something from the phone); ``replacement`` is a whole new content (restore).
    """

    changes: tuple[Change, ...] = ()
    warnings: tuple[Issue, ...] = ()
    passwords: tuple[Password, ...] = ()
    rewrite: str = ""
    replacement: bytes | None = None

    @property
    def differs(self) -> bool:
        return bool(self.changes or self.rewrite or self.replacement is not None)

    def expected(self) -> dict[tuple[str, str], str | None]:
        """What the profile reader must find after the write, by section and key."""
        return {(c.section, c.key): revealed(c.new) for c in self.changes}

    def render(self, text: str) -> str:
        """``text`` with the changes made; every other line as it was."""
        if not self.changes:
            return text
        from ..ini.document import Document

        document = Document(text)
        for change in self.changes:
            new = revealed(change.new)
            if new is None:
                document.remove(change.section, change.key)
            else:
                document.set(change.section, change.key, new, quoted=change.quoted)
        return document.render()


def make(
    profile: Readable,
    desired: Desired,
    *,
    rewrite: str = "",
    judge: PasswordJudge = compare_plain_text,
) -> Plan:
    """Compare ``desired`` with what the phone reads now.

    :param profile: the file as the phone reads it.
    :param rewrite: why the file must be rewritten in any case; '' if it need not.
    :param judge: decides whether a stored password is the desired one.
    :raises InputError: the outcome would break a rule that the file does not break today, or the
        account to activate does not load.
    """
    planner = _Planner(profile, judge)
    planner.take(desired.assignments)
    planner.choose_account(desired)
    changes = planner.changes()
    warnings = list(planner.warnings)
    if any((change.section, change.key) == ("Settings", "accountId") for change in changes):
        _refuse_legacy(profile)
    if changes:
        warnings += check(profile, planner.after, changes)
    return Plan(tuple(changes), tuple(warnings), tuple(planner.passwords), rewrite)


def _refuse_legacy(profile: Readable) -> None:
    """Raises InputError: an ``accountId`` would keep the phone from moving its old account."""
    if profile.get("Settings", "accountId") or not profile.get("Settings", "domain"):
        return
    raise InputError(
        "the account stands in [Settings], as old versions had it, and would be lost",
        hint="start MicroSIP once, which moves it to [Account1], then run this again",
        where="Settings.domain",
        code="legacy-account",
    )


def from_edits(
    profile: Readable, edits: Iterable[tuple[str, str, str | None, str]], *, rewrite: str = ""
) -> Plan:
    """A plan of literal edits ``(section, key, text or None, reason)``, as ``repair`` makes them.

    Unlike :func:`make` it compares texts, since the fix of a misread value may well read alike.
    """
    changes = []
    for section, key, text, reason in edits:
        old = profile.get(section, key)
        if old != text:
            changes.append(_change(section, key, lookup(section, key), old, text, reason))
    return Plan(tuple(changes), rewrite=rewrite)


def replacing(before: Readable, after: Readable, data: bytes, reason: str) -> Plan:
    """The plan that puts ``data``, which reads as ``after``, in place of a file.

    The changes are derived, to be shown.
    """
    changes = []
    for section, key in _all_names(before, after):
        old, new = before.get(section, key), after.get(section, key)
        if old != new:
            changes.append(_change(section, key, lookup(section, key), old, new, reason))
    return Plan(tuple(changes), replacement=data)


def _all_names(*profiles: Readable) -> Iterator[tuple[str, str]]:
    seen = set()
    for profile in profiles:
        for section in profile.sections():
            for key in profile.keys(section):
                name = (section.lower(), key.lower())
                if name not in seen:
                    seen.add(name)
                    yield section, key


def _change(
    section: str, key: str, facts: Key | None, old: str | None, new: Text | None, reason: str
) -> Change:
    """A change with secrets wrapped, whatever the caller had them in."""
    hidden = isinstance(new, Secret) or (facts is not None and facts.kind == "secret")
    action: Action = "remove" if new is None else "add" if old is None else "set"
    return Change(
        section,
        facts.name if facts and old is None else key,
        action,
        Secret(old) if hidden and old is not None else old,
        Secret(new) if hidden and isinstance(new, str) else new,
        reason,
        facts.quoted if facts else False,
    )


class _Wanted(NamedTuple):
    key: Key
    text: Text | None
    where: str


class _Planner:
    """Resolves selectors to sections and collects what each key shall be."""

    def __init__(self, profile: Readable, judge: PasswordJudge) -> None:
        self.profile = profile
        self.judge = judge
        self.after = Overlay(profile)
        self._claimed = Overlay(profile)  # with what the template says of sections by their name
        self.warnings: list[Issue] = []
        self.passwords: list[Password] = []
        self._wanted: dict[tuple[str, str], _Wanted] = {}
        self._sections: dict[Selector, str] = {}
        self._accounts = sorted(
            number
            for number in map(account_number, profile.sections())
            if number is not None and number > 0
        )

    def take(self, assignments: Sequence[Assignment]) -> None:
        # What is said of [AccountN] comes first: an account that is sought by its identity must
        # neither be found in what N is now nor be put where N will be.
        for assignment in assignments:
            if assignment.selector.kind == "section":
                self._resolve(assignment.selector, assignment.where)
                self._claim(assignment)
        for assignment in assignments:
            if assignment.selector.kind == "by":
                self._resolve(assignment.selector, assignment.where)
        for assignment in assignments:
            for section in self._targets(assignment.selector):
                self._want(section, assignment)
        self._refuse_lost_identities()

    def _refuse_lost_identities(self) -> None:
        """Raises InputError: an account would not be found by its identity in the next run."""
        for selector, section in self._sections.items():
            for name, text in selector.match:
                if not SECTIONS["Account"][name].same(self.after.get(section, name), text):
                    raise InputError(
                        f"{name} of [{section}] would be another one than it is sought by, "
                        "and each run would add an account",
                        hint="leave the key out here, or seek the account by other keys",
                        where=self._wanted[section.lower(), name].where,
                        code="identity-lost",
                    )

    def _resolve(self, selector: Selector, where: str) -> None:
        if selector in self._sections:
            return
        if selector.kind == "section":
            section = canonical_section(selector.name)
            number = account_number(section)
        else:
            number = self._find_account(selector)
            if number is None:
                number = self._first_free_account(where)
            section = f"Account{number}"
        self._sections[selector] = section
        if number is not None and number > 0 and number not in self._accounts:
            self._accounts.append(number)

    def _claim(self, assignment: Assignment) -> None:
        section, key = self._sections[assignment.selector], assignment.key.name
        if not assignment.only_if_absent or self._claimed.get(section, key) is None:
            self._claimed.put(section, key, revealed(assignment.text))

    def _find_account(self, selector: Selector) -> int | None:
        for number in self._accounts:
            section = f"Account{number}"
            if all(
                SECTIONS["Account"][key].same(self._claimed.get(section, key), text)
                for key, text in selector.match
            ):
                return number
        return None

    def _first_free_account(self, where: str) -> int:
        """The first number that does not load: the phone's enumeration stops there."""
        number = 1
        taken = set(self._sections.values())
        while f"Account{number}" in taken or self._claimed.get(f"Account{number}", "domain"):
            number += 1
        section = f"Account{number}"
        for key in self.profile.keys(section):
            facts = lookup(section, key)
            if facts is not None:
                self._set(
                    section, facts, None, f"{where}: left over from an account that does not load"
                )
        return number

    def _loads(self, number: int) -> bool:
        return bool(self.after.get(f"Account{number}", "domain"))

    def _targets(self, selector: Selector) -> list[str]:
        if selector.kind == "every":
            return [f"Account{number}" for number in sorted(self._accounts)]
        return [self._sections[selector]]

    def _want(self, section: str, assignment: Assignment) -> None:
        key = assignment.key
        if assignment.only_if_absent and self.after.get(section, key.name) is not None:
            return
        self._set(section, key, assignment.text, assignment.where)

    def _set(self, section: str, key: Key, text: Text | None, where: str) -> None:
        self._wanted[section.lower(), key.name] = _Wanted(key, text, where)
        self.after.put(section, key.name, revealed(text))

    def choose_account(self, desired: Desired) -> None:
        """Point ``accountId`` at the account that shall be in use.

        An account that ``activate`` names always becomes it. Else it is the first one that is
        provisioned, but only where ``accountId`` would be absent, dangling or 0, and never in place
        of another one that the phone would take then, or of what ``accountId`` is set to.
        """
        from ..schema.effective import Effective

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
        why = f"accountId was {why}, so that the phone would not register"
        self._set("Settings", key, str(taken or provisioned[0]), why)

    def _provisioned(self, assignments: Sequence[Assignment]) -> list[int]:
        """The accounts that are provisioned, in the order in which they were found or placed.

        Such a one loads, and the desired state names what makes it an account: its domain, or its
        user name and server, whether they are new or stand in the file. Other keys, such as a
        label or a dial plan, provision nothing, nor does what is said of every account.
        """
        said: dict[str, set[str]] = {section: set() for section in self._sections.values()}
        for assignment in assignments:
            if assignment.selector in self._sections and revealed(assignment.text):
                said[self._sections[assignment.selector]].add(assignment.key.name)
        numbers = (
            account_number(section)
            for section, names in said.items()
            if any(needed <= names for needed in _MAKE_AN_ACCOUNT)
        )
        return [number for number in numbers if number and self._loads(number)]

    def _number_to_activate(self, selector: Selector, where: str) -> int:
        self._resolve(selector, where)
        section = self._sections[selector]
        number = account_number(section)
        if number is None or not self._loads(number):
            _refuse_legacy(self.profile)
            known = [f"Account{each}" for each in sorted(self._accounts) if self._loads(each)]
            raise InputError(
                f"'activate' names [{section}], and that is not there or has no domain",
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
            return _change(section, key.name, key, old, None, wanted.where)
        if key.kind == "secret":
            desired = text if isinstance(text, Secret) else Secret(text)
            verdict = self.judge(section, old, desired)
            self.passwords.append(Password(section, desired, verdict))
            if verdict.code:
                self.warnings.append(
                    Issue(verdict.code, verdict.reason, where=f"{section}.{key.name}")
                )
            if verdict.same:
                return None
            reason = f"{wanted.where}: {verdict.reason}"
            return _change(section, key.name, key, old, desired, reason)
        if key.same(old, revealed(text) or ""):
            return None
        return _change(section, key.name, key, old, text, f"{wanted.where}{_before(key, old)}")


def _before(key: Key, old: str | None) -> str:
    """What was in effect so far where the old line does not tell it."""
    reading = key.read(old)
    if reading.origin == "file" or reading.value is None:
        return ""
    text = key.encode(reading.value)
    if reading.origin == "default":
        return f" (default: {text})" if text else ""
    return f" (was taken as {text or 'empty'})"
