"""What ``api.System`` asks for, on POSIX systems: one module per subject."""

import sys

if sys.platform == "win32":
    raise ImportError("not on Windows")

assert sys.platform != "win32"  # tells mypy not to look here when checking for Windows

from .accounts import root_home  # noqa: E402
from .become import become, can_read  # noqa: E402
from .file_ids import lasting_id  # noqa: E402
from .locks import hold_place, place_holder, release_place, try_lock  # noqa: E402
from .private import (  # noqa: E402
    close_to_others,
    create_output,
    create_private_folder,
    inspect_open,
    is_own,
    open_append,
    open_existing,
    open_followed,
    open_itself,
    open_update,
    openness,
    same,
)
from .replace import (  # noqa: E402
    adopt,
    create_like,
    flush_folder,
    swap,
    why_unwritable,
)
from .users import (  # noqa: E402
    codepage,
    current_user_name,
    description,
    may_become,
    other_owner,
    owns,
    shell_expands,
    user_name,
)
from .ways import (  # noqa: E402
    check_way,
    is_foreign,
    is_own_link,
    open_given,
    reachable,
    secure_path,
    target_owner,
)
from .worker import interrupt_itself, start_worker  # noqa: E402

__all__ = [
    "adopt",
    "become",
    "can_read",
    "check_way",
    "close_to_others",
    "codepage",
    "create_like",
    "create_output",
    "create_private_folder",
    "current_user_name",
    "description",
    "flush_folder",
    "hold_place",
    "inspect_open",
    "interrupt_itself",
    "is_foreign",
    "is_own",
    "is_own_link",
    "lasting_id",
    "may_become",
    "open_append",
    "open_existing",
    "open_followed",
    "open_given",
    "open_itself",
    "open_update",
    "openness",
    "other_owner",
    "owns",
    "place_holder",
    "reachable",
    "release_place",
    "root_home",
    "same",
    "secure_path",
    "shell_expands",
    "start_worker",
    "swap",
    "target_owner",
    "try_lock",
    "user_name",
    "why_unwritable",
]
