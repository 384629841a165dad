"""``python -m microsip_config``.

Python looks for modules in the current folder first then, whosever it is: a ``json.py`` there would
run. So that folder is taken out of the path before anything is imported that is not loaded already.
Only where the package itself comes from it, as in a checkout, is it kept, behind all others.

What Python imports before it finds the package (importlib, warnings, contextlib ...) is beyond the
reach of this: `python -P -m microsip_config`, or the command `microsip-config`, is safe throughout.
"""

import os
import sys


def _distrust_current_folder() -> None:
    try:
        here = os.getcwd()  # noqa: PTH109 - pathlib is not loaded yet
    except OSError:  # it was removed
        here = ""
    if sys.flags.safe_path or sys.path[:1] not in ([""], [here]):
        return
    others = [entry for entry in sys.path[1:] if entry not in ("", here)]
    asked_for = len(others) + 1 < len(sys.path)  # PYTHONPATH, or it is one of Python's own folders
    package = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    if asked_for or os.path.dirname(package) == here:  # noqa: PTH120
        others.append(here)
    sys.path[:] = others


_distrust_current_folder()

from .cli import entry  # noqa: E402

entry()
