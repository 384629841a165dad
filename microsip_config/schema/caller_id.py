"""``hideCID``: a switch up to 3.22.4, a word since 3.22.5."""

from __future__ import annotations

from typing import Any

from .key import Key, Misread, Notice, Reading
from .kinds import Choice, Flag
from .versioned import Versioned

_CHANGED, _LAST = "3.22.5", "3.22.4"
_WORDS = {
    "": "no",
    "soft": "asks the exchange to withhold the number, which is still in the From header",
    "hard": "anonymous, and asks the exchange to withhold the number",
}
_ON, _OFF = ("1", "yes", "on", "true"), ("0", "no", "off", "false", "disabled", "none")
_ALIASES = {**dict.fromkeys(_ON, "hard"), **dict.fromkeys(_OFF, "")}
_OLDER_TEXT = {"": "0", "hard": "1"}


class _HiddenId(Choice):
    """The word since 3.22.5. The phone takes 0 and 1 for what they meant before; any other text
    that it does not know hides the number as ``soft`` does, while its dialog shows Disabled."""

    @property
    def reads(self) -> str:
        return "0 is off, 1 is hard; any other word that is not known acts as soft"

    def _read(self, text: str) -> Reading:
        if text in {"0", "1"}:
            return Reading(_ALIASES[text], "file")
        if text in self.choices:
            return Reading(text, "file" if text else "default")
        effect = "MicroSIP hides the number as with soft, while its dialog shows Disabled"
        meant = next((word for word in self.choices if word and word == text.lower()), None)
        notice = Notice("unknown-word", effect)
        if meant is not None:
            effect = f"letter case matters, it is not {meant}: {effect}"
            notice = Notice("wrong-case", effect, meant)
        elif text.lower() in _ALIASES:
            notice = Notice("not-a-switch", effect, _ALIASES[text.lower()])
        return Reading("soft", "ignored", (notice,))


def hidden_caller_id(default: str, **facts: Any) -> Key:
    """The key in both of its forms."""
    older = Flag(default=default != "", reader="exactly-1", **facts)
    newer = _HiddenId(default=default, choices=_WORDS, aliases=_ALIASES, **facts)
    return Versioned(
        older,
        newer,
        changed=_CHANGED,
        last=_LAST,
        alike=lambda before, now: ("hard" if before else "") == now,
        to_older=_to_older,
    )


def _to_older(text: str) -> str:
    try:
        return _OLDER_TEXT[text]
    except KeyError:
        raise Misread(f"MicroSIP up to {_LAST} takes {text!r} as no") from None
