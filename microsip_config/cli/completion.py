"""What the shell offers for an argument: given to typer as ``autocompletion=``.

Where nothing fits, the shell offers files, as it does for any other argument.
"""

from __future__ import annotations


def templates(incomplete: str) -> list[str]:
    """The names of the bundled templates that begin with ``incomplete``."""
    from ..template.library import folder

    names = sorted(path.stem for path in folder().glob("*.ini"))
    return [name for name in names if name.startswith(incomplete)]


def explained(incomplete: str) -> list[str]:
    """What ``explain`` knows and begins with ``incomplete``: keys, then codes."""
    from ..codes.register import CODES
    from ..schema import all_keys

    names = dict.fromkeys((*(key.name for key in all_keys()), *CODES))
    return [name for name in names if name.startswith(incomplete)]
