"""The phone that reads a target: the one module that knows both."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..ini.encoding import decode
from ..ini.profile import Profile

if TYPE_CHECKING:
    from ..phone import Phone
    from ..phone.state import Owner
    from ..results import Target
    from ..target import World

__all__ = ["phone_for"]


def phone_for(target: Target, world: World) -> Phone | None:
    """The phone that reads ``target``; ``None`` when its executable is not known.

    Off Windows a phone under Wine: one that runs is found in whatever prefix it runs, and a new
    one is started in the prefix that the executable or the ini is in, else in the usual one.
    """
    if not target.exe:
        return None
    sign = _open_entry(target.ini)
    if sys.platform == "win32":
        from ..phone.windows import WindowsPhone

        return WindowsPhone(target.exe, sign, lambda: _owner(target, world), environ=world.environ)
    from ..phone.wine import WinePhone
    from ..target.hosts.wine import prefix_of
    from ..target.resolve import usual_prefix

    exe, ini = Path(target.exe), Path(target.ini)
    prefix = prefix_of(exe) or prefix_of(ini) or usual_prefix(world)[0]
    return WinePhone(
        target.exe,
        sign,
        prefix=str(prefix),
        environ=world.environ,
        owner=lambda: _owner(target, world),
    )


def _owner(target: Target, world: World) -> Owner | None:
    from ..phone.state import Owner
    from ..target.resolve import owner_of

    user = owner_of(target, world)
    same_folder = Path(target.ini).parent == Path(target.exe).parent
    return None if user is None else Owner(user, alone=not same_folder)


def _open_entry(ini: str) -> Callable[[float], bool | None]:
    """A reader of the sign that the newest entry in ``[Calls]`` is a call since that moment."""

    def read(since: float) -> bool | None:
        from ..history.ring import open_since

        try:
            text = decode(Path(ini).read_bytes()).text
            return open_since(Profile(text), since)
        except Exception:  # whatever the file holds, it is one sign among others
            return None

    return read
