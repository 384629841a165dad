"""What ``api.System`` asks for, on Windows: one module per subject."""

import sys

if sys.platform != "win32":
    raise ImportError("only on Windows")

assert sys.platform == "win32"  # tells mypy to look here only when checking for Windows

from .locks import hold_place, place_holder, release_place, try_lock  # noqa: E402
from .opening import (  # noqa: E402
    inspect_open,
    lasting_id,
    open_existing,
    open_followed,
    open_itself,
    same,
    why_unwritable,
)
from .outputs import create_output, open_append, open_update  # noqa: E402
from .owners import (  # noqa: E402
    become,
    can_read,
    check_way,
    interrupt_itself,
    is_foreign,
    may_become,
    open_given,
    root_home,
    start_worker,
    target_owner,
)
from .paths import is_own_link, reachable, secure_path  # noqa: E402
from .private import (  # noqa: E402
    close_to_others,
    create_private_folder,
    is_own,
    openness,
)
from .replace import adopt, create_like, flush_folder, swap  # noqa: E402
from .users import (  # noqa: E402
    codepage,
    current_user_name,
    description,
    other_owner,
    owns,
    shell_expands,
    user_name,
)

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
