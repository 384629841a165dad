"""The file of a run: read as the policy says, and what is to be done to it noted in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..ini import file
from ..ini.encoding import BOM, name_of
from ..results import Issue, Target
from ..schema import lookup
from ..schema.versions import Phone, Version, is_microsip, noted_version, number_of
from ..secret import Secret
from ..stray_secrets import holds_password, looks_secret
from ..target.executable import file_version
from .context import Policy

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..ini.profile import Profile
    from ..planning.plan import Plan
    from .ledger import Ledger


_TELLING = 4  # characters; a shorter text is in too many others by chance


def target_of(ledger: Ledger) -> Target:
    if ledger.target is None:
        raise AssertionError("a target is found before it is read")
    return ledger.target


def load(ledger: Ledger, policy: Policy) -> Source:
    """Read the target as ``policy`` says; the errors are those of ``file.load``.

    Secrets where no schema expects them are from now on in no message.
    """
    target = target_of(ledger)
    source = file.load(
        Path(target.ini),
        policy.ansi_codepage,
        create=policy.create,
        follow_links=policy.follow_links,
        undecodable=policy.undecodable,
    )
    source.phone = Phone(lambda: _version(target, source, policy))
    ledger.register_secrets(*_stray_secrets(source.profile))
    return source


def _stray_secrets(profile: Profile) -> Iterator[Secret]:
    for section in profile.sections():
        for key, value in profile.items(section):
            unknown = looks_secret(key, value) and lookup(section, key) is None
            if holds_password(value) or (unknown and len(value) >= _TELLING):
                yield Secret(value)


def _version(target: Target, source: Source, policy: Policy) -> Version:
    return version_by(target, source.profile.get, policy.phone_version)


def version_by(target: Target, get: Callable[[str, str], str | None], given: str | None) -> Version:
    """The version of the phone of ``target``, by the first that tells it: its program, its ini
    (``get`` reads a key of a section), what was ``given``."""
    return _program_version(target) or noted_version(get) or _given_version(given)


def version_without_ini(target: Target, policy: Policy) -> Version:
    """The version of the phone, where its ini cannot be read."""
    return _program_version(target) or _given_version(policy.phone_version)


def _given_version(given: str | None) -> Version:
    number = number_of(given or "")
    return Version(number, "--phone-version" if number else "")


def _program_version(target: Target) -> Version | None:
    number = file_version(Path(target.exe))[:3] if target.exe else ()
    return Version(number, "the program file") if is_microsip(number) else None


def record(ledger: Ledger, source: Source, plan: Plan, *, differs: bool = False) -> None:
    """Note in the ledger what is to be done to the file as it is."""
    warnings = [*source.faults, *plan.warnings]
    rewritten = plan.rewrite or _encoding_change(source, plan)
    if rewritten:
        hint = "" if plan.replacement else "it is written as UTF-16LE with a byte-order mark"
        warnings.append(Issue("rewritten", rewritten, hint))
    ledger.planned(plan.changes, warnings, differs=differs)


def _encoding_change(source: Source, plan: Plan) -> str:
    """What has to be said of a file that was not yet UTF-16LE with a mark; '' for nothing."""
    if plan.removal or not (plan.differs and source.data):
        return ""
    if source.data.startswith(BOM) or not (plan.replacement or BOM).startswith(BOM):
        return ""  # a backup that is restored is in its own encoding
    return f"the file is {name_of(source.data)}, and becomes {name_of(BOM)}"


def misread(source: Source) -> list[Issue]:
    """The warnings about a file that is only looked at: the phone reads something else in it."""
    found = [*source.faults]
    if source.needs_rewrite:
        hint = "these are the values that the file means; 'repair' makes the phone read them"
        found.append(Issue("misread", source.needs_rewrite, hint, str(source.path)))
    return found
