"""What ``api.System`` asks for, on POSIX systems."""

import sys

assert sys.platform != "win32"  # also tells mypy not to look here when checking for Windows

from .users import (  # noqa: E402
    codepage,
    current_user_name,
    description,
    elevated,
    other_owner,
    user_name,
)

__all__ = [
    "codepage",
    "current_user_name",
    "description",
    "elevated",
    "other_owner",
    "user_name",
]
