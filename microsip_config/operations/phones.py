"""The phone that reads a target: the one module that knows both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..phone import Phone
    from ..phone.state import Owner
    from ..results import Target
    from ..target import World

__all__ = ["phone_for"]


def phone_for(target: Target, world: World, phone_version: str | None = None) -> Phone | None:
    """The phone that reads ``target``; ``None`` if its executable is not known.

    Except on Windows this is a phone under Wine: a running one is found in whatever prefix it
    runs, and a new one is started in the prefix of the executable or the ini, else in the usual
    one. ``phone_version`` is its version where neither its program nor its ini tells.
    """
    if not target.exe:
        return None
    from ..phone.current import CurrentPhone
    from ..phone.files import PhoneFiles
    from ..target.hosts.current import prefix_of_phone
    from .target_file import version_by

    return CurrentPhone(
        target.exe,
        PhoneFiles(target.ini, lambda get: version_by(target, get, phone_version).number),
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
