"""Passwords where no schema expects one: in the address of a value, in keys with a telling name.

Wrong guesses do no harm but that a value is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .secret import PLACEHOLDER

_TELLING = (
    "pass", "pwd", "secret", "token", "credential", "apikey", "privatekey", "accesskey",
    "authkey", "authorization", "bearer", "cookie", "kennwort", "geheim",
)  # fmt: skip
_SWITCHES = frozenset(("", "0", "1", "yes", "no", "true", "false", "on", "off"))
_TELLING_WORDS = ("pin", "pins", "puk", "otp", "pw", "psk", "cred", "creds", "pincode", "pinnumber")


def looks_secret(name: str, value: str) -> bool:
    """Whether a key that MicroSIP does not know is likely to hold a secret; a switch does not."""
    return value.strip().lower() not in _SWITCHES and names_secret(name)


def names_secret(name: str) -> bool:
    """Whether this is likely to be the name of a secret, in any case and with whatever around."""
    letters = "".join(filter(str.isalnum, name.lower()))
    if any(word in letters for word in _TELLING):
        return True
    if not any(word in letters for word in _TELLING_WORDS):
        return False
    # The words of camelCase, PIN2 and sip_pin; of userpin only the end can be told.
    words = {word.lower() for word in re.findall("[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return not words.isdisjoint(_TELLING_WORDS) or letters.rstrip("0123456789").endswith(
        ("pin", "pw", "psk", "pincode", "pinnumber")
    )


def holds_password(value: str) -> bool:
    """Whether a value is, or has in it, an address with a password: ``sip:user:PASSWORD@host``."""
    if not _may_hold(value):
        return False
    if any(True for _ in _spans(value, words=False)):
        return True
    return _scheme().search(value) is None and _bare().fullmatch(value) is not None


def without_passwords(text: str) -> str:
    """``text`` with the passwords of the addresses in it hidden."""
    if not _may_hold(text):
        return text
    shown: list[str] = []
    done = 0
    for start, end in sorted(_spans(text, words=True)):
        if start >= done:
            shown += (text[done:start], PLACEHOLDER)
            done = end
    return "".join(shown) + text[done:]


def _may_hold(text: str) -> bool:
    """Whether it is worth a look: patterns cost time to compile."""
    return (":" in text and "@" in text) or ("=" in text and ("?" in text or ";" in text))


def _spans(text: str, *, words: bool) -> Iterator[tuple[int, int]]:
    """Where passwords are; ``words``: an address ends at a blank, else it goes on to the next."""
    begins = [(found.end(), found["slashes"]) for found in _scheme().finditer(text)]
    for number, (start, slashes) in enumerate(begins):
        end = begins[number + 1][0] if number + 1 < len(begins) else len(text)
        address = text[start:end]
        if words:
            address = _blank().split(address, 1)[0]
        span = _password(address, with_path=bool(slashes))
        if span is not None:
            yield start + span[0], start + span[1]
    for found in _parameter().finditer(text):
        if names_secret(found["name"]):
            yield found.span("value")


def _password(address: str, *, with_path: bool) -> tuple[int, int] | None:
    """Where the password is in ``user:password@host`` and what follows it.

    It ends at the last ``@``, since people do not escape one in a password. With a path, one that
    follows a host (and port) without a login belongs to the path.
    """
    at = address.rfind("@")
    if at < 0:
        return None
    host = _authority().match(address) if with_path else None
    if host is not None and host.end() <= at:
        if "@" in host[0]:
            at = host[0].rfind("@")
        elif _host().fullmatch(host[0]):
            return None
    first_at = address.index("@")
    for colon in _colon().finditer(address, 0, at):
        port = first_at < colon.start() and colon["port"] is not None
        if not port and colon.start() + 1 < at:
            return colon.start() + 1, at
    return None


@cache
def _scheme() -> re.Pattern[str]:
    return re.compile(
        r"(?<![A-Za-z0-9+.-])(?:(?:sips?|tel|h323|xmpp|im|pres|mailto|callto):"
        r"|[A-Za-z][A-Za-z0-9+.-]*:(?=//))(?P<slashes>//)?",
        re.IGNORECASE,
    )


@cache
def _parameter() -> re.Pattern[str]:
    return re.compile(r"[?&;](?P<name>[\w.-]+)=(?P<value>[^&;#\s\"'<>]+)")


@cache
def _blank() -> re.Pattern[str]:
    return re.compile(r"[\s<>]")


@cache
def _authority() -> re.Pattern[str]:
    return re.compile("[^/?#]*(?=[/?#])")


@cache
def _host() -> re.Pattern[str]:
    return re.compile(r"(?:\[[^\]]*\]|[^:]*)(?::[0-9]{1,5})?")


@cache
def _colon() -> re.Pattern[str]:
    return re.compile(r":(?P<port>[0-9]{1,5}(?=[;,/?#]))?")


@cache
def _bare() -> re.Pattern[str]:
    """``user:password@host`` and nothing else, and not a path on a drive."""
    return re.compile(r"\s*[^\s:@/;,]+:[^\s@/\\][^@]*@[^\s@/;,]+\s*")
