"""The running phone: is it there, is it in a call; stop, start and speak to it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..results import Target
    from ..target import World
    from .grammar import Invocation
    from .state import Owner, PhoneState, StopReport

__all__ = ["Phone", "phone_for"]


class Phone(Protocol):
    """The phone of one executable; see ``control.BasePhone`` for what the methods promise."""

    exe: str

    def status(self) -> PhoneState: ...

    def settled(self, timeout: float) -> PhoneState: ...

    def stop(
        self, timeout: float, kill: bool = False, even_in_call: bool = False
    ) -> StopReport: ...

    def start(self, minimized: bool = False) -> str: ...

    def send(self, invocation: Invocation, start: bool = False) -> str: ...


def phone_for(target: Target, world: World) -> Phone | None:
    """The phone that reads ``target``; ``None`` when its executable is not known.

    Off Windows a phone under Wine: one that runs is found in whatever prefix it runs, and a new
    one is started in the prefix that the executable or the ini lies in, else in the usual one.
    """
    if not target.exe:
        return None
    sign = _open_entry(target.ini)
    if sys.platform == "win32":
        from .windows import WindowsPhone

        return WindowsPhone(target.exe, sign, lambda: _owner(target, world))
    from ..target.hosts.wine import prefix_of
    from ..target.resolve import usual_prefix
    from .wine import WinePhone

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
    from ..target.resolve import owner_of
    from .state import Owner

    user = owner_of(target, world)
    beside = Path(target.ini).parent == Path(target.exe).parent
    return None if user is None else Owner(user, alone=not beside)


def _open_entry(ini: str) -> Callable[[float], bool | None]:
    """A reader of the sign that the newest entry in ``[Calls]`` is a call since that moment."""

    def read(since: float) -> bool | None:
        from ..history.ring import open_since
        from ..ini.encoding import decode
        from ..ini.profile import Profile

        try:
            text = decode(Path(ini).read_bytes()).text
            return open_since(Profile(text), since)
        except Exception:  # whatever the file holds, it is one sign among others
            return None

    return read
