"""``[Shortcuts]``: the buttons, in the form up to 3.22.4 and with the sixth field since 3.22.5."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from ..named_tuple import NamedTuple
from ..text import nearest
from .entries import Entry, named
from .key import Misread, Notice, Reading
from .versioned import VersionedEntry

_CHANGED, _LAST = "3.22.5", "3.22.4"
_OLDER_TYPES = {
    "call": "calls the number",
    "video": "calls the number with video",
    "message": "opens the messages with the number",
    "dtmf": "sends the number as tones into the call",
    "transfer": "transfers the call to the number",
    "attendedTransfer": "transfers the call after asking",
    "conference": "adds the number to the call",
}
SHORTCUT_TYPES = MappingProxyType(
    {
        **_OLDER_TYPES,
        "callOrBT": "transfers the call to the number, calls it where there is none (3.22.5)",
        "callOrAT": "transfers the call after asking, calls it where there is none (3.22.5)",
        "callOrConference": "adds the number to the call, calls it where there is none (3.22.5)",
    }
)
_NUMBERED_TYPES = ("call", "video", "message", "dtmf", "transfer")  # 0 .. 4
_PAID_TYPES = ("runBatch", "callURL", "popURL")
_WITHOUT_NUMBER = frozenset({"transfer", "attendedTransfer"})
_FEWEST, _MOST = 3, 6  # fields


class Shortcut(NamedTuple):
    """A button next to the dialler; ``number2`` makes it a toggle, ``presence`` shows the line.

    ``label2`` is the text of a toggle that is on (since 3.22.5); None: it is not said.
    """

    label: str
    number: str
    type: str = "dtmf"
    number2: str = ""
    presence: bool = False
    label2: str | None = None


class ShortcutEntry(Entry):
    """``label;number;type;number2;presence;label2``.

    ``older`` is the form up to 3.22.4, which does not read the sixth field, nor the number of an
    entry of two fields.
    """

    pattern = "label;number;type;number2;presence(0 or 1);label2"

    def __init__(self, *, older: bool, **facts: Any) -> None:
        super().__init__(**facts)
        self.older = older
        self.types = _OLDER_TYPES if older else SHORTCUT_TYPES

    @property
    def reads(self) -> str:
        return super().reads if not self.older else "without label2 and the types of 3.22.5"

    def in_words(self, value: Any) -> str:
        return "no shortcut" if value is None else _joined(value)

    def plain(self, value: Any) -> Any:
        fields = super().plain(value)
        if isinstance(fields, dict) and not fields["label2"]:
            del fields["label2"]
        return fields

    def same(self, raw: str | None, text: str) -> bool:
        before, after = self.read(raw).value, self.read(text).value
        return raw == text or (before is not None and _settled(before) == _settled(after))

    def completed(self, raw: str | None, text: str) -> str:
        """The sixth field of the line is kept while the number is the same; the dialog fills it
        with the label, so such a one follows the label."""
        old, new = self.read(raw).value, self.read(text).value
        if old is None or new is None or old.label2 is None or new.label2 is not None:
            return text
        if old.number != new.number:
            return text
        label2 = new.label if old.label2 == old.label else old.label2
        return self.encode(new._replace(label2=label2))

    def _read(self, text: str) -> Reading:
        if text == "":
            return Reading(None, "default", (Notice("empty-entry", "the list ends here"),))
        written = text.split(";")
        fields = [*written, "", "", "", ""]
        word = fields[2]
        number = "" if self.older and len(written) == 2 else fields[1]
        notices: tuple[Notice, ...] = ()
        if word == "":
            kind = "dtmf"
        elif word.isascii() and word.isdigit() and int(word[:3]) < len(_NUMBERED_TYPES):
            kind = _NUMBERED_TYPES[int(word[:3])]
        else:
            kind = word
            notices = self._type_notices(word, written)
        label2 = fields[5] if len(written) >= _MOST and not self.older else None
        shortcut = Shortcut(fields[0], number, kind, fields[3], fields[4] == "1", label2)
        if not _kept(shortcut):
            effect = "the Shortcuts dialog drops it: its label or number is empty"
            notices = (*notices, Notice("incomplete-shortcut", effect))
        return Reading(shortcut, "file", notices)

    def _type_notices(self, word: str, fields: list[str]) -> tuple[Notice, ...]:
        if word in self.types:
            return ()
        if word in _PAID_TYPES:
            effect = f"{word} only shows a message in the free version"
            if not self.older:
                effect = f"since 3.22.5 {word} does nothing, and the dialog makes it call"
            return (Notice("paid-shortcut", effect),)
        if word in SHORTCUT_TYPES:
            return (Notice("unknown-word", f"{word!r} is known since {_CHANGED} only"),)
        meant = _in_right_case(word)
        fix = ";".join([*fields[:2], meant, *fields[3:]]) if meant else None
        return (Notice("unknown-word", f"{word!r} is not a type of shortcut", fix),)

    def _parse(self, text: str) -> Shortcut:
        fields = [field.strip() for field in text.split(";")]
        if not _FEWEST <= len(fields) <= _MOST:
            raise Misread(
                f"a shortcut has {_FEWEST} to {_MOST} fields, not {len(fields)}",
                hint=f"write {self.pattern}",
            )
        label, number, kind, number2, presence = [*fields, "", ""][:5]
        if kind in _PAID_TYPES:
            raise Misread(
                f"{kind} only shows a message in the free version", hint=_types(), code="paid"
            )
        if kind not in SHORTCUT_TYPES:
            meant = _in_right_case(kind) or nearest(kind, SHORTCUT_TYPES)
            raise Misread(
                f"{kind!r} is not a type of shortcut", hint=f"write {meant}" if meant else _types()
            )
        if presence not in {"", "0", "1"}:
            raise Misread("presence must be 1 or 0", hint=f"write {self.pattern}")
        label2 = fields[5] if len(fields) == _MOST else None
        shortcut = Shortcut(label, number, kind, number2, presence == "1", label2)
        if not _kept(shortcut):
            raise Misread("the label or the number is empty", hint=f"write {self.pattern}")
        return shortcut

    def encode(self, value: Shortcut) -> str:
        return _joined(value)


def _joined(value: Shortcut) -> str:
    fields = [*value[:4], "1" if value.presence else "0"]
    return ";".join(fields if value.label2 is None else [*fields, value.label2])


def _settled(value: Shortcut | None) -> Shortcut | None:
    """An empty sixth field and none are alike."""
    return None if value is None else value._replace(label2=value.label2 or "")


def _kept(shortcut: Shortcut) -> bool:
    return bool(shortcut.label and (shortcut.number or shortcut.type in _WITHOUT_NUMBER))


def _in_right_case(word: str) -> str:
    return next((known for known in SHORTCUT_TYPES if known.lower() == word.lower()), "")


def _types() -> str:
    return "types: " + ", ".join(SHORTCUT_TYPES)


def _alike(before: Shortcut | None, now: Shortcut | None) -> bool:
    if before is None or now is None:
        return before is now
    known = before.type in _OLDER_TYPES or before.type not in SHORTCUT_TYPES
    return known and before == now._replace(label2=None)


def _to_older(text: str) -> str:
    """The same text: a sixth field is not read, and is there when a newer phone comes."""
    kind = [*text.split(";"), "", ""][2]
    if kind in SHORTCUT_TYPES and kind not in _OLDER_TYPES:
        raise Misread(f"MicroSIP up to {_LAST} does not know the type {kind}")
    return text


def _of_form(*, older: bool) -> ShortcutEntry:
    return ShortcutEntry(
        older=older,
        highest=7,
        open_ended=False,
        default=None,
        limit=1023,
        since="3.19.27",
        history="three fields label;number;type up to 3.20.5; 255 characters in 3.19.27; "
        "the custom 3.19.17 has 12 shortcuts; label2 and the types callOr... since 3.22.5",
        example="Reception;100;call;;1",
        doc="A shortcut button, with presence 1 also a busy lamp (BLF); the list starts at 0 and "
        "ends at the first missing number.",
    )


SHORTCUTS = named(
    VersionedEntry(
        _of_form(older=True),
        _of_form(older=False),
        changed=_CHANGED,
        last=_LAST,
        alike=_alike,
        to_older=_to_older,
    ),
    "Shortcuts",
    "0..7",
    "ui",
)
