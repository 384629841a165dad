"""Which ``MicroSIP.ini`` to work on: MicroSIP's own rule, applied to facts of Windows or Wine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .request import Found, TargetRequest, World
from .resolve import find, resolve

if TYPE_CHECKING:
    from .profiles import Configuration

__all__ = ["Found", "TargetRequest", "World", "every", "find", "resolve"]


def every(world: World) -> list[Configuration]:
    """Every configuration of the machine that this user can see; see ``profiles.every``."""
    from . import profiles

    return profiles.every(world)
