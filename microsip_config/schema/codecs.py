"""The ordered list of audio codecs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..text import nearest
from .key import Key, Kind, Misread, Notice, Reading

KNOWN = (
    "opus/48000/2",
    "PCMA/8000/1",
    "PCMU/8000/1",
    "G722/16000/1",
    "G7221/16000/1",
    "G7221/32000/1",
    "G723/8000/1",
    "G729/8000/1",
    "GSM/8000/1",
    "GSM-EFR/8000/1",
    "AMR/8000/1",
    "AMR-WB/16000/1",
    "iLBC/8000/1",
    "speex/32000/1",
    "speex/16000/1",
    "speex/8000/1",
    "SILK/24000/1",
    "SILK/16000/1",
    "SILK/12000/1",
    "SILK/8000/1",
    "L16/8000/1",
    "L16/8000/2",
    "L16/16000/1",
    "L16/16000/2",
    "L16/44100/1",
    "L16/44100/2",
    "L16/48000/1",
    "L16/48000/2",
)
"""The ids that MicroSIP has a caption for; a build supports a part of them."""

_BY_LOWER = {known.lower(): known for known in KNOWN}

_OTHER_NAMES = {"alaw": "pcma", "g711a": "pcma", "ulaw": "pcmu", "mulaw": "pcmu", "g711u": "pcmu"}


class Codecs(Key):
    """Codec ids in order of preference; every codec that is not listed is switched off.

    ``parse`` takes ids and friendly names, separated by commas or spaces. A name (``opus``,
    ``g.722``, ``alaw``) or a name with its rate (``speex/16000``) is enough where it fits one id;
    a family with several rates is refused, because the order of its rates is a choice.
    """

    kind: Kind = "codecs"

    @property
    def expects(self) -> str:
        return "codec names in order of preference, such as opus, G722, PCMA"

    @property
    def reads(self) -> str:
        return (
            "ids with two '/', separated by spaces; other words are ignored; of two the last counts"
        )

    def _read(self, text: str) -> Reading:
        if not text:
            return Reading(self.default, "default")
        taken: list[str] = []
        ignored: list[str] = []
        notices: list[Notice] = []
        for token in filter(None, text.split(" ")):
            if token.count("/") != 2:
                ignored.append(token)
                continue
            known = _BY_LOWER.get(token.lower())
            if known is None:
                effect = f"{token!r} is unknown to most builds, which ignore it"
                notices.append(Notice("codec-unknown", effect))
            codec = known or token
            if codec in taken:  # the phone sets the priority again, so the last one counts
                taken.remove(codec)
                notices.append(
                    Notice("codec-twice", f"{codec} is listed twice; the last one counts")
                )
            taken.append(codec)
        if ignored:
            effect = f"not codec ids, MicroSIP ignores them: {' '.join(ignored)}"
            notices.append(Notice("codec-ignored", effect, self._certain(text)))
        if not taken:
            notices.append(Notice("no-codec", "no codec remains: calls fail"))
        return Reading(tuple(taken), "ignored" if notices else "file", tuple(notices))

    def _certain(self, text: str) -> str | None:
        try:
            return self.encode(self._parse(text))
        except Misread:
            return None

    def _parse(self, text: str) -> tuple[str, ...]:
        words = text.replace(",", " ").split()
        if not words:
            raise Misread(
                "an empty list does not switch codecs off: MicroSIP replaces it with its default",
                hint=f"name at least one codec; the default is {self.encode(self.default)}",
                code="no-codec",
            )
        codecs: list[str] = []
        for word in words:
            codec = resolve(word)
            if codec in codecs:
                raise Misread(f"{codec} is listed twice", hint="name each codec once")
            codecs.append(codec)
        return tuple(codecs)

    def encode(self, value: Sequence[str]) -> str:
        return " ".join(value)

    def _as_text(self, value: Any) -> str:
        if isinstance(value, (list, tuple)) and all(isinstance(codec, str) for codec in value):
            return " ".join(value)
        return super()._as_text(value)

    def plain(self, value: Sequence[str]) -> list[str]:
        return list(value)


def resolve(word: str) -> str:
    """The codec id that ``word`` means: an id in any case, or a name that fits one id alone."""
    known = _BY_LOWER.get(word.lower())
    if known is not None:
        return known
    name, _, rest = word.lower().partition("/")
    name = name.replace(".", "")
    name = _OTHER_NAMES.get(name, name)
    prefix = f"{name}/{rest}/" if rest else f"{name}/"
    fitting = [known for known in KNOWN if known.lower().startswith(prefix)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Misread(
            f"{word!r} fits {len(fitting)} codecs",
            hint="name the ones you want, in order: " + ", ".join(fitting),
            code="ambiguous-codec",
        )
    names = list(dict.fromkeys(known.split("/")[0] for known in KNOWN))
    likely = nearest(name, names)
    family = [known for known in KNOWN if "/" in word and known.split("/")[0] == likely]
    raise Misread(
        f"MicroSIP has no codec {word!r}",
        hint=f"did you mean {' or '.join(family or [likely])}?"
        if likely
        else "known: " + " ".join(names),
        code="unknown-codec",
    )
