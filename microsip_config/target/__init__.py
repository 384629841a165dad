"""Which ``microsip.ini`` is the one: MicroSIP's own rule on facts from Windows or Wine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .request import Found, TargetRequest, World
from .resolve import find, resolve

if TYPE_CHECKING:
    from .profiles import Place

__all__ = ["Found", "TargetRequest", "World", "every", "find", "resolve"]


def every(world: World) -> list[Place]:
    """Every configuration of the machine that can be seen; see ``profiles.every``."""
    from .profiles import every as every_place

    return every_place(world)
