"""One ini key: how MicroSIP reads a raw text, and what may be written into it.

``Key`` is the base of every kind of key (see ``kinds``, ``codecs``, ``entries``). ``read`` never
fails: it answers what the phone makes of any text. ``parse`` is strict: whatever the phone would
ignore, clamp, truncate or misread is refused, with a hint how to fix it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, Self

from ..errors import ValueRefused
from ..named_tuple import NamedTuple
from ..text import control, utf16_cut, utf16_units
from .versions import Phone

Origin = Literal["file", "default", "clamped", "cut", "ignored"]
Kind = Literal["bool", "int", "text", "enum", "codecs", "path", "command", "secret", "state"]
INT_MIN, INT_MAX = -(2**31), 2**31 - 1
# A drive, or a share: //server/share is as absolute as its twin with backslashes.
_ABSOLUTE = re.compile(r"[A-Za-z]:|[\\/]{2}")
_NO_CHOICES: Mapping[str, str] = MappingProxyType({})


class Notice(NamedTuple):
    """Why a value is not taken as it is written.

    ``effect`` is what the phone does, in plain words and without the value of a secret;
    ``fix`` is the text that certainly expresses what was meant, or None; ``hint`` the way out in
    words, where the register knows less.
    """

    code: str
    effect: str
    fix: str | None = None
    hint: str = ""


class Reading(NamedTuple):
    """The effective value of a raw text, where it comes from, and what is worth knowing."""

    value: Any
    origin: Origin
    notices: tuple[Notice, ...] = ()


class Misread(ValueRefused):
    """A refusal by a key; ``fix`` is the right spelling where only one can have been meant."""

    def __init__(
        self, message: str, *, hint: str = "", fix: str | None = None, code: str = ""
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.fix = fix


Grammar = Callable[[str], str]
"""Takes a text, returns its canonical form, raises ``Misread`` without naming the key."""


def wtoi(text: str) -> int:
    """The number the C runtime's ``_wtoi`` makes of ``text``.

    Leading blanks, one sign, then digits up to the first other character; no digits give 0.
    Numbers beyond 32 bits saturate, as the Universal C Runtime documents it.
    """
    if len(text) < 10 and text.isascii() and text.isdigit():  # as nearly every number is
        return int(text)
    rest = text.lstrip(" \t\n\v\f\r")
    sign = -1 if rest[:1] == "-" else 1
    rest = rest[1:] if rest[:1] in {"+", "-"} else rest
    digits = len(rest)
    for position, char in enumerate(rest):
        if not "0" <= char <= "9":
            digits = position
            break
    # 11 digits already saturate; longer texts would only cost time.
    number = sign * int(rest[:digits].lstrip("0")[:11] or "0")
    return max(INT_MIN, min(INT_MAX, number))


def unsafe_character(text: str) -> str:
    """Names the first character that cannot be in an ini value ("" if there is none).

    MicroSIP or Windows would end the line there, truncate the value or lose the character.
    """
    found = None if text.isprintable() else control().search(text)
    if found is None:
        return ""
    point = ord(found.group())
    if 0xD800 <= point <= 0xDFFF:
        return f"half of a surrogate pair, U+{point:04X}"
    return f"the control character or line end U+{point:04X}"


class Key:
    """One key of one section kind and everything there is to know about it.

    ``default`` is the typed effective value when the key is absent; ``limit`` the UTF-16 code units
    that MicroSIP reads; ``since``/``until`` the first and last version that reads the key (""
    without bound within the supported versions; 3.19.17 is known from a custom build only);
    ``history`` what differed in older versions; ``quoted`` says that MicroSIP writes the value in
    double quotes; ``legacy`` that it is an account field in [Settings], read only for migration;
    ``absent`` what its absence means where no value says it (``default`` is None); ``example`` a
    value as a template may have it ("": one can be derived); ``machine`` that a value may only
    make sense on one machine (see ``is_machine_specific``); ``per_user`` the name of a variable for
    a value that differs from user to user; ``own`` that the phone alone writes the key.
    """

    kind: Kind = "text"

    def __init__(
        self,
        *,
        default: Any,
        doc: str,
        limit: int = 255,
        group: str = "",
        volatile: bool = False,
        since: str = "",
        until: str = "",
        history: str = "",
        quoted: bool = False,
        unit: str = "",
        absent: str = "",
        example: str = "",
        machine: bool = False,
        per_user: str = "",
        own: bool = False,
    ) -> None:
        self.name = ""
        self.section = ""
        self.default = default
        self.doc = doc
        self.limit = limit
        self.group = group
        self.volatile = volatile
        self.since = since
        self.until = until
        self.history = history
        self.quoted = quoted
        self.unit = unit
        self.absent = absent
        self.example = example
        self.machine = machine
        self.per_user = per_user
        self.own = own
        self.legacy = False
        self.choices: Mapping[str, str] = _NO_CHOICES
        self.minimum: int | None = None
        self.maximum: int | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.section}] {self.name}>"

    def replace(self, **facts: Any) -> Self:
        """A copy of this key with some attributes changed."""
        other = copy.copy(self)
        for name, value in facts.items():
            setattr(other, name, value)
        return other

    @property
    def expects(self) -> str:
        """What a good value looks like, for hints and help."""
        return f"a text of at most {self.limit} characters"

    @property
    def reads(self) -> str:
        """How MicroSIP reads what is written, for help; ``read`` does it."""
        return f"as written, up to {self.limit} characters"

    @property
    def when_empty(self) -> str:
        """What present but empty means, for help."""
        value = self.read("").value
        if value == self.default:
            return "the same as absent"
        absent = self.absent or self.in_words(self.default)
        return f"{self.in_words(value)}; absent means: {absent}"

    def in_words(self, value: Any) -> str:
        """A typed value in words."""
        plain = self.plain(value)
        if plain is None:
            return "no value"
        if isinstance(plain, bool):
            return "on" if plain else "off"
        return self.choices.get(str(plain), str(plain)) or "an empty text"

    def is_machine_specific(self, text: str) -> bool:
        """Whether ``text`` names what only this machine has: a device, or an absolute path."""
        if not (self.machine and text):
            return False
        return self.kind != "path" or _ABSOLUTE.match(text) is not None

    def of(self, phone: Phone) -> Key:  # noqa: ARG002 - most are alike to all
        """The key as ``phone`` reads it."""
        return self

    def read_by(self, phone: Phone) -> bool:
        """Whether ``phone`` reads the key at all. Of a phone of unknown version that is assumed
        unless newer versions are without it; what the phone alone writes is there for a reason."""
        if self.until and not (phone.number or self.own):
            return False
        if self.until and phone.is_known_after(self.until):
            return False
        return not (self.since and phone.is_known_before(self.since))

    def text_for(self, phone: Phone, text: str) -> str:  # noqa: ARG002
        """``text``, which ``parse`` and ``encode`` gave, as it has to be for ``phone``.

        Raises ``ValueRefused`` where that phone has no such value, or where the version is not
        known and different ones would take it differently.
        """
        return text

    def doubts(self, text: str) -> tuple[Notice, ...]:  # noqa: ARG002
        """What is worth a warning about a text that may be written."""
        return ()

    def completed(self, raw: str | None, text: str) -> str:  # noqa: ARG002
        """``text`` with what ``raw``, which it replaces, has beyond it."""
        return text

    def read(self, raw: str | None) -> Reading:
        """The effective value of ``raw`` as MicroSIP takes it; None means the key is absent.

        ``raw`` is what the profile API delivers: without outer blanks and one outer pair of quotes.
        """
        if raw is None:
            return Reading(self.default, "default")
        text = utf16_cut(raw, self.limit)
        reading = self._read(text)
        if text == raw:
            return reading
        effect = (
            f"MicroSIP reads the first {self.limit} of {utf16_units(raw)} characters "
            "and saves only those"
        )
        return Reading(reading.value, "cut", (Notice("cut", effect), *reading.notices))

    def notices(self, raw: str) -> tuple[Notice, ...]:
        """What ``read`` has to say about ``raw``, where nobody needs the value."""
        return self.read(raw).notices

    def parse(self, text: str, *, secret: bool = False) -> Any:
        """The typed value of ``text`` as an administrator writes it.

        Raises ``ValueRefused`` for everything MicroSIP would not take as written, with the nearest
        right value in ``hint``. With ``secret`` the error does not repeat any part of the value.
        """
        try:
            return self._guarded(text)
        except Misread as error:
            if secret or self.kind == "secret":
                refusal = self._discreet(error)
            else:
                refusal = Misread(
                    f"{self.name}: {error.message}",
                    hint=error.hint,
                    fix=error.fix,
                    code=error.code,
                )
        raise refusal

    def encode(self, value: Any) -> str:
        """The exact logical text of ``value`` for the file, without protective quotes."""
        return str(value)

    def same(self, raw: str | None, text: str) -> bool:
        """Whether MicroSIP would take ``raw`` (None: absent) and ``text`` alike."""
        return raw == text or bool(self.read(raw).value == self.read(text).value)

    def admit(self, value: Any) -> Any:
        """The typed value of a Python value or of a text; raises ``ValueRefused`` as ``parse``.

        This is how the models take values: 5 is judged as ``"5"`` would be.
        """
        text = value if isinstance(value, str) else self._as_text(value)
        return self.parse(text)

    def plain(self, value: Any) -> Any:
        """``value`` in terms of JSON: bool, int, str, list, dict or None."""
        return value

    # What the kinds fill in. Texts are already within the limit (read) or safe (parse).

    def _read(self, text: str) -> Reading:
        return Reading(text, "file")

    def _parse(self, text: str) -> Any:
        return text

    def _as_text(self, value: Any) -> str:
        raise Misread(f"{type(value).__name__} is not {self.expects}", hint=self.expects)

    def _guarded(self, text: str) -> Any:
        unsafe = unsafe_character(text)
        if unsafe:
            raise Misread(
                f"the value contains {unsafe}, which ends or damages a line of the file",
                hint="remove it",
                code="unsafe-character",
            )
        value = self._parse(text)
        length = utf16_units(self.encode(value))
        if length > self.limit:
            raise Misread(
                f"too long: {length} characters, of which MicroSIP reads {self.limit}",
                hint=f"shorten it to {self.limit} characters",
                code="too-long",
            )
        return value

    def _discreet(self, error: Misread) -> Misread:
        if self.kind == "secret":  # its own refusals never repeat the value
            return Misread(f"{self.name}: {error.message}", hint=error.hint, code=error.code)
        return Misread(
            f"{self.name}: MicroSIP would not read this value as written",
            hint=f"expected: {self.expects}",
            code=error.code,
        )
