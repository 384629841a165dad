"""What has to be done to a file: the changes, the passwords, the warnings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ..named_tuple import NamedTuple
from ..results import Action, Change, Issue
from ..secret import Secret, revealed
from ..stray_secrets import holds_password, looks_secret

if TYPE_CHECKING:
    from ..schema.key import Key

Text = str | Secret


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


class _Decided(NamedTuple):
    same: bool
    reason: str = "the file has another text"
    code: str = ""
    learn: bool = False


ANOTHER_USER: Verdict = _Decided(False, "the stored password is that of another user name")
"""Nothing vouches for a password that was stored for the user whom the account had before."""


def compare_plain_text(_section: str, raw: str | None, desired: Secret) -> Verdict:
    """The judge without records: only the very same text is the same password."""
    return _Decided((raw or "") == desired.reveal())


class Plan(NamedTuple):
    """What has to be done to a file.

    ``rewrite`` says why the file must be rewritten although no key may change (its encoding
    hides something from the phone). ``replacement`` is a whole new content, ``removal`` that there
    shall be no file, and ``restores`` what of the records that is. ``cut_appended``: without what
    was appended in another encoding.
    """

    changes: tuple[Change, ...] = ()
    warnings: tuple[Issue, ...] = ()
    passwords: tuple[Password, ...] = ()
    rewrite: str = ""
    replacement: bytes | None = None
    cut_appended: bool = False
    removal: bool = False
    restores: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is about the file as a whole."""
        return self.removal or self.replacement is not None

    @property
    def differs(self) -> bool:
        return bool(self.changes or self.rewrite or self.whole)

    def expected(self) -> dict[tuple[str, str], str | None]:
        """What the profile reader must find after the write, by section and key."""
        return {(c.section, c.key): revealed(c.new) for c in self.changes}

    def render(self, text: str) -> str:
        """``text`` with the changes made; every other line as it was."""
        if self.cut_appended:
            from ..ini.appended import without_appended

            text = without_appended(text)
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


def change_of(
    section: str, key: str, facts: Key | None, old: str | None, new: Text | None, reason: str
) -> Change:
    """A change with secrets wrapped, whatever the caller had them in."""
    hidden = isinstance(new, Secret) or (facts is not None and facts.kind == "secret")
    action: Action = "remove" if new is None else "add" if old is None else "set"
    return Change(
        section,
        facts.name if facts and old is None else key,
        action,
        _wrapped(old, "" if facts else key, hidden=hidden),
        _wrapped(new, "" if facts else key, hidden=hidden),
        reason,
        facts.quoted if facts else False,
    )


def _wrapped(text: Text | None, unknown: str, *, hidden: bool) -> Text | None:
    """:param unknown: the name of a key that MicroSIP does not know."""
    if text is None or isinstance(text, Secret):
        return text
    return Secret(text) if hidden or looks_secret(unknown, text) or holds_password(text) else text
