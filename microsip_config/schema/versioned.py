"""A key that one version of MicroSIP began to read in another way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .entries import Entry
from .key import Key, Misread, Notice, Reading
from .versions import Phone

Alike = Callable[[Any, Any], bool]
"""Whether a value of the older form means the same as one of the newer form."""


class Versioned(Key):
    """Two keys in one: ``older``, and ``newer`` since the version ``changed``.

    By itself it is the key of a phone whose version is not known; :meth:`of` gives that of a known
    one. Texts are checked and compared in the newer form until :meth:`text_for` fits them to a
    phone. ``last`` is the last version with the older form, ``to_older`` gives a text in that form
    or raises ``Misread``.
    """

    def __init__(
        self,
        older: Key,
        newer: Key,
        *,
        changed: str,
        last: str,
        alike: Alike,
        to_older: Callable[[str], str] = str,
    ) -> None:
        self.__dict__.update(newer.__dict__)
        self.kind = newer.kind
        self.older, self.newer = older, newer
        self.changed, self.last = changed, last
        self._alike, self._to_older = alike, to_older

    def of(self, phone: Phone) -> Key:
        if not phone.number:
            return self
        return self._form(self.older if phone.is_known_before(self.changed) else self.newer)

    def _form(self, form: Key) -> Key:
        own = {"name": self.name, "section": self.section, "group": self.group}
        return form.replace(**own, volatile=self.volatile, legacy=self.legacy)

    @property
    def expects(self) -> str:
        return self.newer.expects

    @property
    def reads(self) -> str:
        return f"{self.newer.reads}; up to {self.last}: {self.older.reads}"

    def text_for(self, phone: Phone, text: str) -> str:
        if phone.is_known_after(self.last):
            return text
        try:
            older = self._to_older(text)
        except Misread as error:
            if phone.number:
                message = f"{error.message}: MicroSIP {self.changed} added it"
                hint = f"this phone is {phone.version.text}, as {phone.version.origin} says"
                raise Misread(message, hint=hint, code="value-too-new") from None
            message = f"{error.message}, later ones know it; the version of this phone is not known"
            hint = "name it with --phone-version X.Y.Z"
            raise Misread(message, hint=hint, code="version-unknown") from None
        return older

    def completed(self, raw: str | None, text: str) -> str:
        return self.newer.completed(raw, text)

    def same(self, raw: str | None, text: str) -> bool:
        return self.older.same(raw, text) and self.newer.same(raw, text)

    def read(self, raw: str | None) -> Reading:
        """Both readings: where they differ, that is a notice, and the value is the newer one."""
        older, newer = self.older.read(raw), self.newer.read(raw)
        if self._alike(older.value, newer.value):
            return newer
        words = [
            form.in_words(reading.value)
            for form, reading in ((self.older, older), (self.newer, newer))
        ]
        effect = (
            f"MicroSIP up to {self.last} takes it as: {words[0]}; since {self.changed}: {words[1]}"
        )
        return Reading(
            newer.value,
            newer.origin,
            (Notice("version-dependent", effect, self._fix(newer)),),
        )

    def _fix(self, newer: Reading) -> str | None:
        """What every version takes as it was meant, where that is certain."""
        for notice in newer.notices:
            if notice.fix is not None:
                try:
                    return self._to_older(notice.fix)
                except Misread:
                    return None
        return None

    def encode(self, value: Any) -> str:
        return self.newer.encode(value)

    def plain(self, value: Any) -> Any:
        return self.newer.plain(value)

    def in_words(self, value: Any) -> str:
        return self.newer.in_words(value)

    def _parse(self, text: str) -> Any:
        return self.newer._parse(text)

    def _as_text(self, value: Any) -> str:
        return self.newer._as_text(value)


class VersionedEntry(Versioned, Entry):
    """The same for a numbered list."""
