"""The table of sources that a secret can be read from: one file each."""

from __future__ import annotations

from collections.abc import Mapping

from . import env, file, keyring, prompt, stdin
from .source import Source

SOURCES: Mapping[str, Source] = {
    "env": env.SOURCE,
    "file": file.SOURCE,
    "keyring": keyring.SOURCE,
    "stdin": stdin.SOURCE,
    "prompt": prompt.SOURCE,
}

_forms = [source.form for source in SOURCES.values()]
FORMS = f"{', '.join(_forms[:-1])} or {_forms[-1]}"
"""How each is written, for messages."""
