"""The numbered lists of microsip.ini: shortcuts, dialled numbers, calls and legacy contacts.

Their fields are separated by ``;`` and nothing is escaped, so no field can contain a ``;``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar

from ..named_tuple import NamedTuple
from .key import Key, Kind, Misread, Notice, Reading, wtoi

SHORTCUT_TYPES = MappingProxyType(
    {
        "call": "calls the number",
        "video": "calls the number with video",
        "message": "opens the messages with the number",
        "dtmf": "sends the number as tones into the call",
        "transfer": "transfers the call to the number",
        "attendedTransfer": "transfers the call after asking",
        "conference": "adds the number to the call",
    }
)
_OLD_TYPES = ("call", "video", "message", "dtmf", "transfer")  # 0 .. 4
_PAID_TYPES = ("runBatch", "callURL", "popURL")
CALL_TYPES = MappingProxyType(
    {"0": "outgoing", "1": "incoming", "2": "missed", "3": "answered elsewhere"}
)


class Shortcut(NamedTuple):
    """A button next to the dialler; ``number2`` makes it a toggle, ``presence`` shows the line."""

    label: str
    number: str
    type: str = "dtmf"
    number2: str = ""
    presence: bool = False


class Call(NamedTuple):
    """One line of the call history. ``time`` is Unix time, ``duration`` seconds.

    ``info`` is the end reason in the phone's language and empty while the call is running.
    """

    number: str
    name: str = ""
    type: int = 0
    time: int = 0
    duration: int = 0
    info: str = ""


class Contact(NamedTuple):
    """A contact of versions without Contacts.xml."""

    number: str
    name: str = ""
    presence: bool = False
    directory: bool = False


class Entry(Key):
    """One numbered key; ``highest`` is the last number that may be written.

    ``open_ended``: the phone reads numbers above ``highest``, too, if they are there.
    """

    kind: Kind = "state"
    pattern: ClassVar[str] = ""

    def __init__(self, *, highest: int | None, open_ended: bool, **facts: Any) -> None:
        super().__init__(**facts)
        self.highest = highest
        self.open_ended = open_ended

    def holds(self, name: str, *, reading: bool = False) -> bool:
        """Whether ``name`` is a number of this list, written as the phone writes it."""
        if not (name.isascii() and name.isdigit()) or len(name) > 10 or name != str(int(name)):
            return False
        return self.highest is None or (reading and self.open_ended) or int(name) <= self.highest

    @property
    def expects(self) -> str:
        return self.pattern

    @property
    def reads(self) -> str:
        if ";" not in self.pattern:
            return super().reads
        return f"fields separated by ';', missing ones are empty; up to {self.limit} characters"

    def plain(self, value: Any) -> Any:
        return value._asdict() if isinstance(value, tuple) and hasattr(value, "_asdict") else value

    def _as_text(self, value: Any) -> str:
        if isinstance(value, (tuple, list)):
            fields = ["1" if f is True else "0" if f is False else str(f) for f in value]
            if any(";" in field for field in fields):
                raise Misread(
                    "a field contains ';', which separates the fields", hint="leave it out"
                )
            return ";".join(fields)
        return super()._as_text(value)


class DialledEntry(Entry):
    """A dialled number: plain text."""

    pattern = "the dialled text"

    def _parse(self, text: str) -> str:
        if not text.strip():
            raise Misread("an empty entry ends the list", hint="remove the key instead")
        return text.strip()


class ShortcutEntry(Entry):
    """``label;number;type;number2;presence``."""

    pattern = "label;number;type;number2;presence(0 or 1)"

    def _read(self, text: str) -> Reading:
        if text == "":
            return Reading(None, "default", (Notice("empty-entry", "the list ends here"),))
        fields = [*text.split(";"), "", "", "", ""]
        word = fields[2]
        notices: tuple[Notice, ...] = ()
        if word == "":
            kind = "dtmf"
        elif word.isascii() and word.isdigit() and int(word[:3]) < len(_OLD_TYPES):
            kind = _OLD_TYPES[int(word[:3])]
        else:
            kind = word
            notices = self._type_notices(word, fields)
        shortcut = Shortcut(fields[0], fields[1], kind, fields[3], fields[4] == "1")
        if not self._kept(shortcut):
            lost = Notice(
                "incomplete-shortcut", "the Shortcuts dialog drops it: its label or number is empty"
            )
            notices = (*notices, lost)
        return Reading(shortcut, "file", notices)

    def _type_notices(self, word: str, fields: list[str]) -> tuple[Notice, ...]:
        if word in SHORTCUT_TYPES:
            return ()
        if word in _PAID_TYPES:
            return (Notice("paid-shortcut", f"{word} only shows a message in the free version"),)
        meant = next((known for known in SHORTCUT_TYPES if known.lower() == word.lower()), None)
        fix = None
        if meant:
            count = len(fields) - 4  # the padding
            fix = ";".join([*fields[:2], meant, *fields[3:count]])
        return (Notice("unknown-word", f"{word!r} is not a type of shortcut", fix),)

    @staticmethod
    def _kept(shortcut: Shortcut) -> bool:
        needs_number = shortcut.type not in {"transfer", "attendedTransfer"}
        return bool(shortcut.label and (shortcut.number or not needs_number))

    def _parse(self, text: str) -> Shortcut:
        fields = [field.strip() for field in text.split(";")]
        if not 3 <= len(fields) <= 5:
            raise Misread(
                f"a shortcut has 3 to 5 fields, not {len(fields)}",
                hint=f"write {self.pattern}",
            )
        label, number, kind, number2, presence = [*fields, "", ""][:5]
        if kind in _PAID_TYPES:
            raise Misread(
                f"{kind} only shows a message in the free version", hint=_types(), code="paid"
            )
        if kind not in SHORTCUT_TYPES:
            meant = next((known for known in SHORTCUT_TYPES if known.lower() == kind.lower()), "")
            raise Misread(
                f"{kind!r} is not a type of shortcut", hint=f"write {meant}" if meant else _types()
            )
        if presence not in {"", "0", "1"}:
            raise Misread("presence must be 1 or 0", hint=f"write {self.pattern}")
        shortcut = Shortcut(label, number, kind, number2, presence == "1")
        if not self._kept(shortcut):
            raise Misread("the label or the number is empty", hint=f"write {self.pattern}")
        return shortcut

    def encode(self, value: Shortcut) -> str:
        return ";".join([*value[:4], "1" if value.presence else "0"])


class CallEntry(Entry):
    """``number;name;type;time;duration;info``, or ``null`` for a deleted line.

    The phone splits at every ``;``: one in a name shifts what follows, and what comes after a
    sixth field is not read.
    """

    pattern = "number;name;type(0..3);time;duration;info, or null"

    def notices(self, raw: str) -> tuple[Notice, ...]:
        # No call is too odd to be listed; only what is too long is worth knowing.
        return () if 2 * len(raw) <= self.limit else super().notices(raw)

    def _read(self, text: str) -> Reading:
        if text in {"", "null"}:
            return Reading(None, "file")
        if ";" not in text:
            return Reading(Call(text, text), "file")
        fields = [*text.split(";", 6), "", "", "", ""]
        kind = wtoi(fields[2])
        call = Call(
            fields[0],
            fields[1],
            kind if str(kind) in CALL_TYPES else 0,
            wtoi(fields[3]),
            wtoi(fields[4]),
            fields[5],
        )
        return Reading(call, "file")

    def _parse(self, text: str) -> Call | None:
        word = text.strip()
        if word == "null":
            return None
        fields = word.split(";")
        numbers = fields[2:5]
        if len(fields) != 6 or not all(n.isascii() and n.isdigit() for n in numbers):
            raise Misread("it is not a call record", hint=f"write {self.pattern}")
        if numbers[0] not in CALL_TYPES or any(str(wtoi(n)) != n for n in numbers):
            raise Misread("type, time or duration is out of range", hint=f"write {self.pattern}")
        return Call(
            fields[0], fields[1], int(numbers[0]), int(numbers[1]), int(numbers[2]), fields[5]
        )

    def encode(self, value: Call | None) -> str:
        return "null" if value is None else ";".join(str(field) for field in value)

    def _as_text(self, value: Any) -> str:
        return "null" if value is None else super()._as_text(value)


class ContactEntry(Entry):
    """``number;name;presence;directory``."""

    pattern = "number;name;presence(0 or 1);directory(0 or 1)"

    def _read(self, text: str) -> Reading:
        if text == "":
            return Reading(None, "default")
        fields = [*text.split(";"), "", "", ""]
        return Reading(Contact(fields[0], fields[1], fields[2] == "1", fields[3] == "1"), "file")

    def _parse(self, text: str) -> Contact:
        fields = [field.strip() for field in text.split(";")]
        number, name, presence, directory = [*fields, "", "", ""][:4]
        if len(fields) > 4 or not number or not {presence, directory} <= {"", "0", "1"}:
            raise Misread("it is not a contact", hint=f"write {self.pattern}")
        return Contact(number, name, presence == "1", directory == "1")

    def encode(self, value: Contact) -> str:
        presence, directory = ("1" if on else "0" for on in value[2:])
        return ";".join([value.number, value.name, presence, directory])


def _types() -> str:
    return "types: " + ", ".join(SHORTCUT_TYPES)


def _named(key: Entry, section: str, name: str, group: str) -> Entry:
    return key.replace(section=section, name=name, group=group)


SHORTCUTS = _named(
    ShortcutEntry(
        highest=7,
        open_ended=False,
        default=None,
        limit=1023,
        since="3.19.27",
        history="three fields label;number;type up to 3.20.5; 255 characters in 3.19.27; "
        "the custom 3.19.17 has 12 shortcuts",
        example="Reception;100;call;;1",
        doc="A shortcut button; the list starts at 0 and ends at the first missing number.",
    ),
    "Shortcuts",
    "0..7",
    "ui",
)
DIALED = _named(
    DialledEntry(
        highest=9,
        open_ended=True,
        default="",
        volatile=True,
        example="100",
        doc="A dialled number, the newest at 0; the list ends at the first missing number.",
    ),
    "Dialed",
    "0..9",
    "runtime-state",
)
CALLS = _named(
    CallEntry(
        highest=999,
        open_ended=True,
        default=None,
        volatile=True,
        history="the ring of 1000 and Settings.callsLastKey came with 3.19.27",
        example="100;Reception;0;1700000000;12;",
        doc="A line of the call history: a ring whose newest entry is Settings.callsLastKey.",
    ),
    "Calls",
    "0..999",
    "runtime-state",
)
CONTACTS = _named(
    ContactEntry(
        highest=None,
        open_ended=True,
        default=None,
        volatile=True,
        example="100;Reception;1;0",
        doc="A contact; imported once if Contacts.xml cannot be opened, then deleted.",
    ),
    "Contacts",
    "0..n",
    "runtime-state",
)
