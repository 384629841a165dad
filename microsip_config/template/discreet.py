"""Errors about the value of a password key: they repeat nothing of what is written there.

Whoever forgets the quotes of a password writes ``{{ hunter2 }}``, and a word of an expression is
then the secret itself.
"""

from __future__ import annotations

import re
from typing import TypeVar

from ..errors import InputError, SecretError, TemplateError
from ..schema.key import Key
from .scope import is_name

_WORD = re.compile(r"\w+")
_SECRET = re.compile(r"\bsecret\.\w+")
_HOW = "write {{ secret.NAME }} and give the password with --secret NAME=SOURCE"
_Input = TypeVar("_Input", bound=InputError)


def is_secret_name(name: str) -> bool:
    """Whether ``name`` is that of a secret (``secret.sip``): it names one, and is none."""
    return name.startswith("secret.") and is_name(name) and name.count(".") == 1


def discreet(error: _Input, key: Key, source: str) -> _Input | TemplateError:
    """``error``, or if it may repeat a word of the value ``source`` of a password, one that does
    not."""
    said = set(_WORD.findall(f"{error.message} {error.hint}".lower()))
    written = _WORD.findall(_SECRET.sub(" ", source.lower()))
    if key.kind != "secret" or isinstance(error, SecretError) or said.isdisjoint(written):
        return error
    return unreadable(error.where)


def unreadable(where: str = "") -> TemplateError:
    """What is said of the value of a password instead of what is wrong with it."""
    message = "its expression cannot be evaluated (not repeated: it may be the password itself)"
    return TemplateError(message, hint=_HOW, where=where)
