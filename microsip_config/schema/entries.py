"""The numbered lists of microsip.ini: dialled numbers, calls, legacy contacts (and ``shortcuts``).

Their fields are separated by ``;`` and nothing is escaped, so no field can contain a ``;``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar

from ..named_tuple import NamedTuple
from .key import Key, Kind, Misread, Notice, Reading, wtoi

CALL_TYPES = MappingProxyType(
    {"0": "outgoing", "1": "incoming", "2": "missed", "3": "answered elsewhere"}
)


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
            fields = [
                "1" if f is True else "0" if f is False else str(f) for f in value if f is not None
            ]
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


def named(key: Entry, section: str, name: str, group: str) -> Entry:
    """The key of all entries of a section; ``name`` is their range."""
    return key.replace(section=section, name=name, group=group)


DIALED = named(
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
CALLS = named(
    CallEntry(
        highest=999,
        open_ended=True,
        default=None,
        volatile=True,
        until="3.22.4",
        own=True,
        history="the ring of 1000 and Settings.callsLastKey came with 3.19.27",
        example="100;Reception;0;1700000000;12;",
        doc="A line of the call history: a ring whose newest entry is Settings.callsLastKey.",
    ),
    "Calls",
    "0..999",
    "runtime-state",
)
CONTACTS = named(
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
