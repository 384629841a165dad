"""The phone that reads a target: the one module that knows both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..ini.encoding import decode
from ..ini.profile import Profile
from ..limits import INI_BYTES
from ..system.files import read_regular

if TYPE_CHECKING:
    from ..phone import Phone
    from ..phone.state import Owner
    from ..results import Target
    from ..target import World

__all__ = ["phone_for"]


def phone_for(target: Target, world: World) -> Phone | None:
    """The phone that reads ``target``; ``None`` if its executable is not known.

    Except on Windows this is a phone under Wine: a running one is found in whatever prefix it
    runs, and a new one is started in the prefix of the executable or the ini, else in the usual
    one.
    """
    if not target.exe:
        return None
    from ..phone.current import CurrentPhone
    from ..target.hosts.current import prefix_of_phone

    return CurrentPhone(
        target.exe,
        _open_entry(target.ini),
        lambda: _owner(target, world),
        environ=world.environ,
        prefix=prefix_of_phone(target, world),
    )


def _owner(target: Target, world: World) -> Owner | None:
    from ..phone.state import Owner
    from ..target.resolve import owner_of

    user = owner_of(target, world)
    same_folder = Path(target.ini).parent == Path(target.exe).parent
    return None if user is None else Owner(user, alone=not same_folder)


def _open_entry(ini: str) -> Callable[[float], bool | None]:
    """A reader of one sign: whether the newest entry in ``[Calls]`` is a call since that moment."""

    def read(since: float) -> bool | None:
        from ..history.ring import open_since

        try:
            text = decode(read_regular(ini, INI_BYTES)).text
            return open_since(Profile(text), since)
        except Exception:  # whatever is in the file, this is one sign among others
            return None

    return read
