"""What ``api.System`` asks for, on POSIX systems: one module per subject."""

import sys

if sys.platform == "win32":
    raise ImportError("not on Windows")

assert sys.platform != "win32"  # tells mypy not to look here when checking for Windows

from .locks import hold_place, place_holder, release_place, try_lock  # noqa: E402
from .paths import is_own_link, secure_path  # noqa: E402
from .private import (  # noqa: E402
    close_to_others,
    create_private_folder,
    is_own,
    open_append,
    open_existing,
    open_itself,
    openness,
)
from .replace import adopt, create_like, flush_folder, give, swap  # noqa: E402
from .users import (  # noqa: E402
    codepage,
    current_user_name,
    description,
    elevated,
    other_owner,
    user_name,
)

__all__ = [
    "adopt",
    "close_to_others",
    "codepage",
    "create_like",
    "create_private_folder",
    "current_user_name",
    "description",
    "elevated",
    "flush_folder",
    "give",
    "hold_place",
    "is_own",
    "is_own_link",
    "open_append",
    "open_existing",
    "open_itself",
    "openness",
    "other_owner",
    "place_holder",
    "release_place",
    "secure_path",
    "swap",
    "try_lock",
    "user_name",
]
