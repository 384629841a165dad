"""The way to a file, for a run that may do more than the user whose file it is.

A user may put a link into the own profile, or one in the place of a folder while a privileged run
is at work. Such a run must not be led to files of that user's choice. Anybody else may go wherever
the system lets them, and pays nothing here.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from .windows.secure_path import Reach, reach
else:
    from .posix.secure_path import Reach, reach

__all__ = ["Reach", "reach"]
