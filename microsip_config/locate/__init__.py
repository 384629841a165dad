"""Which ``microsip.ini`` is the one: MicroSIP's own rule on facts from Windows or Wine."""

from __future__ import annotations

from .request import Found, TargetRequest, World
from .resolve import find, resolve

__all__ = ["Found", "TargetRequest", "World", "find", "resolve"]
