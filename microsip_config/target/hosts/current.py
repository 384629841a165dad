"""The one switch of this room: the real Windows on Windows, Wine prefixes elsewhere.

Like ``system.current``. Both modules offer the same functions:

- ``host_for(world, wine_prefix, path)``: the host of the options, else around ``path``, else usual
- ``host_around(world, path)``: the host that a file belongs to, None if it belongs to none
- ``user_profiles(world)``: the profiles of the machine, this user's own among them
- ``owner_of(target, world)``: see ``resolve.owner_of``
- ``prefix_of_phone(target, world)``: the Wine prefix to start a phone in, "" on Windows
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from .windows import host_around, host_for, owner_of, prefix_of_phone, user_profiles
else:
    from .wine import host_around, host_for, owner_of, prefix_of_phone, user_profiles

__all__ = ["host_around", "host_for", "owner_of", "prefix_of_phone", "user_profiles"]
